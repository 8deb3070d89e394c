"""The book of jobs: who waits, who runs, who has ended. Every method may be called from any thread.

With a store the jobs that have a row in it stand on the disk, too. What the artist asks for is written before it
counts, and raises OutputError when it cannot be; how a job fares is written by the queue's thread (`record`).
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.request import Frames
from sora_studio.core.samples import Sound
from sora_studio.core.setup import Setup, shortage_data
from sora_studio.jobs.line import Place, moved, ranked
from sora_studio.jobs.queue_store import JobRow, QueueStore, RowState
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


@runtime_checkable
class Witness(Protocol):
    """A sink that is also told how its clip is made, ahead of the frames."""

    def run_in(self, setup: Setup) -> None:
        """Take the setup; another one when the job is tried again."""
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
    later: bool = False
    """Whether it was cancelled to go on later."""
    postponed: bool = False
    """Whether it is stopped to wait again."""
    announced: bool = False
    """Whether the world knows that it waits; it is not started before."""


class Ledger:
    """Entries; those that wait stand in the order they will be made in."""

    def __init__(self, store: QueueStore | None = None) -> None:
        self.store = store
        self._entries: dict[str, Entry] = {}
        self._kept: set[str] = set()
        """Jobs whose rows in the store follow them."""
        self._lock = threading.Lock()
        self._closed = False
        self._paused = store is not None and store.paused

    # whom there is

    def jobs(self) -> tuple[Job, ...]:
        """All jobs: those that wait in the order they will be made in, all others as they were added."""
        with self._lock:
            return tuple(entry.job for entry in self._entries.values())

    def open(self) -> list[Entry]:
        """What has not ended."""
        with self._lock:
            return [entry for entry in self._entries.values() if not entry.job.ended]

    def waiting(self) -> list[tuple[str, Plan]]:
        """The plans of those that wait, in the order they will be made in."""
        with self._lock:
            waiting = [(entry.job.id, entry.task) for entry in self._entries.values() if _waits(entry)]
        return [(job, task.plan) for job, task in waiting if task is not None]

    @property
    def paused(self) -> bool:
        """Whether no job is begun."""
        return self._paused

    # what the artist asks for

    def add(self, entry: Entry, row: JobRow | None = None) -> None:
        """A new job, with what stands on the disk of it. Raises BadInput after `close`."""
        with self._lock:
            if self._closed:
                raise BadInput("The studio is closing; nothing new can be started.")
            if self.store is not None and row is not None:
                self.store.add(row)
                self._kept.add(row.id)
            self._entries[entry.job.id] = entry
            line = self._line()
            if (order := ranked(line)) != line:
                with contextlib.suppress(
                    OutputError
                ):  # it was taken; that it stands behind others is no reason to fail
                    self._arrange(order)
            ended = [key for key, known in self._entries.items() if known.job.ended]
            for key in ended[: max(0, len(ended) - KEPT_JOBS)]:
                del self._entries[key]

    def move(self, job_id: str, before: str) -> None:
        """Put a waiting job before another one; behind all for an unknown one."""
        with self._lock:
            self._arrange(moved(self._line(), job_id, before))

    def rank(self, job_id: str, priority: int) -> Job | None:
        """Give a waiting job another priority: behind those that have it. Returns it; None when it does not wait."""
        with self._lock:
            line = [Place(one.job, priority) if one.job == job_id else one for one in self._line()]
            if not any(one.job == job_id for one in line):
                return None
            self._arrange(ranked(sorted(line, key=lambda one: one.job == job_id)))
            return self._entries[job_id].job

    def change(self, job_id: str, label: str, task: Task, data: str) -> Job:
        """Make something else of a waiting job. Raises BadInput when it no longer waits."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or not isinstance(entry.job.state, Queued):
                raise BadInput("That job is no longer waiting. Stop it first, or vary the clip when it is made.")
            if self.store is not None and job_id in self._kept:
                self.store.change(job_id, label, data, str(task.keep or ""))
            entry.job, entry.task = replace(entry.job, label=label, notes=task.plan.notes), task
            return entry.job

    def pause(self, paused: bool) -> None:
        """Begin no job, or again."""
        with self._lock:
            if self.store is not None:
                self.store.pause(paused)
            self._paused = paused

    def cancel(self, job_id: str, *, later: bool = False) -> Job | None:
        """Mark a job as cancelled, which ends it if it waits or is held; returns it unless it is unknown or over."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or isinstance(entry.job.state, Done | Failed | Cancelled):
                return None
            entry.cancelled, entry.later = True, later
            if isinstance(entry.job.state, Queued | Held):
                entry.job, entry.task = replace(entry.job, state=Cancelled(later)), None
            return entry.job

    def release(self, job_id: str, *, forget: bool = False) -> None:
        """What becomes of a job is no longer written: it waits on the disk for the next studio, or is forgotten. When
        that cannot be written it stands there as it did, which comes to the same."""
        with self._lock, contextlib.suppress(OutputError):
            if self.store is None or job_id not in self._kept:
                return
            self._kept.discard(job_id)
            entry = self._entries.get(job_id)
            if forget:
                self.store.discard((job_id,))
            elif entry is not None and isinstance(entry.job.state, Queued | Running):
                self.store.end(job_id, "waiting")

    def dismiss(self, job_id: str) -> None:
        """Know nothing more of a job that is over."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or not entry.job.ended:
                return
            if self.store is not None and job_id in self._kept:
                self.store.discard((job_id,))
                self._kept.discard(job_id)
            del self._entries[job_id]

    def close(self) -> None:
        """Take no more jobs."""
        with self._lock:
            self._closed = True

    # how jobs fare

    def announced(self, job_id: str) -> None:
        """From now on the job may start."""
        with self._lock:
            if (entry := self._entries.get(job_id)) is not None:
                entry.announced = True

    def take(self) -> tuple[Entry, Task] | None:
        """The first waiting job and its task, which runs from now on; None when nothing waits, or all shall."""
        with self._lock:
            for entry in self._entries.values() if not self._paused else ():
                task = entry.task
                if entry.announced and task is not None and isinstance(entry.job.state, Queued):
                    begun = task.leg.resume.step if task.leg.resume else 0
                    state = Running(begun, task.plan.steps, None, 1, len(task.plan.windows))
                    entry.job, entry.postponed = replace(entry.job, state=state), False
                    return entry, task
        return None

    def postpone(self, entry: Entry) -> None:
        """A running job is stopped to wait again."""
        with self._lock:
            entry.postponed = not entry.cancelled

    def set(self, entry: Entry, state: JobState) -> Job:
        """Bring a job into a state; returns it."""
        with self._lock:
            entry.job = replace(entry.job, state=state)
            if entry.job.ended:
                entry.task = None
            if isinstance(state, Queued):  # again: it was first, and is so within its priority
                waiting = ranked(self._line())
                others = {key: one for key, one in self._entries.items() if not _waits(one)}
                self._entries = others | {one.job: self._entries[one.job] for one in waiting}
            return entry.job

    def remark(self, entry: Entry, text: str) -> Job:
        """Add a sentence to the notes of a job; returns it."""
        with self._lock:
            entry.job = replace(entry.job, notes=(*entry.job.notes, text))
            return entry.job

    def record(self, job: Job) -> None:
        """Write on the disk where a job stands. Raises OutputError."""
        if self.store is None or job.id not in self._kept:
            return
        match job.state:
            case Running():
                self.store.begin(job.id)
            case Held():
                pass
            case state:
                self.store.end(job.id, *_in_row(state))

    def discard(self, jobs: frozenset[str]) -> None:
        """What these jobs made stands in its project, or is not wanted: they go from the disk. Raises OutputError."""
        if self.store is not None:
            self.store.discard(jobs)
            self._kept -= jobs

    # on the way to either; the lock is held

    def _line(self) -> list[Place]:
        return [Place(one.job.id, one.job.priority) for one in self._entries.values() if _waits(one)]

    def _arrange(self, order: list[Place]) -> None:
        """Bring those that wait into an order, on the disk first."""
        ranks = {one.job: one.priority for one in order if self._entries[one.job].job.priority != one.priority}
        if self.store is not None:
            self.store.arrange([one.job for one in order], ranks)
        waiting = [self._entries[one.job] for one in order]
        for entry, one in zip(waiting, order, strict=True):
            entry.job = replace(entry.job, priority=one.priority)
        others = {key: entry for key, entry in self._entries.items() if not _waits(entry)}
        self._entries = others | {entry.job.id: entry for entry in waiting}


def _waits(entry: Entry) -> bool:
    return isinstance(entry.job.state, Queued)


def _in_row(state: Queued | Done | Failed | Cancelled) -> tuple[RowState, str, str]:
    """A state as the store keeps it, what is said of it, and where memory ran out."""
    match state:
        case Queued():
            return "waiting", "", ""
        case Done(_, steps):
            return "done", str(steps), ""
        case Failed(reason, _, shortage):
            return "failed", reason, "" if shortage is None else json.dumps(shortage_data(shortage))
        case Cancelled(later):
            return "stopped" if later else "cancelled", "", ""
