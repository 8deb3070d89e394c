"""Places made or far away: the city and space."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import cv2
import numpy as np

from sora_studio.training.world.canvas import Canvas, turned
from sora_studio.training.world.colours import Rgb, darker, lighter, mix
from sora_studio.training.world.noise import texture, tiled
from sora_studio.training.world.scenery import Tone, tone_at
from sora_studio.training.world.sky import glow_at, gradient_over, luminary, sky_layers, stars
from sora_studio.training.world.terrain import Land, Layer, Outline, height_at, rolling, scattered

_WALLS: Final[tuple[Rgb, ...]] = ((214, 140, 112), (232, 198, 152), (152, 174, 198), (188, 160, 186), (170, 188, 170))


def city(land: Land, aspect: float) -> list[Layer]:
    """Two rows of high houses above a street with lamps."""
    return [
        *sky_layers(land, aspect, 0.68),
        Layer(0.15, partial(_skyline, land=land, name="far", base=0.72, tall=(0.2, 0.42), distance=0.58)),
        Layer(0.35, partial(_skyline, land=land, name="near", base=0.78, tall=(0.16, 0.4), distance=0.2)),
        Layer(1.0, partial(_street, land=land)),
    ]


def _skyline(c: Canvas, *, land: Land, name: str, base: float, tall: tuple[float, float], distance: float) -> None:
    tone = tone_at(land.light, distance)
    xs = c.xs(16)
    c.fill_below(xs, xs * 0 + base - 0.03, [(base, tone((120, 110, 130))), (1.0, tone((110, 100, 120)))])
    for spot in scattered(c, land, name, 0.16):
        top = base - tall[0] - (tall[1] - tall[0]) * spot.one
        half = 0.06 + 0.035 * spot.two
        wall = _WALLS[int(5 * spot.three)]
        _tower(c, (spot.x, top, half, base + 0.02), wall, tone, land)


def _tower(c: Canvas, shape: tuple[float, float, float, float], wall: Rgb, tone: Tone, land: Land) -> None:
    x, top, half, base = shape
    c.box(x - half, top, x + half, base, tone(wall))
    c.box(x + 0.5 * half, top, x + half, base, tone(darker(wall, 0.22)))
    c.box(x - half - 0.006, top - 0.012, x + half + 0.006, top + 0.006, tone(darker(wall, 0.35)))
    dark, lit = tone(darker(wall, 0.34)), mix(tone((196, 226, 240)), (255, 216, 120), min(1.0, 1.6 * land.light.lamps))
    rows, columns = int((base - 0.04 - top) / 0.08), 2
    for row in range(rows):
        for column in range(columns):
            left = x - 0.7 * half + column * 0.82 * half
            y = top + 0.035 + 0.08 * row
            bright = (row * 7 + column * 5 + int(1000 * abs(x))) % 5 < 3
            c.box(left, y, left + 0.5 * half, y + 0.044, lit if bright else dark)


def _street(c: Canvas, *, land: Land) -> None:
    tone = tone_at(land.light, 0.0)
    snowy = 0.5 if land.weather == "snow" else 0.0
    xs = c.xs(16)
    pavement, road = mix((196, 190, 188), (244, 248, 252), snowy), mix((104, 102, 116), (226, 232, 242), snowy)
    c.fill_below(xs, xs * 0 + 0.76, [(0.76, tone((120, 168, 96))), (0.8, tone((96, 144, 84)))])
    c.fill_below(xs, xs * 0 + 0.795, [(0.79, tone(lighter(pavement, 0.2))), (0.84, tone(pavement))])
    c.fill_below(
        xs, xs * 0 + 0.84, [(0.83, tone(darker(pavement, 0.4))), (0.85, tone(road)), (1.0, tone(darker(road, 0.3)))]
    )
    for k in range(int(c.x0 / 0.26) - 1, int(c.x1 / 0.26) + 2):
        c.polygon(
            [(0.26 * k, 0.93), (0.26 * k + 0.13, 0.93), (0.26 * k + 0.12, 0.95), (0.26 * k - 0.02, 0.95)],
            tone((250, 238, 200)),
        )
    for spot in scattered(c, land, "lamps", 0.8):
        x = spot.x
        c.circle(x + 0.2, 0.765, 0.045, tone((84, 146, 88)))
        c.circle(x + 0.25, 0.775, 0.034, tone((104, 166, 96)))
        c.line([(x, 0.815), (x, 0.54), (x + 0.05, 0.53)], 0.012, tone((70, 74, 92)))
        if land.light.lamps > 0.2:
            glow_at(c, (x + 0.06, 0.55), 0.16, (255, 214, 120), 0.5 * land.light.lamps)
        c.ellipse((x + 0.06, 0.54), (0.024, 0.014), mix(tone((236, 232, 214)), (255, 226, 140), land.light.lamps))


def space(land: Land, aspect: float) -> list[Layer]:
    """A moon landscape under stars, a ringed planet and a nebula in the tones of the hour."""
    far = rolling(land, "far", 0.7, 0.05, 0.9)
    near = rolling(land, "near", 0.79, 0.03, 1.5)
    return [
        Layer(0.03, partial(_cosmos, land=land, aspect=aspect)),
        Layer(0.07, partial(_planet, land=land, aspect=aspect)),
        Layer(0.3, partial(_moonscape, land=land, outline=far, distance=0.32)),
        Layer(1.0, partial(_moonscape, land=land, outline=near, distance=0.0)),
    ]


_COSMOS: Final[dict[str, tuple[Rgb, Rgb, Rgb]]] = {
    "dawn": ((26, 22, 66), (104, 64, 126), (236, 150, 172)),
    "day": ((16, 44, 112), (44, 104, 188), (138, 206, 244)),
    "sunset": ((36, 12, 50), (126, 36, 76), (250, 128, 62)),
    "night": ((4, 5, 18), (10, 12, 36), (26, 30, 78)),
}


def _cosmos(c: Canvas, *, land: Land, aspect: float) -> None:
    top, middle, low = _COSMOS[land.light.name]
    gradient_over(c, [(-0.3, top), (0.05, top), (0.5, middle), (0.78, low)])
    height, width = c.pixels.shape[:2]
    cloud = cv2.resize(tiled(texture("nebula", 1.7), 96, 64, land.seed % 251, land.seed % 83), (width, height))
    share = (np.clip(cloud * 0.5 + 0.1, 0.0, 1.0) * 0.5)[..., None]
    tone = np.array(mix(low, (150, 110, 220), 0.35))
    c.pixels[..., :3] = np.rint(c.pixels[..., :3] * (1 - share) + tone * share)
    stars(c, land, 44, 0.72)
    x, y = land.light.sun
    if land.light.name != "night":
        luminary(c, land.light, ((x - 0.5) * aspect, y), crescent=False)


def _planet(c: Canvas, *, land: Land, aspect: float) -> None:
    x = (0.24 if land.light.sun[0] < 0.5 else -0.26) * aspect + land.chance("planet x", -0.06, 0.06)
    y, size = land.chance("planet y", 0.2, 0.32), land.chance("planet size", 0.1, 0.15)
    base = ((236, 176, 120), (120, 190, 210), (214, 140, 190), (160, 200, 140))[int(4 * land.chance("planet tone"))]
    tint = mix(_COSMOS[land.light.name][2], (255, 255, 255), 0.55)
    lit = mix(base, tint, 0.25) if land.light.name != "night" else mix(base, (60, 70, 130), 0.4)
    deep = mix(lit, _COSMOS[land.light.name][0], 0.45)
    ring = lighter(lit, 0.35)
    c.ellipse((x, y), (1.8 * size, 0.44 * size), ring, -16)
    c.ellipse((x, y), (1.5 * size, 0.32 * size), deep, -16)
    c.circle(x, y, size, lit)
    for shift, half in ((-0.42, 0.84), (0.2, 0.92)):
        c.ellipse((x, y + shift * size), (half * size, 0.1 * size), mix(lit, deep, 0.5), -8)
    turn = math.radians(-16)
    bow = [math.pi * (0.05 + 0.9 * k / 13) for k in range(14)]
    rim = [(1.68 * size * math.cos(angle), 0.4 * size * math.sin(angle)) for angle in bow]
    c.line(turned([(x + dx, y + dy) for dx, dy in rim], math.degrees(turn), (x, y)), 0.14 * size, ring)


def _moonscape(c: Canvas, *, land: Land, outline: Outline, distance: float) -> None:
    low = _COSMOS[land.light.name][2]
    shade = {
        "dawn": (0.86, 0.74, 0.82),
        "day": (0.94, 0.97, 1.02),
        "sunset": (0.94, 0.62, 0.6),
        "night": (0.42, 0.46, 0.66),
    }

    def tone(colour: Rgb) -> Rgb:
        r, g, b = shade[land.light.name]
        return mix((min(255.0, colour[0] * r), min(255.0, colour[1] * g), min(255.0, colour[2] * b)), low, distance)

    rock = (176, 172, 188)
    xs = c.xs()
    ys = outline(xs)
    top = float(ys.min())
    c.fill_below(
        xs, ys, [(top, tone(lighter(rock, 0.25))), (top + 0.1, tone(rock)), (top + 0.3, tone(darker(rock, 0.36)))]
    )
    for spot in scattered(c, land, f"craters{distance}", 0.2 if distance else 0.26, 0.8):
        y = height_at(outline, spot.x) + (0.03 if distance else 0.05) + 0.13 * spot.one
        wide = (0.02 + 0.03 * spot.two) * (1.0 if distance else 1.6)
        c.ellipse((spot.x, y), (wide, 0.34 * wide), tone(darker(rock, 0.4)))
        c.ellipse((spot.x + 0.06 * wide, y + 0.1 * wide), (0.86 * wide, 0.26 * wide), tone(darker(rock, 0.22)))
        c.line(
            [(spot.x - 0.8 * wide, y - 0.24 * wide), (spot.x, y - 0.36 * wide), (spot.x + 0.8 * wide, y - 0.24 * wide)],
            0.006,
            tone(lighter(rock, 0.4)),
        )
