"""Toys, buildings and lights in the box [-1, 1] x [-1, 1]; `phase` 0..1 runs through their small own movement."""

from __future__ import annotations

import math
from itertools import pairwise

from sora_studio.training.world.canvas import Canvas, closed_curve, open_curve, rounded, turned
from sora_studio.training.world.colours import CREAM, GLASS, GOLD, INK, STEEL, WHITE, WOOD, Paint, lighter, mix


def ball(c: Canvas, p: Paint, phase: float) -> None:  # noqa: ARG001 - a ball does not move by itself
    """A beach ball: six panels that meet near the top, every other one pale."""
    c.circle(0.0, 0.0, 0.94, p.base)
    hub = (0.12, -0.3)
    for start in (-1.1, 0.95, 3.05):
        rim = [(0.94 * math.cos(start + k * 0.098), 0.94 * math.sin(start + k * 0.098)) for k in range(9)]
        bend = ((hub[0] + rim[0][0]) / 2 - 0.16 * rim[0][1], (hub[1] + rim[0][1]) / 2 + 0.16 * rim[0][0])
        back = ((hub[0] + rim[-1][0]) / 2 - 0.16 * rim[-1][1], (hub[1] + rim[-1][1]) / 2 + 0.16 * rim[-1][0])
        c.polygon([*open_curve([hub, bend, rim[0]]), *rim, *open_curve([rim[-1], back, hub])], p.accent)
    c.circle(hub[0], hub[1], 0.13, p.light)
    c.ellipse((-0.42, -0.52), (0.2, 0.12), WHITE, -40)


def balloon(c: Canvas, p: Paint, phase: float) -> None:
    """A toy balloon on a waving string."""
    wave = 0.1 * math.sin(2 * math.pi * phase)
    c.curve([(0.0, 0.42), (wave, 0.6), (-wave, 0.8), (wave * 0.6, 1.0)], 0.035, CREAM)
    c.polygon([(-0.12, 0.5), (0.12, 0.5), (0.0, 0.34)], p.dark)
    c.blob(
        [
            (0.0, -0.98),
            (0.52, -0.76),
            (0.66, -0.3),
            (0.44, 0.14),
            (0.0, 0.42),
            (-0.44, 0.14),
            (-0.66, -0.3),
            (-0.52, -0.76),
        ],
        p.base,
    )
    c.blob([(0.56, -0.5), (0.6, -0.24), (0.38, 0.12), (0.06, 0.34), (0.34, 0.0)], p.dark)
    c.ellipse((-0.28, -0.54), (0.12, 0.24), p.light, 28)
    c.ellipse((-0.3, -0.6), (0.06, 0.13), WHITE, 28)


def star(c: Canvas, p: Paint, phase: float) -> None:
    """A plump star with a friendly face."""
    wide = 0.96 + 0.03 * math.sin(2 * math.pi * phase)

    def outline(size: float) -> list[tuple[float, float]]:
        reach = (size, size * 0.56)
        return [
            (reach[k % 2] * math.sin(k * math.pi / 5), 0.06 - reach[k % 2] * math.cos(k * math.pi / 5))
            for k in range(10)
        ]

    c.polygon(closed_curve(outline(wide), 5), p.dark)
    c.polygon(closed_curve(outline(wide * 0.9), 5), p.base)
    c.polygon(closed_curve([(x, y - 0.06) for x, y in outline(wide * 0.62)], 5), p.light)
    for side in (-1, 1):
        c.ellipse((side * 0.18, -0.04), (0.075, 0.11), INK)
        c.circle(side * 0.18 + 0.02, -0.08, 0.03, WHITE)
        c.ellipse((side * 0.36, 0.14), (0.09, 0.06), (255, 150, 140))
    c.curve([(-0.14, 0.16), (0.0, 0.26), (0.14, 0.16)], 0.05, INK)


def umbrella(c: Canvas, p: Paint, phase: float) -> None:
    """An open umbrella with a hooked handle."""
    lift = 0.03 * math.sin(2 * math.pi * phase)
    c.line([(0.0, -0.8), (0.0, 0.76)], 0.06, WOOD)
    c.curve([(0.0, 0.72), (0.04, 0.92), (0.2, 0.94), (0.26, 0.78)], 0.08, WOOD)
    c.line([(0.0, -0.98), (0.0, -0.8)], 0.06, WOOD)
    rim = [
        (-0.98, 0.1 + lift),
        (-0.66, -0.02),
        (-0.33, 0.1),
        (0.0, -0.02),
        (0.33, 0.1),
        (0.66, -0.02),
        (0.98, 0.1 + lift),
    ]
    dome = [
        (0.98 * math.cos(math.pi * k / 10), 0.1 + lift * abs(k / 5 - 1) - 0.96 * math.sin(math.pi * k / 10))
        for k in range(11)
    ]
    edge = [(x, y) for (x0, y0), (x1, y1) in pairwise(rim) for x, y in ((x0, y0), ((x0 + x1) / 2, min(y0, y1) - 0.03))]
    c.polygon([*dome, *edge, rim[-1]], p.base)
    for left, right, tone in ((-0.98, -0.33, p.dark), (-0.33, 0.33, p.light)):
        c.polygon(
            [
                (0.0, -0.86),
                ((left * 0.82), -0.42),
                (left, 0.09),
                ((left + right) / 2, -0.02),
                (right, 0.09),
                (right * 0.82, -0.42),
            ],
            tone,
        )
    c.curve([(0.0, -0.86), (0.27, -0.42), (0.33, 0.1)], 0.03, p.dark)


def kite(c: Canvas, p: Paint, phase: float) -> None:
    """A diamond kite with bows on a waving tail."""
    wave = 0.12 * math.sin(2 * math.pi * phase)
    tail = [(0.0, 0.34), (0.16 + wave, 0.56), (-0.16 - wave, 0.76), (0.06 + wave, 0.98)]
    c.curve(tail, 0.04, CREAM)
    for x, y in tail[1:3]:
        c.polygon([(x - 0.15, y - 0.09), (x + 0.15, y + 0.09), (x + 0.15, y - 0.09), (x - 0.15, y + 0.09)], p.base)
    c.polygon([(0.0, -0.98), (0.64, -0.4), (0.0, 0.42), (-0.64, -0.4)], p.base)
    c.polygon([(0.0, -0.98), (0.0, -0.4), (-0.64, -0.4)], p.light)
    c.polygon([(0.0, 0.42), (0.0, -0.4), (0.64, -0.4)], p.dark)
    c.line([(-0.6, -0.4), (0.6, -0.4)], 0.04, p.accent)
    c.line([(0.0, -0.94), (0.0, 0.38)], 0.04, p.accent)
    c.circle(0.0, -0.4, 0.12, p.accent)


def lantern(c: Canvas, p: Paint, phase: float) -> None:
    """A round paper lantern that glows from within."""
    sway = 0.1 * math.sin(2 * math.pi * phase)
    for x in (-0.12, 0.0, 0.12):
        c.curve([(x, 0.7), (x + sway * 0.5, 0.84), (x + sway, 0.99)], 0.05, GOLD)
    c.line([(0.0, -0.98), (0.0, -0.68)], 0.06, INK)
    c.ellipse((0.0, 0.02), (0.82, 0.68), p.base)
    c.ellipse((0.0, 0.06), (0.56, 0.56), p.light)
    c.ellipse((0.0, 0.1), (0.26, 0.36), mix(p.light, (255, 244, 190), 0.75))
    for half in (0.8, 0.44, 0.0):
        bow = [(half * math.cos(a), 0.02 + 0.68 * math.sin(a)) for a in (k * math.pi / 10 for k in range(-5, 6))]
        for side in (-1, 1):
            c.line([(side * x, y) for x, y in bow], 0.03, p.dark)
    c.polygon(rounded(-0.38, -0.76, 0.38, -0.6, 0.05), INK)
    c.polygon(rounded(-0.32, 0.62, 0.32, 0.74, 0.05), INK)


def robot(c: Canvas, p: Paint, phase: float) -> None:
    """A boxy robot that moves its arms and blinks its antenna."""
    arm = 16 * math.sin(2 * math.pi * phase)
    c.line([(0.0, -0.72), (0.0, -0.88)], 0.06, STEEL)
    c.circle(0.0, -0.9, 0.09, (255, 120, 90) if phase < 0.5 else (255, 220, 110))
    for side in (-1, 1):
        c.polygon([(side * 0.12, 0.6), (side * 0.34, 0.6), (side * 0.34, 0.86), (side * 0.12, 0.86)], STEEL)
        c.ellipse((side * 0.25, 0.89), (0.19, 0.09), p.dark)
        limb = turned([(side * 0.5, 0.08), (side * 0.74, 0.3), (side * 0.72, 0.52)], side * arm, (side * 0.5, 0.08))
        c.line(limb, 0.12, STEEL)
        c.circle(limb[-1][0], limb[-1][1], 0.12, p.dark)
        c.polygon(rounded(side * 0.56 - 0.07, -0.5, side * 0.56 + 0.07, -0.26, 0.04), p.dark)
    c.polygon(rounded(-0.5, -0.02, 0.5, 0.66, 0.12), p.base)
    c.polygon(rounded(-0.32, 0.12, 0.32, 0.46, 0.06), p.accent)
    for x, tone in ((-0.18, (240, 92, 84)), (0.0, GOLD), (0.18, (92, 196, 120))):
        c.circle(x, 0.24, 0.07, tone)
    c.line([(-0.22, 0.38), (0.22, 0.38)], 0.04, STEEL)
    c.box(-0.14, -0.1, 0.14, 0.02, STEEL)
    c.polygon(rounded(-0.54, -0.74, 0.54, -0.06, 0.16), p.base)
    c.polygon(rounded(-0.5, -0.72, 0.5, -0.58, 0.07), p.light)
    c.polygon(rounded(-0.42, -0.56, 0.42, -0.16, 0.12), INK)
    for side in (-1, 1):
        c.circle(side * 0.19, -0.4, 0.1, (140, 240, 250))
        c.circle(side * 0.19 + 0.03, -0.43, 0.035, WHITE)
    c.curve([(-0.14, -0.25), (0.0, -0.21), (0.14, -0.25)], 0.04, (140, 240, 250))


def house(c: Canvas, p: Paint, phase: float) -> None:
    """A cottage whose walls have the colour; smoke leaves the chimney."""
    for k in range(3):
        age = (phase + k / 3) % 1.0
        c.circle(0.46 + 0.2 * age, -0.72 - 0.24 * age, 0.05 + 0.08 * age, (232, 232, 238))
    roof = (158, 84, 68) if p.base[0] < 180 or p.base[1] > 120 else (96, 84, 108)
    c.box(0.36, -0.72, 0.56, -0.24, lighter(roof, 0.15))
    c.box(-0.68, -0.16, 0.68, 0.9, p.base)
    c.box(-0.68, -0.16, -0.44, 0.9, p.light)
    c.box(-0.68, 0.76, 0.68, 0.9, p.dark)
    c.polygon([(-0.94, -0.1), (-0.52, -0.66), (0.52, -0.66), (0.94, -0.1)], roof)
    c.polygon([(-0.94, -0.1), (-0.88, -0.18), (0.88, -0.18), (0.94, -0.1)], mix(roof, INK, 0.35))
    for y in (-0.32, -0.48):
        c.line([(-0.7 - 0.6 * (y + 0.32), y), (0.7 + 0.6 * (y + 0.32), y)], 0.025, mix(roof, INK, 0.22))
    c.polygon(
        [
            *[(0.06 + 0.2 * math.cos(a), 0.36 - 0.2 * math.sin(a)) for a in (k * math.pi / 8 for k in range(9))],
            (-0.14, 0.9),
            (0.26, 0.9),
        ],
        WOOD,
    )
    c.circle(0.18, 0.62, 0.04, GOLD)
    for x in (-0.38, 0.5):
        c.box(x - 0.16, 0.1, x + 0.14, 0.46, CREAM)
        c.box(x - 0.12, 0.14, x + 0.1, 0.42, mix(GLASS, GOLD, 0.35))
        c.line([(x - 0.01, 0.12), (x - 0.01, 0.44)], 0.035, CREAM)
        c.line([(x - 0.14, 0.28), (x + 0.12, 0.28)], 0.035, CREAM)
