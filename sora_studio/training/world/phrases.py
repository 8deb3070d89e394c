"""How captions say each attribute: for every canonical name the phrasings that mean exactly that.

Words that captions never use, to measure what is understood beyond them, are in `synonyms`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sora_studio.training.world.synonyms import UNSEEN as UNSEEN
from sora_studio.training.world.synonyms import Table as Table

SUBJECTS: Final[Table] = {
    "ball": ("ball", "beach ball", "striped ball"),
    "balloon": ("balloon", "toy balloon", "party balloon"),
    "bird": ("bird", "little bird", "small bird"),
    "fish": ("fish", "striped fish"),
    "cat": ("cat", "sitting cat", "house cat"),
    "dog": ("dog", "puppy"),
    "car": ("car", "small car", "motor car"),
    "boat": ("boat", "sailing boat", "sailboat"),
    "rocket": ("rocket", "space rocket"),
    "butterfly": ("butterfly", "fluttering butterfly"),
    "flower": ("flower", "blooming flower"),
    "tree": ("tree", "leafy tree", "round tree"),
    "house": ("house", "little house", "small house"),
    "star": ("star", "smiling star", "five-pointed star"),
    "umbrella": ("umbrella", "open umbrella"),
    "kite": ("kite", "diamond kite", "toy kite"),
    "mushroom": ("mushroom", "spotted mushroom"),
    "robot": ("robot", "toy robot"),
    "whale": ("whale", "friendly whale"),
    "rabbit": ("rabbit", "bunny"),
    "lantern": ("lantern", "paper lantern"),
    "train": ("train", "steam train", "steam engine"),
    "airplane": ("airplane", "plane", "propeller plane"),
    "turtle": ("turtle", "little turtle"),
    "snail": ("snail", "small snail"),
    "elephant": ("elephant", "young elephant"),
}

COLOURS: Final[Table] = {
    "red": ("red", "bright red", "vivid red"),
    "orange": ("orange", "bright orange"),
    "yellow": ("yellow", "bright yellow"),
    "green": ("green", "bright green", "leaf green"),
    "turquoise": ("turquoise", "bright turquoise"),
    "blue": ("blue", "deep blue", "bright blue"),
    "purple": ("purple", "deep purple"),
    "pink": ("pink", "bright pink"),
    "brown": ("brown", "warm brown"),
    "white": ("white", "pure white"),
    "grey": ("grey", "gray"),
    "black": ("black", "deep black"),
}

PLACES: Final[Table] = {
    "green hills": ("over green hills", "among green hills", "in rolling green hills", "in front of green hills"),
    "desert": ("in the desert", "in a sandy desert", "among desert dunes", "in a hot desert with cacti"),
    "beach": ("on the beach", "at a sandy beach", "on a beach with palms", "by the water on a beach"),
    "city": ("in the city", "on a city street", "in front of city buildings", "between the houses of a city"),
    "forest": ("in the forest", "in a forest of fir trees", "at the edge of a forest", "deep in the forest"),
    "snowy mountains": (
        "in the snowy mountains",
        "before snowy mountains",
        "below snowy mountain peaks",
        "in front of snow-capped mountains",
    ),
    "sea": ("on the sea", "out at sea", "over the waves of the sea", "on the open sea"),
    "meadow": ("in a meadow", "in a flower meadow", "on a meadow full of flowers", "in a meadow in bloom"),
    "underwater": ("underwater", "deep underwater", "underwater above a coral reef", "at the bottom of the sea"),
    "space": ("in space", "in outer space", "in space on a moon", "in space among the stars"),
}

TIMES: Final[Table] = {
    "dawn": ("at dawn", "at sunrise", "early in the morning", "in pale morning light"),
    "day": ("by day", "in daylight", "during the day", "in full daylight"),
    "sunset": ("at sunset", "as the sun sets", "in the light of the setting sun", "in low sunset light"),
    "night": ("at night", "by night", "in the dark of night", "on a dark night"),
}

WEATHERS: Final[Table] = {
    "clear": ("in clear weather", "with clear air", "in fine weather"),
    "rain": ("in the rain", "while rain falls", "in rainy weather", "as it rains"),
    "snow": ("while snow falls", "in falling snow", "as it snows", "in the snow", "with snowflakes in the air"),
    "fog": ("in the fog", "in foggy weather", "wrapped in fog", "in thick fog"),
    "wind": ("in the wind", "in windy weather", "as the wind blows", "while the wind blows leaves along"),
}

MOTIONS: Final[Table] = {
    "moves left": ("moves left", "moves to the left", "travels to the left", "heads left", "goes left"),
    "moves right": ("moves right", "moves to the right", "travels to the right", "heads right", "goes right"),
    "rises": ("rises", "rises into the air", "goes up", "moves upwards", "floats upwards"),
    "falls": ("falls", "falls down", "comes down", "moves downwards", "sinks downwards"),
    "bounces": ("bounces", "bounces up and down", "keeps bouncing"),
    "spins": ("spins", "spins around", "turns round and round", "keeps turning"),
    "sways": ("sways", "sways from side to side", "rocks to and fro"),
    "orbits": ("orbits in the air", "moves in circles", "flies in a circle"),
    "grows": ("grows", "grows larger", "gets bigger"),
    "shrinks": ("shrinks", "gets smaller", "becomes smaller"),
    "drifts": ("drifts", "drifts slowly along", "floats gently along"),
    "stays": ("stays in place", "stays where it is", "keeps still", "stands still"),
}

CAMERAS: Final[Table] = {
    "still": ("the camera is still", "the camera does not move", "static camera", "static shot"),
    "pan left": ("the camera pans left", "the camera pans to the left", "panning left", "camera pan to the left"),
    "pan right": ("the camera pans right", "the camera pans to the right", "panning right", "camera pan to the right"),
    "zoom in": ("the camera zooms in", "the camera slowly zooms in", "zooming in", "slow zoom in"),
    "zoom out": ("the camera zooms out", "the camera slowly zooms out", "zooming out", "slow zoom out"),
    "tilt up": ("the camera tilts up", "the camera slowly tilts up", "tilting up", "camera tilt up"),
}

LOOKS: Final[Table] = {
    "flat illustration": ("flat illustration", "flat drawing", "flat vector illustration", "simple flat illustration"),
    "pixel art": ("pixel art", "retro pixel art", "blocky pixel art"),
    "pencil sketch": ("pencil sketch", "pencil drawing", "hand-drawn pencil sketch"),
    "watercolour": ("watercolour", "watercolour painting", "watercolor painting", "soft watercolour"),
    "neon": ("neon", "glowing neon art", "neon lights style", "glowing neon lines"),
    "black and white film": ("black and white film", "black and white footage", "old black and white film"),
    "paper cut-out": ("paper cut-out", "paper cut-out art", "layered paper cut-out", "paper cutout"),
    "oil painting": ("oil painting", "oil painting with thick brush strokes", "painting in oils"),
}

MOVING: Final[Table] = {
    "moves left": ("moving left", "moving to the left", "travelling left", "heading to the left"),
    "moves right": ("moving right", "moving to the right", "travelling right", "heading to the right"),
    "rises": ("rising", "rising into the air", "going up", "floating upwards"),
    "falls": ("falling", "falling down", "coming down", "sinking downwards"),
    "bounces": ("bouncing", "bouncing up and down"),
    "spins": ("spinning", "spinning around", "turning round and round"),
    "sways": ("swaying", "swaying from side to side", "rocking to and fro"),
    "orbits": ("orbiting in the air", "moving in circles", "flying in a circle"),
    "grows": ("growing", "growing larger", "getting bigger"),
    "shrinks": ("shrinking", "getting smaller", "becoming smaller"),
    "drifts": ("drifting", "drifting slowly along", "floating gently along"),
    "stays": ("staying in place", "keeping still", "standing still"),
}
"""Motions as participles: "a red car moving left"."""


@dataclass(frozen=True, slots=True)
class Speech:
    """The tables that captions draw their words from."""

    subjects: Table
    colours: Table
    places: Table
    times: Table
    weathers: Table
    motions: Table
    moving: Table
    cameras: Table
    looks: Table


USUAL: Final = Speech(SUBJECTS, COLOURS, PLACES, TIMES, WEATHERS, MOTIONS, MOVING, CAMERAS, LOOKS)
"""The words of this file; more of them are in `wider`."""


def says(text: str, table: Table, value: str) -> bool:
    """Whether a caption contains one of the phrasings of this value."""
    plain = f" {' '.join(re.sub('[,.;:]', ' ', text.lower()).split())} "
    return any(f" {phrase.lower()} " in plain for phrase in table[value])
