"""Animals, drawn facing right in the box [-1, 1] x [-1, 1]; `phase` 0..1 runs through their small own movement."""

from __future__ import annotations

import math

from sora_studio.training.world.canvas import Canvas, turned
from sora_studio.training.world.colours import GOLD, INK, WHITE, Paint, mix

_BEAK = (248, 168, 52)
_BLUSH = (255, 158, 150)
_SKIN = (176, 200, 128)


def _swing(phase: float, size: float) -> float:
    return size * math.sin(2 * math.pi * phase)


def _eye(c: Canvas, x: float, y: float, size: float) -> None:
    c.circle(x, y, size, WHITE)
    c.circle(x + 0.25 * size, y, 0.66 * size, INK)
    c.circle(x + 0.4 * size, y - 0.3 * size, 0.24 * size, WHITE)


def bird(c: Canvas, p: Paint, phase: float) -> None:
    """A round little bird with a beating wing."""
    c.polygon([(-0.45, 0.05), (-0.98, -0.22), (-0.9, 0.05), (-0.98, 0.24), (-0.4, 0.3)], p.dark)
    c.line([(-0.05, 0.55), (-0.08, 0.86)], 0.06, _BEAK)
    c.line([(0.15, 0.55), (0.14, 0.86)], 0.06, _BEAK)
    c.polygon([(0.66, -0.36), (0.99, -0.2), (0.66, -0.1)], _BEAK)
    c.blob([(0.35, -0.72), (0.74, -0.4), (0.58, 0.3), (0.12, 0.66), (-0.4, 0.45), (-0.6, 0.06), (-0.1, -0.25)], p.base)
    c.ellipse((0.2, 0.32), (0.34, 0.28), p.accent, -30)
    lift = _swing(phase, 42)
    wing = [(0.15, 0.0), (-0.2, -0.22), (-0.78, -0.12), (-0.6, 0.12), (-0.2, 0.28)]
    c.blob(turned(wing, lift, (0.1, 0.03)), p.dark)
    c.blob(turned([(x * 0.8, y * 0.72) for x, y in wing], lift, (0.1, 0.03)), p.light)
    _eye(c, 0.46, -0.36, 0.13)


def fish(c: Canvas, p: Paint, phase: float) -> None:
    """A fish with stripes and a swinging tail."""
    sway = _swing(phase, 0.16)
    c.blob([(-0.45, 0.0), (-0.96, -0.46 + sway), (-0.8, 0.0 + sway), (-0.96, 0.46 + sway)], p.dark)
    c.blob([(-0.3, -0.4), (0.1, -0.78), (0.34, -0.42)], p.dark)
    c.blob([(-0.1, 0.42), (0.0, 0.74), (0.26, 0.4)], p.dark)
    c.blob([(0.94, 0.04), (0.6, -0.38), (0.05, -0.52), (-0.55, -0.1), (-0.55, 0.12), (0.05, 0.52), (0.6, 0.38)], p.base)
    c.ellipse((0.2, 0.22), (0.5, 0.2), p.light)
    for x, half in ((0.14, 0.46), (-0.2, 0.3)):
        c.blob([(x, -half), (x + 0.13, 0.0), (x, half), (x - 0.09, half), (x + 0.01, 0.0), (x - 0.09, -half)], p.accent)
    c.blob([(0.2, 0.12), (-0.06, 0.36 + sway / 2), (0.0, 0.08)], p.dark)
    _eye(c, 0.6, -0.12, 0.14)
    c.curve([(0.86, 0.14), (0.78, 0.2), (0.7, 0.18)], 0.04, p.line)


def cat(c: Canvas, p: Paint, phase: float) -> None:
    """A sitting cat with a waving tail."""
    tip = _swing(phase, 0.14)
    c.curve([(-0.3, 0.8), (-0.78, 0.72), (-0.86, 0.28), (-0.66 + tip, -0.1)], 0.17, p.dark)
    c.blob([(0.0, -0.2), (0.46, 0.2), (0.52, 0.86), (0.0, 0.94), (-0.54, 0.86), (-0.44, 0.2)], p.base)
    c.blob([(0.0, 0.05), (0.24, 0.3), (0.2, 0.84), (-0.2, 0.84), (-0.24, 0.3)], p.accent)
    for side in (-1, 1):
        c.ellipse((side * 0.26, 0.86), (0.2, 0.1), p.light)
        c.polygon([(side * 0.56, -0.98), (side * 0.6, -0.34), (side * 0.12, -0.66)], p.base)
        c.polygon([(side * 0.49, -0.82), (side * 0.51, -0.46), (side * 0.24, -0.64)], _BLUSH)
    c.ellipse((0.0, -0.32), (0.6, 0.46), p.base)
    c.ellipse((0.0, -0.14), (0.3, 0.2), p.accent)
    for side in (-1, 1):
        _eye(c, side * 0.26, -0.38, 0.13)
        c.line([(side * 0.3, -0.14), (side * 0.72, -0.2)], 0.025, p.line)
        c.line([(side * 0.3, -0.08), (side * 0.7, -0.02)], 0.025, p.line)
    c.polygon([(-0.08, -0.24), (0.08, -0.24), (0.0, -0.14)], _BLUSH)
    c.curve([(-0.12, -0.04), (-0.05, -0.01), (0.0, -0.1), (0.05, -0.01), (0.12, -0.04)], 0.03, INK)


def dog(c: Canvas, p: Paint, phase: float) -> None:
    """A standing dog that wags its tail."""
    c.curve([(-0.6, 0.05), (-0.84, -0.2), (-0.9 + _swing(phase, 0.12), -0.5)], 0.14, p.base)
    for x, tone in ((-0.3, p.dark), (0.42, p.dark), (-0.54, p.base), (0.2, p.base)):
        c.polygon([(x - 0.12, 0.3), (x + 0.13, 0.3), (x + 0.12, 0.88), (x - 0.11, 0.88)], tone)
        c.ellipse((x + 0.04, 0.88), (0.16, 0.08), p.accent)
    c.blob([(-0.66, 0.02), (0.0, -0.06), (0.5, -0.1), (0.56, 0.34), (0.3, 0.52), (-0.4, 0.5), (-0.7, 0.36)], p.base)
    c.blob([(-0.36, 0.0), (0.0, -0.04), (0.02, 0.22), (-0.3, 0.24)], p.dark)
    c.blob([(0.3, -0.66), (0.66, -0.64), (0.72, -0.34), (0.98, -0.24), (0.92, 0.0), (0.6, 0.08), (0.3, 0.02)], p.base)
    c.ellipse((0.78, -0.12), (0.19, 0.13), p.accent)
    c.line([(0.3, 0.1), (0.56, 0.18)], 0.1, (224, 60, 60))
    c.circle(0.48, 0.24, 0.07, GOLD)
    c.blob([(0.3, -0.66), (0.12, -0.5), (0.08, -0.06), (0.26, 0.02), (0.42, -0.4)], p.dark)
    _eye(c, 0.58, -0.38, 0.1)
    c.ellipse((0.94, -0.22), (0.08, 0.07), INK)


def butterfly(c: Canvas, p: Paint, phase: float) -> None:
    """A butterfly seen from above whose wings open and close."""
    spread = 0.72 + 0.28 * math.cos(2 * math.pi * phase)
    upper = [(0.04, -0.1), (0.4, -0.78), (0.9, -0.82), (0.96, -0.4), (0.7, -0.02)]
    lower = [(0.04, 0.0), (0.62, 0.04), (0.84, 0.4), (0.6, 0.84), (0.28, 0.62)]
    for side in (-1.0, 1.0):
        across = side * spread
        c.blob([(x * across, y) for x, y in lower], p.dark)
        c.blob([(x * across, y) for x, y in upper], p.line)
        c.blob([(x * 0.86 * across + 0.04 * across, y * 0.86 - 0.04) for x, y in upper], p.base)
        c.blob([(x * 0.8 * across + 0.05 * across, y * 0.8 + 0.04) for x, y in lower], p.light)
        c.ellipse((0.66 * across, -0.5), (0.15 * spread, 0.15), p.accent)
        c.ellipse((0.52 * across, 0.4), (0.13 * spread, 0.15), p.base)
        c.curve([(0.0, -0.44), (side * 0.12, -0.7), (side * 0.26, -0.9)], 0.04, INK)
    c.ellipse((0.0, 0.06), (0.09, 0.52), INK)
    c.circle(0.0, -0.48, 0.11, INK)


def whale(c: Canvas, p: Paint, phase: float) -> None:
    """A whale with a spout and a rising tail."""
    lift = _swing(phase, 0.08)
    water = (198, 232, 250)
    c.curve([(0.36, -0.34), (0.34, -0.66), (0.14, -0.72 - lift)], 0.08, water)
    c.curve([(0.36, -0.34), (0.38, -0.66), (0.58, -0.72 - lift)], 0.08, water)
    c.blob([(-0.72, -0.1 - lift), (-0.98, -0.5 - lift), (-0.72, -0.44 - lift), (-0.52, -0.56 - lift)], p.dark)
    body = [(0.92, 0.02), (0.7, -0.3), (0.2, -0.38), (-0.3, -0.1), (-0.62, -0.2 - lift), (-0.82, -0.28 - lift)]
    body += [(-0.72, 0.12 - lift), (-0.3, 0.5), (0.3, 0.62), (0.8, 0.44)]
    c.blob(body, p.base)
    c.blob([(0.9, 0.16), (0.4, 0.2), (-0.1, 0.42), (0.3, 0.6), (0.78, 0.44)], p.accent)
    for x in (0.3, 0.5, 0.7):
        c.curve([(x, 0.26), (x - 0.04, 0.4), (x - 0.08, 0.52)], 0.025, p.dark)
    c.blob([(0.16, 0.3), (-0.12, 0.72 + lift), (-0.26, 0.66 + lift), (-0.06, 0.3)], p.dark)
    _eye(c, 0.6, -0.02, 0.09)


def rabbit(c: Canvas, p: Paint, phase: float) -> None:
    """A sitting rabbit with long ears."""
    lean = _swing(phase, 7)
    inner = mix(p.light, _BLUSH, 0.6)
    for x, angle in ((0.02, -14.0), (0.34, 10.0)):
        c.blob(
            turned(
                [(x - 0.14, -0.4), (x - 0.13, -0.86), (x, -1.0), (x + 0.13, -0.86), (x + 0.14, -0.4)],
                angle + lean,
                (x, -0.3),
            ),
            p.base,
        )
        c.blob(
            turned(
                [(x - 0.06, -0.44), (x - 0.06, -0.8), (x, -0.88), (x + 0.06, -0.8), (x + 0.06, -0.44)],
                angle + lean,
                (x, -0.3),
            ),
            inner,
        )
    c.circle(-0.68, 0.58, 0.2, p.accent)
    c.blob([(0.1, -0.04), (0.44, 0.3), (0.46, 0.86), (-0.1, 0.94), (-0.6, 0.84), (-0.62, 0.36), (-0.3, 0.04)], p.base)
    c.ellipse((-0.26, 0.6), (0.32, 0.28), p.dark)
    c.ellipse((-0.24, 0.58), (0.3, 0.26), p.base)
    c.ellipse((0.24, 0.5), (0.16, 0.3), p.accent)
    c.ellipse((-0.1, 0.88), (0.34, 0.1), p.light)
    c.ellipse((0.36, 0.88), (0.22, 0.09), p.light)
    c.ellipse((0.22, -0.22), (0.46, 0.38), p.base)
    c.ellipse((0.46, -0.06), (0.2, 0.15), p.accent)
    _eye(c, 0.3, -0.28, 0.11)
    c.ellipse((0.58, -0.12), (0.07, 0.05), _BLUSH)
    c.ellipse((0.1, -0.06), (0.1, 0.07), inner)


def turtle(c: Canvas, p: Paint, phase: float) -> None:
    """A turtle whose shell has the colour."""
    step = _swing(phase, 0.07)
    deep = mix(_SKIN, INK, 0.3)
    c.polygon([(-0.66, 0.34), (-0.96, 0.44), (-0.64, 0.5)], deep)
    for x, shift in ((-0.46, step), (0.34, -step)):
        c.blob([(x - 0.16, 0.3), (x + 0.16, 0.3), (x + 0.2 + shift, 0.66), (x - 0.16 + shift, 0.68)], deep)
    c.blob([(0.48, 0.36), (0.56, -0.06), (0.78, -0.2), (0.98, -0.06), (0.94, 0.14), (0.74, 0.44)], _SKIN)
    for x, shift in ((-0.28, -step), (0.5, step)):
        c.blob([(x - 0.16, 0.3), (x + 0.16, 0.3), (x + 0.2 + shift, 0.68), (x - 0.16 + shift, 0.7)], _SKIN)
    c.blob([(-0.78, 0.42), (-0.7, 0.0), (-0.36, -0.44), (0.1, -0.52), (0.48, -0.2), (0.66, 0.4), (0.0, 0.5)], p.base)
    c.curve([(-0.74, 0.36), (0.0, 0.44), (0.64, 0.34)], 0.1, p.dark)
    for x, y, size in ((-0.06, -0.14, 0.22), (-0.44, 0.06, 0.15), (0.34, 0.06, 0.15)):
        hexagon = [(x + size * math.cos(k * math.pi / 3), y + size * math.sin(k * math.pi / 3)) for k in range(6)]
        c.polygon(hexagon, p.light)
        c.line([*hexagon, hexagon[0]], 0.04, p.dark)
    _eye(c, 0.82, -0.04, 0.085)
    c.curve([(0.94, 0.1), (0.86, 0.15), (0.78, 0.13)], 0.03, INK)


def snail(c: Canvas, p: Paint, phase: float) -> None:
    """A snail whose spiral shell has the colour."""
    look = _swing(phase, 0.06)
    skin = (232, 204, 160)
    c.line([(0.7, 0.1), (0.6 + look, -0.36)], 0.07, skin)
    c.line([(0.78, 0.1), (0.9 + look, -0.34)], 0.07, skin)
    c.circle(0.6 + look, -0.38, 0.08, INK)
    c.circle(0.9 + look, -0.36, 0.08, INK)
    c.blob(
        [(-0.98, 0.64), (-0.4, 0.4), (0.4, 0.4), (0.54, 0.0), (0.8, -0.04), (0.96, 0.2), (0.82, 0.6), (0.3, 0.7)], skin
    )
    c.circle(-0.1, -0.06, 0.62, p.line)
    c.circle(-0.1, -0.06, 0.58, p.base)
    c.ellipse((-0.2, -0.18), (0.4, 0.36), p.light)
    c.ellipse((-0.13, -0.1), (0.4, 0.38), p.base)
    turns = [k / 26 for k in range(27)]
    spiral = [(-0.1 + 0.54 * t * math.cos(13 * t + 0.6), -0.06 + 0.54 * t * math.sin(13 * t + 0.6)) for t in turns]
    c.line(spiral, 0.08, p.dark)
    c.curve([(0.9, 0.22), (0.82, 0.28), (0.74, 0.26)], 0.035, INK)
    c.ellipse((0.68, 0.2), (0.07, 0.05), _BLUSH)


def elephant(c: Canvas, p: Paint, phase: float) -> None:
    """An elephant that swings its trunk."""
    swing = _swing(phase, 0.12)
    c.curve([(-0.76, -0.1), (-0.9, 0.1), (-0.88 + swing / 2, 0.32)], 0.06, p.dark)
    for x, tone in ((-0.32, p.dark), (0.26, p.dark), (-0.58, p.base), (0.04, p.base)):
        c.polygon([(x - 0.16, 0.2), (x + 0.16, 0.2), (x + 0.15, 0.84), (x - 0.15, 0.84)], tone)
        c.ellipse((x, 0.84), (0.15, 0.06), p.accent)
    c.blob([(-0.7, -0.36), (-0.1, -0.5), (0.34, -0.32), (0.4, 0.26), (0.0, 0.46), (-0.6, 0.44), (-0.82, 0.1)], p.base)
    c.curve([(0.7, -0.1), (0.86, 0.24), (0.8 + swing, 0.54), (0.9 + swing, 0.66)], 0.17, p.base)
    c.ellipse((0.5, -0.24), (0.36, 0.4), p.base)
    c.curve([(0.66, 0.08), (0.8, 0.2), (0.94, 0.16)], 0.07, WHITE)
    ear = [(0.4, -0.5), (0.12, -0.66), (-0.14, -0.44), (-0.1, -0.04), (0.14, 0.14), (0.34, -0.06)]
    c.blob(ear, p.dark)
    c.blob([(x * 0.78 + 0.04, y * 0.78 - 0.05) for x, y in ear], p.light)
    _eye(c, 0.62, -0.3, 0.08)
    c.ellipse((0.58, -0.1), (0.07, 0.05), _BLUSH)
