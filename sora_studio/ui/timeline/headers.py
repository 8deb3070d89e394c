"""The heads of the tracks, left of them: names, locks, eyes and ears, and the menu of what can be done with a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from sora_studio.core.language import mark, tr, trn
from sora_studio.core.timeline import Kind, Track
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.theme import colour, icon
from sora_studio.ui.timeline.header import TrackHeader
from sora_studio.ui.timeline.metrics import HEADER_WIDTH, RULER_HEIGHT

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView


KINDS: tuple[tuple[Kind, str, str], ...] = (
    ("video", "film", mark("Add video track")),
    ("audio", "music", mark("Add audio track")),
)
"""The kinds of tracks with their icons, and what adds one."""


class TrackHeaders(QWidget):
    """One head a track, scrolled with them, below two buttons that add tracks."""

    def __init__(self, session: Session, view: TimelineView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self.setObjectName("track_headers")
        self.setAccessibleName(tr("Tracks"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._room = QWidget(self)
        self._room.setObjectName("track_header_room")
        self.rows: list[TrackHeader] = []
        self._corner = QWidget(self)
        self._corner.setGeometry(0, 0, HEADER_WIDTH - 4, RULER_HEIGHT)
        row = QHBoxLayout(self._corner)
        row.setContentsMargins(4, 0, 2, 0)
        row.setSpacing(2)
        row.addStretch(1)
        for kind, glyph, words in KINDS:
            row.addWidget(self._adder(kind, glyph, tr(words)))
        self.sync()

    def sync(self) -> None:
        """Bring the heads to the session's tracks."""
        tracks = self._session.timeline.tracks
        while len(self.rows) > len(tracks):
            gone = self.rows.pop()
            gone.hide()
            gone.deleteLater()
        while len(self.rows) < len(tracks):
            self.rows.append(TrackHeader(self._session, self._view, len(self.rows), self._room))
        for row, track in zip(self.rows, tracks, strict=True):
            row.show_track(track)
        self.place()

    def place(self) -> None:
        """Stand beside the tracks, wherever they have been scrolled to."""
        metrics, above = self._view.tracks.metrics, round(self._view.scene_at_origin().y())
        self._room.setGeometry(0, RULER_HEIGHT, self.width(), max(0, self.height() - RULER_HEIGHT))
        for index, row in enumerate(self.rows):
            if index < len(metrics.lanes):
                row.setGeometry(0, metrics.y(index) - above, self.width() - 4, metrics.high(index))
                row.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(event.rect(), colour("panel"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the track under the pointer."""
        at = self._room.mapFrom(self, event.pos())
        row = next((one for one in self.rows if one.geometry().contains(at)), None)
        menu = self.menu_of(row.index if row else None)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())
        event.accept()

    def menu_of(self, index: int | None) -> QMenu:
        """The menu of a track; of none, what can be added."""
        session, menu = self._session, QMenu(self)
        menu.setObjectName("track_menu")
        if index is not None:
            track = session.timeline.tracks[index]
            lanes = session.timeline.of_kind(track.kind)
            place, step = lanes.index(index), 1 if track.kind == "video" else -1
            menu.addAction(icon("pencil"), tr("Rename track…"), self.rows[index].rename)
            for text, glyph, to in (
                (mark("Move track up"), "chevron-up", place + step),
                (mark("Move track down"), "chevron-down", place - step),
            ):
                action = menu.addAction(icon(glyph), tr(text))
                action.setEnabled(0 <= to < len(lanes))
                action.triggered.connect(
                    lambda *_, to=to: attempt(session, lambda: session.move_track(index, lanes[to]))
                )
            menu.addAction(icon("trash-2"), _delete_words(track), lambda: self._delete(index))
            menu.addSeparator()
        for kind, glyph, words in KINDS:
            menu.addAction(icon(glyph), tr(words), lambda kind=kind: self.add(kind))
        return menu

    def add(self, kind: Kind) -> None:
        """A new track."""
        attempt(self._session, lambda: self._session.add_track(kind))

    def _delete(self, index: int) -> None:
        attempt(self._session, lambda: self._session.remove_track(index))

    def _adder(self, kind: Kind, glyph: str, words: str) -> QToolButton:
        button = QToolButton(self._corner)
        button.setObjectName(f"add_{kind}_track_button")
        button.setIcon(icon(glyph, "dim"))
        button.setText("+")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(13, 13))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.clicked.connect(lambda: self.add(kind))
        return button


def _delete_words(track: Track) -> str:
    """Says how many clips go with the track."""
    count = len(track.clips)
    return (
        tr("Delete track")
        if not count
        else trn("Delete track with {count} clip", "Delete track with {count} clips", count)
    )
