"""Captions that say exactly what a scene shows: one short sentence, or a description with light, weather and camera."""

from __future__ import annotations

import numpy as np

from sora_studio.training.world import phrases
from sora_studio.training.world.scene import Actor, Scene
from sora_studio.training.world.vocabulary import COLOURLESS_LOOKS

_ASIDE = 0.5
"""How often a short caption leaves the plain value (clear, still, flat) unsaid."""


def short_caption(scene: Scene, rng: np.random.Generator) -> str:
    """One sentence in the way people type prompts: "a red balloon rises over green hills at sunset"."""
    where = [_said(rng, phrases.PLACES, scene.place), _said(rng, phrases.TIMES, scene.time)]
    if scene.weather != "clear" or rng.random() > 0.8:
        where.append(_said(rng, phrases.WEATHERS, scene.weather))
    if rng.random() < 0.3:
        where[1:] = where[:0:-1]
    text = f"{_acts(scene, rng)} {' '.join(where)}"
    if scene.camera != "still" or rng.random() > 0.8:
        text += f", {_said(rng, phrases.CAMERAS, scene.camera)}"
    if scene.look == "flat illustration" and rng.random() < _ASIDE:
        return text
    look = _said(rng, phrases.LOOKS, scene.look)
    match int(rng.integers(3)):
        case 0:
            return f"{text}, {look}"
        case 1:
            return f"{look}, {text}"
        case _:
            return f"{text}, in the style of {look}"


def descriptive_caption(scene: Scene, rng: np.random.Generator) -> str:
    """One to three sentences that name every attribute; at most about sixty words."""
    acts, look = _acts(scene, rng), _said(rng, phrases.LOOKS, scene.look)
    place, time = _said(rng, phrases.PLACES, scene.place), _said(rng, phrases.TIMES, scene.time)
    weather, camera = _said(rng, phrases.WEATHERS, scene.weather), _said(rng, phrases.CAMERAS, scene.camera)
    light = _light(scene, rng)
    match int(rng.integers(4)):
        case 0:
            sentences = [f"{acts} {place} {time}", f"{light}, {weather}", f"{camera}; the style is {look}"]
        case 1:
            sentences = [f"{look}: {place} {time}, {acts}", f"it happens {weather}; {light}", camera]
        case 2:
            sentences = [f"a scene {place} {time} {weather}, in the style of {look}", acts, f"{light}, and {camera}"]
        case _:
            sentences = [f"{time}, {place}, {weather}, {acts}; {light}", f"{camera}; the style is {look}"]
    if scene.loops and rng.random() < _ASIDE:
        sentences[-1] += ", a seamless loop"
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)


_LIGHTS: dict[str, tuple[str, ...]] = {
    "dawn": ("the light is soft and pale", "pale morning light lies on everything"),
    "day": ("the light is bright", "everything is bright and fresh"),
    "sunset": ("the light is warm and low", "a warm glow lies on everything"),
    "night": ("the light is dim and bluish", "everything lies in dark shade"),
}
_GREY_LIGHTS: dict[str, tuple[str, ...]] = {
    "dawn": ("the light is soft", "the tones are pale"),
    "day": ("the light is bright", "the tones are bright"),
    "sunset": ("the light is low", "the light comes from the side"),
    "night": ("the light is dim", "the tones are dark"),
}


def _light(scene: Scene, rng: np.random.Generator) -> str:
    table = _GREY_LIGHTS if scene.look in COLOURLESS_LOOKS else _LIGHTS
    return _said(rng, table, scene.time)


def _acts(scene: Scene, rng: np.random.Generator) -> str:
    named = [named_actor(actor, rng, colour=scene.look not in COLOURLESS_LOOKS) for actor in scene.actors]
    moves = [_said(rng, phrases.MOTIONS, actor.motion) for actor in scene.actors]
    link = " and " if rng.random() < 0.6 else " while "
    return link.join(f"{name} {move}" for name, move in zip(named, moves, strict=True))


def named_actor(actor: Actor, rng: np.random.Generator, *, colour: bool = True) -> str:
    """An actor with its article: "an orange boat"."""
    name = _said(rng, phrases.SUBJECTS, actor.subject)
    if colour:
        tone = _said(rng, phrases.COLOURS, actor.colour)
        head, _, last = name.rpartition(" ")
        # The adjective of a phrase goes before the colour ("a little red bird"), the rest of a noun after it.
        name = f"{head} {tone} {last}" if head in _ADJECTIVES else f"{tone} {name}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


_ADJECTIVES = (
    "little",
    "small",
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


def _said(rng: np.random.Generator, table: phrases.Table, value: str) -> str:
    """The first phrasing half of the time, one of the others otherwise."""
    options = table[value]
    return options[0] if rng.random() < 0.4 else options[int(rng.integers(len(options)))]
