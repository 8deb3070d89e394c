"""The queue of jobs: a thread that owns the worker process and makes one job after the other.

`submit`, `cancel`, `jobs`, `warm` and `close` may be called from any thread. All signals and all calls of
sinks come from the queue's thread, in order.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from psygnal import Signal

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import Preview
from sora_studio.core.errors import Refused, StudioError
from sora_studio.core.inside import Insight
from sora_studio.core.language import tr
from sora_studio.core.machine import Machine
from sora_studio.core.request import Frames, Request
from sora_studio.jobs import inbox
from sora_studio.jobs.advice import Advice
from sora_studio.jobs.client import Died, Patience, WorkerProcess
from sora_studio.jobs.ledger import Ear, Entry, Ledger, Sink, Task
from sora_studio.jobs.pace import Pace
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.protocol import (
    Broke,
    Ended,
    Hello,
    Made,
    Parked,
    Probed,
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
from sora_studio.jobs.states import Cancelled, Done, Failed, Held, Job, JobState, Leg, Queued, Running
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


_Told = Stepped | Sounded | Recorded | Remarked | Ended | Parked | Stopped | Broke | Took
"""What the worker reports about the running job, besides frames."""


@dataclass(slots=True)
class _Current:
    """The job in the worker."""

    entry: Entry
    task: Task
    begun: float = field(default_factory=time.monotonic)
    state: JobState | None = None


class JobQueue:
    """First come, first served, on one worker process that starts when it is needed and again after it died."""

    def __init__(
        self,
        loader: str,
        *,
        preview_share: float = 0.08,
        patience: Patience = Patience(),
        history: Path | None = None,
    ) -> None:
        """`history` is a file that keeps how fast this machine was, so that the first job knows its time left."""
        self.events = JobEvents()
        self._loader = loader
        self._preview_share = preview_share
        self._patience = patience
        self._ledger = Ledger()
        self._inbox: queue.SimpleQueue[inbox.Item] = queue.SimpleQueue()
        self._worker: WorkerProcess | None = None
        self._current: _Current | None = None
        self._pace = Pace(history=history)
        self.advice = Advice(history)
        self._thread = threading.Thread(target=self._live, name="jobs", daemon=True)
        self._thread.start()

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
        names the folder removes it.
        """
        _refuse(leg, caps)
        plan = make_plan(request, caps)
        job = Job(uuid.uuid4().hex[:12], label, Queued(), plan.notes)
        self._ledger.add(Entry(job, Task(plan, sink, self.advice.advised(leg, plan), keep)))
        self._inbox.put(inbox.Changed(job))
        return job.id

    def cancel(self, job_id: str) -> None:
        """Stop a job within a step, take it out of the queue, or give up what is held of it."""
        job = self._ledger.cancel(job_id)
        if job is not None:
            self._inbox.put(inbox.Changed(job) if job.ended else inbox.Cancel(job_id))

    def enough(self, job_id: str) -> None:
        """Finish the running job from what is there after its present step. Nothing happens to others."""
        self._inbox.put(inbox.Enough(job_id))

    def jobs(self) -> tuple[Job, ...]:
        """All jobs in the order they were submitted, ended ones too."""
        return self._ledger.jobs()

    def warm(self, engine: str = "sora") -> None:
        """Start the worker and load an engine, so that the first job starts at once."""
        self._inbox.put(inbox.Warm(engine))

    def probe(self) -> None:
        """Ask what the machine has; the answer is `events.probed`, if there is one."""
        self._inbox.put(inbox.Warm(""))

    def close(self) -> None:
        """Cancel what is left, end the worker, and wait for it."""
        self._ledger.close()
        self._inbox.put(inbox.Close())
        if threading.current_thread() is not self._thread:
            self._thread.join()

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
                self._announce(job)
                self._ledger.announced(job.id)
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
                pass  # nothing to warm, or the last words of a worker that was replaced

    def _next(self) -> None:
        """Start the first waiting job."""
        while self._current is None and (taken := self._ledger.take()) is not None:
            entry, task = taken
            self._current = _Current(entry, task)
            self._pace.begin(task.plan)
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
            case Sounded(_, start, sound):
                sink: object = current.task.sink
                if isinstance(sink, Ear) and current.state is None and not current.entry.cancelled:
                    sink.hear(start, sound)
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
        if current.entry.cancelled:  # even if it was faster: its frames were no longer taken
            state = Cancelled()
        if current.state is not None:  # the sink failed before
            state = current.state
        self._set(current.entry, state)

    def _set(self, entry: Entry, state: JobState) -> None:
        self._announce(self._ledger.set(entry, state))

    def _announce(self, job: Job) -> None:
        self._tell(lambda: self.events.changed.emit(job))

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


def _refuse(leg: Leg, caps: Capabilities) -> None:
    """Raises Refused for a part of the way that an engine can't go."""
    if (leg.hold or leg.resume) and not caps.resumable:
        raise Refused("“{engine}” can't be held and continued. Choose another engine.", engine=tr(caps.title))
    if leg.record and not caps.records:
        raise Refused("“{engine}” can't show what goes on inside. The built-in model can.", engine=tr(caps.title))
