"""The book of jobs: who waits, who runs, who has ended. Every method may be called from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.request import Frames
from sora_studio.jobs.states import Cancelled, Job, JobState, Leg, Queued, Running
from sora_studio.jobs.windows import Plan

Sink = Callable[[int, Frames], None]
"""Takes final frames (T, H, W, 3) that start at a frame of the clip; called in order, without gaps."""

KEPT_JOBS = 50
"""Ended jobs that are remembered."""


@dataclass(slots=True)
class Entry:
    """A job and what it takes to run it."""

    job: Job
    plan: Plan | None
    """None when the job has ended: it holds pictures."""
    caps: Capabilities
    sink: Sink
    leg: Leg = Leg()
    cancelled: bool = False
    announced: bool = False
    """Whether the world knows that it waits; it is not started before."""


class Ledger:
    """Entries in the order they were added."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._lock = threading.Lock()
        self._closed = False

    def add(self, entry: Entry) -> None:
        """A new job. Raises BadInput after `close`."""
        with self._lock:
            if self._closed:
                raise BadInput("The studio is closing; nothing new can be started.")
            self._entries[entry.job.id] = entry
            ended = [key for key, known in self._entries.items() if known.job.ended]
            for key in ended[: max(0, len(ended) - KEPT_JOBS)]:
                del self._entries[key]

    def close(self) -> None:
        """Take no more jobs."""
        with self._lock:
            self._closed = True

    def get(self, job_id: str) -> Entry:
        """The entry of a job. Raises BadInput when it is not known any more."""
        with self._lock:
            if job_id not in self._entries:
                raise BadInput("This job is no longer known. Start it anew.")
            return self._entries[job_id]

    def jobs(self) -> tuple[Job, ...]:
        """All jobs in the order they were added."""
        with self._lock:
            return tuple(entry.job for entry in self._entries.values())

    def open(self) -> list[Entry]:
        """What has not ended."""
        with self._lock:
            return [entry for entry in self._entries.values() if not entry.job.ended]

    def announced(self, job_id: str) -> None:
        """From now on the job may start."""
        with self._lock:
            if (entry := self._entries.get(job_id)) is not None:
                entry.announced = True

    def take(self) -> tuple[Entry, Plan] | None:
        """The first waiting job and its plan, which runs from now on; None when nothing waits."""
        with self._lock:
            for entry in self._entries.values():
                if entry.announced and entry.plan is not None and isinstance(entry.job.state, Queued):
                    begun = entry.leg.resume.step if entry.leg.resume else 0
                    state = Running(begun, entry.plan.steps, None, 1, len(entry.plan.windows))
                    entry.job = replace(entry.job, state=state)
                    return entry, entry.plan
        return None

    def cancel(self, job_id: str) -> Job | None:
        """Mark a job as cancelled, which ends it if it waits; returns it unless it is unknown or has ended before."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or entry.job.ended:
                return None
            entry.cancelled = True
            if isinstance(entry.job.state, Queued):
                entry.job, entry.plan = replace(entry.job, state=Cancelled()), None
            return entry.job

    def set(self, entry: Entry, state: JobState) -> Job:
        """Bring a job into a state; returns it."""
        with self._lock:
            entry.job = replace(entry.job, state=state)
            if entry.job.ended:
                entry.plan = None
            return entry.job
