"""The studio's side of the worker process: start it, talk to it, stop it, and say in words why it died.

A `WorkerProcess` is one life of the process; whoever owns it makes a new one after a death. Three threads serve it:
one reads its reports, one keeps the tail of its standard error, one writes commands, so that nothing the worker does
or fails to do can block its owner.
"""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import psutil

from sora_studio.core.errors import EngineError
from sora_studio.core.language import tr
from sora_studio.core.repeating import repeat
from sora_studio.core.request import Frames
from sora_studio.jobs.protocol import (
    Ack,
    Attach,
    Cancel,
    Command,
    Enough,
    Made,
    Probe,
    ProtocolError,
    Report,
    Run,
    Shown,
    Warm,
    encode,
    read,
)
from sora_studio.jobs.shared_frames import SLOT_BYTES, FrameRing

log = logging.getLogger(__name__)

KEPT_LINES = 200
"""Lines of the worker's standard error that are kept for the details of a failure."""


@dataclass(frozen=True, slots=True)
class Died:
    """The process ended: why in a sentence, and the tail of what it printed."""

    reason: str
    details: str


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds between the rungs of the ladder: a polite cancellation, terminate, kill.

    A worker that is loading an engine cannot listen; it is worth waiting for, since ending it would load all again.
    """

    cancel: float = 5.0
    loading: float = 30.0
    terminate: float = 2.0


class WorkerProcess:
    """One life of the worker. `deliver` is called on a thread of this object with each report and, last, with Died.

    On Linux the process also ends with the thread that made this object, so that must be one that stays.
    """

    def __init__(
        self,
        loader: str,
        deliver: Callable[[WorkerProcess, Report | Died], None],
        patience: Patience = Patience(),
    ) -> None:
        self._deliver = deliver
        self._patience = patience
        self._ring: FrameRing | None = None
        self._stderr: collections.deque[str] = collections.deque(maxlen=KEPT_LINES)
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._rungs: list[tuple[float, Callable[[], None]]] = []
        self._killed_by_us = False
        self.loading = False
        """Whether an engine is being loaded; set by the owner from the worker's reports."""
        self._process = spawn("sora_studio.jobs.worker", loader, worker_environment())
        log.info("the worker %d started", self.pid)
        self._threads = [
            threading.Thread(target=target, name=f"worker-{name}", daemon=True)
            # the reports come last: who reads them waits for the errors, also of a process that died at birth
            for name, target in (("errors", self._listen), ("commands", self._write), ("reports", self._receive))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def warm(self, engine: str) -> None:
        """Load an engine before it is needed."""
        self.loading = True
        self._send(Warm(engine))

    def probe(self) -> None:
        """Ask what the machine has."""
        self._send(Probe())

    def run(self, run: Run) -> None:
        """Start a job. Raises EngineError when there is no memory for its frames."""
        frame = run.plan.size.width * run.plan.size.height * 3
        if self._ring is None or self._ring.slot_bytes < frame:
            old, self._ring = self._ring, FrameRing(max(frame, SLOT_BYTES))
            self._send(Attach(self._ring.name, self._ring.slots, self._ring.slot_bytes))
            if old is not None:
                old.close()
        self._rungs.clear()
        self._send(run)

    def frames(self, report: Shown | Made) -> Frames:
        """The frames a report speaks of, copied; their slot is free again."""
        if self._ring is None:
            raise EngineError("The worker sent frames that nobody asked for. Run the job again.")
        frames = self._ring.read(report.slot, report.shape)
        self._send(Ack(report.slot))
        return frames

    def enough(self, job: str) -> None:
        """Ask for the job to be finished from what is there."""
        self._send(Enough(job))

    def cancel(self, job: str) -> None:
        """Ask for a stop; `press` goes on with force when that is not heard."""
        if self._rungs:
            return  # the ladder is being climbed already
        self._send(Cancel(job))
        wait = self._patience.loading if self.loading else self._patience.cancel
        now = time.monotonic()
        self._rungs = [(now + wait, self._terminate), (now + wait + self._patience.terminate, self._kill)]

    def press(self) -> float | None:
        """Climb the ladder as far as it is time to. Returns the seconds to its next rung; None when there is none.

        Called by the owner while it waits for reports.
        """
        while self._rungs and time.monotonic() >= self._rungs[0][0]:
            self._rungs.pop(0)[1]()
        return max(0.0, self._rungs[0][0] - time.monotonic()) if self._rungs else None

    def relax(self) -> None:
        """The job has ended: leave the ladder."""
        self._rungs.clear()

    def close(self) -> None:
        """End the process: by closing its input, then by force. Returns when it is gone and its memory given back."""
        self._outbox.put(None)
        for force in (None, self._terminate, self._kill):
            if force is not None:
                force()
            try:
                self._process.wait(self._patience.terminate)
                break
            except subprocess.TimeoutExpired:
                continue
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(self._patience.terminate)
        if self._ring is not None:
            self._ring.close()

    def _send(self, command: Command) -> None:
        self._outbox.put(encode(command))

    def _terminate(self) -> None:
        self._killed_by_us = True
        self._process.terminate()

    def _kill(self) -> None:
        self._killed_by_us = True
        self._process.kill()

    def _write(self) -> None:
        """The command thread."""
        write_all(cast(IO[bytes], self._process.stdin), self._outbox)

    def _listen(self) -> None:
        """The thread that keeps the tail of the standard error."""
        keep_lines(cast(IO[bytes], self._process.stderr), self._stderr)

    def _receive(self) -> None:
        """The report thread."""
        broken = ""
        with cast(IO[bytes], self._process.stdout) as stream:
            try:
                while (message := read(stream)) is not None:
                    self._deliver(self, cast(Report, message))
            except ProtocolError as exc:
                broken = str(exc)
                self._process.kill()
            try:
                code = self._process.wait(self._patience.loading)
            except subprocess.TimeoutExpired:  # it closed its output and lives on
                self._process.kill()
                code = self._process.wait()
        self._outbox.put(None)
        self._threads[0].join(1.0)
        reason = broken or (tr("The worker was stopped.") if self._killed_by_us else death_in_words(code))
        log.info("the worker %d ended with code %s: %s", self.pid, code, reason)
        self._deliver(self, Died(reason, "\n".join(self._stderr)))


def death_in_words(code: int, who: str = "", now: str = "") -> str:
    """Why a process ended, from its exit code, and what to do: `who` it was (the worker) and what is to be done `now`,
    in the artist's language."""
    said = {"who": who or tr("The worker"), "now": now or tr("Run the job again")}
    if code == -9:
        return tr(
            "{who} was killed by the system (signal 9), most likely because memory ran out. "
            "Make the picture smaller or the clip shorter, or close other programs.",
            who=said["who"],
        )
    if code in (-11, -7, -4, -8) or code & 0xFFFFFFFF == 0xC0000005:
        return tr("{who} crashed in native code. {now}; if it stays, report it with the details.", **said)
    if code == -6:
        return tr("{who} gave up after an internal error. {now}; if it stays, report it with the details.", **said)
    if code < 0:
        name = signal.Signals(-code).name if -code in {number.value for number in signal.Signals} else tr("unknown")
        return tr("{who} was ended from outside (signal {code}, {name}). {now}.", code=-code, name=name, **said)
    return tr(
        "{who} ended by itself (exit code {code}). {now}; if it stays, report it with the details.", code=code, **said
    )


def worker_environment() -> dict[str, str]:
    """The environment of the worker: as many threads for maths as there are cores, and threads that wait asleep, since
    spinning ones take the window's turn. What the user has set stays."""
    environment = dict(os.environ)
    environment.setdefault("OMP_NUM_THREADS", str(_cores()))
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # glibc then reuses what a step frees; asking the kernel for fresh pages each step took half of the processor time.
    environment.setdefault("MALLOC_MMAP_MAX_", "0")
    environment.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**31 - 1))
    environment.setdefault("MALLOC_TOP_PAD_", str(64 * 2**20))
    repeat(environment)
    environment["PYTHONUNBUFFERED"] = "1"
    root = Path(__file__).resolve().parents[2]
    if not {"site-packages", "dist-packages"} & set(root.parts):  # a checkout: say where it lies
        known = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = os.pathsep.join([str(root), known]) if known else str(root)
    return environment


def _cores() -> int:
    """Physical cores that this process may use."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(physical, len(os.sched_getaffinity(0))))
    return max(1, physical)


def write_all(stream: IO[bytes], outbox: queue.SimpleQueue[bytes | None]) -> None:
    """Write what comes into the outbox to a process until None comes, then close the stream."""
    with contextlib.suppress(OSError):  # the process is gone; the thread that reads its answers finds out why
        while (data := outbox.get()) is not None:
            stream.write(data)
            stream.flush()
    with contextlib.suppress(OSError):
        stream.close()


def keep_lines(stream: IO[bytes], lines: collections.deque[str]) -> None:
    """Keep the tail of a process's standard error until it ends; all of it goes to the log."""
    with stream:
        for line in stream:
            lines.append(line.decode(errors="replace").rstrip())
            log.info("process: %s", lines[-1])


def spawn(module: str, loader: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process of the studio's own: a module that is told its loader. Raises EngineError when refused."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    # -P: a file of the artist's that is called like a module of Python must not be imported from the current folder
    command = [sys.executable, "-P", "-m", module, "--loader", loader]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            creationflags=flags,
        )
    except OSError as exc:
        raise EngineError(
            "The worker could not be started ({why}). Close other programs and try again.", why=exc
        ) from exc
