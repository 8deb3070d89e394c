"""How long a job takes, and still takes, from the steps that were measured now and before on this machine."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.emphasis import COST, spoken
from sora_studio.jobs.windows import Plan, PlannedWindow
from sora_studio.settings.remembered import read_json, write_json

MEMORY = 0.5
"""Weight of the newest job in what is remembered of an engine."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Seconds for a step of a pixel: of the steps alone, and with what comes behind them, such as decoding."""

    step: float
    whole: float

    def mixed(self, newest: _Known) -> _Known:
        """With the newest job's."""
        return _Known(_mixed(self.step, newest.step), _mixed(self.whole, newest.whole))


@dataclass(frozen=True, slots=True)
class _Job:
    """What counts of a plan, which itself holds pictures."""

    engine: str
    work: float
    steps: int


class Pace:
    """Seconds a step of each engine, remembered per pixel and frame so that one size tells about another."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, history: Path | None = None) -> None:
        """`history` is a file that keeps the paces between sessions; one that cannot be read or written is forgone."""
        self._clock = clock
        self._history = history
        self._known = _read(history) if history else {}
        self._job: _Job | None = None
        self._begun = 0.0
        self._first = 0
        self._last = (0.0, 0)

    def begin(self, plan: Plan) -> None:
        """A job starts."""
        self._job = _Job(plan.request.engine, _work(plan), plan.steps)
        self._begun, self._first, self._last = 0.0, 0, (0.0, 0)

    def step(self, step: int) -> None:
        """A step of the job is done. The first one counts from there: what came before was loading."""
        now = self._clock()
        if self._begun == 0.0:
            self._begun, self._first = now, step
        self._last = (now, step)

    def end(self) -> None:
        """The job is done: remember its pace."""
        if self._job is None or (pace := self._measured()) is None:
            return
        whole = (self._clock() - self._begun) / (self._last[1] - self._first)
        newest, engine = _Known(pace / self._job.work, whole / self._job.work), self._job.engine
        self._known[engine] = self._known.get(engine, newest).mixed(newest)
        if self._history is not None:
            write_json(self._history, {name: [known.step, known.whole] for name, known in self._known.items()})

    def seconds_left(self) -> float | None:
        """Seconds to the end of the running job; None when nothing is known yet."""
        if self._job is None:
            return None
        pace = self._measured()
        if pace is None:
            known = self._known.get(self._job.engine)
            if known is None:
                return None
            pace = known.step * self._job.work
        return pace * (self._job.steps - self._last[1])

    def expected(self, plan: Plan) -> float | None:
        """Seconds that a job takes once the model is loaded; None when nothing is known of its engine. May be asked
        from any thread."""
        known = self._known.get(plan.request.engine)
        return None if known is None else known.whole * _work(plan) * plan.steps

    def _measured(self) -> float | None:
        """Seconds a step in this job."""
        when, step = self._last
        return (when - self._begun) / (step - self._first) if step > self._first else None


def _mixed(before: float, now: float) -> float:
    return MEMORY * now + (1 - MEMORY) * before


def _work(plan: Plan) -> float:
    """Pixels of the mean window, and more for what its weighted phrases take."""
    frames = sum(_asked(plan, window) * window.length for window in plan.windows) / len(plan.windows)
    return frames * plan.size.width * plan.size.height


def _asked(plan: Plan, window: PlannedWindow) -> float:
    """How many times as long a window takes as with all words alike."""
    return 1 + COST * len(spoken(plan.request.prompt_at(window.keep.start))[1])


def _read(path: Path) -> dict[str, _Known]:
    """The paces of a file; nothing for one that is missing or damaged. Earlier ones held the steps' alone."""
    found = read_json(path)
    known: dict[str, _Known] = {}
    for engine, paces in found.items() if isinstance(found, dict) else ():
        try:
            step, whole = map(float, paces) if isinstance(paces, list) else (float(paces), float(paces))
        except (ValueError, TypeError, OverflowError):
            continue
        if all(math.isfinite(pace) and pace > 0 for pace in (step, whole)):
            known[str(engine)] = _Known(step, whole)
    return known
