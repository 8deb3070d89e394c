"""Land in layers: outlines without end in world x, scattered things, and the layer as a value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.canvas import Canvas
from sora_studio.training.world.light import Light
from sora_studio.training.world.noise import chances, stream

Outline: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Sway:
    """A layer's own movement to and fro: reach in world units along x and y, seconds a cycle, phase 0..1."""

    x: float
    y: float
    period: float
    phase: float = 0.0


@dataclass(frozen=True, slots=True)
class Layer:
    """One plane of the picture. `depth` 0 is infinitely far, 1 the plane of the actors, more is nearer."""

    depth: float
    draw: Callable[[Canvas], None]
    sway: Sway | None = None
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class Land:
    """What a place is drawn from: its seed, light and the weather that may whiten or wet it."""

    seed: int
    light: Light
    weather: str

    def chance(self, name: str, low: float = 0.0, high: float = 1.0) -> float:
        """One number in [low, high) of this land, the same whenever it is asked."""
        return low + (high - low) * float(chances(self.seed, name, np.zeros(1, np.int64), 1)[0, 0])


def rolling(land: Land, name: str, base: float, height: float, length: float) -> Outline:
    """Soft hills: a sum of four waves around y = `base`, at most `height` up and down, the longest `length` wide."""
    rng = stream(land.seed, "hills", name)
    phases = rng.uniform(0, 2 * math.pi, 4)
    shares = np.array([0.5, 0.27, 0.15, 0.08])
    rates = 2 * math.pi / length * np.array([1.0, 1.73, 3.1, 5.7])

    def outline(xs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(base - height * (shares * np.sin(xs[:, None] * rates + phases)).sum(1), np.float64)

    return outline


def jagged(land: Land, name: str, base: float, height: float, length: float) -> Outline:
    """Peaks: straight lines between random heights, with smaller breaks on them. Peaks reach `height` above `base`."""

    def outline(xs: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros_like(xs)
        for octave, (share, rate) in enumerate(((0.72, 1.0), (0.2, 2.7), (0.08, 6.1))):
            at = xs * rate / length * 2
            cell = np.floor(at).astype(np.int64)
            values = chances(land.seed, f"{name}{octave}", np.concatenate([cell, cell + 1]), 1)[:, 0]
            left, right = values[: len(xs)], values[len(xs) :]
            if octave == 0:  # peaks and valleys take turns, so that mountains stand apart
                left = np.where(cell % 2 == 0, 0.6 + 0.4 * left, 0.3 * left)
                right = np.where(cell % 2 == 1, 0.6 + 0.4 * right, 0.3 * right)
            total += share * (left + (right - left) * (at - cell))
        return np.asarray(base - height * total, np.float64)

    return outline


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for one scattered thing: its x and three more chances."""

    x: float
    one: float
    two: float
    three: float


def scattered(canvas: Canvas, land: Land, name: str, spacing: float, share: float = 1.0) -> Iterator[Spot]:
    """Random spots along x, one in every `spacing`, of which `share` are kept; the same for every window."""
    first, last = math.floor(canvas.x0 / spacing) - 1, math.ceil(canvas.x1 / spacing) + 1
    cells = np.arange(first, last + 1, dtype=np.int64)
    for cell, (jitter, keep, one, two, three) in zip(cells, chances(land.seed, name, cells, 5).tolist(), strict=True):
        if keep < share:
            yield Spot((int(cell) + jitter) * spacing, one, two, three)


def height_at(outline: Outline, x: float) -> float:
    """The y of an outline at one x."""
    return float(outline(np.array([x]))[0])
