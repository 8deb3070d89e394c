"""Measures a hand on the playhead over a film as other programs write it: 1080p H.264 with 250 frames between key
pictures and B-frames. How long until a frame is shown, and until the exact one is."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage

from sora_studio.media.foreign import foreign_film
from sora_studio.media.proxy import Proxies
from sora_studio.ui.monitor.feed import FrameFeed

FRAMES = 300
STEP_MS = 33
"""A hand moves the playhead about thirty times a second."""
DRAG_STEPS = 120
JUMPS = 60
COPY_S = 300.0
"""How long a small copy may take."""
REST_MS = 4000
"""How long a jump may take to its exact frame before it is given up."""


@dataclass(slots=True)
class Answers:
    """Milliseconds from a wish to the next frame that was shown, and to the exact one."""

    shown: list[float] = field(default_factory=list)
    exact: list[float] = field(default_factory=list)


def measure_scrub(folder: Path, frames: int = FRAMES) -> dict[str, list[float]]:
    """Drag forwards and backwards through the film, and jump about in it; milliseconds of each wish."""
    path = foreign_film(folder / "foreign.mp4", frames)
    forwards = range(0, frames, max(1, frames // DRAG_STEPS))
    jumps = random.Random(7).sample(range(frames), min(JUMPS, frames))
    made: dict[str, list[float]] = {}
    drag = [*forwards, *reversed(forwards)]
    for name, wishes, copied in (
        ("drag before the copy", drag, False),
        ("drag", drag, True),
        ("jump", jumps, True),
    ):
        proxies = Proxies(folder / "proxies") if copied else None
        _wait_for_copy(proxies, path)
        hand = Hand(path, proxies)
        answers = hand.jump(wishes) if name == "jump" else hand.drag(wishes)
        hand.close()
        made[f"scrub {name}, a frame"] = answers.shown
        made[f"scrub {name}, the frame"] = answers.exact
    return made


def _wait_for_copy(proxies: Proxies | None, path: Path) -> None:
    """Let the small copy be made first, as it is a while after a film came into the project."""
    until = time.perf_counter() + COPY_S
    while proxies is not None and proxies.of(path) is None and proxies.busy and time.perf_counter() < until:
        time.sleep(0.05)


class Hand:
    """Wishes for frames, and hears when pictures come."""

    def __init__(self, path: Path, proxies: Proxies | None) -> None:
        self._path = path
        self._feed = FrameFeed(proxies=proxies)
        self._feed.arrived.connect(self._arrived)
        self._answers = Answers()
        self._asked = 0.0
        self._open = False

    def drag(self, wishes: list[int]) -> Answers:
        """Move on at the pace of a hand, whether or not a picture came."""
        for index in wishes:
            self._ask(index)
            self._wait(STEP_MS)
        self._wait(REST_MS // 4)
        return self._answers

    def jump(self, wishes: list[int]) -> Answers:
        """Wait for the exact frame each time."""
        for index in wishes:
            self._ask(index)
            until = time.perf_counter() + REST_MS / 1000
            while not self._feed.complete and time.perf_counter() < until:
                self._wait(2)
        return self._answers

    def close(self) -> None:
        """End the decoder's thread."""
        self._feed.close()

    def _ask(self, index: int) -> None:
        if not self._open:
            # While no picture came, the wish before this one still waits: its time runs on.
            self._asked, self._open = time.perf_counter(), True
        self._wanted = time.perf_counter()
        self._feed.want([(str(self._path), index)])

    def _arrived(self, images: list[QImage]) -> None:
        del images
        now = time.perf_counter()
        if self._open:
            self._answers.shown.append((now - self._asked) * 1000)
            self._open = False
        if self._feed.complete:
            self._answers.exact.append((now - self._wanted) * 1000)

    @staticmethod
    def _wait(milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()
