"""Playback, stepping and jumping as actions with keys."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from sora_studio.session.session import Session
from sora_studio.ui.monitor.actions import Entry, make_action
from sora_studio.ui.monitor.player import Player
from sora_studio.ui.theme import icon


class PlayCommands(QObject):
    """Makes the actions. Lookup by name: `commands["play"]`."""

    def __init__(self, session: Session, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._player = session, player
        self._actions: dict[str, QAction] = {}
        for entry in self._entries():
            self.add(entry)
        player.state_changed.connect(self._show_state)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[QAction]:
        """The actions in the order of menus."""
        return list(self._actions.values())

    def add(self, entry: Entry) -> None:
        """One more action."""
        self._actions[entry.name] = make_action(entry, "monitor", self)

    def toggle(self) -> None:
        """Play or pause."""
        if self._player.playing:
            self._player.pause()
        else:
            self._player.play(self._session.playhead)

    def step(self, frames: int) -> None:
        """Pause and go a few frames on."""
        self._go(self._session.playhead + frames)

    def _go(self, frame: int) -> None:
        self._player.pause()
        self._session.seek(max(0, frame))

    def _second(self) -> int:
        return max(1, round(self._session.timeline.rate.fps))

    def _last(self) -> int:
        return max(0, self._session.timeline.length - 1)

    def _to_cut(self, *, forward: bool) -> None:
        cuts, frame = self._session.timeline.cuts(), self._session.playhead
        if forward:
            self._go(next((cut for cut in cuts if cut > frame), frame))
        else:
            self._go(next((cut for cut in reversed(cuts) if cut < frame), 0))

    def _shuttle(self, direction: int) -> None:
        self._player.shuttle(direction, self._session.playhead)

    def _loop(self) -> None:
        self._player.loop = self["loop"].isChecked()

    def _entries(self) -> tuple[Entry, ...]:
        return (
            Entry("play", "Play", "play", ("Space",), self.toggle),
            Entry("to_start", "To start", "skip-back", ("Home",), lambda: self._go(0)),
            Entry("frame_back", "One frame back", "step-back", ("Left",), lambda: self.step(-1)),
            Entry("frame_forward", "One frame forward", "step-forward", ("Right",), lambda: self.step(1)),
            Entry("to_end", "To end", "skip-forward", ("End",), lambda: self._go(self._last())),
            Entry("second_back", "One second back", "rewind", ("Shift+Left",), lambda: self.step(-self._second())),
            Entry(
                "second_forward",
                "One second forward",
                "fast-forward",
                ("Shift+Right",),
                lambda: self.step(self._second()),
            ),
            Entry("cut_back", "To previous cut", "chevron-up", ("Up",), lambda: self._to_cut(forward=False)),
            Entry("cut_forward", "To next cut", "chevron-down", ("Down",), lambda: self._to_cut(forward=True)),
            Entry("shuttle_back", "Play backwards, faster", "rewind", ("J",), lambda: self._shuttle(-1)),
            Entry("shuttle_stop", "Stop", "pause", ("K",), self._player.pause),
            Entry("shuttle_forward", "Play forwards, faster", "fast-forward", ("L",), lambda: self._shuttle(1)),
            Entry("loop", "Loop", "repeat", ("Ctrl+L",), self._loop, True),
        )

    def _show_state(self) -> None:
        action, playing = self["play"], self._player.playing
        action.setIcon(icon("pause" if playing else "play"))
        action.setText("Pause" if playing else "Play")
        action.setToolTip(f"{action.text()}  (Space)")
