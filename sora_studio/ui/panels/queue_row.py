"""One job in the unfolded queue: its picture, what it is, how far, and what can be done about it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sora_studio.core.language import mark, tr
from sora_studio.media.geometry import Image
from sora_studio.session.job_order import PRIORITIES
from sora_studio.session.session import JobView
from sora_studio.ui.monitor.picture import to_image
from sora_studio.ui.monitor.words import time_left
from sora_studio.ui.panels.controls import ElidedLabel, ProgressBar, label, row, tool_button
from sora_studio.ui.panels.own_keys import claims
from sora_studio.ui.panels.queue_controls import Grip, JobMenu
from sora_studio.ui.panels.step_down import StepDownButton
from sora_studio.ui.pictures import cover
from sora_studio.ui.theme import colour, icon, tabular


def is_running(view: JobView) -> bool:
    """Whether the worker is at it."""
    return view.state == "running"


def about(seconds: float) -> str:
    """A forecast in words."""
    if seconds < 90:
        return tr("about {seconds:.0f} s", seconds=max(1, seconds))
    return tr("about {value:.0f} min", value=seconds / 60)


def words_of(view: JobView) -> str:
    """Where a job stands, in a line."""
    left = time_left(view.seconds_left) if is_running(view) else ""
    if view.state == "waiting":
        left = about(view.seconds_left) if view.seconds_left is not None else ""
    rank = tr(PRIORITIES[view.priority]) if view.priority else ""
    return "  ·  ".join(part for part in (view.words, rank, left) if part)


AWAY = mark("Dismiss: it leaves the list, its clip stays")
AWAY_WITH_ALL = mark("Dismiss: it leaves the list with the steps that were kept, its clip stays")
_AWAY = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Thumbnail(QWidget):
    """The newest picture of a job, or the mark of one that has none yet."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setFixedSize(QSize(64, 40))

    def show_image(self, image: QImage) -> None:
        """Show another picture."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture with round corners."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surround"))
        painter.drawRoundedRect(frame, 5, 5)
        if self._image is None:
            middle = self.rect().center()
            icon("film", "line2").paint(painter, middle.x() - 8, middle.y() - 8, 17, 17)
        else:
            cover(painter, frame, self._image, 5)
        painter.end()


class QueueRow(QFrame):
    """Shows a JobView; asks to cancel it, to stop it for later, to go on, to restart it, to make it again, to dismiss
    it."""

    cancel = Signal(str)
    hold = Signal(str)
    retry = Signal(str)
    anew = Signal(str)
    finish = Signal(str)
    other_seed = Signal(str)
    down = Signal(str, object)
    """Go on in a Setup that needs less memory."""
    restart = Signal(str)
    dismiss = Signal(str)
    edit = Signal(str)
    first = Signal(str)
    rank = Signal(str, int)
    step = Signal(str, int)
    """Change places with the waiting job before it (-1) or behind it (1)."""

    def __init__(self, view: JobView) -> None:
        super().__init__()
        self._keys: tuple[Qt.Key, ...] = ()
        self.setObjectName("queueRow")
        self.setProperty("role", "row")
        self.id = view.id
        self.grip, self.menu = Grip(), JobMenu()
        self.picture = Thumbnail()
        self.title = ElidedLabel("", "jobTitle")
        self.status = label("", "dim", "jobStatus")
        self.status.setWordWrap(True)
        self.percent = label("", "dim", "jobPercent")
        self.percent.setFont(tabular(11))
        self.percent.setMinimumWidth(38)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = ProgressBar()
        self.bar.setObjectName("jobProgress")
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.stop = tool_button("jobCancel", "x", "Cancel", size=14)
        self.enough = tool_button("jobEnough", "flag", "Finish now: a clip with the steps it has", size=14)
        self.reseed = tool_button("jobReseed", "dices", "Start again with another seed", size=14)
        self.pause = tool_button("jobStop", "pause", "Stop, and go on later from where it stands", size=14)
        self.go_on = tool_button("jobGoOn", "play", "Go on from where it stands", size=14)
        self.afresh = tool_button(
            "jobRestart",
            "refresh-cw",
            "Restart: stop it, by force if need be, and go on from what was kept",
            size=14,
        )
        self.again = tool_button("jobRetry", "rotate-ccw", "Make it again", size=14)
        self.away = tool_button("jobDismiss", "x", AWAY, size=14)
        self.step_down = StepDownButton()
        self.step_down.chosen.connect(lambda setup: self.down.emit(self.id, setup))
        line = self._lay_out()
        asks = {
            self.afresh: self.restart,
            self.enough: self.finish,
            self.reseed: self.other_seed,
            self.pause: self.hold,
            self.go_on: self.retry,
            self.again: self.anew,
            self.stop: self.cancel,
            self.away: self.dismiss,
        }
        for button, ask in asks.items():
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            button.clicked.connect(lambda _=False, ask=ask: ask.emit(self.id))
        line.insertWidget(line.indexOf(self.stop), self.menu, 0, Qt.AlignmentFlag.AlignVCenter)
        self.menu.edit.connect(lambda: self.edit.emit(self.id))
        self.menu.first.connect(lambda: self.first.emit(self.id))
        self.menu.rank.connect(lambda priority: self.rank.emit(self.id, priority))
        self.show_view(view)

    def _lay_out(self) -> QHBoxLayout:
        """Grip, picture and words in a line; the buttons come behind them."""
        words = QVBoxLayout()
        words.setSpacing(4)
        heading = row(self.title, self.percent)
        heading.setStretch(0, 1)
        words.addLayout(heading)
        words.addWidget(self.status)
        words.addWidget(self.step_down, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(self.bar)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 6, 6, 6)
        line.setSpacing(12)
        line.addWidget(self.grip, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(words, 1)
        return line

    def show_picture(self, picture: Image | Path) -> None:
        """Show a picture of the clip, or a file with one."""
        image = QImage(str(picture)) if isinstance(picture, Path) else to_image(picture)
        if not image.isNull():
            self.picture.show_image(image)

    def event(self, event: QEvent) -> bool:
        """Take the keys that move the row before the window's commands do."""
        return claims(event, self._keys, _MOVES) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves a waiting row, Return edits it; Delete dismisses one that came to nothing."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in _MOVES:
            self.step.emit(self.id, _MOVES[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Return and self.menu.isVisible():
            self.edit.emit(self.id)
        elif event.key() in _AWAY and event.key() in self._keys:
            self.dismiss.emit(self.id)
        else:
            super().keyPressEvent(event)

    def show_view(self, view: JobView) -> None:
        """Follow the job."""
        self.title.say(view.label)
        self.setAccessibleName(f"{view.label}: {view.error or view.still or words_of(view)}")
        told = (view.error,) if view.error else (view.still or words_of(view), *view.notes)
        self.status.setText("  ·  ".join((*told, view.goes_on) if view.goes_on else told))
        self.status.setProperty("role", "error" if view.error or view.still else "dim")
        self.status.style().polish(self.status)
        self.step_down.offer(view.offers)
        waits = view.state == "waiting" and bool(view.media_id)
        self.grip.setVisible(waits)
        self.menu.setVisible(waits)
        self.menu.setAccessibleName(tr("Edit, order and priority of {label}", label=view.label))
        self.menu.follow(view.priority)
        self._keys = (Qt.Key.Key_Return, *(_AWAY if view.dismissable else ()))
        self.away.setVisible(view.dismissable)
        self.away.setToolTip(tr(AWAY_WITH_ALL if view.goes_on else AWAY))
        self.away.setAccessibleName(tr("Dismiss {label}", label=view.label))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if waits or view.dismissable else Qt.FocusPolicy.NoFocus)
        self.bar.setAccessibleName(tr("Progress of {label}", label=view.label))
        self.bar.setValue(round(view.fraction * 1000))
        self.bar.setVisible(is_running(view))
        self.percent.setText(f"{view.fraction:.0%}" if is_running(view) else "")
        self.afresh.setVisible(bool(view.still and view.media_id))
        self.afresh.setAccessibleName(tr("Restart {label}", label=view.label))
        decides = bool(view.media_id) and not view.enlarges
        self.enough.setVisible(is_running(view) and view.step > 0 and decides)
        self.reseed.setVisible(view.active and decides)
        self.pause.setVisible(is_running(view) and bool(view.media_id))
        self.go_on.setVisible(bool(view.goes_on))
        self.go_on.setAccessibleName(tr("Go on with {label}", label=view.label))
        self.stop.setVisible(view.active)
        self.stop.setAccessibleName(tr("Cancel {label}", label=view.label))
        self.again.setVisible(view.state in ("failed", "cancelled", "stopped"))
        self.again.setAccessibleName(tr("Make {label} again", label=view.label))
