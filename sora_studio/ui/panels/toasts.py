"""Notices in the corner: a sentence that goes by itself. Nothing waits for an answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from sora_studio.session.session import Notice
from sora_studio.ui.panels.controls import label, tool_button
from sora_studio.ui.theme import pixmap

WIDTH = 380
MOST = 4
_STAYS = {"info": 5000, "error": 12000}


class Toast(QFrame):
    """One notice; `act` adds a button that does something about it. `dismissed` when its time is over."""

    dismissed = Signal()

    def __init__(self, notice: Notice, parent: QWidget, act: tuple[str, Callable[[], None]] | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("role", "toast")
        self.setProperty("kind", notice.kind)
        self.setAccessibleName(notice.text)
        self.setFixedWidth(WIDTH)
        error = notice.kind == "error"
        picture = QLabel()
        picture.setPixmap(
            pixmap("circle-alert" if error else "circle-check", 16, "err" if error else "ok", self.devicePixelRatioF())
        )
        self.text = label(notice.text, "", "toastText")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = tool_button("toastClose", "x", "Dismiss", size=12)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 9, 8, 9)
        line.setSpacing(10)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        if act:
            button = QToolButton()
            button.setObjectName("toastAct")
            button.setProperty("role", "link")
            button.setText(act[0])
            button.setAccessibleName(act[0])
            button.clicked.connect(act[1])
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        close.clicked.connect(self.dismissed.emit)
        QTimer.singleShot(_STAYS.get(notice.kind, 5000), self, self.dismissed.emit)

    def fit(self) -> None:
        """As high as the words need at this width."""
        self.ensurePolished()
        layout = self.layout()
        if layout is not None:
            frame = self.contentsMargins()  # the layout counts without them
            inside = layout.heightForWidth(WIDTH - frame.left() - frame.right())
            self.setFixedHeight(max(40, inside + frame.top() + frame.bottom()))


class Toasts(QObject):
    """Stacks notices in the lower right corner of a window, the newest at the bottom."""

    def __init__(self, window: QWidget, below: QWidget) -> None:
        """`below` is the bar the notices stand on."""
        super().__init__(window)
        self._window, self._below = window, below
        self._shown: list[Toast] = []
        window.installEventFilter(self)
        below.installEventFilter(self)

    def show(self, notice: Notice, act: tuple[str, Callable[[], None]] | None = None) -> None:
        """Show a notice; the same sentence is not shown twice at once."""
        if any(toast.accessibleName() == notice.text for toast in self._shown):
            return
        toast = Toast(notice, self._window, act)
        self._shown.append(toast)
        toast.dismissed.connect(lambda: self._remove(toast))
        for extra in self._shown[:-MOST]:
            self._remove(extra)
        toast.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    def texts(self) -> tuple[str, ...]:
        """The sentences that are shown now, oldest first."""
        return tuple(toast.accessibleName() for toast in self._shown)

    def _remove(self, toast: Toast) -> None:
        if any(toast is shown for shown in self._shown):
            self._shown = [shown for shown in self._shown if shown is not toast]
            toast.hide()
            toast.deleteLater()
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        del watched
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self._shown:
            self._place()
        return False

    def _place(self) -> None:
        bottom = self._below.mapTo(self._window, self._below.rect().topLeft()).y() - 10
        for toast in reversed(self._shown):
            toast.fit()
            bottom -= toast.height()
            toast.move(self._window.width() - WIDTH - 16, bottom)
            toast.raise_()
            bottom -= 8
