"""The timeline panel: tools over tracks. Connects the session's signals to the view, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from psygnal import SignalInstance
from PySide6.QtCore import QPoint, QPointF, QTimer
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr
from sora_studio.session.draft import Draft
from sora_studio.session.session import Session
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.commands import Commands
from sora_studio.ui.timeline.faces import Faces
from sora_studio.ui.timeline.ground import INVITATION
from sora_studio.ui.timeline.scene import TimelineScene
from sora_studio.ui.timeline.toolstrip import ToolStrip
from sora_studio.ui.timeline.view import TimelineView

LIVE_MS = 120
"""How often the pictures of pending clips move."""


class TimelinePanel(QWidget):
    """Tracks, ruler and tools of a session; `draft` gives what the inspector holds when something is generated."""

    def __init__(self, session: Session, draft: Callable[[], Draft], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._fitted = False
        self.setObjectName("timeline_panel")
        self.setAccessibleName(tr("Timeline"))
        self.setMinimumHeight(190)
        ratio = self.devicePixelRatioF()
        self.faces = Faces(session, ratio, self)
        self.scene = TimelineScene(session, self.faces, self)
        self.view = TimelineView(self.scene, draft, self)
        self.commands = Commands(self.view, draft)
        self.tools = ToolStrip(self.commands, self.view, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.view, 1)
        self.addActions(self.commands.all())
        self._clock = QTimer(self)
        self._clock.setInterval(LIVE_MS)
        self._clock.timeout.connect(self.scene.tick)
        self.view.menu_asked.connect(self._menu)
        self._connect()
        self._changed()

    def actions_list(self) -> list[QAction]:
        """Every command of the timeline, for menus."""
        return self.commands.all()

    def fit(self) -> None:
        """Show the whole timeline."""
        self.view.fit()

    def shutdown(self) -> None:
        """Let go of the session and end the background reading."""
        for signal, slot in self._slots():
            signal.disconnect(slot, missing_ok=True)
        self._clock.stop()
        self.faces.close()

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, show everything there is."""
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            QTimer.singleShot(0, self.view, self.view.fit)

    def _slots(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self._session
        return (
            (session.changed, self._changed),
            (session.selection_changed, self._selection_changed),
            (session.playhead_moved, self._playhead_moved),
            (session.jobs_changed, self._jobs_changed),
            (session.previewed, self._previewed),
        )

    def _connect(self) -> None:
        for signal, slot in self._slots():
            signal.connect(slot)

    def _changed(self) -> None:
        added = self.scene.sync()
        self.view.refresh()
        self._show_new(added)
        self.commands.refresh()
        self._describe()
        self._set_clock()

    def _show_new(self, added: list[ClipItem]) -> None:
        """Bring new work into sight: all of it when there was nothing before, else what is being made."""
        if not self._fitted or not added:
            return
        if len(added) == len(list(self.scene.clip_items())):
            self.view.fit()
            return
        for item in added:
            if item.face.pending:
                self.view.reveal(item.clip)

    def _selection_changed(self) -> None:
        self.scene.sync_selection()
        self.commands.refresh()
        self._describe()

    def _playhead_moved(self, frame: int) -> None:
        self.view.follow(frame)
        self.scene.picked.follow(self._session, self.scene.metrics)
        self.commands.refresh_places()

    def _jobs_changed(self) -> None:
        self.faces.sync_jobs()
        self._set_clock()

    def _previewed(self, media_id: str, preview: Preview) -> None:
        self.faces.previewed(media_id, preview)

    def _set_clock(self) -> None:
        """Animate only while something is being made."""
        if self.scene.has_pending != self._clock.isActive():
            if self.scene.has_pending:
                self._clock.start()
            else:
                self._clock.stop()

    def _describe(self) -> None:
        """Say the selection in words: graphics items are silent to screen readers."""
        timeline, rate = self._session.timeline, self._session.timeline.rate
        words = []
        for one in self._session.selection:
            if timeline.has(one):
                track, clip = timeline.find(one)
                words.append(
                    tr(
                        "{clip} on {track}, {start} to {stop}",
                        clip=clip.name or tr("Clip"),
                        track=timeline.tracks[track].name,
                        start=rate.timecode(clip.start),
                        stop=rate.timecode(clip.stop),
                    )
                )
        nothing = tr("Nothing selected") if timeline.length else tr(INVITATION)
        self.view.setAccessibleDescription("; ".join(words) or nothing)

    def _menu(self, place: QPoint, at: QPointF) -> None:
        menu = QMenu(self)
        menu.setObjectName("timeline_menu")
        for action in self.commands.menu_for(at):
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
