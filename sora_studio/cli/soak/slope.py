"""Whether memory grows while a studio lives: a line through what it held, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SPAN = 5.0
"""Seconds whose samples count as one: those that follow each other closely are no witnesses of their own."""
LEAST = 8
"""Spans below which nothing can be said."""
MATTERS = 1.0
"""Megabytes a minute that may come from the project's own growth: pictures, undo, media."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Megabytes a minute, and their standard error."""

    value: float
    error: float
    samples: int

    @property
    def within_noise(self) -> bool:
        """Whether growth beyond what matters is not shown by the samples."""
        return self.value - 2 * self.error <= MATTERS

    def __str__(self) -> str:
        verdict = "within noise" if self.within_noise else "it grows"
        return f"{self.value:+.2f} ± {self.error:.2f} MB/min over {self.samples} spans of {SPAN:g} s ({verdict})"


def slope_of(samples: Sequence[tuple[float, float]]) -> Slope | None:
    """The slope in the second half of a life, of (seconds, bytes); in the first half caches fill. None for too few."""
    if not samples:
        return None
    middle = (samples[0][0] + samples[-1][0]) / 2
    spans: dict[int, list[tuple[float, float]]] = {}
    for when, held in samples:
        if when >= middle:
            spans.setdefault(int((when - middle) // SPAN), []).append((when / 60, held / 1e6))
    means = [tuple(sum(column) / len(span) for column in zip(*span, strict=True)) for span in spans.values()]
    if len(means) < LEAST:
        return None
    mean_x, mean_y = (sum(column) / len(means) for column in zip(*means, strict=True))
    along = sum((x - mean_x) ** 2 for x, _ in means)
    value = sum((x - mean_x) * (y - mean_y) for x, y in means) / along
    rest = sum((y - mean_y - value * (x - mean_x)) ** 2 for x, y in means)
    return Slope(value, math.sqrt(rest / (len(means) - 2) / along), len(means))
