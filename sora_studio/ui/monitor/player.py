"""The clock of playback: the frame follows from the time that has passed, never from the number of ticks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from sora_studio.core.timeline import Timeline

SPEEDS = (1, 2, 4)


class Player(QObject):
    """Moves over the timeline's frames at a speed of -4 to 4; what falls between two ticks is left out."""

    moved = Signal(int)
    state_changed = Signal()

    def __init__(
        self,
        timeline: Callable[[], Timeline],
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._timeline, self._clock = timeline, clock
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
        timeline = self._timeline()
        if timeline.length == 0:
            return
        last = timeline.length - 1
        if speed > 0 and frame >= last:
            frame = 0
        elif speed < 0 and frame <= 0:
            frame = last
        self._anchor(frame)
        self.speed = speed
        self._timer.start(round(max(5.0, min(20.0, 500.0 / float(timeline.rate.fps) / abs(speed)))))
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
        """J and L: each press in the same direction doubles the speed up to four; the other direction starts at one."""
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
        timeline = self._timeline()
        if not self.speed:
            return
        passed = (self._clock() - self._from_time) * float(timeline.rate.fps) * self.speed
        # A frame lasts until the next one's moment, in both directions.
        frame = self._from_frame + (math.floor(passed + 1e-6) if self.speed > 0 else math.ceil(passed - 1e-6))
        if 0 <= frame < timeline.length:
            self._move(frame)
        elif self.loop and timeline.length:
            frame %= timeline.length
            self._anchor(frame)
            self._move(frame)
        else:
            self._move(max(0, min(timeline.length - 1, frame)))
            self.pause()

    def _move(self, frame: int) -> None:
        if frame != self.frame:
            self.frame = frame
            self.moved.emit(frame)

    def _anchor(self, frame: int) -> None:
        self._from_frame, self._from_time = frame, self._clock()
