"""Weather in front of the picture: rain, snow, fog and wind with depth, smooth in time and periodic in loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.canvas import Canvas, Image
from sora_studio.training.world.colours import Rgb, lighter, mix
from sora_studio.training.world.light import Light
from sora_studio.training.world.noise import stream, texture
from sora_studio.training.world.pixels import blend, flat, soften

Overlay: TypeAlias = Callable[[Image, float], Image]
"""Puts the weather of second t over an RGBA frame."""


@dataclass(frozen=True, slots=True)
class Air:
    """What the weather needs: size (width, height), light, seed and the loop's length in seconds (0: none)."""

    size: tuple[int, int]
    light: Light
    seed: int
    period: float = 0.0

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.size[0] / self.size[1]

    def speed(self, wanted: float, span: float) -> float:
        """The wanted speed, or in a loop the nearest one that crosses the span a whole number of times."""
        if not self.period:
            return wanted
        return math.copysign(max(1, round(abs(wanted) * self.period / span)), wanted) * span / self.period

    def turns(self, t: float, seconds: float) -> float:
        """Cycles done after t, whole ones in a loop."""
        return t / self.period * max(1, round(self.period / seconds)) if self.period else t / seconds


def overlay(weather: str, air: Air) -> Overlay | None:
    """The weather in front of everything, as a function of frame and time; None when the air is clear."""
    make = _WEATHERS.get(weather)
    return make(air) if make else None


def depth_of(weather: str, air: Air) -> Overlay | None:
    """The weather between the land and the actors: fog is thicker there than in front of them."""
    return _fog(air, 0.72, "behind") if weather == "fog" else None


def _canvas(air: Air) -> Canvas:
    width, height = air.size
    return Canvas(0.0, 0.0, width, height, float(height))


def _fade(image: Image, strength: float) -> Image:
    out: Image = cv2.multiply(image, np.array([strength] * 4))
    return out


@dataclass(frozen=True, slots=True)
class _Sheet:
    """An alpha map that repeats without a seam; it moves `x`, `y` heights a second and sways by `sway`."""

    alpha: Image
    x: float
    y: float
    sway: float = 0.0
    phase: float = 0.0

    def seen(self, t: float, air: Air) -> Image:
        """What of the sheet is in the picture at second t, (H, W)."""
        width, height = air.size
        dx = self.x * t + (self.sway * math.sin(2 * math.pi * (air.turns(t, 2.4) + self.phase)) if self.sway else 0.0)
        shift = np.array([[1.0, 0.0, -dx * height], [0.0, 1.0, -self.y * t * height]])
        shift[:, 2] %= (self.alpha.shape[1], self.alpha.shape[0])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out: Image = cv2.warpAffine(self.alpha, shift, (width, height), flags=flags, borderMode=cv2.BORDER_WRAP)
        return out


def _laid(frame: Image, sheets: list[_Sheet], colour: Rgb, t: float, air: Air) -> Image:
    """All sheets, one behind the other, in one colour over an RGBA frame."""
    clear: Image | None = None
    for sheet in sheets:
        open_ = cv2.bitwise_not(sheet.seen(t, air))
        clear = np.asarray(open_ if clear is None else cv2.multiply(clear, open_, scale=1 / 255), np.uint8)
    return frame if clear is None else blend(frame, flat(np.asarray(cv2.bitwise_not(clear), np.uint8), colour))


def _strokes(size: tuple[int, int], strokes: NDArray[np.float64], width: float, soft: float, strength: float) -> Image:
    """Alpha (H, W) of soft strokes (n, 4: x, y and how far they reach) with `width` in pixels, without a seam."""
    alpha: Image = np.zeros((size[1], size[0]), np.uint8)
    ends = np.stack([strokes[:, :2], strokes[:, :2] + strokes[:, 2:]], 1)  # (n, 2, 2)
    for dx in (-size[0], 0, size[0]):
        for dy in (-size[1], 0, size[1]):
            moved = ends + np.array((dx, dy))
            near = ((moved.max(axis=1) > -8) & (moved.min(axis=1) < np.array(size) + 8)).all(axis=1)
            fixed = np.rint(moved[near] * 16).astype(np.int32)
            cv2.polylines(alpha, list(fixed), False, 255, max(1, round(width)), cv2.LINE_AA, 4)
    around = cv2.copyMakeBorder(alpha, 8, 8, 8, 8, cv2.BORDER_WRAP)
    inner = np.ascontiguousarray(soften(np.asarray(around, np.uint8), soft)[8:-8, 8:-8])
    return np.asarray(cv2.convertScaleAbs(inner, alpha=strength), np.uint8)


def _rain(air: Air) -> Overlay:
    rng = stream(air.seed, "rain")
    slant = float(rng.uniform(-0.22, 0.22))
    colour = lighter(mix(air.light.sky[2], (200, 214, 235), 0.6), 0.45)
    height = air.size[1]
    size = air.size[0], round(1.25 * height)
    sheets = []
    for count, length, speed, strength in ((13, 0.13, 1.1, 0.3), (7, 0.19, 1.5, 0.46)):
        drops = rng.random((round(count * air.aspect), 4)) * (*size, 0.0, 0.0)
        drops[:, 2:] = np.array([slant * length, length]) * height
        alpha = _strokes(size, drops, height / 56, height / 130, strength)
        down = air.speed(speed, size[1] / height)
        # In a loop the sheet has to come back sideways, too.
        across = 0.0 if air.period else slant * down
        sheets.append(_Sheet(alpha, across, down))
    veil = np.array([*mix(air.light.sky[1], air.light.sky[2], 0.5), 255.0]) * 0.12

    def put(frame: Image, t: float) -> Image:
        out: Image = cv2.add(cv2.multiply(frame, (0.88, 0.88, 0.88, 1.0)), (veil[0], veil[1], veil[2], 0.0))
        return _laid(out, sheets, colour, t, air)

    return put


def _snow(air: Air) -> Overlay:
    rng = stream(air.seed, "snow")
    colour = mix((255, 255, 255), air.light.sky[1], 0.04 if air.light.name != "night" else 0.2)
    height = air.size[1]
    size = air.size[0], round(1.15 * height)
    wind = float(rng.uniform(-0.06, 0.06)) if not air.period else 0.0
    sheets = []
    for count, radius, speed, strength in ((12, 0.012, 0.12, 0.6), (8, 0.018, 0.19, 0.75), (4, 0.026, 0.28, 0.85)):
        flakes = rng.random((round(count * air.aspect), 4)) * (*size, 0.0, 0.0)
        alpha = _strokes(size, flakes, 2 * radius * height, 0.34 * radius * height + 0.3, strength)
        down = air.speed(speed, size[1] / height)
        sheets.append(_Sheet(alpha, wind, down, 0.03, float(rng.random())))

    def put(frame: Image, t: float) -> Image:
        return _laid(frame, sheets, colour, t, air)

    return put


def _fog(air: Air, strength: float = 0.5, name: str = "front") -> Overlay:
    width, height = air.size
    colour = lighter(air.light.sky[2], 0.3) if air.light.name != "night" else lighter(air.light.sky[2], 0.12)
    down = (np.arange(height) + 0.5) / height
    # Thickest around the horizon, thin at the feet of the actors, none at the top of the sky.
    band = np.interp(down, (0.0, 0.3, 0.58, 0.76, 1.0), (0.1, 0.34, 0.56, 0.4, 0.26))
    offset = float(stream(air.seed, "fog", name).random())
    sheets = []
    for k, speed in enumerate((0.05, -0.08)):
        field = cv2.resize(texture(f"fog{k}", 1.9, 0.4), (2 * width, height), interpolation=cv2.INTER_LINEAR)
        start = round(offset * 2 * width)
        field = np.concatenate([field[:, start:], field[:, :start]], axis=1)
        share = np.clip(strength * band[:, None] * (0.62 + 0.3 * field), 0.0, 0.6) * 255
        sheets.append(_Sheet(share.astype(np.uint8), air.speed(speed, 2 * air.aspect), 0.0))

    def put(frame: Image, t: float) -> Image:
        return _laid(frame, sheets, colour, t, air)

    return put


def _fog_in_front(air: Air) -> Overlay:
    return _fog(air)


_LEAVES: Final[tuple[Rgb, ...]] = ((236, 150, 62), (214, 92, 64), (148, 176, 74), (246, 206, 98))


def _wind(air: Air) -> Overlay:
    rng = stream(air.seed, "wind")
    side = 1.0 if rng.random() < 0.5 else -1.0
    span = air.aspect + 0.8
    gusts = rng.random((max(3, round(2.2 * air.aspect)), 4))
    leaves = rng.random((max(4, round(5.5 * air.aspect)), 5))
    gust_speed, leaf_speed = air.speed(0.6 * side, span), air.speed(0.42 * side, span)
    white = mix((255, 255, 255), air.light.sky[2], 0.15 if air.light.name != "night" else 0.45)
    tones = [air.light.on_subject(tone) for tone in _LEAVES]

    def put(frame: Image, t: float) -> Image:
        canvas = _canvas(air)
        for start, y, length, phase in gusts.tolist():
            x = (start * span + gust_speed * t) % span - 0.4
            run = np.linspace(0.0, 0.2 + 0.24 * length, 12)
            curl = 0.02 * np.sin(11 * run + 6.28 * phase)
            canvas.line(np.column_stack([x - side * run, 0.08 + 0.8 * y + curl]), 0.02, white)
        frame = blend(frame, _fade(soften(canvas.pixels, air.size[1] / 80), 0.46))
        canvas = _canvas(air)
        for k, (start, y, phase, size, bob) in enumerate(leaves.tolist()):
            x = (start * span + leaf_speed * t) % span - 0.4
            turn = air.turns(t, 1.4) + phase
            down = 0.1 + 0.8 * y + (0.03 + 0.03 * bob) * math.sin(2 * math.pi * turn)
            long = 0.036 + 0.014 * size
            canvas.ellipse(
                (x, down), (long, long * (0.45 + 0.15 * math.sin(4 * math.pi * turn))), tones[k % 4], 360 * turn * side
            )
        return blend(frame, _fade(soften(canvas.pixels, air.size[1] / 200), 0.92))

    return put


_WEATHERS: Final[dict[str, Callable[[Air], Overlay]]] = {
    "rain": _rain,
    "snow": _snow,
    "fog": _fog_in_front,
    "wind": _wind,
}
