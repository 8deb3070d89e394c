"""The thread of the queue, which owns the worker process: it begins jobs, hears of them and ends them."""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from psygnal import Signal

from sora_studio.core.engine import Preview
from sora_studio.core.errors import OutputError, StudioError
from sora_studio.core.inside import Insight
from sora_studio.core.language import tr
from sora_studio.core.machine import Machine
from sora_studio.core.request import Frames
from sora_studio.jobs import inbox
from sora_studio.jobs.advice import Advice
from sora_studio.jobs.client import Died, Patience, WorkerProcess
from sora_studio.jobs.ledger import Ear, Entry, Ledger, Task, Witness
from sora_studio.jobs.pace import Pace
from sora_studio.jobs.protocol import (
    Broke,
    Ended,
    Hello,
    Made,
    Parked,
    Probed,
    Ran,
    Recorded,
    Remarked,
    Report,
    Run,
    Shown,
    Sounded,
    Stepped,
    Stopped,
    Took,
)
from sora_studio.jobs.queue_store import QueueStore
from sora_studio.jobs.states import Cancelled, Done, Failed, Held, Job, JobState, Queued, Running
from sora_studio.jobs.windows import Plan

log = logging.getLogger(__name__)


class JobEvents:
    """What the queue tells, on its own thread."""

    changed = Signal(Job)
    """A job's state is new."""
    previewed = Signal(str, Preview)
    """Job id and the newest look at what becomes of it."""
    recorded = Signal(str, Insight)
    """Job id and a step of it from the inside."""
    probed = Signal(Machine)
    """What the machine has now."""
    troubled = Signal(str)
    """A sentence: how jobs fare cannot be written. Told once, until it can be again."""


_Told = Stepped | Sounded | Recorded | Remarked | Ended | Parked | Stopped | Broke | Ran | Took
"""What the worker reports about the running job, besides frames."""


@dataclass(slots=True)
class _Current:
    """The job in the worker."""

    entry: Entry
    task: Task
    begun: float = field(default_factory=time.monotonic)
    state: JobState | None = None


class QueueThread:
    """Begins the jobs of a ledger, one after the other, on a worker that starts when it is needed and again after it
    died. What becomes of a job is written on the disk before it is told."""

    def __init__(
        self,
        loader: str,
        *,
        preview_share: float = 0.08,
        patience: Patience = Patience(),
        history: Path | None = None,
        store: QueueStore | None = None,
    ) -> None:
        """`history` is a file that keeps how fast this machine was, so that the first job knows its time left. `store`
        keeps jobs beyond an end of the studio; whoever gives it closes it after the queue."""
        self.events = JobEvents()
        self.advice = Advice(history)
        self._loader = loader
        self._preview_share = preview_share
        self._patience = patience
        self._ledger = Ledger(store)
        self._inbox: queue.SimpleQueue[inbox.Item] = queue.SimpleQueue()
        self._worker: WorkerProcess | None = None
        self._current: _Current | None = None
        self._pace = Pace(history=history)
        self._is_troubled = False
        self._thread = threading.Thread(target=self._live, name="jobs", daemon=True)
        self._thread.start()

    # everything below runs on the queue's thread

    def _live(self) -> None:
        """The thread: answer the inbox, keep the worker busy, until closed."""
        while True:
            try:
                item = self._inbox.get(timeout=self._worker.press() if self._worker else None)
            except queue.Empty:
                continue
            if isinstance(item, inbox.Close):
                break
            try:
                self._answer(item)
                if self._current is None:
                    self._next()
            except Exception as exc:
                log.exception("the queue of jobs stumbled")
                self._stumble(exc)
        self._end_all()

    def _stumble(self, exc: Exception) -> None:
        """Something no one foresaw: the job is lost, the queue is not. The next job gets a new worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
        if self._current is not None:
            self._finish(_in_words(exc, tr("The worker was lost. Run the job again.")))

    def _answer(self, item: inbox.Item) -> None:
        match item:
            case inbox.Changed(job):
                if job.ended:
                    self._record(job)
                self._announce(job)
                self._ledger.announced(job.id)
            case inbox.Discard(jobs):
                self._write(lambda: self._ledger.discard(jobs))
            case inbox.Postpone() if (current := self._current) is not None and self._worker is not None:
                self._ledger.postpone(current.entry)
                self._worker.cancel(current.entry.job.id)
            case inbox.Warm(engine) if self._current is None:
                try:
                    worker = self._ready()
                    worker.probe()
                    if engine:
                        worker.warm(engine)
                except StudioError:
                    log.warning("the worker could not be started early", exc_info=True)
            case inbox.Cancel(job_id) | inbox.Enough(job_id):
                current = self._current
                if current is not None and current.entry.job.id == job_id and self._worker is not None:
                    (self._worker.cancel if isinstance(item, inbox.Cancel) else self._worker.enough)(job_id)
            case inbox.Heard(worker, report) if worker is self._worker:
                self._hear(worker, report)
            case _:
                pass  # something to begin, nothing to warm, or the last words of a worker that was replaced

    def _next(self) -> None:
        """Start the first waiting job."""
        while self._current is None and (taken := self._ledger.take()) is not None:
            entry, task = taken
            self._current = _Current(entry, task)
            self._pace.begin(task.plan)
            self._record(entry.job)
            self._announce(entry.job)
            try:
                worker = self._ready()
                worker.run(_run(entry.job.id, task, self._preview_share))
            except StudioError as exc:
                self._finish(Failed(str(exc)))

    def _ready(self) -> WorkerProcess:
        """A living worker."""
        if self._worker is None or not self._worker.alive:
            if self._worker is not None:
                self._worker.close()
            deliver = lambda worker, report: self._inbox.put(inbox.Heard(worker, report))  # noqa: E731
            self._worker = WorkerProcess(self._loader, deliver, self._patience)
        return self._worker

    def _hear(self, worker: WorkerProcess, report: Report | Died) -> None:
        """What the worker says about the running job."""
        if isinstance(report, Died):
            worker.close()
            self._worker = None
            if self._current is not None:
                self._finish(Failed(report.reason, report.details))
            return
        if isinstance(report, Hello):
            return
        if isinstance(report, Probed):
            if (machine := report.machine) is not None:
                self.advice.machine = machine
                self._tell(lambda: self.events.probed.emit(machine))
            return
        current = self._current
        mine = current is not None and current.entry.job.id == report.job
        if isinstance(report, Shown | Made):
            frames = worker.frames(report)  # also for a job that is over: its slot must become free
            if mine:
                self._deliver(report, frames)
        elif mine:
            self._progress(worker, report)

    def _progress(self, worker: WorkerProcess, report: _Told) -> None:
        current = self._current
        assert current is not None
        match report:
            case Stepped(_, step, _, stage):
                worker.loading = stage == "loading"
                if not worker.loading:
                    self._pace.step(step)
                self._set(current.entry, _running(report, current.task.plan, self._pace.seconds_left()))
            case Sounded() | Ran():
                _bear_witness(current, report)
            case Recorded(job, insight):
                self._tell(lambda: self.events.recorded.emit(job, insight))
            case Remarked(_, text):
                self._announce(self._ledger.remark(current.entry, text))
            case Ended(_, steps):
                self._pace.end()
                self._finish(Done(time.monotonic() - current.begun, steps))
            case Parked(_, latents):
                self._finish(Held(latents))
            case Stopped():
                self._finish(Cancelled())
            case Took(_, setup, past):
                self.advice.experience.add(current.task.plan.request.engine, setup, past)
            case Broke(_, reason, details, shortage):
                self._finish(Failed(reason, details, shortage))

    def _deliver(self, report: Shown | Made, frames: Frames) -> None:
        """Hand frames to those who want them. A sink that fails stops its job."""
        current = self._current
        assert current is not None
        entry = current.entry
        match report:
            case Shown(job, _, _, step, steps, start):
                if not entry.cancelled:
                    self._tell(lambda: self.events.previewed.emit(job, Preview(step, steps, frames, start)))
            case Made(job, _, _, start) if current.state is None and not entry.cancelled:
                try:
                    current.task.sink(start, frames)
                except Exception as exc:  # noqa: BLE001 - a sink is foreign code, and the queue must live
                    current.state = _in_words(exc, tr("The frames could not be kept ({why}).", why=exc))
                    if self._worker is not None:
                        self._worker.cancel(job)

    def _finish(self, state: JobState) -> None:
        """The running job is over."""
        current, self._current = self._current, None
        assert current is not None
        if self._worker is not None:
            self._worker.relax()
            self._worker.loading = False
            self._worker.probe()  # other programs take and give memory
        entry = current.entry
        if entry.cancelled:  # even if it was faster: its frames were no longer taken
            state = Cancelled(entry.later)
        elif entry.postponed and not isinstance(state, Done | Held):
            state = Queued()
        if current.state is not None:  # the sink failed before
            state = current.state
        job = self._ledger.set(entry, state)
        self._record(job)
        self._announce(job)

    def _set(self, entry: Entry, state: JobState) -> None:
        self._announce(self._ledger.set(entry, state))

    def _announce(self, job: Job) -> None:
        self._tell(lambda: self.events.changed.emit(job))

    def _record(self, job: Job) -> None:
        self._write(lambda: self._ledger.record(job))

    def _write(self, work: Callable[[], None]) -> None:
        """Write something on the disk. When it cannot be written it is said and work goes on: what was taken stands
        there nevertheless, and is made once more in the worst case."""
        try:
            work()
            self._is_troubled = False
        except OutputError as exc:
            log.warning("how jobs fare cannot be written", exc_info=True)
            if not self._is_troubled:
                self._is_troubled, text = True, str(exc)
                self._tell(lambda: self.events.troubled.emit(text))

    def _tell(self, emit: Callable[[], None]) -> None:
        try:
            emit()
        except Exception:
            log.exception("a listener of the queue failed")

    def _end_all(self) -> None:
        """Closing: no job is left waiting or running, and no worker."""
        if self._worker is not None:
            self._worker.close()
        for entry in self._ledger.open():
            self._set(entry, Cancelled())


def _bear_witness(current: _Current, report: Sounded | Ran) -> None:
    """Hand the sink of a job what comes ahead of its frames, if it wants that."""
    sink: object = current.task.sink
    match report:
        case Ran(_, setup) if isinstance(sink, Witness):
            sink.run_in(setup)
        case Sounded(_, start, sound) if isinstance(sink, Ear) and current.state is None:
            if not current.entry.cancelled:
                sink.hear(start, sound)


def _in_words(exc: Exception, otherwise: str) -> Failed:
    """How a job failed by an error that is being handled, and what is said of one that has no words of its own."""
    return Failed(str(exc) if isinstance(exc, StudioError) else otherwise, traceback.format_exc())


def _running(report: Stepped, plan: Plan, seconds_left: float | None) -> Running:
    """Where a job stands by what the worker says of it."""
    windows = len(plan.windows)
    window = min(windows, max(0, report.step - 1) // plan.request.steps + 1)
    return Running(report.step, report.steps, seconds_left, window, windows, report.stage)


def _run(job: str, task: Task, share: float) -> Run:
    leg = task.leg
    return Run(job, task.plan, share, leg.hold, leg.resume, leg.record, str(task.keep or ""), leg.setup)
