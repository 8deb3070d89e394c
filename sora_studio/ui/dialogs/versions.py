"""Earlier versions of the project: when, what they hold, and one click to bring one back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from sora_studio.core.errors import ProjectError
from sora_studio.core.language import mark, tr, trn
from sora_studio.core.timeline import Timeline
from sora_studio.session.session import Session
from sora_studio.session.versions import Version
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import label, push_button, row
from sora_studio.ui.theme import colour

NONE_YET = mark(
    "There is no earlier version yet. One is kept whenever you save, and every ten minutes of what is not saved."
)


class Strip(QWidget):
    """A timeline, small: its tracks as rows, its clips as bars."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("versionStrip")
        self.setMinimumSize(QSize(320, 120))
        self._line = Timeline()

    def show_line(self, line: Timeline) -> None:
        """Show another timeline."""
        self._line = line
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Video tracks with the highest on top, then audio."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("bg"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        lanes = [self._line.tracks[index] for index in reversed(self._line.of_kind("video"))]
        lanes += [self._line.tracks[index] for index in self._line.of_kind("audio")]
        high = min(22.0, (self.height() - 16) / max(1, len(lanes)))
        scale = (self.width() - 16) / max(1, self._line.length)
        for place, lane in enumerate(lanes):
            top = 8 + place * high
            painter.setBrush(colour("raised"))
            painter.drawRoundedRect(QRectF(8, top + 1, self.width() - 16, high - 2), 3, 3)
            painter.setBrush(colour("clip" if lane.kind == "video" else "clip3"))
            for clip in lane.clips:
                wide = max(1.5, clip.length * scale - 1)
                painter.drawRoundedRect(QRectF(8 + clip.start * scale, top + 1, wide, high - 2), 3, 3)


class VersionsDialog(QDialog):
    """A list of times, and beside it what was there then."""

    restored = Signal(str)
    """The time of the version that is back, in words."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("versionsDialog")
        self.setWindowTitle(tr("Earlier versions"))
        self.resize(720, 420)
        self._session = session
        self._known = session.versions()
        self.list = QListWidget()
        self.list.setObjectName("versionsList")
        self.list.setAccessibleName(tr("Earlier versions"))
        self.list.setFixedWidth(250)
        for version in self._known:
            item = QListWidgetItem(when(version))
            item.setSizeHint(QSize(0, 28))
            self.list.addItem(item)
        self.strip = Strip()
        self.facts = label("" if self._known else tr(NONE_YET), "" if self._known else "dim", "versionFacts")
        self.facts.setWordWrap(True)
        note = label(
            tr("The timeline comes back as it was then. What you made since stays in the library."),
            "dim",
            "versionNote",
        )
        note.setWordWrap(True)
        self.act = push_button("versionRestore", tr("Restore"), "history", role="primary")
        self.act.clicked.connect(self._restore)
        self.act.setEnabled(False)
        close = push_button("versionsClose", tr("Close"))
        close.clicked.connect(self.reject)
        right = QVBoxLayout()
        right.setSpacing(12)
        for part in (self.strip, self.facts, note):
            right.addWidget(part)
        right.addStretch(1)
        right.addLayout(row(None, close, self.act))
        sides = row(self.list, right, gap=16)
        sides.setContentsMargins(16, 16, 16, 16)
        self.setLayout(sides)
        for shown in (self.list, self.strip, note):
            shown.setVisible(bool(self._known))
        self.list.currentRowChanged.connect(self._choose)
        self.list.setCurrentRow(0)

    def _choose(self, at: int) -> None:
        try:
            project = self._session.version(self._known[at])
        except ProjectError as exc:
            self.facts.setText(str(exc))
            self.strip.show_line(Timeline())
            self.act.setEnabled(False)
            return
        line = project.timeline
        clips = sum(len(track.clips) for track in line.tracks)
        now = sum(len(track.clips) for track in self._session.timeline.tracks)
        same = line == self._session.timeline
        self.strip.show_line(line)
        facts = [trn("{count} clip", "{count} clips", clips), line.rate.timecode(line.length)]
        if same:
            facts.append(tr("the same as now"))
        elif clips != now:
            facts.append(trn("now {count} clip", "now {count} clips", now))
        self.facts.setText("  ·  ".join(facts))
        self.act.setEnabled(not same)

    def _restore(self) -> None:
        version = self._known[self.list.currentRow()]
        if attempt(self._session, lambda: self._session.restore(version)):
            self.restored.emit(time_words(version.at))
            self.accept()


def when(version: Version) -> str:
    """The time of a version, and whether it was saved, in words."""
    time = time_words(version.at)
    return time if version.saved else tr("{time}  (not saved)", time=time)


def time_words(at: datetime, today: date | None = None) -> str:
    """A time on this machine's clock, by the day it was."""
    here = at.astimezone()
    today = today or datetime.now().astimezone().date()
    clock = here.strftime("%H:%M:%S")
    if here.date() == today:
        return tr("Today, {time}", time=clock)
    if here.date() == today - timedelta(days=1):
        return tr("Yesterday, {time}", time=clock)
    return f"{here:%Y-%m-%d}, {clock}"
