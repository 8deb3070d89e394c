"""The worker as a real process: what it survives, what survives it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from sora_studio.core import language
from sora_studio.core.engine import Control, Preview
from sora_studio.core.errors import EngineError, OutputError
from sora_studio.core.machine import Machine
from sora_studio.core.request import Frames, Given, Request
from sora_studio.core.time import Size
from sora_studio.jobs import client
from sora_studio.jobs.asking import ask_machine
from sora_studio.jobs.client import Died, Patience, WorkerProcess
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.runner import Chunk, run_plan
from sora_studio.jobs.shared_frames import SLOTS
from sora_studio.jobs.states import Cancelled, Done, Failed, Job, Queued, Running
from tests.fakes.engine import CAPABILITIES, MACHINE, FakeEngine

LOADER = "tests.fakes.engine:load"
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = Patience(cancel=0.5, loading=20.0, terminate=0.5)
LONG = 60.0
"""Seconds after which a test gives up; nothing here takes that long."""

BASE = Request("a ball", length=17, steps=4)


class Watch:
    """A queue with everything it tells, and frames in the order they came."""

    def __init__(self, loader: str = LOADER, patience: Patience = PATIENCE) -> None:
        self._others = set(workers())  # of queues that other tests share
        self.queue = JobQueue(loader, patience=patience)
        self.told: list[Job] = []
        self.previews: list[Preview] = []
        self.frames: dict[str, list[tuple[int, Frames]]] = {}
        self.threads: set[str] = set()
        self._changed = threading.Condition()
        self.queue.events.changed.connect(self._tell)
        self.queue.events.previewed.connect(self._preview)

    def workers(self) -> list[psutil.Process]:
        """The worker processes of this queue."""
        return [worker for worker in workers() if worker not in self._others]

    def submit(self, prompt: str, **change: object) -> str:
        parts: list[tuple[int, Frames]] = []
        request = replace(BASE, prompt=prompt, **change)
        job_id = self.queue.submit(request, CAPABILITIES, lambda start, frames: parts.append((start, frames)))
        self.frames[job_id] = parts
        return job_id

    def job(self, job_id: str) -> Job:
        return next(job for job in self.queue.jobs() if job.id == job_id)

    def until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, LONG), [job.state for job in self.queue.jobs()]

    def ended(self, job_id: str) -> Job:
        """The job when it is over and that was told."""
        self.until(lambda: any(job.id == job_id and job.ended for job in self.told))
        return self.job(job_id)

    def running(self, job_id: str, step: int = 1) -> None:
        def reached() -> bool:
            state = self.job(job_id).state
            return isinstance(state, Running) and state.step >= step

        self.until(reached)

    def _tell(self, job: Job) -> None:
        with self._changed:
            self.threads.add(threading.current_thread().name)
            self.told.append(job)
            self._changed.notify_all()

    def _preview(self, _: str, preview: Preview) -> None:
        with self._changed:
            self.previews.append(preview)
            self._changed.notify_all()


@pytest.fixture(scope="module")
def shared() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.queue.close()


@pytest.fixture
def watch(shared: Watch) -> Watch:
    """One queue and mostly one worker for all: what a test leaves behind must not disturb the next."""
    assert all(job.ended for job in shared.queue.jobs())
    shared.told.clear()
    shared.previews.clear()
    return shared


def workers(of: int | None = None) -> list[psutil.Process]:
    """Worker processes below a process."""
    found = []
    for child in psutil.Process(of).children(recursive=True):
        try:
            if "sora_studio.jobs.worker" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def gone(processes: list[psutil.Process]) -> bool:
    """Whether the processes end, given time."""
    _, alive = psutil.wait_procs(processes, timeout=LONG)
    return not [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_a_job_runs_in_the_worker_as_it_would_here(watch: Watch) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (1, 112, 192, 3)).astype(np.uint8)
    request = replace(BASE, prompt="a noise", length=40, given=(Given(0, picture),))
    job_id = watch.submit(request.prompt, length=40, given=request.given)
    assert isinstance(watch.ended(job_id).state, Done)
    events = run_plan(make_plan(request, CAPABILITIES), FakeEngine(), Control(lambda: False))
    here = [event.frames for event in events if isinstance(event, Chunk)]
    assert np.array_equal(np.concatenate([frames for _, frames in watch.frames[job_id]]), np.concatenate(here))
    states = [job.state for job in watch.told if job.id == job_id]
    assert isinstance(states[0], Queued)
    assert isinstance(states[1], Running)
    steps = [state.step for state in states if isinstance(state, Running)]
    assert steps == sorted(steps)
    assert steps[-1] == 12
    assert {state.window for state in states if isinstance(state, Running)} == {1, 2, 3}
    assert watch.threads == {"jobs"}
    assert watch.previews


def test_the_last_preview_is_seen_before_the_clip_however_late_the_studio_reads(watch: Watch) -> None:
    steps = 40
    seen: list[tuple[str, int]] = []

    def read_late(job: str, preview: Preview) -> None:
        if not seen:  # until the worker has gone through its steps and filled its slots
            deadline = time.monotonic() + LONG
            while watch.queue._inbox.qsize() < steps - 1 + SLOTS and time.monotonic() < deadline:
                time.sleep(0.001)
        seen.append((job, preview.step))

    watch.queue.events.previewed.connect(read_late)
    try:
        job_id = watch.submit("a ball", steps=steps)
        assert isinstance(watch.ended(job_id).state, Done)
    finally:
        watch.queue.events.previewed.disconnect(read_late)
    shown = [step for job, step in seen if job == job_id]
    assert shown[-1] == steps
    assert len(shown) < steps, "those for which there was no room are left out"
    assert sum(len(frames) for _, frames in watch.frames[job_id]) == BASE.length


def test_jobs_run_in_order(watch: Watch) -> None:
    ids = [watch.submit("a ball", seed=seed) for seed in range(3)]
    watch.ended(ids[-1])
    assert [job.id for job in watch.told if job.ended] == ids
    assert len(watch.workers()) == 1


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_killed_worker_fails_its_job_and_no_other(watch: Watch) -> None:
    first, second = watch.submit("slow", steps=200), watch.submit("a ball")
    watch.running(first, step=2)
    (worker,) = watch.workers()
    worker.send_signal(signal.SIGKILL)
    state = watch.ended(first).state
    assert isinstance(state, Failed)
    assert "signal 9" in state.reason
    assert "memory" in state.reason
    assert isinstance(watch.ended(second).state, Done)
    assert gone([worker])


class Hasty(threading.Thread):
    """A thread that has done all it can before its maker goes on."""

    def start(self) -> None:
        super().start()
        self.join(0.3)


def test_a_worker_that_dies_at_birth_is_told_as_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    def born_dead(module: str, loader: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-S", "-c", "import sys; sys.stderr.write('no memory'); sys.exit(3)"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.wait()
        return process

    monkeypatch.setattr(client, "spawn", born_dead)
    monkeypatch.setattr(client.threading, "Thread", Hasty)
    told: list[object] = []
    worker = WorkerProcess("tests.fakes.engine:load", lambda _, report: told.append(report))
    worker.close()
    (died,) = told
    assert isinstance(died, Died)
    assert "exit code 3" in died.reason
    assert died.details == "no memory"


@pytest.mark.parametrize(
    ("prompt", "reason", "details"),
    [
        ("fail", "The engine cannot paint this. Ask for something else.", ""),
        ("bug", "The engine failed (ValueError)", "a number is wrong"),
        ("memory", "ran out of memory", ""),
        ("short", "where (17, 112, 192, 3)", ""),
        ("exit", "exit code 3", ""),
        ("garbage", "no message", ""),
        ("abort", "internal error" if os.name == "posix" else "exit code", "Fatal Python error"),
    ],
)
def test_what_goes_wrong_is_said_in_words_and_the_next_job_runs(
    watch: Watch, prompt: str, reason: str, details: str
) -> None:
    bad, good = watch.submit(prompt), watch.submit("a ball")
    state = watch.ended(bad).state
    assert isinstance(state, Failed)
    assert reason in state.reason
    assert details in state.details
    assert isinstance(watch.ended(good).state, Done)


@pytest.mark.parametrize("loader", ["no.such.module:load", "tests.fakes.engine:nothing", "json"])
def test_a_loader_that_is_missing_fails_the_job(loader: str) -> None:
    watch = Watch(loader)
    state = watch.ended(watch.submit("a ball")).state
    watch.queue.close()
    assert isinstance(state, Failed)
    assert "could not be loaded" in state.reason


def test_the_worker_speaks_the_artist_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(language.VARIABLE, "zh_TW")
    watch = Watch()
    bug, exits = watch.submit("bug"), watch.submit("exit")
    reasons = [state.reason for job in (bug, exits) if isinstance(state := watch.ended(job).state, Failed)]
    watch.queue.close()
    assert reasons == [
        "引擎失敗（ValueError）。請再試一次；若持續發生，請附上詳細資料回報。",  # said there
        "工作程序自行結束（結束代碼 3）。請再執行一次工作；若持續發生，請附上詳細資料回報。",  # said here
    ]


def test_an_engine_that_is_missing_fails_the_job(watch: Watch) -> None:
    state = watch.ended(watch.submit("a ball", engine="missing")).state
    assert isinstance(state, Failed)
    assert "missing" in state.reason


def test_cancelling_ends_a_job_and_keeps_the_worker(watch: Watch) -> None:
    job_id, after = watch.submit("endless"), watch.submit("a ball")
    watch.running(job_id, step=2)
    before = watch.workers()
    watch.queue.cancel(job_id)
    assert isinstance(watch.ended(job_id).state, Cancelled)
    assert isinstance(watch.ended(after).state, Done)
    assert watch.workers() == before
    assert watch.frames[job_id] == []


def test_cancelling_a_waiting_job_takes_it_out(watch: Watch) -> None:
    first, second = watch.submit("endless"), watch.submit("a ball")
    watch.running(first)
    watch.queue.cancel(second)
    assert isinstance(watch.ended(second).state, Cancelled)
    assert isinstance(watch.job(first).state, Running)
    watch.queue.cancel(first)
    watch.ended(first)
    watch.queue.cancel(first)
    watch.queue.cancel("unknown")


def test_a_deaf_worker_is_ended_by_force(watch: Watch) -> None:
    job_id, after = watch.submit("hang"), watch.submit("a ball")
    watch.until(lambda: getattr(watch.job(job_id).state, "stage", "") == "hanging")
    deaf = watch.workers()
    watch.queue.cancel(job_id)
    assert isinstance(watch.ended(job_id).state, Cancelled)
    assert isinstance(watch.ended(after).state, Done)
    assert gone(deaf)


def test_a_sink_that_fails_stops_its_job_only(watch: Watch) -> None:
    def full(start: int, frames: Frames) -> None:
        raise OutputError("The disk is full. Make room and try again.")

    bad = watch.queue.submit(replace(BASE, length=100), CAPABILITIES, full)
    state = watch.ended(bad).state
    assert isinstance(state, Failed)
    assert state.reason == "The disk is full. Make room and try again."
    assert isinstance(watch.ended(watch.submit("a ball")).state, Done)


def test_a_listener_that_fails_stops_nothing(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    def careless(job: Job) -> None:
        raise RuntimeError("careless")

    watch.queue.events.changed.connect(careless)
    assert isinstance(watch.ended(watch.submit("a ball")).state, Done)
    watch.queue.events.changed.disconnect(careless)
    assert "careless" in caplog.text


def test_large_frames_get_a_larger_ring(watch: Watch) -> None:
    caps = replace(CAPABILITIES, sizes=(Size(1600, 1024),), max_pixels=1600 * 1024)
    parts: list[Frames] = []
    job_id = watch.queue.submit(
        replace(BASE, size=Size(1600, 1024), length=1, steps=1), caps, lambda start, frames: parts.append(frames)
    )
    assert isinstance(watch.ended(job_id).state, Done)
    assert [part.shape for part in parts] == [(1, 1024, 1600, 3)]
    assert isinstance(watch.ended(watch.submit("a ball")).state, Done)


def test_a_minute_arrives_whole_and_the_worker_does_not_grow(watch: Watch) -> None:
    watch.ended(watch.submit("a ball", length=40))
    (worker,) = watch.workers()
    before = worker.memory_info().rss
    job_id = watch.submit("a ball", length=480, steps=1)
    assert isinstance(watch.ended(job_id).state, Done)
    starts = [start for start, _ in watch.frames[job_id]]
    lengths = [len(frames) for _, frames in watch.frames[job_id]]
    assert starts == [sum(lengths[:index]) for index in range(len(starts))]
    assert sum(lengths) == 480
    whole = 480 * 192 * 112 * 3
    assert worker.memory_info().rss - before < whole / 2


def test_warming_starts_the_worker_and_closing_ends_it() -> None:
    watch = Watch()
    watch.queue.warm("fake")
    deadline = time.monotonic() + LONG
    while not watch.workers() and time.monotonic() < deadline:
        time.sleep(0.02)
    before = watch.workers()
    assert len(before) == 1, "before the first job"
    running, waiting = watch.submit("endless"), watch.submit("a ball")
    watch.running(running)
    assert watch.workers() == before
    watch.queue.close()
    assert isinstance(watch.job(running).state, Cancelled)
    assert isinstance(watch.job(waiting).state, Cancelled)
    assert gone(before)
    watch.queue.close()


PARENT = """
import sys, time
from sora_studio.core.request import Request
from sora_studio.jobs.queue import JobQueue
from tests.fakes.engine import CAPABILITIES
queue = JobQueue("tests.fakes.engine:load")
queue.events.changed.connect(lambda job: print(getattr(job.state, "stage", ""), flush=True))
queue.submit(Request({prompt!r}), CAPABILITIES, lambda start, frames: None)
{then}
"""


def parent(prompt: str, then: str) -> subprocess.Popen[str]:
    """A program that uses a queue."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PARENT.format(prompt=prompt, then=then)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@pytest.mark.parametrize(
    ("prompt", "stage"),
    [
        ("endless", "denoising"),
        pytest.param("hang", "hanging", marks=pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help")),
    ],
)
def test_a_worker_does_not_outlive_a_killed_studio(prompt: str, stage: str) -> None:
    with parent(prompt, "time.sleep(600)") as studio:
        assert studio.stdout is not None
        while studio.stdout.readline().strip() != stage:
            assert studio.poll() is None
        orphans = workers(studio.pid)
        assert len(orphans) == 1
        studio.kill()
        assert gone(orphans)


def test_a_program_that_forgets_to_close_leaves_nothing_behind() -> None:
    with parent(
        "endless", "while not queue.jobs()[0].state.__class__.__name__ == 'Running': time.sleep(0.05)"
    ) as studio:
        _, errors = studio.communicate(timeout=LONG)
    assert studio.returncode == 0, errors
    assert errors == ""


def test_a_program_that_closes_ends_silently() -> None:
    with parent("a ball", "while not queue.jobs()[0].ended: time.sleep(0.05)\nqueue.close()") as studio:
        _, errors = studio.communicate(timeout=LONG)
    assert studio.returncode == 0, errors
    assert errors == ""


def test_the_current_folder_is_no_place_for_the_workers_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    watch = Watch()
    state = watch.ended(watch.submit("a ball")).state
    watch.queue.close()
    assert isinstance(state, Done)


def test_the_machine_is_told_when_the_worker_is_warmed(watch: Watch) -> None:
    told: list[Machine] = []
    heard = threading.Event()

    def take(machine: Machine) -> None:
        told.append(machine)
        heard.set()

    watch.queue.events.probed.connect(take)
    watch.queue.warm("fake")
    assert heard.wait(LONG)
    watch.queue.events.probed.disconnect(take)
    assert told == [MACHINE]


def test_a_machine_is_asked_for_without_a_queue_and_silence_is_an_error() -> None:
    assert ask_machine(LOADER) == MACHINE
    with pytest.raises(EngineError, match="did not say"):
        ask_machine("tests.fakes.understanding:load")  # a module that knows nothing of machines
