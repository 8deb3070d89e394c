"""Starts studios, disturbs and kills them, and looks at what is left after each."""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import psutil

from sora_studio.cli.soak import remains
from sora_studio.cli.soak.disk import SmallDisk
from sora_studio.cli.soak.losses import losses
from sora_studio.cli.soak.slope import slope_of
from sora_studio.cli.soak.tally import Tally
from sora_studio.cli.soak.words import Life, State, life_text
from sora_studio.jobs.client import worker_environment
from sora_studio.settings.folders import HOME_VARIABLE

STUDIO, WORKER = "sora_studio.cli.soak.studio", "sora_studio.jobs.worker"
JUMPS = (0.0, 0.0, 0.0, 86_400.0, -86_400.0, 3e8, -3e8)
"""Seconds by which a clock is wrong: a day, and ten years."""
DELAYS = (0.0, 0.0, 0.05, 0.4)
"""Seconds that a slow disk takes at most."""
START = 300.0
"""Seconds in which a studio must have opened its project."""
HOPELESS = 10
"""Studios that end by themselves before the soak gives up."""
FINISHING = 0.2
"""How often a kill waits until a clip is finished, so that there are finished ones to work with."""
LONGEST = 25.0
"""Seconds that it waits for that."""
ENDLESS = 10**9
"""Kills, where only the time ends it."""
WORKERS = (0, 0, 1, 1, 2, 4, 8)
"""How many workers are killed before their studio is."""
STUCK = 120.0
"""Seconds that jobs may wait without a worker."""
TELL = 20.0
"""Seconds between words on how it goes."""


@dataclass
class Seen:
    """What a studio has said."""

    states: list[State] = field(default_factory=list)
    going: set[str] = field(default_factory=set)
    doing: str = ""
    ended: bool = False
    samples: list[tuple[float, float]] = field(default_factory=list)
    segments: set[str] = field(default_factory=set)


class Driver:
    """One soak: `run` and then `tally`."""

    def __init__(self, folder: Path, seed: int, say: Callable[[str], None]) -> None:
        """`folder` is empty; everything that the studios write lies in it."""
        self.tally = Tally()
        self._folder, self._rng, self._say = folder, random.Random(seed), say
        self._home = folder / "home"
        self._disk = SmallDisk(folder / "disk")
        self._project = str(self._disk.folder / "film")
        self._homes: set[str] = set()
        self._samples: list[tuple[float, float]] = []
        self._jobs: set[str] = set()
        self._since = time.time()

    def run(self, minutes: float, kills: int) -> None:
        """Until the time is over, so many kills are done (0: as many as there is time for), or it makes no sense."""
        os.environ[HOME_VARIABLE] = str(self._home)  # where what studios could not write in a project is looked for
        begun, kills = time.monotonic(), kills or ENDLESS
        until, told = begun + 60 * minutes, begun
        try:
            self._life(begun + 20 * minutes, kills // 3)  # a long one, in which it is seen whether memory grows
            while time.monotonic() < until and self.tally.kills.total() < kills:
                if len(self.tally.faults.get("ends of its own", ())) > HOPELESS:
                    break
                self._life(until, min(self._rng.choice(WORKERS), kills - 1 - self.tally.kills.total()))
                if time.monotonic() - told > TELL:
                    told = time.monotonic()
                    self._say(f"{self.tally.kills.total()} kills, {len(self._jobs)} jobs, faults: {self.tally.faults}")
            self._finish()
        finally:
            for process in remains.family(self._home, self._since):
                process.kill()
            self._disk.close()
        self.tally.jobs, self.tally.projects = len(self._jobs), len(self._homes)
        self.tally.slope = slope_of(self._samples)

    def _life(self, until: float, workers: int) -> None:
        """Start a studio, kill so many workers of it or as there is time for, then itself."""
        rng = self._rng
        life = Life(self._project, rng.randrange(2**31), rng.choice(DELAYS), rng.choice(JUMPS))
        with self._started(life) as process:
            seen = Seen()
            lines = _lines(process)
            if not self._hear(lines, seen, START, lambda: bool(seen.states)):
                self._died(process, seen)
                return
            before, worked = self.tally.kills["worker"], time.monotonic()
            while self.tally.kills["worker"] - before < workers and time.monotonic() < until:
                self._disturb()
                self._live(process, lines, seen)
                if process.poll() is not None:
                    break
                if self._kill_worker(process):
                    self._count("worker", life)
                    worked = time.monotonic()
                elif time.monotonic() - worked > STUCK and "pending" in seen.states[-1].media.values():
                    self.tally.fault("hangs", f"jobs wait and no worker works on them, while doing “{seen.doing}”")
                    break
            self._disturb()
            self._live(process, lines, seen)
            if process.poll() is not None:
                self._hear(lines, seen, 1.0, lambda: False)
                self._died(process, seen)
                return
            seen.segments |= remains.segments(remains.family(self._home, self._since))
            process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            process.wait()
            self._count("studio", life)
            self._hear(lines, seen, START, lambda: False)
        self._after(seen)

    def _live(self, process: subprocess.Popen[bytes], lines: _Lines, seen: Seen) -> None:
        """Let it work until the next kill, and look at its memory meanwhile."""
        rng, ready = self._rng, len(_ready(seen))
        finishing = rng.random() < FINISHING
        end = time.monotonic() + (LONGEST if finishing else rng.choice((0.05, 0.2, 0.5, 1.0, 2.0)) * rng.random() * 2)
        while time.monotonic() < end and process.poll() is None:
            if finishing and len(_ready(seen)) > ready:
                end, finishing = time.monotonic() + rng.random() / 4, False  # just now, when its clip is put away
            self._hear(lines, seen, min(0.25, max(0.0, end - time.monotonic())), lambda: False)
            try:
                held = psutil.Process(process.pid).memory_info().rss
            except psutil.Error:
                return
            seen.samples.append((time.monotonic(), float(held)))

    def _disturb(self) -> None:
        """Fill the disk, or give its room back."""
        if self._disk.full:
            self._disk.empty()
        elif self._rng.random() < 0.15:
            self._disk.fill()

    def _kill_worker(self, process: subprocess.Popen[bytes]) -> bool:
        try:
            children = psutil.Process(process.pid).children()
        except psutil.Error:
            return False
        for child in children:
            try:
                if WORKER in child.cmdline():
                    child.kill()
                    return True
            except psutil.Error:
                continue
        return False

    def _count(self, what: str, life: Life) -> None:
        self.tally.kills[what] += 1
        self.tally.during["full disk"] += self._disk.full
        self.tally.during["slow disk"] += life.delay > 0
        self.tally.during["clock jump"] += life.jump != 0

    def _died(self, process: subprocess.Popen[bytes], seen: Seen) -> None:
        """It ended without being killed."""
        process.kill()
        words = (self._folder / "errors.txt").read_text(encoding="utf-8", errors="replace")[-1500:]
        self.tally.fault("ends of its own", f"while doing “{seen.doing}”: {words}")
        self._after(seen)

    def _after(self, seen: Seen) -> None:
        """Compare what is there with what was said to be."""
        self._disk.empty()
        for process in remains.left_alive(self._home, self._since):
            self.tally.fault("orphans", str(process))
        for name in remains.left_in_memory(seen.segments):
            self.tally.fault("leaked segments", name)
        self._samples = max(self._samples, seen.samples, key=len)
        if not seen.states:
            return
        last = seen.states[-1]
        self._project = last.home
        self._homes.add(last.home)
        self._jobs |= {f"{state.home}/{key}" for state in seen.states for key in state.media}
        there = remains.found_again(last.home)
        if there is None:
            self.tally.fault("unreadable projects", last.home)
            return
        kept = [state for state in seen.states if state.home == last.home and state.kept]
        if not kept:
            return
        for loss in losses(kept, there, seen.going, seen.doing):
            self.tally.fault(*loss)
        for key in remains.without_file(last.home):
            if kept[-1].media.get(key) == "ready":
                self.tally.fault("lost jobs", f"the file of {key} in {last.home}")

    def _finish(self) -> None:
        """All that was begun is finished by studios that nobody disturbs."""
        self._disk.empty()
        for home in sorted(self._homes):
            self._settle(home)
            there = remains.found_again(home)
            if there is None:
                self.tally.fault("unreadable projects", home)
                continue
            for key, kind in there.media.items():
                if kind != "ready":
                    self.tally.fault("lost jobs", f"{key} in {home} could not be finished")

    def _settle(self, home: str) -> None:
        """Finish what is left of a project."""
        with self._started(Life(home, 0, finish=True)) as process:
            seen = Seen()
            self._hear(_lines(process), seen, 2 * START, lambda: seen.ended)
            if seen.ended:
                process.wait()
            else:
                self._died(process, seen)

    def _started(self, life: Life) -> subprocess.Popen[bytes]:
        environment = worker_environment() | {HOME_VARIABLE: str(self._home)}
        with (self._folder / "errors.txt").open("wb") as errors:
            command = [sys.executable, "-P", "-m", STUDIO, life_text(life)]
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment
            )

    def _hear(self, lines: _Lines, seen: Seen, seconds: float, enough: Callable[[], bool]) -> bool:
        """Take in what is said until it is enough, nothing more comes, or the time is over."""
        end = time.monotonic() + seconds
        while not enough():
            try:
                line = lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return enough()
            if line is None:
                lines.put(None)
                return enough()
            self._take(line, seen)
        return True

    def _take(self, line: bytes, seen: Seen) -> None:
        try:
            kind, value = json.loads(line)
        except ValueError:
            return  # cut off by the kill
        match kind:
            case "state":
                seen.states.append(State(**value))
            case "do":
                seen.doing = value
            case "did":
                seen.doing = ""
                self.tally.verbs[value] += 1
            case "refused":
                self.tally.refused += 1
            case "going":
                seen.going.add(value)
            case "end":
                seen.ended = True


def _ready(seen: Seen) -> list[str]:
    """The finished media of the project that was told of last."""
    return [key for key, kind in seen.states[-1].media.items() if kind == "ready"]


_Lines = queue.SimpleQueue[bytes | None]


def _lines(process: subprocess.Popen[bytes]) -> _Lines:
    """What a process says, line by line, and None at its end."""
    heard: _Lines = queue.SimpleQueue()

    def listen() -> None:
        for line in cast(IO[bytes], process.stdout):
            heard.put(line)
        heard.put(None)

    threading.Thread(target=listen, name="soak", daemon=True).start()
    return heard
