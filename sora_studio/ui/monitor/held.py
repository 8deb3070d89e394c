"""Whether the stop key of the shuttle is held down: with it, J and L go one frame."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class Held(QObject):
    """Knows of a press from its action; the release comes up to the window, whatever has the focus."""

    def __init__(self, keys: Callable[[], list[QKeySequence]], parent: QObject) -> None:
        super().__init__(parent)
        self._keys = keys
        self.down = False

    def watch(self, window: QWidget) -> None:
        """Hear of the releases in a window."""
        window.installEventFilter(self)

    def press(self) -> None:
        """It went down."""
        self.down = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that it came up, or that the window went to the back with it held."""
        del watched
        if event.type() == QEvent.Type.WindowDeactivate:
            self.down = False
        elif event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            released = QKeySequence(event.key())
            if any(keys.matches(released) == QKeySequence.SequenceMatch.ExactMatch for keys in self._keys()):
                self.down = False
        return False
