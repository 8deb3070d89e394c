"""More words for what captions say, met now and then in training, so that a text tower's knowledge of language carries
over: a network that has heard of red as vermilion, cherry and brick knows what to make of words it never met.

Attribute tables as in `phrases`. The words that measure this, in `synonyms`, are not among them.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from sora_studio.training.world.phrases import USUAL, Speech, Table

SUBJECTS: Final[Table] = {
    "ball": ("rubber ball", "football", "toy ball", "bouncy ball"),
    "balloon": ("air balloon", "birthday balloon", "helium balloon"),
    "bird": ("songbird", "robin", "swallow", "pigeon", "wren", "warbler"),
    "fish": ("goldfish", "carp", "salmon", "minnow", "cod"),
    "cat": ("tabby", "tomcat", "pussycat", "puss"),
    "dog": ("terrier", "spaniel", "mutt", "doggy", "poodle"),
    "car": ("motorcar", "hatchback", "taxi", "vehicle", "coupe"),
    "boat": ("dinghy", "schooner", "sloop", "fishing boat", "catamaran"),
    "rocket": ("moon rocket", "space shuttle", "missile", "space probe"),
    "butterfly": ("monarch butterfly", "swallowtail", "winged insect"),
    "flower": ("rose", "tulip", "poppy", "daffodil", "bloom", "sunflower"),
    "tree": ("birch", "beech", "elm", "willow", "fruit tree"),
    "house": ("cabin", "bungalow", "villa", "farmhouse", "dwelling", "chalet"),
    "star": ("twinkling star", "bright star", "starry shape"),
    "umbrella": ("sunshade", "beach umbrella", "rain umbrella"),
    "kite": ("paper kite", "wind kite", "flying kite"),
    "mushroom": ("champignon", "chanterelle", "fly agaric", "amanita"),
    "robot": ("automaton", "mechanical man", "cyborg", "bot", "machine man"),
    "whale": ("orca", "sperm whale", "leviathan", "narwhal"),
    "rabbit": ("cottontail", "bunny rabbit", "pet rabbit"),
    "lantern": ("candle lantern", "hanging light", "night light", "glowing lantern"),
    "train": ("rail engine", "express train", "choo-choo train", "tram"),
    "airplane": ("jet", "airliner", "jet plane", "glider"),
    "turtle": ("sea turtle", "box turtle", "shelled reptile"),
    "snail": ("garden snail", "land snail", "mollusc"),
    "elephant": ("mammoth", "tusker", "jumbo"),
}

COLOURS: Final[Table] = {
    "red": ("vermilion", "cherry", "brick-red", "blood-red", "tomato-red", "carmine", "maroon"),
    "orange": ("apricot", "amber", "carrot-coloured", "pumpkin-coloured", "mandarin"),
    "yellow": ("mustard", "straw-coloured", "sunny yellow", "buttery", "blonde", "saffron"),
    "green": ("olive", "lime", "mint", "mossy", "grass-green", "verdant"),
    "turquoise": ("blue-green", "sea-green", "peacock-blue", "greenish blue"),
    "blue": ("navy", "ultramarine", "indigo", "sky-blue", "royal blue", "cerulean"),
    "purple": ("lilac", "mauve", "lavender", "amethyst", "aubergine"),
    "pink": ("magenta", "blush", "candy-pink", "bubblegum", "salmon-coloured"),
    "brown": ("tan", "caramel", "hazel", "umber", "coffee-coloured", "cocoa"),
    "white": ("milky", "chalky", "alabaster", "pearl", "creamy"),
    "grey": ("charcoal-grey", "smoky", "pewter", "stone-coloured", "leaden"),
    "black": ("coal-black", "raven", "pitch-black", "onyx", "sooty"),
}

PLACES: Final[Table] = {
    "green hills": (
        "on a green slope",
        "in hilly country",
        "in rolling farmland",
        "among green knolls",
        "in the dales",
    ),
    "desert": ("among sand dunes", "in an arid land", "in the Gobi", "in dry sands", "in the outback"),
    "beach": ("by the shore", "on the coast", "on the sand by the water", "on a tropical shore", "at the waterside"),
    "city": ("among skyscrapers", "in the streets", "in New York", "on an avenue", "in an urban quarter"),
    "forest": ("among the trees", "among pines", "in a grove", "in a thicket", "in the jungle"),
    "snowy mountains": ("among icy peaks", "in the Rockies", "in the Andes", "below snowy summits", "on a glacier"),
    "sea": ("on the waves", "on the Atlantic", "on the high seas", "in open water", "on wide water"),
    "meadow": ("on a grassland", "in a flowery glade", "in a garden of flowers", "on the prairie", "on a lawn"),
    "underwater": ("under the sea", "beneath the waves", "on the seabed", "in the deep sea", "among corals"),
    "space": ("in the universe", "in the Milky Way", "in orbit", "among the planets", "in the void"),
}

TIMES: Final[Table] = {
    "dawn": ("at sunup", "at cockcrow", "in the morning", "as the sun comes up", "when morning comes"),
    "day": ("in the daytime", "on a sunny day", "in the afternoon", "in bright sunshine", "around lunchtime"),
    "sunset": ("at sundown", "in the twilight", "as the sun goes down", "under a reddening sky", "in the gloaming"),
    "night": ("after dark", "late at night", "in the darkness", "in the dead of night", "by moonlight"),
}

WEATHERS: Final[Table] = {
    "clear": ("under a clear sky", "in good weather", "in bright weather"),
    "rain": (
        "in pouring rain",
        "in wet weather",
        "as it pours",
        "in a rainstorm",
        "in a thunderstorm",
        "amid raindrops",
    ),
    "snow": ("in a snowfall", "in wintry weather", "amid snowflakes", "as snowflakes drift down", "in sleet"),
    "fog": ("in murky air", "in smog", "shrouded in fog", "in low cloud", "in vapour"),
    "wind": ("on a windy day", "in a storm", "in blustery weather", "in a squall", "in strong wind"),
}

MOTIONS: Final[Table] = {
    "moves left": ("slides to the left", "crosses to the left", "wanders left", "drives left", "makes its way left"),
    "moves right": (
        "slides to the right",
        "crosses to the right",
        "wanders right",
        "drives right",
        "makes its way right",
    ),
    "rises": ("climbs", "lifts off", "takes off", "levitates", "mounts into the air"),
    "falls": ("tumbles down", "sinks", "plummets", "goes down", "comes tumbling down"),
    "bounces": ("bobs up and down", "springs up and down", "bounds", "skips up and down"),
    "spins": ("pirouettes", "gyrates", "turns on the spot", "rolls over and over"),
    "sways": ("rocks", "teeters", "tilts from side to side", "waves to and fro"),
    "orbits": ("circles", "flies round in circles", "goes round and round in the air", "traces circles"),
    "grows": ("enlarges", "inflates", "gets larger", "increases in size"),
    "shrinks": ("diminishes", "gets tinier", "decreases in size", "becomes tiny"),
    "drifts": ("floats along", "meanders", "wafts along", "sails slowly along"),
    "stays": ("does not move", "rests", "holds still", "waits", "is at rest"),
}

MOVING: Final[Table] = {
    "moves left": ("sliding to the left", "crossing to the left", "wandering left", "driving left"),
    "moves right": ("sliding to the right", "crossing to the right", "wandering right", "driving right"),
    "rises": ("climbing", "lifting off", "taking off", "levitating"),
    "falls": ("tumbling down", "sinking", "plummeting", "going down"),
    "bounces": ("bobbing up and down", "springing up and down", "bounding"),
    "spins": ("gyrating", "turning on the spot", "rolling over and over"),
    "sways": ("rocking", "teetering", "waving to and fro"),
    "orbits": ("circling", "flying round in circles", "tracing circles"),
    "grows": ("enlarging", "inflating", "increasing in size"),
    "shrinks": ("diminishing", "getting tinier", "decreasing in size"),
    "drifts": ("floating along", "meandering", "wafting along"),
    "stays": ("resting", "holding still", "waiting", "at rest"),
}

CAMERAS: Final[Table] = {
    "still": ("the camera holds still", "the camera stays put", "steady camera", "the camera rests"),
    "pan left": ("the camera turns left", "the camera moves to the left", "the camera slides left", "tracking left"),
    "pan right": (
        "the camera turns right",
        "the camera moves to the right",
        "the camera slides right",
        "tracking right",
    ),
    "zoom in": ("the camera moves in", "the camera approaches", "the camera moves nearer", "the camera advances"),
    "zoom out": ("the camera moves back", "the camera backs away", "the camera retreats", "the camera moves away"),
    "tilt up": ("the camera turns upwards", "the camera points up", "the camera moves up", "upward tilt"),
}

LOOKS: Final[Table] = {
    "flat illustration": ("vector art", "poster art", "graphic illustration", "comic art", "children's book drawing"),
    "pixel art": ("sprite graphics", "pixelated picture", "arcade graphics", "16-bit sprites", "mosaic of pixels"),
    "pencil sketch": ("charcoal drawing", "pen drawing", "line drawing", "ink sketch", "doodle"),
    "watercolour": ("gouache", "ink wash", "tempera", "wet-on-wet painting", "washes of paint"),
    "neon": ("glowing lines", "neon sign", "laser light art", "cyberpunk glow", "electric light art"),
    "black and white film": ("film noir", "black-and-white photo", "vintage film", "old newsreel", "noir"),
    "paper cut-out": ("papercraft", "cut paper", "decoupage", "scrapbook art", "kirigami"),
    "oil painting": ("oil paint", "impressionist painting", "thick paint", "palette knife painting", "oils"),
}

MORE: Final = Speech(SUBJECTS, COLOURS, PLACES, TIMES, WEATHERS, MOTIONS, MOVING, CAMERAS, LOOKS)
"""The words of this file."""


def _joined(usual: Table, more: Table) -> Table:
    return {value: (*options, *more[value]) for value, options in usual.items()}


WIDER: Final = Speech(*(_joined(getattr(USUAL, item.name), getattr(MORE, item.name)) for item in fields(Speech)))
"""The usual words and these, each as likely as the other but for the plainest."""
