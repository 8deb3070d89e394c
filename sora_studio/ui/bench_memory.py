"""Measures whether the window's memory stays flat while it is used: an artist's hour, played as fast as it goes.

A minute of use is a handful of edits, walks of the playhead, looks at other views and one short generation, all of them
taken back again. What stays is what the program keeps for itself: the media, and pictures of some of them, which are
filled before the count begins.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import psutil
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from sora_studio.core.errors import StudioError
from sora_studio.ui.window import MainWindow

ACTS = 40
"""Acts of a minute: one every second and a half."""
FILLING = 60
"""Clips made before the first minute, at most one for each: what is kept of jobs and clips has its limits then."""
SETTLING = 0.25
"""Share of the minutes in which caches fill; the slope is that of the rest."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes of the window's process after each minute that was played."""

    megabytes: tuple[float, ...]

    @property
    def slope(self) -> float:
        """Megabytes an hour by least squares, after the caches have filled."""
        settled = self.megabytes[int(len(self.megabytes) * SETTLING) :]
        count = len(settled)
        if count < 2:
            return 0.0
        middle, mean = (count - 1) / 2, sum(settled) / count
        above = sum((minute - middle) * (value - mean) for minute, value in enumerate(settled))
        return 60 * above / sum((minute - middle) ** 2 for minute in range(count))


def measure_memory(app: QApplication, window: MainWindow, minutes: int, generate: Callable[[], object]) -> Memory:
    """Play `minutes` of use; `generate` makes one short clip and returns when it is there."""
    process, rng = psutil.Process(), random.Random(11)
    found = []
    for _ in range(min(minutes, FILLING)):
        generate()
        window.session.undo()
    for _ in range(minutes):
        begun = len(window.session.timeline.tracks[0].clips)
        generate()
        for _ in range(ACTS):
            _act(window, rng)
            app.processEvents()
        while window.session.can_undo and len(window.session.timeline.tracks[0].clips) != begun:
            window.session.undo()
            app.processEvents()
        while window.memory.rest.isActive():  # of a minute the hand rests for the most part
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        found.append(process.memory_info().rss / 2**20)
    return Memory(tuple(round(value, 1) for value in found))


def _act(window: MainWindow, rng: random.Random) -> None:
    """One thing a hand does. What the timeline refuses is refused here as well."""
    session = window.session
    clips = [clip for _, clip in session.timeline.clips()]
    clip = rng.choice(clips) if clips else None
    by = rng.randint(-6, 6)
    acts: list[Callable[[], object]] = [
        lambda: session.seek(rng.randrange(max(1, session.timeline.length))),
        lambda: window.timeline.view.zoom(rng.uniform(0.5, 12.0)),
        lambda: window.inspector.state.update(prompt=f"a red balloon number {rng.randrange(10**6)}"),
        session.undo,
        session.redo,
    ]
    if clip is not None:
        acts += [
            lambda: session.select(clip.id),
            lambda: session.move(clip.id, 0, max(0, clip.start + by)),
            lambda: session.ripple_trim(clip.id, "tail", by),
            lambda: session.slip(clip.id, by),
            session.split,
        ]
    try:
        rng.choice(acts)()
    except StudioError:
        return
