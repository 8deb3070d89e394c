"""Drives a process that reads damaged files, counts what becomes of them, and goes on when it dies or hangs."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.fuzz.seeds import write_seeds

LIMIT = 5.0
"""Seconds of its processor that reading one input may take."""
ASLEEP = 30.0
"""Seconds by the clock in which nothing moves: so that waiting for nothing is found out, and a busy machine is not."""

BAD = ("speechless", "broken", "crash", "hang")
"""Outcomes that are defects: a refusal that is no sentence, any other exception, a death, no answer."""


@dataclass
class Tally:
    """Counts by reader and outcome, and the first of each kind of defect."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    defects: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Outcome, “reader number”, the file of the seed, words."""

    def add(self, name: str, said: str, key: str, about: str, text: str) -> None:
        self.counts.setdefault(name, Counter())[said] += 1
        if said in BAD:
            self.defects.append((said, key, about, text))

    @property
    def total(self) -> Counter[str]:
        return sum(self.counts.values(), Counter())


class Reading:
    """One process after the other; `read` gives each an input."""

    def __init__(
        self, folder: Path, seed: str, limit: float = LIMIT, asleep: float = ASLEEP, module: str = "tests.fuzz.readers"
    ) -> None:
        """`folder` holds the seeds in `seeds`; `module` is the process that reads."""
        self._folder, self._seed, self._limit, self._asleep, self._module = folder, seed, limit, asleep, module
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read(self, name: str, number: int) -> tuple[str, str, str]:
        """What becomes of an input: the outcome, the damaged file, words."""
        process = self._process or self._start()
        spent, since = self._processor(process), time.monotonic()
        moved = spent
        process.stdin.write(f"{name} {number}\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        while True:
            try:
                line = self._answers.get(timeout=0.5)
            except queue.Empty:
                now = self._processor(process)
                if now > moved:  # slowly, on a busy machine
                    moved, since = now, time.monotonic()
                if now - spent > self._limit or time.monotonic() - since > self._asleep:
                    self.close()
                    return "hang", "", f"no answer after {now - spent:.1f} s of the processor"
                continue
            if line:
                said, about, text = json.loads(line)
                return said, about, text
            code = self._done(process)
            errors = (self._folder / "errors.txt").read_text(encoding="utf-8", errors="replace")
            return "crash", "", f"{errors[-3000:]}\nexit code {code}"

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._done(self._process)

    def _done(self, process: subprocess.Popen[str]) -> int:
        """The exit code of a process that ends; the next input has another."""
        self._process = None
        code = process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        if self._listener is not None:
            self._listener.join()
        return code

    def _start(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "SORA_STUDIO_HOME": str(self._folder / "home"), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", self._module, str(self._folder / "seeds")]
        with (self._folder / "errors.txt").open("wb") as errors:
            process = subprocess.Popen(
                [*command, str(self._folder / "input"), self._seed],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                env=environment,
            )
        self._process, self._answers = process, queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, args=(process, self._answers), daemon=True)
        self._listener.start()
        if self._answers.get() != "ready\n":
            raise RuntimeError((self._folder / "errors.txt").read_text(errors="replace")[-3000:])
        return process

    @staticmethod
    def _listen(process: subprocess.Popen[str], answers: queue.SimpleQueue[str]) -> None:
        with process.stdout as lines:  # type: ignore[union-attr]
            for line in lines:
                answers.put(line)
        answers.put("")

    @staticmethod
    def _processor(process: subprocess.Popen[str]) -> float:
        try:
            times = psutil.Process(process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)


def fuzz(folder: Path, inputs: Iterator[tuple[str, int]], seed: str) -> Tally:
    """Read all inputs with one process at a time; `folder` is empty and may be used."""
    write_seeds(folder / "seeds")
    tally, reading = Tally(), Reading(folder, seed)
    try:
        for name, number in inputs:
            said, about, text = reading.read(name, number)
            tally.add(name, said, f"{name} {number}", about, text)
    finally:
        reading.close()
    return tally
