"""The things that stand about in the land: trees, cacti, houses, tufts. Small, simple, tinted by the light."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from sora_studio.training.world.canvas import Canvas
from sora_studio.training.world.colours import GOLD, WHITE, WOOD, Rgb, darker, lighter, mix
from sora_studio.training.world.light import Light

Tone: TypeAlias = Callable[[Rgb], Rgb]


def tone_at(light: Light, distance: float) -> Tone:
    """Colours as they look at a distance in this light."""
    return lambda colour: light.surface(colour, distance)


def round_tree(c: Canvas, x: float, y: float, size: float, colour: Rgb, tone: Tone) -> None:
    """A leafy tree whose foot is at (x, y)."""
    c.line([(x, y), (x, y - 0.5 * size)], 0.1 * size, tone(WOOD))
    c.circle(x, y - 0.68 * size, 0.34 * size, tone(darker(colour, 0.22)))
    c.circle(x - 0.05 * size, y - 0.74 * size, 0.27 * size, tone(colour))
    c.circle(x - 0.1 * size, y - 0.8 * size, 0.13 * size, tone(lighter(colour, 0.2)))


def conifer(c: Canvas, x: float, y: float, size: float, colour: Rgb, tone: Tone) -> None:
    """A fir of three tiers."""
    c.line([(x, y), (x, y - 0.3 * size)], 0.08 * size, tone(mix(WOOD, colour, 0.55)))
    for tier, (low, high, half) in enumerate(((0.12, 0.6, 0.28), (0.36, 0.8, 0.22), (0.6, 1.0, 0.15))):
        points = [(x - half * size, y - low * size), (x, y - high * size), (x + half * size, y - low * size)]
        c.polygon(points, tone(lighter(colour, 0.08 * tier)))
        c.polygon([points[1], (x, y - low * size), points[2]], tone(darker(lighter(colour, 0.08 * tier), 0.24)))


def birch(c: Canvas, x: float, y: float, size: float, colour: Rgb, tone: Tone) -> None:
    """A slim tree with a pale trunk."""
    c.line([(x, y), (x, y - 0.7 * size)], 0.07 * size, tone((226, 220, 208)))
    c.ellipse((x, y - 0.7 * size), (0.22 * size, 0.34 * size), tone(darker(colour, 0.16)))
    c.ellipse((x - 0.04 * size, y - 0.76 * size), (0.16 * size, 0.24 * size), tone(colour))


def palm(c: Canvas, x: float, y: float, size: float, lean: float, tone: Tone) -> None:
    """A palm leaning by `lean` (in its own height)."""
    top = (x + lean * size, y - size)
    c.curve([(x, y), (x + 0.2 * lean * size, y - 0.5 * size), top], 0.055 * size, tone((160, 116, 76)))
    for angle in (-160, -125, -80, -45, -15, 12, -190):
        turn = math.radians(angle)
        tip = (top[0] + 0.42 * size * math.cos(turn), top[1] + 0.34 * size * math.sin(turn) + 0.14 * size)
        bow = (top[0] + 0.26 * size * math.cos(turn), top[1] + 0.34 * size * math.sin(turn))
        c.blob([top, bow, tip, (bow[0], bow[1] + 0.07 * size)], tone((58, 140, 74) if angle % 2 else (80, 164, 84)))
    for dx in (-0.03, 0.03):
        c.circle(top[0] + dx * size, top[1] + 0.03 * size, 0.03 * size, tone((120, 78, 50)))


def cactus(c: Canvas, x: float, y: float, size: float, tone: Tone) -> None:
    """A saguaro with two arms."""
    green = tone((82, 146, 86))
    dark = tone((58, 112, 74))
    c.line([(x, y), (x, y - size)], 0.17 * size, green)
    c.line(
        [(x, y - 0.4 * size), (x - 0.26 * size, y - 0.42 * size), (x - 0.26 * size, y - 0.7 * size)], 0.12 * size, green
    )
    c.line(
        [(x, y - 0.3 * size), (x + 0.25 * size, y - 0.34 * size), (x + 0.25 * size, y - 0.56 * size)],
        0.12 * size,
        green,
    )
    c.line([(x + 0.04 * size, y - 0.02 * size), (x + 0.04 * size, y - 0.98 * size)], 0.035 * size, dark)


def cottage(c: Canvas, x: float, y: float, size: float, roof: Rgb, tone: Tone) -> None:
    """A far-off house."""
    c.box(x - 0.4 * size, y - 0.45 * size, x + 0.4 * size, y, tone((244, 232, 210)))
    c.polygon(
        [(x - 0.52 * size, y - 0.42 * size), (x, y - 0.86 * size), (x + 0.52 * size, y - 0.42 * size)], tone(roof)
    )
    c.box(x - 0.1 * size, y - 0.28 * size, x + 0.1 * size, y, tone(WOOD))


def windmill(c: Canvas, x: float, y: float, size: float, turn: float, tone: Tone) -> None:
    """A windmill; `turn` in degrees sets its sails."""
    c.polygon(
        [
            (x - 0.2 * size, y),
            (x - 0.12 * size, y - 0.7 * size),
            (x + 0.12 * size, y - 0.7 * size),
            (x + 0.2 * size, y),
        ],
        tone((246, 236, 220)),
    )
    c.polygon(
        [(x, y), (x, y - 0.7 * size), (x + 0.12 * size, y - 0.7 * size), (x + 0.2 * size, y)], tone((216, 202, 190))
    )
    c.polygon(
        [(x - 0.16 * size, y - 0.68 * size), (x, y - 0.92 * size), (x + 0.16 * size, y - 0.68 * size)],
        tone((184, 86, 70)),
    )
    for k in range(4):
        angle = math.radians(turn + 90 * k)
        tip = (x + 0.46 * size * math.cos(angle), y - 0.68 * size + 0.46 * size * math.sin(angle))
        c.line([(x, y - 0.68 * size), tip], 0.07 * size, tone(mix(WHITE, WOOD, 0.8)))


def tuft(c: Canvas, x: float, y: float, size: float, colour: Rgb) -> None:
    """Three blades of grass."""
    c.polygon([(x - 0.3 * size, y), (x - 0.62 * size, y - 0.8 * size), (x, y)], colour)
    c.polygon([(x - 0.2 * size, y), (x + 0.06 * size, y - size), (x + 0.24 * size, y)], colour)
    c.polygon([(x, y), (x + 0.64 * size, y - 0.7 * size), (x + 0.34 * size, y)], colour)


def bloom(c: Canvas, x: float, y: float, size: float, petal: Rgb, stem: Rgb) -> None:
    """A small wild flower."""
    c.line([(x, y), (x, y - 1.4 * size)], 0.22 * size, stem)
    for k in range(5):
        angle = 2 * math.pi * k / 5
        c.circle(x + 0.42 * size * math.cos(angle), y - 1.6 * size + 0.42 * size * math.sin(angle), 0.34 * size, petal)
    c.circle(x, y - 1.6 * size, 0.26 * size, mix(GOLD, petal, 0.15))


def weed(c: Canvas, x: float, y: float, size: float, lean: float, colour: Rgb) -> None:
    """A ribbon of seaweed."""
    c.curve(
        [
            (x, y),
            (x + 0.1 * size, y - 0.3 * size),
            (x - 0.08 * size + lean, y - 0.65 * size),
            (x + 0.05 * size + 1.5 * lean, y - size),
        ],
        0.1 * size,
        colour,
    )


def coral(c: Canvas, x: float, y: float, size: float, colour: Rgb) -> None:
    """A branching coral."""
    for angle, length in ((-90, 0.9), (-130, 0.7), (-52, 0.74)):
        turn = math.radians(angle)
        knee = (x + 0.5 * length * size * math.cos(turn), y + 0.5 * length * size * math.sin(turn))
        tip = (x + length * size * math.cos(turn) * 0.9, y + length * size * math.sin(turn) - 0.12 * size)
        c.line([(x, y), knee, tip], 0.14 * size, colour)
        c.circle(tip[0], tip[1], 0.1 * size, colour)
