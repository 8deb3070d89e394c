"""The monitor panel: picture, steps and transport of a session."""

from __future__ import annotations

from collections.abc import Callable

from psygnal import SignalInstance
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr
from sora_studio.core.timecode import frame_of
from sora_studio.session.session import Session
from sora_studio.session.viewing import Mode
from sora_studio.ui.attempt import attempt
from sora_studio.ui.monitor.commands import PlayCommands
from sora_studio.ui.monitor.director import Director
from sora_studio.ui.monitor.fullscreen import FullScreen
from sora_studio.ui.monitor.header import Header
from sora_studio.ui.monitor.picture_commands import PictureCommands
from sora_studio.ui.monitor.player import Player
from sora_studio.ui.monitor.reel import Reels
from sora_studio.ui.monitor.seek_bar import SeekBar
from sora_studio.ui.monitor.sound import Playback
from sora_studio.ui.monitor.speaker import Speaker, open_speaker
from sora_studio.ui.monitor.steps import StepRow
from sora_studio.ui.monitor.transport import Transport
from sora_studio.ui.monitor.view import MonitorView


class MonitorPanel(QWidget):
    """Plays the timeline or a clip, and shows clips as they form."""

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        *,
        speaker: Callable[[], Speaker | None] = open_speaker,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._full: FullScreen | None = None
        self._mode: Mode = session.viewing.mode
        self.setObjectName("monitor_panel")
        self.setAccessibleName(tr("Monitor"))
        self.reels = Reels(session)
        self.sound = Playback(session, speaker, self)
        self._heard = session.timeline
        self.player = Player(self.reels, self, stretch=self.reels.stretch, clock=self.sound.now)
        self.player.frame = session.playhead
        self.view = MonitorView(self)
        self.commands = PlayCommands(self.reels, self.player, self)
        self.director = Director(session, self.player, self.view, self)
        self.picture = PictureCommands(self)
        self.header = Header(session, self.commands, self.picture, self)
        self.seek_bar = SeekBar(self)
        self.steps = StepRow(self)
        self.transport = Transport(self.commands, self.player, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (self.header, self.view, self.seek_bar, self.steps, self.transport):
            self._column.addWidget(widget, 1 if widget is self.view else 0)
        self.addActions(self.commands.all())
        self._connect()
        self._changed()
        self._viewing_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Know of keys that are let go anywhere in the window."""
        self.commands.held.watch(self.window())
        super().showEvent(event)

    # -- for the window ----------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play from the playhead."""
        self.player.play(self.reels().frame)

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

    def transport_time_edit(self) -> None:
        """Type a timecode to go to."""
        self.transport.timecode.edit()

    def toggle_full_screen(self) -> None:
        """The picture on the whole screen, and back."""
        if self._full is not None:
            self._full.close()
            return
        self._full = FullScreen((self.view, self.seek_bar, self.transport), self.commands.all(), self)
        self.commands.held.watch(self._full)
        self._full.closed.connect(self._leave_full_screen)
        self._full.showFullScreen()
        self.commands["full_screen"].setChecked(True)

    def shutdown(self) -> None:
        """Let go of the session and end the decoder's thread."""
        for signal, slot in self._slots():
            signal.disconnect(slot, missing_ok=True)
        self.player.pause()
        self.sound.stop()
        if self._full is not None:
            self._full.close()
        self.director.close()

    # -- inside ------------------------------------------------------------------------------------------------

    def _slots(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self.session
        return (
            (session.changed, self._changed),
            (session.selection_changed, self.director.selection_changed),
            (session.playhead_moved, self._playhead_moved),
            (session.jobs_changed, self.director.refresh),
            (session.previewed, self._previewed),
            (session.viewing.changed, self._viewing_changed),
            (session.viewing.moved, self._clip_moved),
        )

    def _connect(self) -> None:
        for signal, slot in self._slots():
            signal.connect(slot)
        self.player.moved.connect(lambda frame: self.reels().seek(frame))
        self.player.state_changed.connect(self._played)
        self.player.anchored.connect(self.sound.start)
        self.transport.timecode.typed.connect(self._go_to)
        self.seek_bar.sought.connect(lambda frame: self.reels().seek(frame))
        self.director.subject_changed.connect(self._show_steps)
        self.steps.chosen.connect(self.director.look_back)
        self.view.full_screen_asked.connect(self.toggle_full_screen)

    def _changed(self) -> None:
        if self._heard is not self.session.timeline:
            self._heard = self.session.timeline
            self.player.anew()
        self.director.project_changed()
        self._show_steps()
        self._show_time()

    def _playhead_moved(self, frame: int) -> None:
        self.player.moved_to(frame)
        self.director.playhead_moved()
        self._show_time()

    def _previewed(self, media_id: str, preview: Preview) -> None:
        self.director.previewed(media_id, preview)

    def _clip_moved(self, frame: int) -> None:
        self.player.moved_to(frame)
        self.director.refresh()
        self._show_time()

    def _viewing_changed(self) -> None:
        if self.player.playing and self.session.viewing.mode != self._mode:
            self.player.pause()
        self._mode = self.session.viewing.mode
        self.player.moved_to(self.reels().frame)
        self.director.viewing_changed()
        self.picture.follow()
        self._show_steps()
        self._show_time()

    def _played(self) -> None:
        if not self.player.playing:
            self.sound.stop()
        if self.player.playing and self.session.viewing.mode == "live":
            self._mode = "timeline"
            self.session.viewing.show("timeline")
        self.director.refresh()

    def _go_to(self, text: str) -> None:
        reel = self.reels()
        attempt(self.session, lambda: self.commands.go(frame_of(reel.rate, text, reel.frame)))

    def _show_time(self) -> None:
        reel = self.reels()
        self.transport.timecode.show_time(reel.rate.timecode(reel.frame), reel.rate.timecode(reel.length))
        self.seek_bar.show_place(reel.frame, reel.length, self.reels.stretch())

    def _show_steps(self) -> None:
        self.header.follow(self.director.subject if self.director.is_live else None)
        steps = self.director.steps()
        self.steps.setVisible(len(steps) > 1 or (len(steps) == 1 and not self.director.is_live))
        self.steps.show_steps(steps, live=self.director.is_live)

    def _leave_full_screen(self) -> None:
        full, self._full = self._full, None
        self._column.insertWidget(1, self.view, 1)
        self._column.insertWidget(2, self.seek_bar)
        self._column.addWidget(self.transport)
        for widget in (self.view, self.seek_bar, self.transport):
            widget.show()
        self.commands["full_screen"].setChecked(False)
        if full is not None:
            full.deleteLater()
