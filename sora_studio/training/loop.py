"""What every training loop shares: the device, the log, the clock, and stopping cleanly."""

from __future__ import annotations

import ctypes
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import numpy as np
import torch

from sora_studio.core.errors import BadInput
from sora_studio.training.config import Run


def prepare_device(run: Run) -> torch.device:
    """The device to train on; sets this process's thread count. Raises BadInput when CUDA is asked for but missing."""
    keep_memory()
    torch.set_num_threads(run.threads)
    if run.device == "cuda" and not torch.cuda.is_available():
        raise BadInput("No CUDA device was found. Use --device cpu or --device auto.")
    cuda = run.device == "cuda" or (run.device == "auto" and torch.cuda.is_available())
    return torch.device("cuda" if cuda else "cpu")


def keep_memory() -> None:
    """Have glibc reuse freed memory instead of returning it to the system (elsewhere: nothing).

    Activations come and go by the hundred megabyte; asking the kernel for fresh pages each time took half of the
    processor in a virtual machine, and a step three to five times as long.
    """
    if not sys.platform.startswith("linux"):
        return
    top_pad, trim_threshold, mmap_max = -2, -1, -4  # malloc.h
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(mmap_max, 0)
        mallopt(trim_threshold, 2**31 - 1)
        mallopt(top_pad, 256 * 2**20)


def randomness(seed: int, step: int, purpose: int = 0) -> torch.Generator:
    """The random numbers of one step: they depend on nothing before it, so a resumed run draws the same ones."""
    state = np.random.SeedSequence([seed, step, purpose]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state >> np.uint64(1)))


class Clock:
    """Says when the run must stop and when something periodic is due."""

    def __init__(self, minutes: float | None) -> None:
        self.stopped = False
        self._end = None if minutes is None else time.monotonic() + 60 * minutes
        self._last: dict[str, float] = {}

    def stopping(self) -> bool:
        """True after SIGINT or SIGTERM, or when the minutes are over."""
        return self.stopped or (self._end is not None and time.monotonic() >= self._end)

    def due(self, what: str, minutes: float) -> bool:
        """True once every `minutes`, counted from the first question."""
        now = time.monotonic()
        if now - self._last.setdefault(what, now) < 60 * minutes:
            return False
        self._last[what] = now
        return True


@contextmanager
def clock(minutes: float | None) -> Iterator[Clock]:
    """A Clock that SIGINT and SIGTERM stop; the former handlers come back with the end of the block."""
    timer = Clock(minutes)

    def stop(_number: int, _frame: FrameType | None) -> None:
        timer.stopped = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield timer
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Log:
    """One JSON object a line in log.jsonl: means of what was noted since the last line, and the rate of examples."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "log.jsonl"
        self._sums: dict[str, tuple[float, int]] = {}
        self._examples = 0
        self._since = time.monotonic()

    def note(self, examples: int = 0, **values: float) -> None:
        """Add values of one step and the number of examples it took."""
        self._examples += examples
        for name, value in values.items():
            total, count = self._sums.get(name, (0.0, 0))
            self._sums[name] = (total + value, count + 1)

    def write(self, step: int, **values: float | str) -> dict[str, float | str]:
        """Write a line and begin the next one; returns it."""
        now = time.monotonic()
        means = {name: round(total / count, 5) for name, (total, count) in self._sums.items()}
        rate = round(self._examples / max(1e-9, now - self._since), 2)
        line: dict[str, float | str] = {"step": step, **means, "per_second": rate, **values}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self._sums, self._examples, self._since = {}, 0, now
        return line
