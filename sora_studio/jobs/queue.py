"""The queue of jobs: one after the other, on a worker process of its own.

All methods may be called from any thread. All signals and all calls of sinks come from the queue's thread, in order.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import uuid
from pathlib import Path

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import OutputError, Refused
from sora_studio.core.language import tr
from sora_studio.core.request import Request
from sora_studio.core.setup import Shortage, shortage_from
from sora_studio.jobs import inbox
from sora_studio.jobs.ledger import Entry, Sink, Task
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.queue_store import JobRow
from sora_studio.jobs.queue_thread import JobEvents, QueueThread
from sora_studio.jobs.states import Cancelled, Failed, Job, Leg, Queued

log = logging.getLogger(__name__)

__all__ = ["JobEvents", "JobQueue"]


class JobQueue(QueueThread):
    """First come, first served, within a priority."""

    # jobs

    def submit(
        self,
        request: Request,
        caps: Capabilities,
        sink: Sink,
        label: str = "",
        leg: Leg = Leg(),
        keep: Path | None = None,
    ) -> str:
        """Plan a request and put it at the end of the queue. Returns the job's id; raises Refused at once.

        With a `leg` only a part of the way is gone; a job that is held ends as Held and gives nothing to its sink.
        In the folder `keep` the job leaves where it stands, and goes on from what lies there, if that is its own; who
        names the folder removes it. Such a job ends with the studio; `enlist` takes one that does not.
        """
        task = self._planned(request, caps, sink, leg, keep)
        job = Job(new_job_id(), label, Queued(), task.plan.notes)
        self._ledger.add(Entry(job, task))
        self._inbox.put(inbox.Changed(job))
        return job.id

    def enlist(self, row: JobRow, request: Request, caps: Capabilities, sink: Sink, leg: Leg = Leg()) -> str:
        """The same for a job that stands on the disk, when there is a store, from before this returns. Raises Refused,
        and OutputError when it cannot be written; then nothing was queued."""
        task = self._planned(request, caps, sink, leg, Path(row.keep) if row.keep else None)
        job = Job(row.id, row.label, Queued(), task.plan.notes, row.priority)
        self._ledger.add(Entry(job, task), row)
        self._inbox.put(inbox.Changed(job))
        return job.id

    def show(self, row: JobRow) -> None:
        """Take a job that stands on the disk and was stopped or failed, so that it is seen. Raises OutputError."""
        state = Cancelled(later=True) if row.state == "stopped" else Failed(row.reason, "", _shortage_of(row))
        job = Job(row.id, row.label, state, priority=row.priority)
        self._ledger.add(Entry(job, None), row)
        self._inbox.put(inbox.Changed(job))

    def change(self, row: JobRow, request: Request, caps: Capabilities, sink: Sink, leg: Leg = Leg()) -> None:
        """Make something else of the waiting job of that id. Raises BadInput when it no longer waits, Refused and
        OutputError as `enlist` does; then it stays as it was."""
        task = self._planned(request, caps, sink, leg, Path(row.keep) if row.keep else None)
        self._inbox.put(inbox.Changed(self._ledger.change(row.id, row.label, task, row.data)))

    def cancel(self, job_id: str, *, later: bool = False) -> None:
        """Stop a job within a step, take it out of the queue, or give up what is held of it; `later`: to go on."""
        job = self._ledger.cancel(job_id, later=later)
        if job is not None:
            self._inbox.put(inbox.Changed(job) if job.ended else inbox.Cancel(job_id))

    def leave(self, job_id: str) -> None:
        """Stop a job whose project is left. On the disk it stays: it waits for the project to be opened again."""
        self._ledger.release(job_id)
        self.cancel(job_id)

    def forget(self, job_id: str) -> None:
        """Cancel a job, and let go of what stands on the disk of it."""
        self._ledger.release(job_id, forget=True)
        self.cancel(job_id)

    def dismiss(self, job_id: str) -> None:
        """Let go of a job that is over: it is no longer listed, nor does it stand on the disk. Raises OutputError when
        that cannot be written; then it stays. Nothing happens to others."""
        self._ledger.dismiss(job_id)

    def settle(self, jobs: frozenset[str]) -> None:
        """What these jobs made stands in its project on the disk: they need not stand there themselves."""
        self._inbox.put(inbox.Discard(jobs))

    # what stands on the disk

    @property
    def outlives(self) -> bool:
        """Whether jobs stand on the disk."""
        return self._ledger.store is not None

    def rows(self) -> tuple[JobRow, ...]:
        """The jobs on the disk, of all projects, in their order; none when it cannot be read."""
        try:
            return self._ledger.store.rows() if self._ledger.store is not None else ()
        except OutputError:
            log.exception("the queue on the disk cannot be read")
            return ()

    def moved(self, project: str, to: str) -> None:
        """A project lies in another folder now. When that cannot be written it is looked for again."""
        if self._ledger.store is not None:
            with contextlib.suppress(OutputError):
                self._ledger.store.move(project, to)

    def enough(self, job_id: str) -> None:
        """Finish the running job from what is there after its present step. Nothing happens to others."""
        self._inbox.put(inbox.Enough(job_id))

    def jobs(self) -> tuple[Job, ...]:
        """All jobs, ended ones too: those that wait in the order they will be made in, all others as they came."""
        return self._ledger.jobs()

    def expected(self) -> dict[str, float]:
        """Seconds that waiting jobs take from their beginning, by how long others took here; only those of whose engine
        something is known."""
        found = ((job, self._pace.expected(plan)) for job, plan in self._ledger.waiting())
        return {job: seconds for job, seconds in found if seconds is not None}

    # the order, and whether anything is made. Each raises OutputError when it cannot be written; then it stays as it is

    def move(self, job_id: str, before: str) -> None:
        """Put a waiting job before another one; behind all for an unknown one."""
        self._ledger.move(job_id, before)

    def rank(self, job_id: str, priority: int) -> None:
        """Give a waiting job another priority (see `jobs/line.py`)."""
        self._ledger.rank(job_id, priority)

    @property
    def paused(self) -> bool:
        """Whether no job is begun."""
        return self._ledger.paused

    def pause(self, *, now: bool = False) -> None:
        """Begin no job from now on. The running one is finished, or stopped `now` to wait again as the first."""
        self._ledger.pause(True)
        if now:
            self._inbox.put(inbox.Postpone())

    def resume(self) -> None:
        """Begin jobs again."""
        self._ledger.pause(False)
        self._inbox.put(inbox.Look())

    # the worker

    def warm(self, engine: str = "sora") -> None:
        """Start the worker and load an engine, so that the first job starts at once."""
        self._inbox.put(inbox.Warm(engine))

    def probe(self) -> None:
        """Ask what the machine has; the answer is `events.probed`, if there is one."""
        self._inbox.put(inbox.Warm(""))

    def close(self) -> None:
        """Cancel what is left, end the worker, and wait for it. What stands on the disk waits there."""
        self._ledger.close()
        for entry in self._ledger.open():
            self._ledger.release(entry.job.id)
        self._inbox.put(inbox.Close())
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _planned(self, request: Request, caps: Capabilities, sink: Sink, leg: Leg, keep: Path | None) -> Task:
        """What it takes to run a request; raises Refused."""
        _refuse(leg, caps)
        plan = make_plan(request, caps)
        return Task(plan, sink, self.advice.advised(leg, plan), keep)


def new_job_id() -> str:
    """An identity that no job has."""
    return uuid.uuid4().hex[:12]


def _shortage_of(row: JobRow) -> Shortage | None:
    """Where memory ran out, if a row says so."""
    try:
        return shortage_from(json.loads(row.shortage)) if row.shortage else None
    except (ValueError, RecursionError):
        return None


def _refuse(leg: Leg, caps: Capabilities) -> None:
    """Raises Refused for a part of the way that an engine can't go."""
    if (leg.hold or leg.resume) and not caps.resumable:
        raise Refused("“{engine}” can't be held and continued. Choose another engine.", engine=tr(caps.title))
    if leg.record and not caps.records:
        raise Refused("“{engine}” can't show what goes on inside. The built-in model can.", engine=tr(caps.title))
