"""One generation from a command: the worker is started, asked, listened to, and can be stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from sora_studio.cli.reporter import Reporter
from sora_studio.core.emphasis import spoken
from sora_studio.core.engine import Preview
from sora_studio.core.errors import Cancelled, EngineError, OutputError
from sora_studio.core.fitting import verdict_in_words
from sora_studio.core.forecast import Run
from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.recipe import Recipe
from sora_studio.core.request import Request
from sora_studio.core.setup import Setup, Shortage
from sora_studio.core.speed import Speed
from sora_studio.core.telling import tell
from sora_studio.core.time import Size
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs import states
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.states import Job
from sora_studio.media.images import contact_sheet, save_png
from sora_studio.session.fitting import Fitting, window_of
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.orders import Order
from sora_studio.session.recording import Recording
from sora_studio.session.workers import open_queue

WORKER = "sora_studio.jobs.worker"
STOPPED = "Stopped. Nothing was written."
PROBE_SECONDS = 60.0
"""How long the worker may take to say what the machine has, before a model is run as it sees fit itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how the frames of an order are made and written. `previews` is a folder for a sheet after each step."""

    path: Path
    preset: str
    quality: int | None = None
    previews: Path | None = None
    speed: Speed | None = None
    """In place of what the window remembers for the engine."""
    like: Setup | None = None
    """How the clip was run whose recipe is made again."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    frames: int
    size: Size
    recipe: Recipe


class Interruption:
    """Ctrl+C asks politely, a second one ends the program at once. True once it came."""

    def __init__(self, at_once: Callable[[], None]) -> None:
        self._came = False
        self._at_once = at_once

    def __bool__(self) -> bool:
        return self._came

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """The signal handler."""
        del number, frame
        if self._came:
            self._at_once()
            _kill_workers()
            os._exit(130)
        self._came = True


def _kill_workers() -> None:
    """End the worker processes of this program: one that is stuck would not notice that nobody listens any more."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if WORKER in child.cmdline():
                child.kill()


@contextlib.contextmanager
def interruptible(at_once: Callable[[], None] = lambda: None) -> Iterator[Interruption]:
    """Turn Ctrl+C (and SIGTERM) into a question that can be asked; `at_once` tidies up before a hard end."""
    came = Interruption(at_once)
    if threading.current_thread() is not threading.main_thread():
        yield came  # signals go to the main thread, whoever that is
        return
    former = {number: signal.signal(number, came) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def make(order: Order, target: Target, reporter: Reporter) -> Made:
    """Run an order to its end; the file appears when it is complete. Raises Cancelled, EngineError, OutputError."""
    recording = Recording(target.path, order, preset=target.preset, quality=target.quality)
    queue = open_queue(1.0 if target.previews else 0.0)
    watch = Watch(reporter, target.previews)
    fitting = Fitting(queue, watch.loop.post)
    try:
        queue.events.changed.connect(watch.changed)
        queue.events.previewed.connect(watch.previewed)
        with interruptible(recording.drop) as stop:
            caps = capabilities(order.request.engine)
            run = window_of(order.request, caps)
            if fitting.forecasts(caps.engine):
                make_plan(order.request, caps)  # what is refused needs no machine
                queue.probe()
                watch.loop.run_until(lambda: fitting.machine is not None or bool(stop), PROBE_SECONDS)
            if target.like is not None:
                for remark in fitting.restore(caps.engine, target.like, run, remember=False):
                    reporter.say(remark)
            if target.speed is not None:
                fitting.quicken(caps.engine, target.speed, remember=False)
            _say_fit(fitting, caps.engine, run, reporter)
            _say_told(order.request, reporter)
            watch.job = queue.submit(order.request, caps, recording, order.label)
            watch.loop.run_until(lambda: watch.ended or bool(stop) or watch.broken is not None)
            if not watch.ended:
                queue.cancel(watch.job)
                watch.loop.run_until(lambda: watch.ended)
            if (shortage := watch.shortage) is not None:
                fitting.ran_out(order.request, shortage)
                reporter.say("What ran out is remembered. Run the command again to make it in another way:")
                _say_fit(fitting, caps.engine, run, reporter)
    finally:
        fitting.close()
        recording.abort()
        queue.close()
    if watch.broken is not None:
        raise watch.broken
    watch.settle()
    return Made(recording.frames, recording.size, recording.recipe)


def _say_fit(fitting: Fitting, engine: str, run: Run, reporter: Reporter) -> None:
    """How a model fits this machine, before it is tried."""
    one = fitting.of(engine, run)
    if one is not None and fitting.machine is not None:
        reporter.say(verdict_in_words(one, fitting.machine))


def _say_told(request: Request, reporter: Reporter) -> None:
    """What the built-in model reads, where that is not what was written."""
    words = spoken(request.prompt)[0]
    told = tell(words, phrasebook(request.engine))
    if told != words:
        reporter.say(f"The model reads: {told}")


class Watch:
    """Tells what a job does. Signals of the queue's thread are brought to the loop's."""

    def __init__(self, reporter: Reporter, previews: Path | None) -> None:
        self.loop = OwnerLoop()
        self.job = ""
        self.broken: OutputError | None = None
        self._reporter, self._previews = reporter, previews
        self._state: states.JobState = states.Queued()
        self._begun = time.monotonic()
        self._step = 0
        self._told = 0  # notes

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return isinstance(self._state, states.Done | states.Failed | states.Cancelled)

    @property
    def shortage(self) -> Shortage | None:
        """Where memory ran out, if it did."""
        return self._state.shortage if isinstance(self._state, states.Failed) else None

    def changed(self, job: Job) -> None:
        """From the queue's thread."""
        self.loop.post(lambda: self._on_change(job))

    def previewed(self, job_id: str, preview: Preview) -> None:
        """From the queue's thread."""
        del job_id
        self.loop.post(lambda: self._on_preview(preview))

    def settle(self) -> None:
        """Raise what the job ended with, if it is not done."""
        match self._state:
            case states.Failed(reason, details):
                raise EngineError(reason) from RuntimeError(details)
            case states.Cancelled():
                raise Cancelled(STOPPED)

    def _on_change(self, job: Job) -> None:
        for note in job.notes[self._told :]:
            self._reporter.say(note)
        self._told = len(job.notes)
        self._state = state = job.state
        if not isinstance(state, states.Running):
            return
        seconds = time.monotonic() - self._begun
        if state.step > self._step:
            self._step = state.step
            words = f"step {state.step} of {state.steps}"
            self._reporter.progress(state.step, state.steps, seconds, state.seconds_left, words)
        elif state.step == 0:
            self._reporter.bar(0, state.steps, "loading the model")

    def _on_preview(self, preview: Preview) -> None:
        if self._previews is None or self.broken is not None:
            return
        try:
            sheet = contact_sheet(preview.frames, columns=6)
            save_png(self._previews / f"step-{preview.step:04d}.png", sheet)
        except OutputError as exc:
            self.broken = exc
