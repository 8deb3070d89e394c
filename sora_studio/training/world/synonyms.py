"""Words that captions never use: an evaluation prompt made of them measures what the model understands beyond them.

Attribute, canonical value, then unseen words in the form in which a sentence takes them: nouns for subjects, adjectives
for colours, a noun with its article for places (say "in" or "on" before it), whole phrases for all others. A value
without an entry has no everyday synonym that is not also a caption word.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Table: TypeAlias = dict[str, tuple[str, ...]]

SUBJECTS: Final[Table] = {
    "ball": ("sphere", "orb"),
    "bird": ("sparrow", "finch"),
    "fish": ("trout", "perch"),
    "cat": ("kitten", "feline"),
    "dog": ("hound", "canine", "pooch"),
    "car": ("automobile", "sedan"),
    "boat": ("yacht", "ship", "vessel"),
    "rocket": ("spaceship", "spacecraft"),
    "butterfly": ("moth",),
    "flower": ("blossom", "daisy"),
    "tree": ("oak", "maple"),
    "house": ("cottage", "hut"),
    "umbrella": ("parasol", "brolly"),
    "mushroom": ("toadstool", "fungus"),
    "robot": ("android", "droid"),
    "whale": ("cetacean", "humpback"),
    "rabbit": ("hare",),
    "lantern": ("lamp",),
    "train": ("locomotive", "railway"),
    "airplane": ("aircraft", "aeroplane", "biplane"),
    "turtle": ("tortoise", "terrapin"),
    "snail": ("gastropod",),
    "elephant": ("pachyderm",),
}

COLOURS: Final[Table] = {
    "red": ("crimson", "scarlet", "ruby"),
    "orange": ("tangerine",),
    "yellow": ("golden", "lemon-coloured", "canary"),
    "green": ("emerald", "jade"),
    "turquoise": ("teal", "cyan", "aquamarine"),
    "blue": ("azure", "sapphire", "cobalt"),
    "purple": ("violet", "plum-coloured"),
    "pink": ("rosy", "fuchsia"),
    "brown": ("chestnut", "chocolate", "mahogany"),
    "white": ("ivory", "snow-white"),
    "grey": ("silver", "ashen", "slate"),
    "black": ("ebony", "jet-black", "inky"),
}

PLACES: Final[Table] = {
    "green hills": ("a grassy hillside", "the downs"),
    "desert": ("the Sahara", "a barren wasteland"),
    "beach": ("the seashore", "the seaside"),
    "city": ("a town", "a metropolis"),
    "forest": ("the woods", "a woodland"),
    "snowy mountains": ("the Alps", "the Himalayas"),
    "sea": ("the ocean",),
    "meadow": ("a field of wild blossoms", "a pasture"),
    "underwater": ("below the surface of the ocean", "submerged"),
    "space": ("the cosmos",),
}

TIMES: Final[Table] = {
    "dawn": ("at daybreak", "at first light"),
    "day": ("at noon", "at midday"),
    "sunset": ("at dusk", "in the evening"),
    "night": ("at midnight", "under a moonlit sky"),
}

WEATHERS: Final[Table] = {
    "clear": ("under a cloudless sky",),
    "rain": ("in a downpour", "in a shower", "in drizzle"),
    "snow": ("in a snowstorm", "in a blizzard", "amid flurries"),
    "fog": ("in the mist", "in a haze"),
    "wind": ("in a gale", "in a breeze", "in a gust"),
}

MOTIONS: Final[Table] = {
    "moves left": ("goes leftward", "advances towards the left edge"),
    "moves right": ("goes rightward", "advances towards the right edge"),
    "rises": ("ascends", "soars skyward"),
    "falls": ("descends", "plunges"),
    "bounces": ("hops", "jumps", "leaps"),
    "spins": ("rotates", "twirls", "whirls"),
    "sways": ("swings", "wobbles"),
    "orbits": ("loops around",),
    "grows": ("expands", "swells"),
    "shrinks": ("dwindles",),
    "drifts": ("glides", "hovers along lazily"),
    "stays": ("remains motionless", "is stationary"),
}

CAMERAS: Final[Table] = {
    "still": ("a locked-off shot", "the camera is fixed on a tripod"),
    "pan left": ("the view sweeps leftward", "the camera swivels leftward"),
    "pan right": ("the view sweeps rightward", "the camera swivels rightward"),
    "zoom in": ("the camera pushes closer", "the view magnifies"),
    "zoom out": ("the camera pulls back", "the view widens"),
    "tilt up": ("the camera looks skyward", "the view lifts towards the sky"),
}

LOOKS: Final[Table] = {
    "flat illustration": ("clip art", "cartoon"),
    "pixel art": ("an old video game",),
    "pencil sketch": ("crayon strokes",),
    "watercolour": ("a wash drawing",),
    "neon": ("fluorescent tubes", "luminous signage"),
    "black and white film": ("monochrome", "greyscale", "a silent movie"),
    "paper cut-out": ("collage", "origami"),
    "oil painting": ("impasto", "a canvas by an old master"),
}

UNSEEN: Final[dict[str, Table]] = {
    "subject": SUBJECTS,
    "colour": COLOURS,
    "place": PLACES,
    "time": TIMES,
    "weather": WEATHERS,
    "motion": MOTIONS,
    "camera": CAMERAS,
    "look": LOOKS,
}
"""Every table by the name of its attribute."""
