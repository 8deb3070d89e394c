"""The sky: gradient, sun or moon with its glow, stars and clouds."""

from __future__ import annotations

import math
from functools import partial

import cv2
import numpy as np

from sora_studio.training.world.canvas import Canvas, Image, Tones
from sora_studio.training.world.colours import Rgb, mix
from sora_studio.training.world.light import Light
from sora_studio.training.world.noise import chances, stream
from sora_studio.training.world.terrain import Land, Layer, Sway, scattered

HORIZON = 0.62


def sky_layers(land: Land, aspect: float, horizon: float = HORIZON) -> list[Layer]:
    """Gradient with sun or moon, then slowly drifting clouds."""
    layers = [Layer(0.04, partial(_backdrop, land=land, aspect=aspect, horizon=horizon))]
    drift = 0.09 if land.weather == "wind" else 0.018
    layers.append(Layer(0.1, partial(_clouds, land=land, horizon=horizon), drift=drift))
    return layers


def gradient_over(canvas: Canvas, tones: Tones) -> None:
    """Fill the whole canvas with a vertical gradient."""
    canvas.paint(np.full(canvas.pixels.shape[:2], 255, np.uint8), tones)


def _backdrop(canvas: Canvas, *, land: Land, aspect: float, horizon: float) -> None:
    top, middle, low = land.light.sky
    gradient_over(canvas, [(-0.35, mix(top, (0, 0, 20), 0.25)), (0.0, top), (0.62 * horizon, middle), (horizon, low)])
    if land.light.stars:
        stars(canvas, land, 30, horizon)
    x, y = land.light.sun
    jitter = land.chance("sun", -0.05, 0.05)
    luminary(canvas, land.light, ((x - 0.5 + jitter) * aspect, y), crescent=land.chance("moon") < 0.5)


def stars(canvas: Canvas, land: Land, density: float, horizon: float) -> None:
    """Stars of several sizes; `density` a square unit."""
    width = 0.5
    first, last = math.floor(canvas.x0 / width), math.ceil(canvas.x1 / width)
    cells = np.arange(first, last + 1, dtype=np.int64)
    count = round(density * width * (horizon + 0.35))
    spots = chances(land.seed, "stars", cells, 3 * count).reshape(len(cells), count, 3)
    shine = spots[..., 2]
    xs, ys = (cells[:, None] + spots[..., 0]) * width, -0.35 + spots[..., 1] * (horizon + 0.3)
    for low, high, radius, bright in ((0.0, 0.5, 0.007, 0.4), (0.5, 0.85, 0.009, 0.65), (0.85, 1.0, 0.0125, 0.9)):
        chosen = (shine >= low) & (shine < high)
        spread = np.column_stack([xs[chosen], ys[chosen], np.full(int(chosen.sum()), radius)])
        canvas.dots(spread.tolist(), mix(land.light.sky[1], (255, 252, 240), bright))


def luminary(canvas: Canvas, light: Light, at: tuple[float, float], crescent: bool) -> None:
    """The sun or the moon with a soft glow around it."""
    glow_at(canvas, at, 0.62, light.sun_colour, 0.62 * light.glow)
    glow_at(canvas, at, 2.6 * light.sun_size, light.sun_colour, 0.7 * light.glow)
    size = light.sun_size
    disc = mix(light.sky[1], light.sun_colour, min(1.0, 0.35 + 1.3 * light.glow))
    canvas.circle(at[0], at[1], size, disc)
    if light.name == "night":
        crater = mix(disc, light.sky[1], 0.22)
        if crescent:
            shade = mix(light.sky[1], light.sky[0], 0.4)
            canvas.circle(at[0] + 0.45 * size, at[1] - 0.22 * size, 0.82 * size, mix(shade, disc, 0.1))
        else:
            for dx, dy, radius in ((-0.3, -0.2, 0.24), (0.3, 0.25, 0.3), (0.2, -0.45, 0.14), (-0.25, 0.45, 0.16)):
                canvas.circle(at[0] + dx * size, at[1] + dy * size, radius * size, crater)


def glow_at(canvas: Canvas, at: tuple[float, float], radius: float, colour: Rgb, strength: float) -> None:
    """Add light that falls off from a point to nothing at `radius`."""
    side = max(4, round(2 * radius * canvas.ppu))
    left, top = round((at[0] - radius - canvas.x0) * canvas.ppu), round((at[1] - radius - canvas.y0) * canvas.ppu)
    height, width = canvas.pixels.shape[:2]
    x0, x1, y0, y1 = max(0, left), min(width, left + side), max(0, top), min(height, top + side)
    if x0 >= x1 or y0 >= y1:
        return
    across = ((np.arange(x0, x1) - left + 0.5) / side * 2 - 1) ** 2
    down = ((np.arange(y0, y1) - top + 0.5) / side * 2 - 1) ** 2
    share = np.clip(1.0 - np.sqrt(down[:, None] + across[None, :]), 0.0, 1.0) ** 2 * strength
    mask: Image = np.rint(share * 255).astype(np.uint8)
    cover = cv2.merge([mask, mask, mask])
    tone = np.empty((*mask.shape, 3), np.uint8)
    tone[:] = colour
    part = np.ascontiguousarray(canvas.pixels[y0:y1, x0:x1, :3])
    kept = cv2.multiply(part, cv2.bitwise_not(cover), scale=1 / 255)
    canvas.pixels[y0:y1, x0:x1, :3] = cv2.add(kept, cv2.multiply(tone, cover, scale=1 / 255))


def _clouds(canvas: Canvas, *, land: Land, horizon: float) -> None:
    light = land.light
    share = {"clear": 0.55, "rain": 1.0, "snow": 0.9, "fog": 0.35, "wind": 0.85}[land.weather]
    base = mix(light.sky[2], (255, 250, 246), 0.5 if light.name != "night" else 0.04)
    if land.weather == "rain":
        base = mix(base, light.sky[0], 0.45)
    under = mix(base, light.sky[1], 0.42)
    for spot in scattered(canvas, land, "clouds", 0.42, share):
        y = (0.06 + 0.5 * spot.one) * horizon
        size = 0.1 + 0.1 * spot.two * (1.2 - spot.one)
        cloud(canvas, (spot.x, y), size, base, under)


def cloud(canvas: Canvas, at: tuple[float, float], size: float, base: Rgb, under: Rgb) -> None:
    """A flat-bottomed heap cloud."""
    x, y = at
    puffs = ((-0.95, 0.0, 0.42), (-0.4, -0.28, 0.56), (0.3, -0.36, 0.62), (0.95, -0.02, 0.46), (0.0, 0.02, 0.6))
    for dx, dy, radius in puffs:
        canvas.ellipse((x + dx * size, y + (dy + 0.12) * size), (radius * size, 0.8 * radius * size), under)
    for dx, dy, radius in puffs:
        canvas.ellipse(
            (x + (dx - 0.04) * size, y + (dy - 0.02) * size), (0.92 * radius * size, 0.7 * radius * size), base
        )


def swaying(land: Land, name: str, reach: tuple[float, float], period: float) -> Sway:
    """A sway with a phase of its own."""
    return Sway(reach[0], reach[1], period, float(stream(land.seed, "sway", name).random()))
