"""The words of the world: every attribute a scene can have, by its canonical name."""

from __future__ import annotations

from typing import Final

SUBJECTS: Final[tuple[str, ...]] = (
    "ball",
    "balloon",
    "bird",
    "fish",
    "cat",
    "dog",
    "car",
    "boat",
    "rocket",
    "butterfly",
    "flower",
    "tree",
    "house",
    "star",
    "umbrella",
    "kite",
    "mushroom",
    "robot",
    "whale",
    "rabbit",
    "lantern",
    "train",
    "airplane",
    "turtle",
    "snail",
    "elephant",
)

COLOURS: Final[tuple[str, ...]] = (
    "red",
    "orange",
    "yellow",
    "green",
    "turquoise",
    "blue",
    "purple",
    "pink",
    "brown",
    "white",
    "grey",
    "black",
)

PLACES: Final[tuple[str, ...]] = (
    "green hills",
    "desert",
    "beach",
    "city",
    "forest",
    "snowy mountains",
    "sea",
    "meadow",
    "underwater",
    "space",
)

TIMES: Final[tuple[str, ...]] = ("dawn", "day", "sunset", "night")

WEATHERS: Final[tuple[str, ...]] = ("clear", "rain", "snow", "fog", "wind")

MOTIONS: Final[tuple[str, ...]] = (
    "moves left",
    "moves right",
    "rises",
    "falls",
    "bounces",
    "spins",
    "sways",
    "orbits",
    "grows",
    "shrinks",
    "drifts",
    "stays",
)

CAMERAS: Final[tuple[str, ...]] = ("still", "pan left", "pan right", "zoom in", "zoom out", "tilt up")

LOOKS: Final[tuple[str, ...]] = (
    "flat illustration",
    "pixel art",
    "pencil sketch",
    "watercolour",
    "neon",
    "black and white film",
    "paper cut-out",
    "oil painting",
)

LOOPING_MOTIONS: Final[tuple[str, ...]] = ("moves left", "moves right", "bounces", "spins", "sways", "orbits", "stays")
"""Motions that close on themselves without turning into another motion."""

COLOURLESS_LOOKS: Final[tuple[str, ...]] = ("black and white film",)
"""Looks in which the colour of a subject cannot be seen, so captions do not name it."""
