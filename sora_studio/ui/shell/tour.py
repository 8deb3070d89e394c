"""The tour: six marks on the window, one after the other, to be left at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from sora_studio.core.language import mark, tr
from sora_studio.ui.panels.controls import label, push_button, row
from sora_studio.ui.theme import colour

if TYPE_CHECKING:
    from sora_studio.ui.window import MainWindow

WIDTH = 340
GAP = 14


@dataclass(frozen=True, slots=True)
class Stop:
    """One mark: the object name of what it points at, and what it says."""

    where: str
    title: str
    text: str


STOPS = (
    Stop(
        "promptPanel",
        mark("Say what you want to see"),
        mark("Write a prompt and press Ctrl+Enter. The clip stands on the timeline at once and plays while it forms."),
    ),
    Stop(
        "givenPanel",
        mark("Or start from a picture"),
        mark("Drop an image here and it comes alive. A second one becomes the last frame, a video is told anew."),
    ),
    Stop(
        "monitor_panel",
        mark("Watch it form"),
        mark("The monitor shows the timeline, a clip, or what is being made. Space plays, J, K and L shuttle."),
    ),
    Stop(
        "timeline_panel",
        mark("Cut, and let it grow"),
        mark("Pull a clip's edge past its end and what follows is generated. Click a gap to fill or bridge it."),
    ),
    Stop(
        "shelves",
        mark("Everything you have"),
        mark("Media, takes and looks. Drag them to the timeline; search finds them by their words."),
    ),
    Stop(
        "topBar",
        mark("Every command has a key"),
        mark("Ctrl+Shift+P finds any command by a few letters. Help has the shortcuts and this tour."),
    ),
)


def _is_typed(event: QKeyEvent) -> bool:
    """Whether a key puts text into a field."""
    writes = event.text().isprintable() and event.modifiers() != Qt.KeyboardModifier.AltModifier
    return (bool(event.text()) and writes) or event.matches(QKeySequence.StandardKey.Paste)


def _seen(target: QWidget, window: QWidget) -> bool:
    """Whether a part stands in the window itself: what floats cannot be pointed at from there."""
    return target.isVisible() and target.window() is window


class Tour(QWidget):
    """A veil over a window with a hole where a mark points; Enter goes on, Escape leaves.

    The keyboard stays in the prompt: what is typed there, by keys or an input method, ends the tour and is not lost.
    """

    ended = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        found = [(stop, window.findChild(QWidget, stop.where)) for stop in STOPS]
        self._stops = tuple((stop, target) for stop, target in found if target is not None and _seen(target, window))
        self._at = 0
        self.setObjectName("tour")
        self.setAccessibleName(tr("Tour"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = QFrame(self)
        self.card.setProperty("role", "toast")
        self.card.setFixedWidth(WIDTH)
        self.title = label("", "heading", "tourTitle")
        self.text = label("", "", "tourText")
        self.text.setWordWrap(True)
        self.count = label("", "faint", "tourCount")
        self.skip = push_button("tourSkip", tr("Skip the tour"))
        self.next = push_button("tourNext", tr("Next"), role="primary")
        column = self._column = QVBoxLayout(self.card)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(row(self.count, None, self.skip, self.next))
        for button, act in ((self.skip, self.end), (self.next, self.go_on)):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
            button.clicked.connect(act)
        self._prompt = window.inspector.prompt.editor
        for watched in (window, self._prompt):
            watched.installEventFilter(self)

    def begin(self) -> None:
        """Show the first mark."""
        self._at = 0
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        (self._prompt if self._prompt.isVisible() else self.next).setFocus()
        self._mark()

    def go_on(self) -> None:
        """The next mark; after the last the tour ends."""
        self._at += 1
        if self._at < len(self._stops):
            self._mark()
        else:
            self.end()

    def end(self) -> None:
        """Leave."""
        if self.isVisible():
            self.hide()
            self._prompt.setFocus()
            self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that one of the buttons did not take."""
        if not self._takes(event):
            QApplication.sendEvent(self._prompt, event)

    def event(self, event: QEvent) -> bool:
        """No key of the window behind the veil."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size, and the keys in the prompt."""
        if not self.isVisible():
            return False
        if watched is self._window:
            if event.type() == QEvent.Type.Resize:
                self.setGeometry(self._window.rect())
                self._place()
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QInputMethodEvent) and (event.preeditString() or event.commitString()):
            self.end()
        return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._takes(event)

    def _takes(self, event: QKeyEvent) -> bool:
        """Enter and Right go on, Escape leaves, Tab comes to the buttons; what is typed leaves too, for the prompt."""
        match event.key():
            case Qt.Key.Key_Escape:
                self.end()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Right:
                self.go_on()
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                self.next.setFocus(Qt.FocusReason.TabFocusReason)
            case _ if _is_typed(event):
                self.end()
                return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """The veil, open around what is pointed at."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil, hole = QPainterPath(), QPainterPath()
        veil.addRect(QRectF(self.rect()))
        hole.addRoundedRect(QRectF(self._hole()), 12, 12)
        painter.fillPath(veil.subtracted(hole), colour("surround", 0.72))
        painter.setPen(QPen(colour("accent"), 2))
        painter.drawPath(hole)
        painter.end()

    def _hole(self) -> QRect:
        _, target = self._stops[min(self._at, len(self._stops) - 1)]
        corner = target.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, target.size()).adjusted(-4, -4, 4, 4).intersected(self.rect().adjusted(3, 3, -3, -3))

    def _mark(self) -> None:
        (stop, _), last = self._stops[self._at], self._at == len(self._stops) - 1
        self.title.setText(tr(stop.title))
        self.text.setText(tr(stop.text))
        self.count.setText(tr("{number} of {count}", number=self._at + 1, count=len(self._stops)))
        self.next.setText(tr("Begin") if last else tr("Next"))
        self.next.setAccessibleName(self.next.text())
        self.skip.setVisible(not last)
        self.setAccessibleDescription(f"{tr(stop.title)}. {tr(stop.text)}")
        self._place()

    def _place(self) -> None:
        """Beside what is pointed at, where there is room."""
        self._column.activate()
        self.card.resize(WIDTH, self._column.heightForWidth(WIDTH))
        hole, size = self._hole(), self.card.size()
        room = self.rect().adjusted(GAP, GAP, -GAP, -GAP)
        tries = (
            QPoint(hole.left() - size.width() - GAP, hole.top()),
            QPoint(hole.right() + GAP, hole.top()),
            QPoint(hole.left() + GAP, hole.top() - size.height() - GAP),
            QPoint(hole.left() + GAP, hole.bottom() + GAP),
        )
        best = next((at for at in tries if room.contains(QRect(at, size))), hole.center() - self.card.rect().center())
        self.card.move(best)
        self.update()
