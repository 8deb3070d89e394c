"""Whether memory grows while a studio lives: a line through what it held at moments of one kind, and how sure it is.

The moments are those at which a new project was begun, nothing was being made, and what was free had been given back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FILLING = 0.3
"""The part of a life in which stores that have a limit fill."""
SPAN = 600.0
"""Seconds from the first to the last sample below which nothing can be said."""
LEAST = 8
"""Samples below which nothing can be said."""
MATTERS = 12.0
"""Megabytes an hour that nobody minds: a thousand clips are begun in one, so that is 12 kB for each, less than one
picture of it; what the system's allocator leaves in pieces takes some."""
_T = {6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 12: 2.179, 15: 2.131, 20: 2.086, 30: 2.042, 60: 2.0}
"""Student's t for 95 % on both sides, by degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a studio holds: bytes of its own, threads, open files, and Python objects by type."""

    when: float
    held: int
    threads: int
    files: int
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Slope:
    """Megabytes an hour with the half of the 95 % interval, over so many samples and seconds."""

    value: float
    error: float
    samples: int
    seconds: float

    @property
    def within_noise(self) -> bool:
        """Whether no growth is shown, or only one that stays below what matters."""
        return self.value - self.error <= 0 or self.value + self.error <= MATTERS

    def __str__(self) -> str:
        verdict = "within noise" if self.within_noise else "it grows"
        over = f"over {self.samples} samples in {self.seconds / 60:.1f} min"
        return f"{self.value:+.1f} ± {self.error:.1f} MB/h {over} ({verdict})"


def judged(samples: Sequence[Sample]) -> list[Sample]:
    """The samples after the stores have filled."""
    if not samples:
        return []
    filled = samples[0].when + FILLING * (samples[-1].when - samples[0].when)
    return [sample for sample in samples if sample.when >= filled]


def slope_of(samples: Sequence[Sample]) -> Slope | None:
    """The slope of a life; None for one that is too short."""
    points = [(sample.when / 3600, sample.held / 1e6) for sample in judged(samples)]
    if len(points) < LEAST or (span := 3600 * (points[-1][0] - points[0][0])) < SPAN:
        return None
    mean_x, mean_y = (sum(column) / len(points) for column in zip(*points, strict=True))
    along = sum((x - mean_x) ** 2 for x, _ in points)
    value = sum((x - mean_x) * (y - mean_y) for x, y in points) / along
    rest = sum((y - mean_y - value * (x - mean_x)) ** 2 for x, y in points)
    free = len(points) - 2
    student = _T[max(known for known in _T if known <= free)]
    return Slope(value, student * math.sqrt(rest / free / along), len(points), span)


def growth(samples: Sequence[Sample], most: int = 6) -> list[str]:
    """What there is more of at the end of a life than when its stores had filled: “type +n”, the most first."""
    known = judged(samples)
    if not known:
        return []
    first, last = known[0], known[-1]
    more = {kind: count - first.kinds.get(kind, 0) for kind, count in last.kinds.items()}
    more |= {"threads": last.threads - first.threads, "open files": last.files - first.files}
    ranked = sorted(((count, kind) for kind, count in more.items() if count > 0), reverse=True)
    return [f"{kind} +{count}" for count, kind in ranked[:most]]
