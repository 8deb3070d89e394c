"""The camera: where it looks and how close, as smooth functions of time, and how planes at a depth follow it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.motion import travelled

CENTRE = 0.56
"""The y about which zooms close in."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera state: shift in world units (right and down) and magnification, at least one."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0

    def zoom_at(self, depth: float) -> float:
        """Far planes grow less than near ones."""
        return 1.0 + (self.zoom - 1.0) * (0.5 + 0.5 * min(depth, 1.0))


def view_at(camera: str, t: float, aspect: float, period: float = 0.0) -> View:
    """The view after t seconds. In a loop of `period` seconds the camera goes there and back."""
    if period and camera != "still":
        t = 1.0 - math.cos(2 * math.pi * t / period)
    match camera:
        case "pan left":
            return View(x=-0.14 * aspect * travelled(t))
        case "pan right":
            return View(x=0.14 * aspect * travelled(t))
        case "zoom in":
            return View(zoom=1.0 + 0.8 * math.tanh(max(0.0, t) / 4.2))
        case "zoom out":
            return View(zoom=1.0 + 0.6 * (1.0 - math.tanh(max(0.0, t) / 2.6)))
        case "tilt up":
            return View(y=0.12 - 0.27 * math.tanh(t / 2.2))
        case _:
            return View()


def followed(view: View, aspect: float) -> View:
    """What actors see of a camera: it never loses them, so their shift saturates at a fifth of the picture."""
    limit = 0.2 * aspect
    return View(limit * math.tanh(view.x / limit), view.y, view.zoom)


@dataclass(frozen=True, slots=True)
class Plate:
    """Pixels of a plane: the world position of their corner and pixels a unit."""

    x0: float
    y0: float
    ppu: float

    def inverse(
        self, view: View, depth: float, shift: tuple[float, float], size: tuple[int, int]
    ) -> NDArray[np.float64]:
        """The map from pixels of the picture (width, height) to pixels of this plate, as a 2x3 matrix."""
        width, height = size
        zoom = view.zoom_at(depth)
        step = self.ppu / (height * zoom)
        left = view.x * depth + shift[0] - width / (2 * height * zoom)
        top = CENTRE + view.y + shift[1] - CENTRE / zoom
        return np.array(
            [
                [step, 0.0, (left - self.x0) * self.ppu + 0.5 * step - 0.5],
                [0.0, step, (top - self.y0) * self.ppu + 0.5 * step - 0.5],
            ]
        )


def window(
    views: list[View], depth: float, shifts: list[tuple[float, float]], aspect: float
) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all that a plane shows during the views, in world units."""
    lefts, rights, tops, bottoms = [], [], [], []
    for view, (dx, dy) in zip(views, shifts, strict=True):
        zoom = view.zoom_at(depth)
        lefts.append(view.x * depth + dx - aspect / (2 * zoom))
        rights.append(view.x * depth + dx + aspect / (2 * zoom))
        tops.append(CENTRE + view.y + dy - CENTRE / zoom)
        bottoms.append(CENTRE + view.y + dy + (1.0 - CENTRE) / zoom)
    return min(lefts), min(tops), max(rights), max(bottoms)
