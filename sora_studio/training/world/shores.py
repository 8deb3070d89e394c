"""Places of water: beach, sea, underwater."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import cv2
import numpy as np

from sora_studio.training.world.canvas import Canvas
from sora_studio.training.world.colours import Rgb, darker, lighter, mix
from sora_studio.training.world.pixels import soften
from sora_studio.training.world.scenery import coral, palm, tone_at, weed
from sora_studio.training.world.sky import glow_at, gradient_over, sky_layers, swaying
from sora_studio.training.world.terrain import Land, Layer, Outline, height_at, jagged, rolling, scattered

_WATER: Final[Rgb] = (44, 142, 190)
_SAND: Final[Rgb] = (246, 218, 164)


def beach(land: Land, aspect: float) -> list[Layer]:
    """A calm bay, foam, pale sand, a palm and shells."""
    shore = rolling(land, "shore", 0.755, 0.012, 1.3)
    return [
        *sky_layers(land, aspect, 0.56),
        Layer(0.15, partial(_island, land=land)),
        Layer(0.3, partial(_bay, land=land, aspect=aspect), swaying(land, "bay", (0.012, 0.0), 4.0)),
        Layer(0.8, partial(_foam, land=land, shore=shore), swaying(land, "foam", (0.01, 0.008), 3.0)),
        Layer(0.9, partial(_strand, land=land, shore=shore, aspect=aspect)),
    ]


def _island(c: Canvas, *, land: Land) -> None:
    tone = tone_at(land.light, 0.6)
    xs = c.xs()
    outline = rolling(land, "island", 0.58, 0.06, 0.9)
    c.fill_below(xs, outline(xs), [(0.5, tone((118, 164, 140))), (0.62, tone((96, 142, 140)))])


def _bay(c: Canvas, *, land: Land, aspect: float) -> None:
    _water(c, land, 0.58, 0.3, "bay")
    _glitter(c, land, aspect, 0.585)


def _water(c: Canvas, land: Land, top: float, distance: float, name: str) -> None:
    far, near = tone_at(land.light, distance + 0.15), tone_at(land.light, 0.0)
    xs = c.xs(16)
    c.fill_below(
        xs,
        xs * 0 + top,
        [(top, far(lighter(_WATER, 0.3))), (top + 0.14, near(_WATER)), (1.0, near(darker(_WATER, 0.25)))],
    )
    glint = mix(near(lighter(_WATER, 0.38)), land.light.sun_colour, 0.35 * land.light.glow + 0.1)
    for row in range(4):
        y = top + 0.02 + 0.04 * row + 0.007 * row * row
        for spot in scattered(c, land, f"{name}{row}", 0.24 + 0.06 * row, 0.75):
            half = 0.03 + 0.03 * spot.one + 0.012 * row
            c.line([(spot.x - half, y + 0.012 * spot.two), (spot.x + half, y + 0.012 * spot.two)], 0.011, glint)


def _glitter(c: Canvas, land: Land, aspect: float, top: float) -> None:
    """The sun's or the moon's path on the water."""
    centre = (land.light.sun[0] - 0.5) * aspect
    shine = mix(land.light.sky[2], land.light.sun_colour, 0.75)
    for k in range(int(9 * min(1.0, 1.6 * land.light.glow))):
        y = top + 0.021 * k
        half = (0.012 + 0.05 * land.chance(f"glitter {k}")) * (0.6 + 0.09 * k)
        x = centre + 0.05 * (land.chance(f"glitter x {k}") - 0.5)
        c.line([(x - half, y), (x + half, y)], 0.012, shine)


def _foam(c: Canvas, *, land: Land, shore: Outline) -> None:
    tone = tone_at(land.light, 0.0)
    xs = c.xs()
    c.fill_below(xs, shore(xs) - 0.05, [(0.7, tone((120, 206, 214))), (0.8, tone((150, 222, 222)))])
    c.fill_below(
        xs, shore(xs) - 0.016 + 0.006 * np.sin(xs * 31), [(0.7, tone((250, 254, 255))), (0.8, tone((250, 254, 255)))]
    )


def _strand(c: Canvas, *, land: Land, shore: Outline, aspect: float) -> None:
    tone = tone_at(land.light, 0.0)
    sand = mix(_SAND, (244, 248, 252), 0.34) if land.weather == "snow" else _SAND
    xs = c.xs()
    c.fill_below(
        xs,
        shore(xs),
        [
            (0.74, tone(darker(sand, 0.2))),
            (0.79, tone(darker(sand, 0.06))),
            (0.86, tone(sand)),
            (1.0, tone(darker(sand, 0.14))),
        ],
    )
    for spot in scattered(c, land, "shells", 0.26, 0.7):
        y = 0.84 + 0.14 * spot.one
        if spot.three < 0.4:
            points = [
                (
                    spot.x + 0.022 * (1.0 if k % 2 == 0 else 0.45) * math.cos(k * math.pi / 5 + spot.two),
                    y + 0.022 * (1.0 if k % 2 == 0 else 0.45) * math.sin(k * math.pi / 5 + spot.two),
                )
                for k in range(10)
            ]
            c.polygon(points, tone((244, 128, 96)))
        else:
            c.ellipse((spot.x, y), (0.018, 0.013), tone((250, 232, 220)))
            c.line([(spot.x - 0.012, y), (spot.x + 0.012, y - 0.004)], 0.005, tone((222, 168, 150)))
    side = 1.0 if land.chance("palm side") < 0.5 else -1.0
    palm(c, side * (0.5 * aspect - 0.06), 0.86, 0.62, -0.16 * side, tone)


def sea(land: Land, aspect: float) -> list[Layer]:
    """Open water in bands of waves, with a lighthouse far off."""
    layers = [
        *sky_layers(land, aspect, 0.5),
        Layer(0.12, partial(_lighthouse, land=land)),
        Layer(0.2, partial(_open_water, land=land, aspect=aspect)),
    ]
    for row, (base, depth, distance) in enumerate(
        ((0.6, 0.35, 0.3), (0.68, 0.55, 0.18), (0.78, 0.8, 0.07), (0.89, 1.0, 0.0))
    ):
        wave = swaying(land, f"wave{row}", (0.03 + 0.012 * row, 0.006 + 0.003 * row), 2.0 + 0.3 * row)
        layers.append(Layer(depth, partial(_wave, land=land, row=row, base=base, distance=distance), wave))
    return layers


def _lighthouse(c: Canvas, *, land: Land) -> None:
    tone = tone_at(land.light, 0.35)
    x = (0.3 if land.chance("lighthouse side") < 0.5 else -0.34) + land.chance("lighthouse", -0.1, 0.1)
    c.blob([(x - 0.16, 0.53), (x - 0.08, 0.48), (x + 0.04, 0.465), (x + 0.15, 0.53)], tone((122, 112, 118)))
    c.polygon([(x - 0.03, 0.49), (x - 0.02, 0.33), (x + 0.02, 0.33), (x + 0.03, 0.49)], tone((250, 246, 240)))
    for y in (0.36, 0.42):
        c.box(x - 0.024, y, x + 0.024, y + 0.03, tone((214, 74, 68)))
    c.box(x - 0.018, 0.305, x + 0.018, 0.33, mix(tone((255, 236, 160)), (255, 236, 150), land.light.lamps))
    c.polygon([(x - 0.026, 0.305), (x, 0.275), (x + 0.026, 0.305)], tone((180, 60, 60)))


def _open_water(c: Canvas, *, land: Land, aspect: float) -> None:
    _water(c, land, 0.52, 0.35, "open")
    _glitter(c, land, aspect, 0.525)


def _wave(c: Canvas, *, land: Land, row: int, base: float, distance: float) -> None:
    tone = tone_at(land.light, distance)
    length = 0.2 + 0.12 * row
    phase = 6.28 * land.chance(f"wave phase {row}")
    xs = c.xs(3)
    swell = rolling(land, f"swell{row}", 0.0, 0.01 + 0.004 * row, 1.1)(xs)
    crest = np.abs(np.sin(math.pi * xs / length + phase))
    ys = base + swell + (0.016 + 0.008 * row) * crest
    body = mix(_WATER, (22, 88, 148), 0.25 * row)
    c.fill_below(
        xs,
        ys,
        [
            (base - 0.02, tone(lighter(body, 0.42))),
            (base + 0.03, tone(lighter(body, 0.08))),
            (base + 0.2, tone(darker(body, 0.2))),
        ],
    )
    c.line(
        [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)],
        0.012 + 0.002 * row,
        tone(mix((255, 255, 255), body, 0.42)),
    )


def underwater(land: Land, aspect: float) -> list[Layer]:
    """Blue depth with rays of light, rocks, coral, weed and a sandy floor."""
    rocks = jagged(land, "rocks", 0.78, 0.3, 0.8)
    floor = rolling(land, "floor", 0.83, 0.025, 1.3)
    return [
        Layer(0.05, partial(_depths, land=land)),
        Layer(0.1, partial(_rays, land=land, aspect=aspect), swaying(land, "rays", (0.05, 0.0), 4.0)),
        Layer(0.25, partial(_rocks, land=land, outline=rocks)),
        Layer(0.55, partial(_reef, land=land), swaying(land, "reef", (0.006, 0.0), 3.0)),
        Layer(1.0, partial(_sea_floor, land=land, outline=floor)),
    ]


_DEPTHS: Final[dict[str, tuple[Rgb, Rgb, Rgb]]] = {
    "dawn": ((246, 198, 214), (132, 128, 204), (58, 62, 138)),
    "day": ((120, 224, 236), (36, 142, 200), (14, 70, 138)),
    "sunset": ((255, 188, 104), (176, 96, 122), (66, 38, 96)),
    "night": ((26, 62, 112), (12, 34, 78), (6, 18, 52)),
}


def _deep(land: Land) -> tuple[Rgb, Rgb, Rgb]:
    """The water's tone above, in the middle and below."""
    return _DEPTHS[land.light.name]


def _depths(c: Canvas, *, land: Land) -> None:
    above, middle, below = _deep(land)
    gradient_over(c, [(-0.3, lighter(above, 0.3)), (0.0, above), (0.45, middle), (1.0, below)])
    x = (land.light.sun[0] - 0.5) * 1.2
    glow_at(c, (x, -0.1), 0.8, land.light.sun_colour, 0.6 * land.light.glow + 0.1)


def _rays(c: Canvas, *, land: Land, aspect: float) -> None:
    above, _, _ = _deep(land)
    colour = mix(lighter(above, 0.45), land.light.sun_colour, 0.5)
    x = (land.light.sun[0] - 0.5) * 0.6 * aspect
    for k in range(6):
        centre = x + (k - 2.5) * 0.26 + 0.1 * land.chance(f"ray{k}")
        wide = 0.03 + 0.05 * land.chance(f"wide{k}")
        slant = 0.35 * (centre - x) + 0.08
        c.polygon(
            [
                (centre - 0.4 * wide, -0.4),
                (centre + 0.4 * wide, -0.4),
                (centre + slant + 1.6 * wide, 0.95),
                (centre + slant - 1.6 * wide, 0.95),
            ],
            colour,
        )
    strength = 0.3 if land.light.name != "night" else 0.16
    fade = np.clip(1.0 - (c.y0 + np.arange(c.pixels.shape[0]) / c.ppu) / 0.95, 0.0, 1.0) * strength
    soft = soften(c.pixels, 0.012 * c.ppu)
    c.pixels = np.asarray(
        cv2.multiply(
            soft.astype(np.float32), np.repeat(fade.astype(np.float32), soft.shape[1] * 4).reshape(soft.shape)
        ),
        np.float32,
    ).astype(np.uint8)


def _wet(land: Land, colour: Rgb, distance: float) -> Rgb:
    lit = land.light.surface(colour, 0.0)
    return mix(lit, _deep(land)[1], min(0.95, 0.16 + distance))


def _rocks(c: Canvas, *, land: Land, outline: Outline) -> None:
    xs = c.xs()
    c.fill_below(xs, outline(xs), [(0.5, _wet(land, (84, 132, 160), 0.55)), (0.9, _wet(land, (44, 74, 120), 0.5))])


def _reef(c: Canvas, *, land: Land) -> None:
    outline = rolling(land, "reef", 0.8, 0.03, 0.9)
    xs = c.xs()
    c.fill_below(xs, outline(xs), [(0.76, _wet(land, (128, 150, 150), 0.25)), (0.9, _wet(land, (84, 110, 130), 0.25))])
    for spot in scattered(c, land, "coral", 0.24, 0.75):
        colour = ((240, 110, 120), (250, 168, 90), (190, 110, 200), (244, 150, 180))[int(4 * spot.one)]
        coral(c, spot.x, height_at(outline, spot.x) + 0.02, 0.1 + 0.06 * spot.two, _wet(land, colour, 0.2))
    for spot in scattered(c, land, "weed", 0.19, 0.8):
        green = mix((60, 150, 100), (140, 170, 70), spot.three)
        weed(
            c,
            spot.x,
            height_at(outline, spot.x) + 0.03,
            0.14 + 0.16 * spot.one,
            0.03 * (spot.two - 0.5),
            _wet(land, green, 0.2),
        )


def _sea_floor(c: Canvas, *, land: Land, outline: Outline) -> None:
    sand = (222, 204, 164)
    xs = c.xs()
    c.fill_below(
        xs, outline(xs), [(0.8, _wet(land, lighter(sand, 0.2), 0.05)), (1.0, _wet(land, darker(sand, 0.25), 0.15))]
    )
    for row, base in enumerate((0.885, 0.94)):
        ripple = rolling(land, f"ripple{row}", base, 0.012, 0.35)
        c.line(
            [(float(x), float(y)) for x, y in zip(xs, ripple(xs), strict=True)],
            0.012,
            _wet(land, darker(sand, 0.16), 0.1),
        )
    for spot in scattered(c, land, "pebbles", 0.16, 0.7):
        c.ellipse(
            (spot.x, 0.87 + 0.12 * spot.one),
            (0.02 + 0.014 * spot.two, 0.013),
            _wet(land, mix((150, 140, 150), (236, 160, 140), spot.three), 0.08),
        )
