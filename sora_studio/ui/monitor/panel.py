"""The monitor panel: picture, steps and transport of a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psygnal import SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sora_studio.core.engine import Preview
from sora_studio.session.session import Session
from sora_studio.ui.drops import take_files
from sora_studio.ui.monitor.actions import Entry
from sora_studio.ui.monitor.commands import PlayCommands
from sora_studio.ui.monitor.director import Director
from sora_studio.ui.monitor.fullscreen import FullScreen
from sora_studio.ui.monitor.player import Player
from sora_studio.ui.monitor.steps import StepRow
from sora_studio.ui.monitor.transport import Transport
from sora_studio.ui.monitor.view import MonitorView


class MonitorPanel(QWidget):
    """Plays the timeline at the session's playhead and shows clips as they form.

    `on_drop` takes dropped files; left as it is, they are imported to the end of the first track.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._full: FullScreen | None = None
        self.on_drop: Callable[[list[Path]], None] = self._import
        self.setObjectName("monitor_panel")
        self.setAccessibleName("Monitor")
        self.player = Player(lambda: session.timeline, self)
        self.player.frame = session.playhead
        self.view = MonitorView(self)
        self.commands = PlayCommands(session, self.player, self)
        self.commands.add(Entry("fit", "Fit the picture", "scan-line", ("Shift+F",), self._toggle_fit, True))
        self.commands.add(Entry("full_screen", "Full screen", "maximize", ("F11",), self.toggle_full_screen, True))
        self.commands["fit"].setChecked(True)
        self.director = Director(session, self.player, self.view, self)
        self.steps = StepRow(self)
        self.transport = Transport(self.commands, self.player, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget, stretch in ((self.view, 1), (self.steps, 0), (self.transport, 0)):
            self._column.addWidget(widget, stretch)
        self.addActions(self.commands.all())
        self._connect()
        self._show_steps()
        self._changed()

    # -- for the window ----------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play from the playhead."""
        self.player.play(self._session.playhead)

    def pause(self) -> None:
        """Stop."""
        self.player.pause()

    def toggle(self) -> None:
        """Play or pause."""
        self.commands.toggle()

    def step(self, frames: int) -> None:
        """Pause and go some frames on, or back."""
        self.commands.step(frames)

    def actions_list(self) -> list[QAction]:
        """Every command of the monitor, for menus."""
        return self.commands.all()

    def toggle_full_screen(self) -> None:
        """The picture on the whole screen, and back."""
        if self._full is not None:
            self._full.close()
            return
        self._full = FullScreen(self.view, self.transport, self.commands.all(), self)
        self._full.closed.connect(self._leave_full_screen)
        self._full.showFullScreen()
        self.commands["full_screen"].setChecked(True)

    def shutdown(self) -> None:
        """Let go of the session and end the decoder's thread."""
        for signal, slot in self._slots():
            signal.disconnect(slot, missing_ok=True)
        self.player.pause()
        if self._full is not None:
            self._full.close()
        self.director.close()

    # -- inside ------------------------------------------------------------------------------------------------

    def _slots(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self._session
        return (
            (session.changed, self._changed),
            (session.selection_changed, self.director.selection_changed),
            (session.playhead_moved, self._playhead_moved),
            (session.jobs_changed, self.director.refresh),
            (session.previewed, self._previewed),
        )

    def _connect(self) -> None:
        for signal, slot in self._slots():
            signal.connect(slot)
        self.player.moved.connect(self._session.seek)
        self.player.state_changed.connect(self.director.refresh)
        self.director.subject_changed.connect(self._show_steps)
        self.steps.chosen.connect(self.director.look_back)
        self.view.full_screen_asked.connect(self.toggle_full_screen)
        self.view.dropped.connect(lambda paths: self.on_drop(paths))

    def _changed(self) -> None:
        self.director.project_changed()
        self._show_steps()
        self._show_time()

    def _playhead_moved(self, frame: int) -> None:
        self.player.moved_to(frame)
        self.director.playhead_moved()
        self._show_time()

    def _previewed(self, media_id: str, preview: Preview) -> None:
        self.director.previewed(media_id, preview)

    def _show_time(self) -> None:
        timeline = self._session.timeline
        rate = timeline.rate
        self.transport.timecode.show_time(rate.timecode(self._session.playhead), rate.timecode(timeline.length))

    def _show_steps(self) -> None:
        steps = self.director.steps()
        self.steps.setVisible(len(steps) > 1 or (len(steps) == 1 and not self.director.is_live))
        self.steps.show_steps(steps, live=self.director.is_live)

    def _toggle_fit(self) -> None:
        self.view.set_fitting(self.commands["fit"].isChecked())

    def _leave_full_screen(self) -> None:
        full, self._full = self._full, None
        self._column.insertWidget(0, self.view, 1)
        self._column.addWidget(self.transport)
        for widget in (self.view, self.transport):
            widget.show()
        self.commands["full_screen"].setChecked(False)
        if full is not None:
            full.deleteLater()

    def _import(self, paths: list[Path]) -> None:
        """Put dropped files after the last clip of the first track and go there."""
        start = self._session.timeline.tracks[0].stop
        if take_files(self._session, paths):
            self._session.seek(start)
