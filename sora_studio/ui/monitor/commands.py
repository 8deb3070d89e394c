"""Playback, stepping, jumping and marking as actions with keys."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from sora_studio.core.language import tr
from sora_studio.ui.monitor.actions import Entry, make_action
from sora_studio.ui.monitor.held import Held
from sora_studio.ui.monitor.player import Player
from sora_studio.ui.monitor.reel import Reels
from sora_studio.ui.theme import icon

_ONCE = ("shuttle_back", "shuttle_stop", "shuttle_forward", "play")
"""Holding one of these keys is one press."""


class PlayCommands(QObject):
    """Makes the actions. Lookup by name: `commands["play"]`."""

    def __init__(self, reels: Reels, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reels, self._player = reels, player
        self._actions: dict[str, QAction] = {}
        self.held = Held(lambda: self["shuttle_stop"].shortcuts(), self)
        for entry in (*self._travel(), *self._shuttling(), *self._marking()):
            self.add(entry)
        for name in _ONCE:
            self[name].setAutoRepeat(False)
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
            self._player.play(self._reels().frame)

    def step(self, frames: int) -> None:
        """Pause and go a few frames on."""
        self.go(self._reels().frame + frames)

    def go(self, frame: int) -> None:
        """Pause and go to a frame."""
        self._player.pause()
        self._reels().seek(max(0, frame))

    def _second(self) -> int:
        return max(1, round(self._reels().rate.fps))

    def _to_cut(self, *, forward: bool) -> None:
        reel = self._reels()
        cuts, frame = reel.cuts(), reel.frame
        if forward:
            self.go(next((cut for cut in cuts if cut > frame), frame))
        else:
            self.go(next((cut for cut in reversed(cuts) if cut < frame), 0))

    def _shuttle(self, direction: int) -> None:
        if self.held.down:
            self.step(direction)
        else:
            self._player.shuttle(direction, self._reels().frame)

    def _stop(self) -> None:
        self.held.press()
        self._player.pause()

    def _loop(self) -> None:
        self._player.loop = self["loop"].isChecked()

    def _mark(self, *, start: bool) -> None:
        reel = self._reels()
        reel.mark(reel.marks.with_start(reel.frame) if start else reel.marks.with_stop(reel.frame + 1))

    def _unmark(self, *, start: bool = False, stop: bool = False) -> None:
        reel = self._reels()
        marks = reel.marks.with_start(None) if start else reel.marks
        reel.mark(marks.with_stop(None) if stop else marks)

    def _to_mark(self, *, start: bool) -> None:
        marks = self._reels().marks
        if start and marks.start is not None:
            self.go(marks.start)
        elif not start and marks.stop is not None:
            self.go(marks.stop - 1)

    def _travel(self) -> tuple[Entry, ...]:
        return (
            Entry("play", "Play", "play", ("Space",), self.toggle),
            Entry("to_start", "To start", "skip-back", ("Home",), lambda: self.go(0)),
            Entry("frame_back", "One frame back", "step-back", ("Left",), lambda: self.step(-1)),
            Entry("frame_forward", "One frame forward", "step-forward", ("Right",), lambda: self.step(1)),
            Entry("to_end", "To end", "skip-forward", ("End",), lambda: self.go(self._reels().length - 1)),
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
        )

    def _shuttling(self) -> tuple[Entry, ...]:
        return (
            Entry("shuttle_back", "Play backwards, faster", "rewind", ("J",), lambda: self._shuttle(-1)),
            Entry("shuttle_stop", "Stop", "pause", ("K",), self._stop),
            Entry("shuttle_forward", "Play forwards, faster", "fast-forward", ("L",), lambda: self._shuttle(1)),
            Entry("loop", "Loop", "repeat", ("Ctrl+L",), self._loop, True),
        )

    def _marking(self) -> tuple[Entry, ...]:
        return (
            Entry("mark_in", "Mark in", "arrow-left-to-line", ("I",), lambda: self._mark(start=True)),
            Entry("mark_out", "Mark out", "arrow-right-to-line", ("O",), lambda: self._mark(start=False)),
            Entry("go_in", "Go to in", "skip-back", ("Shift+I",), lambda: self._to_mark(start=True)),
            Entry("go_out", "Go to out", "skip-forward", ("Shift+O",), lambda: self._to_mark(start=False)),
            Entry("clear_in", "Clear in", "x", ("Alt+I",), lambda: self._unmark(start=True)),
            Entry("clear_out", "Clear out", "x", ("Alt+O",), lambda: self._unmark(stop=True)),
            Entry("clear_marks", "Clear in and out", "x", ("Alt+X",), lambda: self._unmark(start=True, stop=True)),
        )

    def _show_state(self) -> None:
        action, playing = self["play"], self._player.playing
        action.setIcon(icon("pause" if playing else "play"))
        action.setText(tr("Pause") if playing else tr("Play"))
