"""Downloads of models, one after the other, each in a process of its own: to pause one is to end its process, since
the next goes on where it stood. Methods may be called from any thread and do not block on the network."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from sora_studio.core.errors import EngineError
from sora_studio.core.fetching import Broken, Fetched, Fetching, FetchState, Paused, Trouble, Waiting
from sora_studio.core.language import tr
from sora_studio.jobs.client import worker_environment
from sora_studio.weights.fetch import order_line

MODULE = "sora_studio.weights.fetch"
SPAN = 5.0
"""Seconds over which the rate is measured."""

Heard = Callable[[str, FetchState], None]
"""A repository, and how its download stands now. Called on a thread of the downloads."""


@dataclass(slots=True)
class _One:
    """A download that was asked for."""

    repo: str
    root: Path
    token: str | None
    state: FetchState = field(default_factory=Waiting)
    process: subprocess.Popen[bytes] | None = None
    marks: list[tuple[float, int]] = field(default_factory=list)
    resting: bool = False


class Downloads:
    """Knows every download of this session by its repository."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._lock = threading.RLock()
        self._all: dict[str, _One] = {}
        self._threads: list[threading.Thread] = []
        self._closed = False

    def states(self) -> dict[str, FetchState]:
        """How each stands, in the order they were asked for."""
        with self._lock:
            return {one.repo: one.state for one in self._all.values()}

    def start(self, repo: str, root: Path, token: str | None = None) -> None:
        """Fetch a model into a folder of models, or what is missing of it; one that runs or waits goes on."""
        with self._lock:
            known = self._all.get(repo)
            if self._closed or (known is not None and isinstance(known.state, Waiting | Fetching)):
                return
            self._all.pop(repo, None)  # a download asked for again stands behind those that wait
            self._all[repo] = _One(repo, root, token)
        self._heard(repo, Waiting())
        self._next()

    def pause(self, repo: str) -> None:
        """Let a download rest; what was fetched stays."""
        with self._lock:
            one = self._all.get(repo)
            if one is None or not isinstance(one.state, Waiting | Fetching):
                return
            one.resting = True
            process = one.process
        if process is None:
            self._become(one, Paused(0, 0))
        else:
            _end(process)

    def forget(self, repo: str) -> None:
        """Its state is of no interest any more; when this returns nothing is written for it."""
        with self._lock:
            one = self._all.pop(repo, None)
            process = one.process if one else None
        if process is not None:
            _end(process)
            process.wait()

    def close(self) -> None:
        """End all processes and wait for them."""
        with self._lock:
            self._closed = True
            running = [one.process for one in self._all.values() if one.process is not None]
            threads = list(self._threads)
        for process in running:
            _end(process)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join()

    def _next(self) -> None:
        """Start the first that waits, unless one runs."""
        with self._lock:
            if self._closed or any(one.process is not None for one in self._all.values()):
                return
            one = next((one for one in self._all.values() if isinstance(one.state, Waiting)), None)
            if one is None:
                return
            try:
                one.process = _spawn()
            except EngineError as exc:
                state: FetchState = Broken(str(exc))
            else:
                state = Fetching()
                thread = threading.Thread(target=self._listen, args=(one,), name=f"download-{one.repo}", daemon=True)
                self._threads = [*(old for old in self._threads if old.is_alive()), thread]
                thread.start()
        self._become(one, state)

    def _listen(self, one: _One) -> None:
        process = cast("subprocess.Popen[bytes]", one.process)
        with contextlib.suppress(OSError):
            stdin = cast(IO[bytes], process.stdin)
            stdin.write(order_line(one.repo, one.root, one.token))
            stdin.flush()
        last: FetchState | None = None
        with cast(IO[bytes], process.stdout) as stream:
            for line in stream:
                last = _state_of(one, line)
                if isinstance(last, Fetching):
                    self._become(one, last)
        code = process.wait()
        with contextlib.suppress(OSError):
            cast(IO[bytes], process.stdin).close()
        with self._lock:
            one.process = None
        self._become(one, self._ended(one, last, code))
        self._next()

    def _ended(self, one: _One, last: FetchState | None, code: int) -> FetchState:
        if isinstance(last, Fetched | Broken) and not (one.resting and isinstance(last, Broken)):
            return last
        done, total = (one.state.done, one.state.total) if isinstance(one.state, Fetching) else (0, 0)
        if one.resting or self._closed:
            return Paused(done, total)
        return Broken(
            tr("The download stopped by itself (code {code}). Go on with it: what was fetched is kept.", code=code)
        )

    def _become(self, one: _One, state: FetchState) -> None:
        with self._lock:
            one.state = state
            known = self._all.get(one.repo) is one
        if known:
            self._heard(one.repo, state)


def _state_of(one: _One, line: bytes) -> FetchState | None:
    """What a line of the process means."""
    try:
        told: dict[str, Any] = json.loads(line)
        match told["event"]:
            case "progress":
                done, total = int(told["there"]), int(told["total"])
                return Fetching(done, total, _rate(one.marks, done), bool(told["checking"]))
            case "fetched":
                return Fetched(str(told["folder"]))
            case "broken":
                trouble = cast(Trouble, told["trouble"])
                reason = str(told["reason"])
                return Broken(reason or tr("The download stumbled. Try again; if it stays, report it."), trouble)
    except (ValueError, KeyError, TypeError):
        pass
    return None


def _rate(marks: list[tuple[float, int]], done: int) -> float:
    """Bytes a second over the last seconds."""
    now = time.monotonic()
    marks.append((now, done))
    while now - marks[0][0] > SPAN and len(marks) > 2:
        marks.pop(0)
    seconds, count = now - marks[0][0], done - marks[0][1]
    return count / seconds if seconds > 0.5 and count > 0 else 0.0


def _spawn() -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment() | {"HF_HUB_DISABLE_PROGRESS_BARS": "1"},
            creationflags=flags,
        )
    except OSError as exc:
        raise EngineError(
            "The download could not be started ({why}). Close other programs and try again.", why=exc
        ) from exc


def _end(process: subprocess.Popen[bytes]) -> None:
    """A process that may end at any time is simply ended."""
    with contextlib.suppress(OSError):
        process.kill()
