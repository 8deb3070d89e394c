"""What arranges the queue: its pause button, the menu of a waiting job, and the grip it is dragged by."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton

from sora_studio.core.language import tr
from sora_studio.session.job_order import PRIORITIES
from sora_studio.ui.theme import icon


class PauseButton(QToolButton):
    """Pauses the queue, at once or after the clip under way, and lets it go on."""

    paused = Signal(bool)
    """Pause; whether now."""
    resumed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("queuePause")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._paused = False
        self.menu_of_pauses = QMenu(self)
        after = self.menu_of_pauses.addAction(tr("Pause after this clip"))
        now = self.menu_of_pauses.addAction(tr("Pause now, and go on later from where it stands"))
        after.triggered.connect(lambda: self.paused.emit(False))
        now.triggered.connect(lambda: self.paused.emit(True))
        self.clicked.connect(self._clicked)
        self.follow(paused=False, running=False)

    def follow(self, *, paused: bool, running: bool) -> None:
        """Show what a click does now."""
        self._paused = paused
        self.setMenu(self.menu_of_pauses if running and not paused else None)  # type: ignore[arg-type]
        mode = QToolButton.ToolButtonPopupMode
        self.setPopupMode(mode.InstantPopup if running and not paused else mode.DelayedPopup)
        self.setIcon(icon("play" if paused else "pause"))
        text = tr("Go on with the queue") if paused else tr("Pause the queue")
        self.setToolTip(text)
        self.setAccessibleName(text)

    def _clicked(self) -> None:
        if self._paused:
            self.resumed.emit()
        elif self.menu() is None:
            self.paused.emit(False)


class JobMenu(QToolButton):
    """The menu of a waiting job."""

    edit = Signal()
    first = Signal()
    rank = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("jobMenu")
        self.setIcon(icon("ellipsis"))
        self.setToolTip(tr("Edit, order and priority"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addAction(tr("Edit…")).triggered.connect(self.edit)
        menu.addAction(tr("Make it next")).triggered.connect(self.first)
        menu.addSeparator()
        group = QActionGroup(menu)
        self.ranks: dict[int, QAction] = {}
        for priority, text in PRIORITIES.items():
            act = menu.addAction(tr(text))
            act.setCheckable(True)
            act.triggered.connect(lambda _=False, priority=priority: self.rank.emit(priority))
            group.addAction(act)
            self.ranks[priority] = act
        self.setMenu(menu)

    def follow(self, priority: int) -> None:
        """Show which priority the job has."""
        self.ranks[priority].setChecked(True)


class Grip(QLabel):
    """What a waiting job is dragged by. Positions are the screen's."""

    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("jobGrip")
        self.setPixmap(icon("grip-vertical", "faint").pixmap(16, 16))
        self.setToolTip(tr("Drag to another place in the queue (Alt+Up, Alt+Down)"))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        alike = self.sizePolicy()
        alike.setRetainSizeWhenHidden(True)  # pictures of all rows stand below each other
        self.setSizePolicy(alike)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where it would go."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.dropped.emit(event.globalPosition().toPoint())
