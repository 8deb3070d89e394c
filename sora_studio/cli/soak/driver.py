"""Starts studios, disturbs and kills them, and looks at what is left after each."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

import psutil

from sora_studio.cli.soak import remains
from sora_studio.cli.soak.disk import SmallDisk
from sora_studio.cli.soak.evidence import ERRORS, Evidence
from sora_studio.cli.soak.hearing import Hearing
from sora_studio.cli.soak.slope import growth, slope_of
from sora_studio.cli.soak.tally import Tally
from sora_studio.cli.soak.words import Life, life_text
from sora_studio.jobs.client import worker_environment
from sora_studio.jobs.queue_store import FILE, JobRow
from sora_studio.settings.folders import HOME_VARIABLE, data_folder

STUDIO, WORKER = "sora_studio.cli.soak.studio", "sora_studio.jobs.worker"
JUMPS = (0.0, 0.0, 0.0, 86_400.0, -86_400.0, 3e8, -3e8)
"""Seconds by which a clock jumps: a day, and ten years."""
DELAYS = (0.0, 0.0, 0.05, 0.4)
"""Seconds that a slow disk takes at most."""
HOME_SIZE = 24 << 20
"""Bytes of the disk that holds the queue and what could not be written in a project."""
START = 300.0
"""Seconds in which a studio must have opened its project."""
HOPELESS = 10
"""Studios that end by themselves before the soak gives up."""
LONG = 0.4
"""The part of the time that one studio lives, so that it is seen whether memory grows."""
FINISHING = 0.2
"""How often a kill waits until a clip is finished, so that there are finished ones to work with."""
LONGEST = 25.0
"""Seconds that it waits for that."""
ENDLESS = 10**9
"""Kills, where only the time ends it."""
OFTEN = 10.0
"""Seconds between the kills of the long life, where their number is not given."""
WORKERS = (0, 0, 1, 1, 2, 4, 8)
"""How many workers are killed before their studio is."""
STUCK = 120.0
"""Seconds that jobs may wait without a worker."""
TELL = 20.0
"""Seconds between words on how it goes."""


class Driver:
    """One soak: `run` and then `tally`."""

    def __init__(self, folder: Path, seed: int, say: Callable[[str], None]) -> None:
        """`folder` is empty; everything that the studios write lies in it."""
        self.tally = Tally()
        self._folder, self._rng, self._say = folder, random.Random(seed), say
        self._home_disk = SmallDisk(folder / "home", HOME_SIZE)
        self._disk = SmallDisk(folder / "disk")
        self._home = self._home_disk.folder
        self._project = str(self._disk.folder / "film")
        self._evidence = Evidence(folder, (self._home, self._disk.folder))
        self._hearing = Hearing(self._evidence.note, self._fault, self.tally)
        self._since = time.time()
        self._next: subprocess.Popen[bytes] | None = None
        """A studio that has loaded everything and waits for its life."""

    @property
    def evidence(self) -> Path | None:
        """Where lies what is needed to understand the faults; None when there are none."""
        return self._evidence.kept

    def run(self, minutes: float, kills: int) -> None:
        """Until the time is over, so many kills are done (0: as many as there is time for), or it makes no sense."""
        os.environ[HOME_VARIABLE] = str(self._home)  # where what studios could not write in a project is looked for
        begun, long = time.monotonic(), LONG * 60 * minutes
        until, told = begun + 60 * minutes, begun
        workers = kills // 2 or int(long / OFTEN)
        kills = kills or ENDLESS
        try:
            self._life(begun + long, workers, long / max(1, workers))
            self.tally.slope = slope_of(self._hearing.samples)
            self.tally.growth = growth(self._hearing.samples)
            while time.monotonic() < until and self.tally.kills.total() < kills:
                if len(self.tally.faults.get("ends of its own", ())) > HOPELESS:
                    break
                self._life(until, min(self._rng.choice(WORKERS), kills - 1 - self.tally.kills.total()))
                if time.monotonic() - told > TELL:
                    told = time.monotonic()
                    self._say(f"{self.tally.kills.total()} kills, {self._jobs()} jobs, faults: {self.tally.faults}")
            self._finish()
        finally:
            for process in remains.family(self._home, self._since):
                process.kill()
            if self._next is not None:
                self._next.communicate()
            self._evidence.close()
            self._disk.close()
            self._home_disk.close()
        self.tally.jobs, self.tally.projects = self._jobs(), len(self._hearing.accounts)

    def _jobs(self) -> int:
        return sum(len(account.taken) for account in self._hearing.accounts.values())

    def _fault(self, kind: str, words: str) -> None:
        self.tally.fault(kind, words)
        self._evidence.copy(f"{kind}: {words}")

    def _life(self, until: float, workers: int, pace: float = 0.0) -> None:
        """Start a studio, kill so many workers of it or as there is time for, then itself. With a `pace` it is a long
        life, and a worker is killed about every so many seconds."""
        rng = self._rng
        life = Life(self._project, rng.randrange(2**31), rng.choice(DELAYS), rng.choice(JUMPS))
        if pace:
            life = Life(self._project, life.seed, DELAYS[2])
        with self._started(life) as process:
            hearing = self._hearing
            hearing.listen(process)
            if not hearing.hear(START, lambda: bool(hearing.home)):
                self._died(process)
                return
            done, worked = 0, time.monotonic()
            while done < workers and time.monotonic() < until:
                self._disturb()
                self._live(process, pace)
                if process.poll() is not None:
                    break
                if self._kill_worker(process):
                    self._count("worker", life)
                    done, worked = done + 1, time.monotonic()
                elif time.monotonic() - worked > STUCK and hearing.waits:
                    self._fault("hangs", f"jobs wait and no worker works on them, while doing “{hearing.doing}”")
                    break
            self._disturb()
            self._live(process, pace)
            if process.poll() is not None:
                hearing.hear(1.0, lambda: False)
                self._died(process)
                return
            segments = remains.segments(remains.family(self._home, self._since))
            process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            process.wait()
            self._count("studio", life)
            hearing.hear(START, lambda: False)
        self._after(segments)

    def _live(self, process: subprocess.Popen[bytes], pace: float) -> None:
        """Let it work until the next kill."""
        rng, hearing = self._rng, self._hearing
        finishing, ready = not pace and rng.random() < FINISHING, hearing.ready
        span = 2 * (pace or rng.choice((0.05, 0.2, 0.5, 1.0, 2.0))) * rng.random()
        end = time.monotonic() + (LONGEST if finishing else span)
        while time.monotonic() < end and process.poll() is None:
            if finishing and hearing.ready > ready:
                end, finishing = time.monotonic() + rng.random() / 4, False  # just now, when its clip is put away
            hearing.hear(min(0.25, max(0.0, end - time.monotonic())), lambda: False)

    def _disturb(self) -> None:
        """Fill a disk or both, or give their room back."""
        disks = (self._disk, self._home_disk)
        if any(disk.full for disk in disks):
            for disk in disks:
                disk.empty()
        elif self._rng.random() < 0.15:
            for disk in self._rng.choice(((self._disk,), (self._disk,), (self._home_disk,), disks)):
                disk.fill()
        self._evidence.note("full", [disk.folder.name for disk in disks if disk.full])

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
        self._evidence.note("kill", what)
        self.tally.kills[what] += 1
        self.tally.during["full disk"] += self._disk.full or self._home_disk.full
        self.tally.during["slow disk"] += life.delay > 0
        self.tally.during["clock jump"] += life.jump != 0

    def _died(self, process: subprocess.Popen[bytes]) -> None:
        """It ended without being killed."""
        process.kill()
        words = (self._folder / ERRORS).read_text(encoding="utf-8", errors="replace")[-1500:]
        self._fault("ends of its own", f"while doing “{self._hearing.doing}”: {words}")
        self._after(set())

    def _after(self, segments: set[str]) -> None:
        """Compare what is there with what was said to be."""
        for process in remains.left_alive(self._home, self._since, self._next.pid if self._next else 0):
            self._fault("orphans", str(process))
        for name in remains.left_in_memory(segments):
            self._fault("leaked segments", name)
        rows = self._rows()
        for home in sorted(self._hearing.touched):
            account, there = self._hearing.accounts[home], remains.found_again(home)
            queued = [row.media for row in rows if row.project == home]
            self._evidence.note("there", [home, there and there.digest, queued])
            for loss in account.found(there, queued):
                self._fault(*loss)
            for key in remains.without_file(home):
                if key not in queued:
                    self._fault("lost jobs", f"the file of {key} in {home}")
        self._project = self._hearing.home or self._project
        self._disk.empty()
        self._home_disk.empty()

    def _rows(self) -> list[JobRow]:
        rows = remains.queued(data_folder() / FILE)
        if rows is None:
            self._fault("lost jobs", "the queue cannot be read")
        return list(rows or ())

    def _finish(self) -> None:
        """All that was begun is finished by studios that nobody disturbs; then everything is looked at once more."""
        homes = sorted(self._hearing.accounts)
        if homes:
            self._settle(homes)
        for home in homes:
            account = self._hearing.accounts[home]
            there = remains.found_again(home)
            if there is None:
                self._fault("unreadable projects", home)
                continue
            for loss in account.finished(there):
                self._fault(*loss)
            for words in remains.unreadable(home):
                self._fault("unreadable media", f"{home}: {words}")
            for words in remains.damaged_versions(home):
                self._fault("unreadable versions", words)
            self.tally.decoded += len(there.media)
            self.tally.versions += remains.count_versions(home)
        for row in self._rows():
            known = self._hearing.accounts.get(row.project)
            if known is None or row.media not in known.given_up:
                self._fault("lost jobs", f"{row.media} of {row.project} is {row.state} in the queue in the end")

    def _settle(self, homes: list[str]) -> None:
        """Finish what is left of projects."""
        with self._started(Life(homes[0], 0, finish=True, others=homes[1:])) as process:
            self._hearing.listen(process)
            if self._hearing.hear(START * (1 + len(homes)), lambda: self._hearing.ended):
                process.wait()
            else:
                self._died(process)

    def _started(self, life: Life) -> subprocess.Popen[bytes]:
        self._evidence.note("life", life_text(life))
        process, self._next = self._next or self._loading(), None if life.finish else self._loading()
        with cast(IO[bytes], process.stdin) as line, contextlib.suppress(BrokenPipeError):
            line.write(life_text(life).encode() + b"\n")
        return process

    def _loading(self) -> subprocess.Popen[bytes]:
        environment = worker_environment() | {HOME_VARIABLE: str(self._home)}
        with (self._folder / ERRORS).open("ab") as errors:
            command = [sys.executable, "-P", "-m", STUDIO]
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment
            )
