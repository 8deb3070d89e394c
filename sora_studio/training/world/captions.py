"""Captions that say exactly what a scene shows: one short sentence, or a description with light, weather and camera."""

from __future__ import annotations

import numpy as np

from sora_studio.training.world.phrases import USUAL, Speech, Table
from sora_studio.training.world.scene import Actor, Scene
from sora_studio.training.world.visibility import shows
from sora_studio.training.world.wider import WIDER

_WIDER = 0.6
"""How often a caption may use the wider words."""

_ASIDE = 0.5
"""How often a short caption leaves the plain value (clear, still, flat) unsaid."""


def short_caption(scene: Scene, rng: np.random.Generator, speech: Speech = USUAL) -> str:
    """One sentence in the way people type prompts: "a red balloon rises over green hills at sunset"."""
    where = [_said(rng, speech.places, scene.place), _said(rng, speech.times, scene.time)]
    if scene.weather != "clear" or rng.random() > 0.8:
        where.append(_said(rng, speech.weathers, scene.weather))
    if rng.random() < 0.3:
        where[1:] = where[:0:-1]
    camera = ""
    if scene.camera != "still" or rng.random() > 0.8:
        camera = f", {_said(rng, speech.cameras, scene.camera)}"
    look = _said(rng, speech.looks, scene.look)
    if (scene.look != "flat illustration" or rng.random() < _ASIDE) and rng.random() < 0.3:
        # A noun phrase: "watercolour of a red car moving left in the city by day".
        made = f"{look} picture" if look.endswith(("neon", "style")) else look
        return f"{made} of {_acts(scene, rng, speech, moving=True)} {' '.join(where)}{camera}"
    text = f"{_acts(scene, rng, speech)} {' '.join(where)}{camera}"
    if scene.look == "flat illustration" and rng.random() < _ASIDE:
        return text
    match int(rng.integers(4)):
        case 0:
            return f"{text}, {look}"
        case 1:
            return f"{look}, {text}"
        case 2:
            return f"{text}, in the look of {_with_article(look)}"
        case _:
            return f"{text}, in the style of {_with_article(look)}"


def any_caption(scene: Scene, rng: np.random.Generator) -> str:
    """A short or a descriptive caption, as often the one as the other, more often than not in wider words."""
    speech = WIDER if rng.random() < _WIDER else USUAL
    return (short_caption if rng.random() < 0.5 else descriptive_caption)(scene, rng, speech)


def names(scene: Scene, rng: np.random.Generator) -> str:
    """Nothing but who plays in it: "a red balloon and a little blue bird"."""
    speech = WIDER if rng.random() < _WIDER else USUAL
    colour = shows(scene, "colour")
    return " and ".join(named_actor(actor, rng, colour=colour, speech=speech) for actor in scene.actors)


def descriptive_caption(scene: Scene, rng: np.random.Generator, speech: Speech = USUAL) -> str:
    """One to three sentences that name every attribute; at most about seventy words."""
    acts, look = _acts(scene, rng, speech), _said(rng, speech.looks, scene.look)
    place, time = _said(rng, speech.places, scene.place), _said(rng, speech.times, scene.time)
    weather, camera = _said(rng, speech.weathers, scene.weather), _said(rng, speech.cameras, scene.camera)
    clause = _said(rng, _clauses(speech.cameras), scene.camera)
    light = _light(scene, rng)
    match int(rng.integers(7)):
        case 0:
            sentences = [f"{acts} {place} {time}", f"{light}, {weather}", f"{clause}; the style is {look}"]
        case 1:
            sentences = [f"{look}: {place} {time}, {acts}", f"it happens {weather}; {light}", camera]
        case 2:
            sentences = [
                f"a scene {place} {time} {weather}, in the style of {_with_article(look)}",
                acts,
                f"{light}, and {clause}",
            ]
        case 3:
            doing = _acts(scene, rng, speech, moving=True)
            sentences = [f"{_with_article(look)} shows {doing} {place} {time}", f"{light}, {weather}", camera]
        case 4:
            sentences = [f"{acts} {time} {weather}", f"the scene is set {place}; {light}", f"{camera}, {look}"]
        case 5:
            doing = _acts(scene, rng, speech, moving=True)
            sentences = [
                f"we see {doing} {place} {time}, {weather}",
                f"{light}; {clause}",
                f"the look is that of {_with_article(look)}",
            ]
        case _:
            sentences = [f"{time}, {place}, {weather}, {acts}; {light}", f"{clause}; the style is {look}"]
    if scene.loops and rng.random() < _ASIDE:
        sentences[-1] += ", a seamless loop"
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)


LIGHTS: Table = {
    "dawn": ("the light is soft and pale", "pale morning light lies on everything", "the sky is pale and pastel"),
    "day": ("the light is bright", "everything is bright and fresh", "everything is brightly lit"),
    "sunset": ("the light is warm and low", "a warm glow lies on everything", "long warm light fills the air"),
    "night": ("the light is dim and bluish", "everything lies in dark shade", "everything is dark and quiet"),
}
GREY_LIGHTS: Table = {
    "dawn": ("the light is soft", "the tones are pale"),
    "day": ("the light is bright", "the tones are bright"),
    "sunset": ("the light is low", "the light comes from the side"),
    "night": ("the light is dim", "the tones are dark"),
}


def _light(scene: Scene, rng: np.random.Generator) -> str:
    table = LIGHTS if shows(scene, "colour") else GREY_LIGHTS
    return _said(rng, table, scene.time)


def _acts(scene: Scene, rng: np.random.Generator, speech: Speech, *, moving: bool = False) -> str:
    table = speech.moving if moving else speech.motions
    named = [named_actor(actor, rng, colour=shows(scene, "colour"), speech=speech) for actor in scene.actors]
    moves = [_said(rng, table, actor.motion) for actor in scene.actors]
    link = " and " if rng.random() < 0.6 or moving else " while "
    return link.join(f"{name} {move}" for name, move in zip(named, moves, strict=True))


def named_actor(actor: Actor, rng: np.random.Generator, *, colour: bool = True, speech: Speech = USUAL) -> str:
    """An actor with its article: "an orange boat"."""
    name = _said(rng, speech.subjects, actor.subject)
    if colour:
        tone = _said(rng, speech.colours, actor.colour)
        head, _, last = name.rpartition(" ")
        # The adjective of a phrase goes before the colour ("a little red bird"), the rest of a noun after it.
        name = f"{head} {tone} {last}" if head in ADJECTIVES else f"{tone} {name}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


ADJECTIVES = (
    "little",
    "small",
    "round",
    "fluttering",
    "five-pointed",
    "sitting",
    "striped",
    "blooming",
    "leafy",
    "smiling",
    "open",
    "spotted",
    "friendly",
    "young",
)


def _clauses(cameras: Table) -> Table:
    """Of what is said of a camera, whole clauses."""
    return {name: tuple(said for said in options if said.startswith("the camera")) for name, options in cameras.items()}


_UNCOUNTED = (
    "art",
    "film",
    "footage",
    "neon",
    "lines",
    "style",
    "graphics",
    "sprites",
    "pixels",
    "paint",
    "gouache",
    "wash",
    "noir",
    "glow",
    "papercraft",
    "paper",
    "decoupage",
    "kirigami",
    "oils",
    "tempera",
)


def _with_article(look: str) -> str:
    """With its article if it takes one: "an oil painting", but "pixel art"."""
    if look.endswith(_UNCOUNTED):
        return look
    return f"{'an' if look[0] in 'aeiou' else 'a'} {look}"


def _said(rng: np.random.Generator, table: Table, value: str) -> str:
    """The first phrasing half of the time, one of the others otherwise."""
    options = table[value]
    return options[0] if rng.random() < 0.4 else options[int(rng.integers(len(options)))]
