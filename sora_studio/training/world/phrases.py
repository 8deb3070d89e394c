"""How captions say each attribute: for every canonical name the phrasings that mean exactly that.

UNSEEN lists words that never occur in captions; evaluation prompts measure with them what is understood beyond.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Table: TypeAlias = dict[str, tuple[str, ...]]

SUBJECTS: Final[Table] = {
    "ball": ("ball", "beach ball"),
    "balloon": ("balloon", "toy balloon"),
    "bird": ("bird", "little bird"),
    "fish": ("fish", "striped fish"),
    "cat": ("cat", "sitting cat"),
    "dog": ("dog", "puppy"),
    "car": ("car", "small car"),
    "boat": ("boat", "sailing boat", "sailboat"),
    "rocket": ("rocket", "space rocket"),
    "butterfly": ("butterfly",),
    "flower": ("flower", "blooming flower"),
    "tree": ("tree", "leafy tree"),
    "house": ("house", "little house"),
    "star": ("star", "smiling star"),
    "umbrella": ("umbrella", "open umbrella"),
    "kite": ("kite", "diamond kite"),
    "mushroom": ("mushroom", "spotted mushroom"),
    "robot": ("robot", "toy robot"),
    "whale": ("whale", "friendly whale"),
    "rabbit": ("rabbit", "bunny"),
    "lantern": ("lantern", "paper lantern"),
    "train": ("train", "steam train"),
    "airplane": ("airplane", "plane", "propeller plane"),
    "turtle": ("turtle", "little turtle"),
    "snail": ("snail", "small snail"),
    "elephant": ("elephant", "young elephant"),
}

COLOURS: Final[Table] = {
    "red": ("red", "bright red"),
    "orange": ("orange",),
    "yellow": ("yellow", "bright yellow"),
    "green": ("green",),
    "turquoise": ("turquoise",),
    "blue": ("blue", "deep blue"),
    "purple": ("purple",),
    "pink": ("pink",),
    "brown": ("brown",),
    "white": ("white",),
    "grey": ("grey", "gray"),
    "black": ("black",),
}

PLACES: Final[Table] = {
    "green hills": ("over green hills", "among green hills", "in rolling green hills"),
    "desert": ("in the desert", "in a sandy desert", "among desert dunes"),
    "beach": ("on the beach", "at a sandy beach", "on a beach with palms"),
    "city": ("in the city", "on a city street", "in front of city buildings"),
    "forest": ("in the forest", "in a forest of fir trees", "at the edge of a forest"),
    "snowy mountains": ("in the snowy mountains", "before snowy mountains", "below snowy mountain peaks"),
    "sea": ("on the sea", "out at sea", "over the waves of the sea"),
    "meadow": ("in a meadow", "in a flower meadow", "on a meadow full of flowers"),
    "underwater": ("underwater", "deep underwater", "underwater above a coral reef"),
    "space": ("in space", "in outer space", "in space on a moon"),
}

TIMES: Final[Table] = {
    "dawn": ("at dawn", "at sunrise", "early in the morning"),
    "day": ("by day", "in daylight", "during the day"),
    "sunset": ("at sunset", "as the sun sets", "in the light of the setting sun"),
    "night": ("at night", "by night", "in the dark of night"),
}

WEATHERS: Final[Table] = {
    "clear": ("in clear weather", "with clear air"),
    "rain": ("in the rain", "while rain falls", "in rainy weather"),
    "snow": ("while snow falls", "in falling snow", "as it snows"),
    "fog": ("in the fog", "in foggy weather", "wrapped in fog"),
    "wind": ("in the wind", "in windy weather", "while the wind blows leaves along"),
}

MOTIONS: Final[Table] = {
    "moves left": ("moves left", "moves to the left", "travels to the left", "heads left"),
    "moves right": ("moves right", "moves to the right", "travels to the right", "heads right"),
    "rises": ("rises", "rises into the air", "goes up", "moves upwards"),
    "falls": ("falls", "falls down", "comes down", "moves downwards"),
    "bounces": ("bounces", "bounces up and down", "keeps bouncing"),
    "spins": ("spins", "spins around", "turns round and round"),
    "sways": ("sways", "sways from side to side", "rocks to and fro"),
    "orbits": ("orbits in the air", "moves in circles", "flies in a circle"),
    "grows": ("grows", "grows larger", "gets bigger"),
    "shrinks": ("shrinks", "gets smaller", "becomes smaller"),
    "drifts": ("drifts", "drifts slowly along", "floats gently along"),
    "stays": ("stays in place", "stays where it is", "keeps still"),
}

CAMERAS: Final[Table] = {
    "still": ("the camera is still", "the camera does not move", "static camera"),
    "pan left": ("the camera pans left", "the camera pans to the left", "panning left"),
    "pan right": ("the camera pans right", "the camera pans to the right", "panning right"),
    "zoom in": ("the camera zooms in", "the camera slowly zooms in", "zooming in"),
    "zoom out": ("the camera zooms out", "the camera slowly zooms out", "zooming out"),
    "tilt up": ("the camera tilts up", "the camera slowly tilts up", "tilting up"),
}

LOOKS: Final[Table] = {
    "flat illustration": ("flat illustration", "flat drawing", "flat vector illustration"),
    "pixel art": ("pixel art", "retro pixel art"),
    "pencil sketch": ("pencil sketch", "pencil drawing"),
    "watercolour": ("watercolour", "watercolour painting", "watercolor painting"),
    "neon": ("neon", "glowing neon art", "neon lights style"),
    "black and white film": ("black and white film", "black and white footage", "old black and white film"),
    "paper cut-out": ("paper cut-out", "paper cut-out art", "layered paper cut-out"),
    "oil painting": ("oil painting", "oil painting with thick brush strokes"),
}

UNSEEN: Final[dict[str, Table]] = {
    "subject": {
        "boat": ("yacht", "ship"),
        "car": ("automobile",),
        "cat": ("kitten",),
        "dog": ("hound",),
        "airplane": ("aircraft",),
        "rabbit": ("hare",),
        "house": ("cottage",),
        "flower": ("blossom",),
        "train": ("locomotive",),
        "rocket": ("spaceship",),
        "turtle": ("tortoise",),
        "robot": ("android",),
        "umbrella": ("parasol",),
    },
    "colour": {
        "red": ("crimson", "scarlet"),
        "yellow": ("golden",),
        "green": ("emerald",),
        "turquoise": ("cyan", "teal"),
        "blue": ("azure",),
        "purple": ("violet",),
        "pink": ("rosy",),
        "brown": ("chestnut",),
        "white": ("snow-white",),
        "black": ("jet-black",),
    },
    "place": {
        "green hills": ("grassy hillside",),
        "desert": ("the Sahara",),
        "beach": ("the seashore",),
        "city": ("a town", "downtown"),
        "forest": ("the woods",),
        "snowy mountains": ("the Alps",),
        "sea": ("the ocean",),
        "meadow": ("a field of wild flowers",),
        "underwater": ("below the surface of the ocean",),
        "space": ("the cosmos",),
    },
    "time": {"dawn": ("at daybreak",), "day": ("at noon",), "sunset": ("at dusk",), "night": ("at midnight",)},
    "weather": {
        "rain": ("in a downpour",),
        "snow": ("in a snowstorm",),
        "fog": ("in the mist",),
        "wind": ("in a gale",),
    },
    "motion": {
        "rises": ("ascends",),
        "falls": ("descends",),
        "bounces": ("hops",),
        "spins": ("rotates",),
        "sways": ("swings",),
        "orbits": ("revolves",),
        "grows": ("expands",),
        "shrinks": ("contracts",),
        "drifts": ("glides",),
    },
    "look": {
        "pixel art": ("8-bit graphics",),
        "pencil sketch": ("graphite",),
        "watercolour": ("aquarelle",),
        "neon": ("fluorescent",),
        "black and white film": ("monochrome",),
        "oil painting": ("impasto",),
    },
}


def says(text: str, table: Table, value: str) -> bool:
    """Whether a caption contains one of the phrasings of this value."""
    plain = f" {' '.join(re.sub('[,.;:]', ' ', text.lower()).split())} "
    return any(f" {phrase} " in plain for phrase in table[value])
