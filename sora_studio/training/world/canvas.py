"""A transparent drawing surface in world units with anti-aliased shapes (premultiplied RGBA)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.colours import Rgb

Image: TypeAlias = NDArray[np.uint8]
Points: TypeAlias = Sequence[tuple[float, float]]
Tones: TypeAlias = Sequence[tuple[float, Rgb]]
"""Stops of a vertical gradient: (y in world units, colour)."""

MARGIN = 0.08
"""Room around a subject's box for its outline."""

_SHIFT = 4
_SUB = 1 << _SHIFT


class Canvas:
    """Pixels (H, W, 4) of the world window whose upper left corner is (x0, y0), at `ppu` pixels a unit; y points down.

    Drawing opaque colours over transparent black with anti-aliasing yields premultiplied alpha by itself.
    """

    def __init__(self, x0: float, y0: float, width: int, height: int, ppu: float) -> None:
        self.x0, self.y0, self.ppu = x0, y0, ppu
        self.pixels: Image = np.zeros((height, width, 4), np.uint8)

    @classmethod
    def square(cls, side: int) -> Canvas:
        """The box [-1, 1] x [-1, 1] with a margin of MARGIN on side x side pixels, in which subjects are drawn."""
        return cls(-1.0 - MARGIN, -1.0 - MARGIN, side, side, side / (2 + 2 * MARGIN))

    @property
    def x1(self) -> float:
        """The right edge in world units."""
        return self.x0 + float(self.pixels.shape[1]) / self.ppu

    @property
    def y1(self) -> float:
        """The lower edge in world units."""
        return self.y0 + float(self.pixels.shape[0]) / self.ppu

    def xs(self, step_pixels: int = 4) -> NDArray[np.float64]:
        """World x of sample columns from the left edge to past the right one, for outlines of terrain."""
        columns = np.arange(-step_pixels, self.pixels.shape[1] + 2 * step_pixels, step_pixels)
        return np.asarray(self.x0 + columns / self.ppu, np.float64)

    def fill_below(self, xs: NDArray[np.float64], ys: NDArray[np.float64], tones: Tones) -> None:
        """Fill everything under the outline ys(xs) with a vertical gradient of (y, colour) stops."""
        low = self.y1 + 1.0
        outline = np.column_stack([np.concatenate([xs, xs[::-1]]), np.concatenate([ys, np.full(len(xs), low)])])
        # Nothing changes above the outline: most land takes up a part of the picture only.
        first = min(max(0, math.floor((float(ys.min()) - self.y0) * self.ppu) - 2), self.pixels.shape[0] - 1)
        mask: Image = np.zeros((self.pixels.shape[0] - first, self.pixels.shape[1]), np.uint8)
        cv2.fillPoly(mask, [self._fixed(outline) - np.array([0, first * _SUB], np.int32)], 255, cv2.LINE_AA, _SHIFT)
        self.paint(mask, tones, first)

    def paint(self, mask: Image, tones: Tones, first: int = 0) -> None:
        """Lay a vertical gradient over the rows from `first` on where mask (H - first, W) is 255."""
        height, width = mask.shape
        rows = self.y0 + (first + np.arange(height) + 0.5) / self.ppu
        at = [y for y, _ in tones]
        column = np.empty((height, 1, 4), np.uint8)
        for channel in range(3):
            column[:, 0, channel] = np.rint(np.interp(rows, at, [colour[channel] for _, colour in tones]))
        column[..., 3] = 255
        cover = cv2.merge([mask, mask, mask, mask])
        fill = cv2.multiply(cv2.resize(column, (width, height), interpolation=cv2.INTER_NEAREST), cover, scale=1 / 255)
        part = self.pixels[first:]
        cv2.add(cv2.multiply(part, cv2.bitwise_not(cover), scale=1 / 255), fill, dst=part)

    def polygon(self, points: Points | NDArray[np.float64], colour: Rgb) -> None:
        """A filled polygon."""
        cv2.fillPoly(self.pixels, [self._fixed(points)], (*colour, 255), cv2.LINE_AA, _SHIFT)

    def blob(self, points: Points, colour: Rgb, smooth: int = 6) -> None:
        """A filled closed curve through the points (Catmull-Rom)."""
        self.polygon(closed_curve(points, smooth), colour)

    def ellipse(self, centre: tuple[float, float], radii: tuple[float, float], colour: Rgb, angle: float = 0.0) -> None:
        """A filled ellipse, turned clockwise by `angle` degrees."""
        x = round(((centre[0] - self.x0) * self.ppu - 0.5) * _SUB)
        y = round(((centre[1] - self.y0) * self.ppu - 0.5) * _SUB)
        if max(radii) * self.ppu < 4.0:  # OpenCV draws small ellipses as lozenges
            self._dot(centre[0], centre[1], radii, colour, angle)
            return
        axes = (max(1, round(radii[0] * self.ppu * _SUB)), max(1, round(radii[1] * self.ppu * _SUB)))
        cv2.ellipse(self.pixels, (x, y), axes, angle, 0, 360, (*colour, 255), cv2.FILLED, cv2.LINE_AA, _SHIFT)

    def dots(self, dots: Sequence[tuple[float, float, float]], colour: Rgb) -> None:
        """Many small discs (x, y, radius) in one colour."""
        for x, y, radius in dots:
            self._dot(x, y, (radius, radius), colour)

    def _dot(self, x: float, y: float, radii: tuple[float, float], colour: Rgb, angle: float = 0.0) -> None:
        # A little wider than asked when tiny: very small discs would lose too much of their area to rounding.
        wide, high = (round(max(radius * self.ppu, 0.62) * _SUB) for radius in radii)
        ring = _ring(wide, high, round(angle / 6.0) % 30)
        at = (round(((x - self.x0) * self.ppu - 0.5) * _SUB), round(((y - self.y0) * self.ppu - 0.5) * _SUB))
        cv2.fillConvexPoly(self.pixels, ring + np.array(at, np.int32), (*colour, 255), cv2.LINE_AA, _SHIFT)

    def circle(self, x: float, y: float, radius: float, colour: Rgb) -> None:
        """A filled circle."""
        self.ellipse((x, y), (radius, radius), colour)

    def line(self, points: Points | NDArray[np.float64], width: float, colour: Rgb) -> None:
        """An open stroke with round ends; `width` in world units."""
        thickness = max(1, round(width * self.ppu))
        cv2.polylines(self.pixels, [self._fixed(points)], False, (*colour, 255), thickness, cv2.LINE_AA, _SHIFT)

    def curve(self, points: Points, width: float, colour: Rgb, smooth: int = 6) -> None:
        """An open stroke along a smooth curve through the points."""
        self.line(open_curve(points, smooth), width, colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Rgb) -> None:
        """A filled upright rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def _fixed(self, points: Points | NDArray[np.float64]) -> NDArray[np.int32]:
        step = self.ppu * _SUB
        left, top = self.x0 * step + 0.5 * _SUB, self.y0 * step + 0.5 * _SUB
        if isinstance(points, np.ndarray):
            return np.asarray(np.rint(points * step - (left, top)), np.int32)
        return np.array([(round(x * step - left), round(y * step - top)) for x, y in points], np.int32)


@lru_cache(maxsize=2048)
def _ring(wide: int, high: int, turn: int) -> NDArray[np.int32]:
    """The outline of a small ellipse of these half axes in sub-pixels, turned by `turn` times six degrees."""
    angle = np.arange(10) * (math.pi / 5)
    x, y = wide * np.cos(angle), high * np.sin(angle)
    cos, sin = math.cos(math.radians(6.0 * turn)), math.sin(math.radians(6.0 * turn))
    return np.asarray(np.rint(np.column_stack([x * cos - y * sin, x * sin + y * cos])), np.int32)


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> list[tuple[float, float]]:
    """The outline of a rectangle with round corners."""
    corners = (
        (right - radius, top + radius, -90),
        (right - radius, bottom - radius, 0),
        (left + radius, bottom - radius, 90),
        (left + radius, top + radius, 180),
    )
    points = []
    for x, y, start in corners:
        for step in range(5):
            angle = math.radians(start + 22.5 * step)
            points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return points


def turned(points: Points, angle: float, around: tuple[float, float] = (0.0, 0.0)) -> list[tuple[float, float]]:
    """The points turned clockwise on the screen by `angle` degrees around a point."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    ax, ay = around
    return [(ax + (x - ax) * cos - (y - ay) * sin, ay + (x - ax) * sin + (y - ay) * cos) for x, y in points]


def closed_curve(points: Points, smooth: int = 6) -> NDArray[np.float64]:
    """A closed Catmull-Rom spline through the points, `smooth` samples a segment."""
    at = np.asarray([points[-1], *points, points[0], points[1]], np.float64)
    return _spline(at[:-3], at[1:-2], at[2:-1], at[3:], smooth)


def open_curve(points: Points, smooth: int = 6) -> NDArray[np.float64]:
    """An open Catmull-Rom spline through the points."""
    at = np.asarray(points, np.float64)
    padded = np.concatenate([at[:1], at, at[-1:]])
    curve = _spline(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], smooth)
    return np.concatenate([curve, at[-1:]])


def _spline(
    before: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    after: NDArray[np.float64],
    smooth: int,
) -> NDArray[np.float64]:
    t = (np.arange(smooth) / smooth)[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (before, start, end, after))
    curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    return np.asarray(curve.reshape(-1, 2) / 2, np.float64)
