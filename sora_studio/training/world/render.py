"""From a scene to frames: planes are drawn once, then moved, lit by weather and finished in a look, frame by frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.actors import Cast, cast_of
from sora_studio.training.world.camera import Plate, View, view_at, window
from sora_studio.training.world.canvas import Canvas, Image
from sora_studio.training.world.light import light_of
from sora_studio.training.world.looks import LOOKS, Look, Shot
from sora_studio.training.world.noise import stream
from sora_studio.training.world.pixels import blend, warp
from sora_studio.training.world.places import PLACES
from sora_studio.training.world.scene import Scene
from sora_studio.training.world.terrain import Land, Layer
from sora_studio.training.world.weather import Air, depth_of, overlay

SUPERSAMPLING = 1.5
"""Pixels of a plane for one of the picture, along each side."""

PICTURE_MOMENTS = 2.0
"""A single picture shows a moment within so many seconds."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """frames (T, H, W, 3) uint8 RGB; subject (T, H, W) uint8, 1 where an actor is."""

    frames: NDArray[np.uint8]
    subject: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Take:
    """The times of a take: seconds of each frame, its number for the grain, and the loop's length (0: none)."""

    seconds: tuple[float, ...]
    numbers: tuple[int, ...]
    period: float


def take_of(seed: int, loops: bool, frames: int, fps: float, start: float) -> Take:
    """Frame times of a clip; one frame alone is taken at a moment that the seed decides."""
    period = (frames - 1) / fps if frames > 1 else PICTURE_MOMENTS
    if frames == 1 and start == 0.0:
        start = float(stream(seed, "moment").uniform(0.0, PICTURE_MOMENTS))
    first = round(start * fps)
    if not loops:
        return Take(tuple(start + k / fps for k in range(frames)), tuple(first + k for k in range(frames)), 0.0)
    cycle = max(1, frames - 1)
    # The very same numbers at both ends make the ends equal to the bit.
    steps = [k % cycle for k in range(frames)]
    return Take(tuple(start + k / fps for k in steps), tuple(first + k for k in steps), period)


@dataclass(frozen=True, slots=True)
class Plane:
    """A drawn layer: its pixels and where they are; `layer` says how it moves, `rows` which rows hold anything."""

    pixels: Image
    plate: Plate
    layer: Layer
    rows: tuple[int, int]

    def over(self, frame: Image, view: View, t: float, period: float) -> None:
        """Lay the plane over an RGBA frame, in place; only rows that hold anything are touched."""
        height, width = frame.shape[:2]
        inverse = self.plate.inverse(view, self.layer.depth, shift_of(self.layer, t, period), (width, height))
        scale, start = float(inverse[1, 1]), float(inverse[1, 2])
        first = max(0, math.floor((self.rows[0] - 1 - start) / scale))
        last = min(height, math.ceil((self.rows[1] + 1 - start) / scale) + 1)
        if first < last:
            inverse[1, 2] += scale * first
            seen = warp(self.pixels, inverse, (width, last - first))
            frame[first:last] = blend(frame[first:last], seen)


def render(
    scene: Scene,
    size: tuple[int, int] = (192, 112),
    frames: int = 17,
    fps: float = 8.0,
    *,
    start: float = 0.0,
) -> Rendered:
    """Draw a scene at `size` (width, height). `start` in seconds renders a later part of the same take."""
    cv2.setNumThreads(1)
    width, height = size
    take = take_of(scene.seed, scene.loops, frames, fps, start)
    light = light_of(scene.time, scene.weather)
    look = LOOKS[scene.look]
    place = PLACES[scene.place]
    views = [view_at(scene.camera, t, width / height, take.period) for t in take.seconds]
    planes = _set(replace(scene, actors=()), size, frames, fps, start)
    cast = cast_of(scene, place, size, take.period, look)
    air = Air(size, light, scene.seed, take.period)
    weather, between = overlay(scene.weather, air), depth_of(scene.weather, air)
    pictures = np.empty((frames, height, width, 3), np.uint8)
    masks = np.empty((frames, height, width), np.uint8)
    still = all(view == views[0] for view in views)
    steps = _flattened(planes, views[0], size) if still else planes
    for k, (t, view) in enumerate(zip(take.seconds, views, strict=True)):
        frame = _backdrop(steps, view, t, take.period, size)
        if between:
            frame = between(frame, t)
        mask = _act(cast, frame, view, t)
        if weather:
            frame = weather(frame, t)
        rgb = cv2.cvtColor(frame, cv2.COLOR_RGBA2RGB)
        pictures[k] = look.finish(rgb, mask, Shot(take.numbers[k], scene.time))
        masks[k] = mask > 127
    return Rendered(pictures, masks)


@lru_cache(maxsize=2)
def _set(scene: Scene, size: tuple[int, int], frames: int, fps: float, start: float) -> list[Plane]:
    """What stands behind the actors; kept for the next scene that differs in them alone."""
    aspect = size[0] / size[1]
    take = take_of(scene.seed, scene.loops, frames, fps, start)
    land = Land(scene.seed, light_of(scene.time, scene.weather), scene.weather)
    views = [view_at(scene.camera, t, aspect, take.period) for t in take.seconds]
    return _planes(PLACES[scene.place].build(land, aspect), views, take, size, LOOKS[scene.look])


def _act(cast: Cast, frame: Image, view: View, t: float) -> Image:
    mask: Image = np.zeros(frame.shape[:2], np.uint8)
    for actor in cast:
        actor.cast_shadow(frame, view, t)
    for actor in cast:
        actor.draw(frame, mask, view, t)
    return mask


def shift_of(layer: Layer, t: float, period: float) -> tuple[float, float]:
    """How far a layer's own movement has carried it after t seconds (what the window sees moves the other way)."""
    dx = 0.0 if period else -layer.drift * t
    if layer.sway is None:
        return dx, 0.0
    cycles = t / period * max(1, round(period / layer.sway.period)) if period else t / layer.sway.period
    turn = 2 * math.pi * (cycles + layer.sway.phase)
    return dx + layer.sway.x * math.sin(turn), layer.sway.y * math.cos(turn)


def _planes(layers: list[Layer], views: list[View], take: Take, size: tuple[int, int], look: Look) -> list[Plane]:
    ppu = float(SUPERSAMPLING * size[1])
    planes = []
    for layer in layers:
        shifts = [shift_of(layer, t, take.period) for t in take.seconds]
        left, top, right, bottom = window(views, layer.depth, shifts, size[0] / size[1])
        # Windows start on whole pixels so that textures and edges fall alike in every part of a long take.
        x0, y0 = math.floor(left * ppu) - 2, math.floor(top * ppu) - 2
        width, height = math.ceil(right * ppu) + 2 - x0, math.ceil(bottom * ppu) + 2 - y0
        canvas = Canvas(x0 / ppu, y0 / ppu, width, height, ppu)
        layer.draw(canvas)
        pixels = look.plane(canvas.pixels, ppu) if look.plane else canvas.pixels
        # Any channel: the glow of lamps has colour without alpha.
        filled = np.flatnonzero(np.ascontiguousarray(pixels).view(np.uint32).any(axis=(1, 2)))
        rows = (int(filled[0]), int(filled[-1])) if len(filled) else (0, 0)
        planes.append(Plane(pixels, Plate(canvas.x0, canvas.y0, ppu), layer, rows))
    return planes


def _flattened(planes: list[Plane], view: View, size: tuple[int, int]) -> list[Plane | Image]:
    """Neighbouring planes that do not move, put together once."""
    steps: list[Plane | Image] = []
    for plane in planes:
        if plane.layer.sway or plane.layer.drift:
            steps.append(plane)
            continue
        below = steps[-1] if steps else plane
        if isinstance(below, Plane):
            below = np.zeros((size[1], size[0], 4), np.uint8)
            steps.append(below)
        plane.over(below, view, 0.0, 0.0)
    return steps


def _backdrop(
    steps: list[Plane | Image] | list[Plane], view: View, t: float, period: float, size: tuple[int, int]
) -> Image:
    frame: Image = np.zeros((size[1], size[0], 4), np.uint8)
    for number, step in enumerate(steps):
        if isinstance(step, Plane):
            step.over(frame, view, t, period)
        else:
            frame = blend(frame, step) if number else step.copy()
    return frame
