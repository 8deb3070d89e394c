"""The book of jobs: who waits, who runs, who has ended. Every method may be called from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from sora_studio.core.errors import BadInput
from sora_studio.core.request import Frames
from sora_studio.core.samples import Sound
from sora_studio.jobs.states import Cancelled, Done, Failed, Held, Job, JobState, Leg, Queued, Running
from sora_studio.jobs.windows import Plan

Sink = Callable[[int, Frames], None]
"""Takes final frames (T, H, W, 3) that start at a frame of the clip; called in order, without gaps."""


@runtime_checkable
class Ear(Protocol):
    """A sink that also takes the sound that begins with a frame of the clip, ahead of its frames."""

    def hear(self, start: int, sound: Sound) -> None:
        """Take samples (n, 2) at 48 kHz."""
        ...


KEPT_JOBS = 50
"""Ended jobs that are remembered."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What it takes to run a job."""

    plan: Plan
    sink: Sink
    leg: Leg = Leg()
    keep: Path | None = None
    """The folder with what the job goes on from, and keeps; None: nothing is kept."""


@dataclass(slots=True)
class Entry:
    """A job and where it stands."""

    job: Job
    task: Task | None
    """None when the job has ended: it holds pictures."""
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

    def take(self) -> tuple[Entry, Task] | None:
        """The first waiting job and its task, which runs from now on; None when nothing waits."""
        with self._lock:
            for entry in self._entries.values():
                task = entry.task
                if entry.announced and task is not None and isinstance(entry.job.state, Queued):
                    begun = task.leg.resume.step if task.leg.resume else 0
                    state = Running(begun, task.plan.steps, None, 1, len(task.plan.windows))
                    entry.job = replace(entry.job, state=state)
                    return entry, task
        return None

    def cancel(self, job_id: str) -> Job | None:
        """Mark a job as cancelled, which ends it if it waits or is held; returns it unless it is unknown or over."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or isinstance(entry.job.state, Done | Failed | Cancelled):
                return None
            entry.cancelled = True
            if isinstance(entry.job.state, Queued | Held):
                entry.job, entry.task = replace(entry.job, state=Cancelled()), None
            return entry.job

    def set(self, entry: Entry, state: JobState) -> Job:
        """Bring a job into a state; returns it."""
        with self._lock:
            entry.job = replace(entry.job, state=state)
            if entry.job.ended:
                entry.task = None
            return entry.job

    def remark(self, entry: Entry, text: str) -> Job:
        """Add a sentence to the notes of a job; returns it."""
        with self._lock:
            entry.job = replace(entry.job, notes=(*entry.job.notes, text))
            return entry.job
