"""Things that travel, facing right in the box [-1, 1] x [-1, 1]; `phase` 0..1 turns wheels and flickers flames."""

from __future__ import annotations

import math

from sora_studio.training.world.canvas import Canvas, rounded
from sora_studio.training.world.colours import CREAM, GLASS, GOLD, INK, STEEL, WHITE, WOOD, Paint, darker, lighter


def _wheel(c: Canvas, x: float, y: float, radius: float, phase: float) -> None:
    c.circle(x, y, radius, INK)
    c.circle(x, y, radius * 0.56, (206, 210, 218))
    for spoke in (0.0, 0.5):
        angle = 2 * math.pi * (phase / 2 + spoke / 2)
        dx, dy = 0.5 * radius * math.cos(angle), 0.5 * radius * math.sin(angle)
        c.line([(x - dx, y - dy), (x + dx, y + dy)], radius * 0.18, STEEL)


def car(c: Canvas, p: Paint, phase: float) -> None:
    """A small rounded car."""
    hop = 0.02 * math.sin(2 * math.pi * phase)
    cabin = [(-0.56, -0.02 + hop), (-0.4, -0.46 + hop), (0.0, -0.54 + hop), (0.28, -0.46 + hop), (0.56, -0.02 + hop)]
    c.blob([*cabin, (0.0, 0.1 + hop)], p.dark)
    c.polygon([(-0.46, -0.04 + hop), (-0.33, -0.4 + hop), (-0.03, -0.44 + hop), (-0.03, -0.04 + hop)], GLASS)
    c.polygon([(0.05, -0.04 + hop), (0.05, -0.44 + hop), (0.24, -0.39 + hop), (0.45, -0.04 + hop)], GLASS)
    c.polygon([(-0.3, -0.1 + hop), (-0.18, -0.4 + hop), (-0.1, -0.42 + hop), (-0.2, -0.1 + hop)], WHITE)
    c.polygon(rounded(-0.96, -0.1 + hop, 0.96, 0.42 + hop, 0.2), p.base)
    c.polygon(rounded(-0.92, -0.07 + hop, 0.92, 0.08 + hop, 0.07), p.light)
    c.box(-0.9, 0.28 + hop, 0.9, 0.36 + hop, p.dark)
    c.line([(0.02, 0.0 + hop), (0.02, 0.26 + hop)], 0.03, p.line)
    c.line([(0.1, 0.1 + hop), (0.22, 0.1 + hop)], 0.04, p.line)
    c.ellipse((0.88, 0.1 + hop), (0.08, 0.11), GOLD)
    c.ellipse((-0.9, 0.1 + hop), (0.06, 0.09), (236, 84, 84))
    for x in (-0.52, 0.54):
        c.circle(x, 0.42, 0.27, p.line)
        _wheel(c, x, 0.44, 0.23, phase)


def boat(c: Canvas, p: Paint, phase: float) -> None:
    """A sailing boat: sails in the colour, a wooden hull with a stripe of it."""
    tilt = 0.05 * math.sin(2 * math.pi * phase)
    c.line([(0.0, -0.98), (0.0, 0.5)], 0.07, WOOD)
    c.blob([(0.06, -0.9), (0.5 + tilt, -0.2), (0.78 + tilt, 0.36), (0.4, 0.4), (0.06, 0.36)], p.base)
    c.blob([(-0.08, -0.76), (-0.46 + tilt, -0.12), (-0.62 + tilt, 0.34), (-0.3, 0.38), (-0.08, 0.36)], p.light)
    c.curve([(0.06, -0.3), (0.26 + tilt, -0.26), (0.46 + tilt, -0.2)], 0.05, p.dark)
    c.curve([(0.06, 0.06), (0.32 + tilt, 0.1), (0.62 + tilt, 0.12)], 0.05, p.dark)
    c.polygon([(0.0, -1.0), (-0.26, -0.9 + tilt), (0.0, -0.8)], (236, 90, 80))
    c.blob([(-0.94, 0.46), (0.0, 0.52), (0.96, 0.42), (0.7, 0.84), (0.4, 0.94), (-0.5, 0.94), (-0.76, 0.82)], WOOD)
    c.polygon([(-0.92, 0.48), (0.94, 0.46), (0.88, 0.6), (-0.86, 0.62)], p.base)
    c.line([(-0.8, 0.78), (0.76, 0.76)], 0.03, darker(WOOD, 0.4))


def rocket(c: Canvas, p: Paint, phase: float) -> None:
    """A rocket standing on its flame."""
    flame = 0.86 + 0.12 * math.sin(2 * math.pi * phase)
    c.blob([(-0.2, 0.54), (0.2, 0.54), (0.16, 0.76), (0.0, flame), (-0.16, 0.76)], (252, 144, 48))
    c.blob([(-0.1, 0.54), (0.1, 0.54), (0.08, 0.68), (0.0, flame - 0.12), (-0.08, 0.68)], (255, 232, 128))
    for side in (-1, 1):
        c.blob([(side * 0.28, 0.1), (side * 0.62, 0.44), (side * 0.6, 0.72), (side * 0.24, 0.5)], p.dark)
    c.blob(
        [(0.0, -0.98), (0.26, -0.62), (0.36, -0.1), (0.26, 0.52), (-0.26, 0.52), (-0.36, -0.1), (-0.26, -0.62)], p.base
    )
    c.blob([(-0.08, -0.78), (-0.2, -0.5), (-0.26, -0.1), (-0.2, 0.4), (-0.1, 0.4), (-0.14, -0.1)], p.light)
    c.polygon([(0.0, -0.99), (0.17, -0.76), (0.22, -0.62), (-0.22, -0.62), (-0.17, -0.76)], p.accent)
    c.circle(0.0, -0.24, 0.2, p.line)
    c.circle(0.0, -0.24, 0.15, GLASS)
    c.circle(-0.05, -0.29, 0.05, WHITE)
    c.line([(-0.3, 0.22), (0.3, 0.22)], 0.07, p.accent)
    c.polygon([(-0.2, 0.5), (0.2, 0.5), (0.16, 0.6), (-0.16, 0.6)], STEEL)


def train(c: Canvas, p: Paint, phase: float) -> None:
    """A steam locomotive with puffs of steam."""
    for k in range(3):
        age = (phase + k / 3) % 1.0
        c.circle(0.5 - 0.7 * age, -0.62 - 0.24 * age, 0.1 + 0.1 * age, (236, 236, 240))
    c.polygon([(0.44, -0.14), (0.4, -0.5), (0.62, -0.5), (0.58, -0.14)], INK)
    c.polygon([(0.35, -0.46), (0.38, -0.58), (0.64, -0.58), (0.67, -0.46)], p.dark)
    c.polygon(rounded(-0.3, -0.2, 0.8, 0.34, 0.14), p.base)
    c.polygon(rounded(-0.28, -0.16, 0.78, 0.0, 0.07), p.light)
    c.ellipse((0.8, 0.08), (0.1, 0.26), p.dark)
    c.ellipse((0.84, 0.02), (0.08, 0.1), GOLD)
    for x in (0.0, 0.3):
        c.line([(x, -0.18), (x, 0.32)], 0.05, GOLD)
    c.box(-0.86, -0.5, -0.26, 0.36, p.base)
    c.box(-0.76, -0.36, -0.38, 0.0, GLASS)
    c.line([(-0.57, -0.36), (-0.57, 0.0)], 0.04, p.dark)
    c.polygon(rounded(-0.96, -0.64, -0.16, -0.48, 0.06), p.dark)
    c.box(-0.9, 0.3, 0.84, 0.44, p.line)
    c.polygon([(0.76, 0.34), (1.0, 0.66), (0.72, 0.66)], STEEL)
    for x, radius in ((-0.58, 0.24), (-0.04, 0.19), (0.38, 0.19)):
        _wheel(c, x, 0.7 - radius, radius, phase)
    angle = 2 * math.pi * phase
    rod = 0.48 + 0.07 * math.sin(angle)
    c.line([(-0.58 + 0.07 * math.cos(angle), rod), (0.38 + 0.07 * math.cos(angle), rod)], 0.06, lighter(STEEL, 0.4))


def airplane(c: Canvas, p: Paint, phase: float) -> None:
    """A propeller aeroplane in side view."""
    c.polygon([(-0.66, 0.0), (-0.98, -0.52), (-0.76, -0.54), (-0.42, -0.12)], p.dark)
    c.polygon([(0.0, -0.04), (-0.2, -0.34), (0.0, -0.36), (0.3, -0.04)], p.dark)
    c.blob(
        [
            (0.86, 0.02),
            (0.62, -0.22),
            (0.1, -0.26),
            (-0.5, -0.16),
            (-0.92, -0.06),
            (-0.5, 0.2),
            (0.1, 0.3),
            (0.66, 0.26),
        ],
        p.base,
    )
    c.blob([(0.52, -0.18), (0.36, -0.42), (0.08, -0.42), (-0.06, -0.22)], GLASS)
    c.line([(0.2, -0.42), (0.2, -0.22)], 0.04, p.dark)
    c.blob([(0.7, -0.1), (0.1, -0.14), (-0.6, -0.06), (0.1, -0.04)], p.light)
    c.blob([(0.3, 0.08), (-0.06, 0.08), (-0.5, 0.56), (-0.26, 0.6), (0.0, 0.46)], p.accent)
    c.blob([(0.26, 0.06), (0.0, 0.06), (-0.38, 0.5), (-0.22, 0.54)], p.dark)
    c.polygon([(-0.62, 0.02), (-0.98, 0.16), (-0.8, 0.2), (-0.46, 0.08)], p.accent)
    c.line([(0.4, 0.24), (0.44, 0.46)], 0.05, STEEL)
    c.circle(0.45, 0.52, 0.12, INK)
    c.circle(0.45, 0.52, 0.05, CREAM)
    c.ellipse((0.87, 0.04), (0.09, 0.08), INK)
    reach = 0.24 + 0.24 * abs(math.cos(2 * math.pi * phase))
    c.ellipse((0.92, 0.04), (0.035, reach), (224, 228, 234))
