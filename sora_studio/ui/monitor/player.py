"""The clock of playback: the frame follows from the time that has passed, never from the number of ticks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from sora_studio.core.time import FrameRange, Rate

SPEEDS = (1, 2, 4, 8)


class Frames(Protocol):
    """So many frames at a rate."""

    @property
    def rate(self) -> Rate:
        """Frames a second."""
        ...

    @property
    def length(self) -> int:
        """How many."""
        ...


def _everything() -> FrameRange | None:
    return None


class Player(QObject):
    """Moves over frames at a speed of -8 to 8; what falls between two ticks is left out.

    `stretch` says which part a loop goes round, None for all of it.
    """

    moved = Signal(int)
    state_changed = Signal()
    anchored = Signal(int, int)
    """It plays on from a frame at a speed: the moment for sound to begin there, before the clock is read."""

    def __init__(
        self,
        frames: Callable[[], Frames],
        parent: QObject | None = None,
        *,
        stretch: Callable[[], FrameRange | None] = _everything,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._frames, self._stretch, self._clock = frames, stretch, clock
        self.speed = 0
        self.loop = False
        self.frame = 0
        self._from_frame, self._from_time = 0, 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def playing(self) -> bool:
        """Whether the clock runs."""
        return self.speed != 0

    def play(self, frame: int, speed: int = 1) -> None:
        """Run from a frame; from the end it starts over."""
        reel, round_ = self._frames(), self._round()
        if reel.length == 0:
            return
        first, last = round_.start, round_.stop - 1
        if self.loop and frame not in round_:
            frame = first if speed > 0 else last
        elif speed > 0 and frame >= reel.length - 1:
            frame = 0
        elif speed < 0 and frame <= 0:
            frame = reel.length - 1
        self.speed = speed
        self._anchor(frame)
        self._timer.start(round(max(5.0, min(20.0, 500.0 / float(reel.rate.fps) / abs(speed)))))
        self.state_changed.emit()
        if frame != self.frame:
            self._move(frame)

    def pause(self) -> None:
        """Stop where it is."""
        if self.speed:
            self.speed = 0
            self._timer.stop()
            self.state_changed.emit()

    def shuttle(self, direction: int, frame: int) -> None:
        """J and L: each press in the same direction doubles the speed up to 8; the other direction starts at 1."""
        now = abs(self.speed) if self.speed * direction > 0 else 0
        faster = next((speed for speed in SPEEDS if speed > now), SPEEDS[-1])
        self.play(frame, faster * direction)

    def moved_to(self, frame: int) -> None:
        """The playhead was put somewhere: go on from there."""
        if frame != self.frame:
            self.frame = frame
            self._anchor(frame)

    def tick(self) -> None:
        """Move to the frame that belongs to this moment."""
        reel = self._frames()
        if not self.speed:
            return
        passed = (self._clock() - self._from_time) * float(reel.rate.fps) * self.speed
        # A frame lasts until the next one's moment, in both directions.
        frame = self._from_frame + (math.floor(passed + 1e-6) if self.speed > 0 else math.ceil(passed - 1e-6))
        round_ = self._round()
        if frame in round_:
            self._move(frame)
        elif self.loop and len(round_):
            frame = round_.start + (frame - round_.start) % len(round_)
            self._anchor(frame)
            self._move(frame)
        else:
            self._move(max(0, min(reel.length - 1, frame)))
            self.pause()

    def _round(self) -> FrameRange:
        """The frames that are played: a loop keeps to its stretch."""
        stretch = self._stretch() if self.loop else None
        return stretch or FrameRange(0, self._frames().length)

    def _move(self, frame: int) -> None:
        if frame != self.frame:
            self.frame = frame
            self.moved.emit(frame)

    def anew(self) -> None:
        """Something else is to be heard: go on from here."""
        if self.speed:
            self._anchor(self.frame)

    def _anchor(self, frame: int) -> None:
        if self.speed:
            self.anchored.emit(frame, self.speed)
        self._from_frame, self._from_time = frame, self._clock()
