"""PySide6 6.12 drops references of None and True with every signal and paint; Python before 3.12 aborts of it.

From 3.12 on these objects are immortal, so the loss does no harm there.
"""

from __future__ import annotations

import sys

import pytest
from PySide6 import __version__
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

ROUNDS = 2000
MOST = 200
"""References that may come and go by themselves during the rounds."""


class Sender(QObject):
    sent = Signal(int)


class Painted(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), 0)
        painter.end()
        self.paints += 1


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal")
def test_signals_and_paints_leave_the_references_of_none_and_true_alone(qtbot: QtBot) -> None:
    sender, widget, heard = Sender(), Painted(), []
    sender.sent.connect(heard.append)
    qtbot.addWidget(widget)
    widget.resize(20, 20)
    with qtbot.waitExposed(widget):
        widget.show()
    before = sys.getrefcount(None), sys.getrefcount(True)
    painted = widget.paints
    for number in range(ROUNDS):
        sender.sent.emit(number)
        widget.repaint()
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert len(heard) == ROUNDS
    assert widget.paints >= painted + ROUNDS
    assert abs(after[0] - before[0]) < MOST
    assert abs(after[1] - before[1]) < MOST


def test_the_qt_in_use_is_one_that_this_python_survives() -> None:
    version = tuple(int(part) for part in __version__.split(".")[:2])
    assert sys.version_info >= (3, 12) or version < (6, 12)
