"""Growing things in the box [-1, 1] x [-1, 1]; `phase` 0..1 sways them a little."""

from __future__ import annotations

import math

from sora_studio.training.world.canvas import Canvas
from sora_studio.training.world.colours import CREAM, GOLD, INK, WOOD, Paint, darker, lighter, mix

_STEM = (74, 142, 70)


def flower(c: Canvas, p: Paint, phase: float) -> None:
    """A flower with eight petals on a leafy stem."""
    lean = 0.05 * math.sin(2 * math.pi * phase)
    c.curve([(0.0, 0.98), (0.06, 0.6), (lean, 0.0)], 0.09, _STEM)
    c.blob([(0.04, 0.72), (0.3, 0.42), (0.6, 0.44), (0.34, 0.7)], _STEM)
    c.blob([(0.04, 0.84), (-0.22, 0.54), (-0.54, 0.58), (-0.3, 0.82)], lighter(_STEM, 0.15))
    for tone, radius, size, shift in ((p.dark, 0.46, 0.23, 0.5), (p.base, 0.4, 0.21, 0.0)):
        for k in range(8):
            angle = (k + shift) * math.pi / 4
            centre = (lean + radius * math.cos(angle), -0.32 + radius * math.sin(angle))
            c.ellipse(centre, (size, size * 0.66), tone, math.degrees(angle))
    for k in range(8):
        angle = k * math.pi / 4
        c.line([(lean + r * math.cos(angle), -0.32 + r * math.sin(angle)) for r in (0.22, 0.42)], 0.03, p.light)
    heart = GOLD if p.base[2] > 80 or p.base[1] < 150 else (150, 96, 52)
    c.circle(lean, -0.32, 0.22, darker(heart, 0.25))
    c.circle(lean - 0.02, -0.34, 0.18, heart)


def tree(c: Canvas, p: Paint, phase: float) -> None:
    """A round tree whose leaves have the colour."""
    lean = 0.03 * math.sin(2 * math.pi * phase)
    c.polygon([(-0.12, 0.1), (0.12, 0.1), (0.13, 0.7), (0.3, 0.97), (-0.3, 0.97), (-0.13, 0.7)], WOOD)
    c.polygon([(0.02, 0.1), (0.12, 0.1), (0.13, 0.7), (0.3, 0.97), (0.06, 0.97)], darker(WOOD, 0.3))
    c.line([(0.0, 0.5), (0.34, 0.16)], 0.09, WOOD)
    for x, y, radius in ((-0.46, -0.02, 0.42), (0.46, -0.02, 0.42), (0.0, 0.06, 0.44)):
        c.circle(x + lean, y, radius, p.dark)
    for x, y, radius in ((-0.44, -0.2, 0.42), (0.42, -0.22, 0.42), (0.0, -0.5, 0.46), (0.0, -0.16, 0.44)):
        c.circle(x + lean, y, radius, p.base)
    for x, y, radius in ((-0.5, -0.32, 0.2), (-0.1, -0.66, 0.22), (0.32, -0.4, 0.16), (-0.08, -0.18, 0.14)):
        c.circle(x + lean, y, radius, p.light)


def mushroom(c: Canvas, p: Paint, phase: float) -> None:
    """A mushroom with spots on its cap."""
    lean = 0.02 * math.sin(2 * math.pi * phase)
    c.blob([(-0.24, 0.1), (0.24, 0.1), (0.26, 0.5), (0.36, 0.9), (0.0, 0.97), (-0.36, 0.9), (-0.26, 0.5)], CREAM)
    c.blob([(0.06, 0.1), (0.24, 0.1), (0.26, 0.5), (0.36, 0.9), (0.12, 0.95), (0.16, 0.5)], mix(CREAM, WOOD, 0.3))
    c.ellipse((lean, 0.08), (0.88, 0.2), mix(CREAM, INK, 0.22))
    cap = [(-0.96, 0.06), (-0.82, -0.42), (-0.4, -0.86), (0.0, -0.96), (0.4, -0.86), (0.82, -0.42), (0.96, 0.06)]
    c.blob([*[(x + lean, y) for x, y in cap], (0.5, 0.2), (0.0, 0.12), (-0.5, 0.2)], p.base)
    c.blob([(-0.76, -0.3), (-0.36, -0.78), (0.06, -0.88), (-0.3, -0.6), (-0.6, -0.1)], p.light)
    for x, y, rx, ry in (
        (0.0, -0.46, 0.2, 0.17),
        (0.52, -0.36, 0.14, 0.15),
        (-0.5, -0.2, 0.14, 0.13),
        (0.22, -0.06, 0.13, 0.09),
        (0.8, -0.06, 0.08, 0.1),
        (-0.84, 0.0, 0.07, 0.09),
    ):
        c.ellipse((x + lean, y), (rx, ry), p.accent)
    for x in (-0.1, 0.1):
        c.ellipse((x, 0.5), (0.04, 0.06), INK)
    c.curve([(-0.06, 0.62), (0.0, 0.65), (0.06, 0.62)], 0.035, INK)
