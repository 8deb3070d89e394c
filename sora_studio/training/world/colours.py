"""Colours as RGB triples of floats 0..255, the twelve named ones, and how they mix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

Rgb: TypeAlias = tuple[float, float, float]

NAMED: Final[dict[str, Rgb]] = {
    "red": (222, 48, 48),
    "orange": (245, 134, 32),
    "yellow": (250, 210, 52),
    "green": (66, 166, 72),
    "turquoise": (44, 196, 190),
    "blue": (46, 98, 212),
    "purple": (138, 72, 190),
    "pink": (248, 138, 182),
    "brown": (136, 80, 44),
    "white": (252, 250, 245),
    "grey": (130, 134, 142),
    "black": (44, 42, 52),
}

CREAM: Final[Rgb] = (255, 243, 218)
INK: Final[Rgb] = (46, 40, 56)
GLASS: Final[Rgb] = (186, 228, 246)
WOOD: Final[Rgb] = (142, 98, 66)
GOLD: Final[Rgb] = (252, 204, 88)
WHITE: Final[Rgb] = (255, 255, 252)
STEEL: Final[Rgb] = (120, 128, 142)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`one` with `share` (0..1) of `other`."""
    keep = 1.0 - share
    return (one[0] * keep + other[0] * share, one[1] * keep + other[1] * share, one[2] * keep + other[2] * share)


def tinted(colour: Rgb, tint: Rgb) -> Rgb:
    """A surface of that colour under light of that tint (1 = white light), clipped to 255."""
    return (min(255.0, colour[0] * tint[0]), min(255.0, colour[1] * tint[1]), min(255.0, colour[2] * tint[2]))


def lighter(colour: Rgb, share: float) -> Rgb:
    """Towards warm white."""
    return mix(colour, (255, 252, 244), share)


def darker(colour: Rgb, share: float) -> Rgb:
    """Towards a cool shadow rather than to plain black, which keeps shadows lively."""
    return mix(colour, (28, 22, 52), share)


@dataclass(frozen=True, slots=True)
class Paint:
    """The tones in which one subject is drawn, all made from its named colour."""

    base: Rgb
    light: Rgb
    dark: Rgb
    line: Rgb
    accent: Rgb


def paint_of(name: str) -> Paint:
    """Tones of a named colour; the accent is cream, or a soft grey-blue on white."""
    base = NAMED[name]
    accent = (188, 200, 222) if name == "white" else CREAM
    shade = 0.16 if name == "white" else 0.3
    light = mix(base, (150, 152, 172), 0.34) if name == "black" else lighter(base, 0.36)
    return Paint(base, light, darker(base, shade), darker(base, 0.62), accent)
