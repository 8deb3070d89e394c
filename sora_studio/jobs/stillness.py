"""How long a running job has not moved, so that one that hangs is told from one that is slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sora_studio.jobs.states import Job, Running

STILL = 180.0
"""Seconds without progress after which it is said."""
SLOWER = 3.0
"""A job whose steps are long is given this many times its longest one."""


@dataclass(slots=True)
class _Seen:
    """Where a job stood, since when, and its longest step in seconds."""

    place: tuple[int, int, str]
    since: float
    longest: float = 0.0


class Stillness:
    """Follows running jobs by their step, window and stage. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, _Seen] = {}

    def follow(self, job: Job) -> None:
        """Take in where a job stands now."""
        state = job.state
        if not isinstance(state, Running):
            self._seen.pop(job.id, None)
            return
        now, place = self._clock(), (state.step, state.window, state.stage)
        seen = self._seen.get(job.id)
        if seen is None:
            self._seen[job.id] = _Seen(place, now)
        elif seen.place != place:
            # loading says nothing of how long a step takes
            stepped = seen.place[0] > 0 and state.step > seen.place[0]
            longest = max(seen.longest, now - seen.since) if stepped else seen.longest
            self._seen[job.id] = _Seen(place, now, longest)

    def seconds(self, job_id: str) -> float:
        """Seconds without progress, once they are too many; 0 until then."""
        seen = self._seen.get(job_id)
        if seen is None:
            return 0.0
        still = self._clock() - seen.since
        return still if still >= max(STILL, SLOWER * seen.longest) else 0.0
