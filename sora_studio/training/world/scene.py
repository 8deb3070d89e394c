"""A scene as a value: who is where, when, in which weather, camera and look; and how scenes are drawn at random."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from sora_studio.training.world import vocabulary as words

Split: TypeAlias = Literal["train", "held_out"]

HELD_OUT_PERCENT = 8
_WEATHER_ODDS = {"clear": 0.36, "rain": 0.16, "snow": 0.16, "fog": 0.16, "wind": 0.16}
# Rain under water or in space is possible to ask for but rarely worth learning.
_INNER_WEATHER_ODDS = {"clear": 0.72, "rain": 0.04, "snow": 0.08, "fog": 0.12, "wind": 0.04}
_INNER_PLACES = ("underwater", "space")
_CAMERA_ODDS = (0.3, 0.14, 0.14, 0.14, 0.14, 0.14)
_LOOK_ODDS = (0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Actor:
    """One subject: what it is, its colour and what it does."""

    subject: str
    colour: str
    motion: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a picture needs; `seed` decides what the words leave open. Equal scenes render to equal bits."""

    actors: tuple[Actor, ...]
    place: str
    time: str
    weather: str
    camera: str
    look: str
    seed: int
    loops: bool = False


def is_held_out(subject: str, colour: str, place: str) -> bool:
    """Whether this combination is kept from training (a stable hash, about eight in a hundred)."""
    digest = hashlib.blake2s(f"{subject}|{colour}|{place}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % 100 < HELD_OUT_PERCENT


def sample_scene(
    rng: np.random.Generator, *, split: Split = "train", actors: int | None = None, often: tuple[str, ...] = ()
) -> Scene:
    """A random scene. Train scenes hold no held-out (subject, colour, place); held-out ones always do (first actor).

    Each mention of a subject in `often` makes it once more as likely as the others are.
    """
    count = actors if actors is not None else _head_count(rng)
    loops = bool(rng.random() < 0.12)
    place = _pick(rng, words.PLACES)
    cast = _cast(rng, place, count, split, loops=loops, often=often)
    odds = _INNER_WEATHER_ODDS if place in _INNER_PLACES else _WEATHER_ODDS
    return Scene(
        actors=cast,
        place=place,
        time=_pick(rng, words.TIMES),
        weather=_pick(rng, words.WEATHERS, tuple(odds[weather] for weather in words.WEATHERS)),
        camera="still" if loops else _pick(rng, words.CAMERAS, _CAMERA_ODDS),
        look=_pick(rng, words.LOOKS, _LOOK_ODDS),
        seed=int(rng.integers(2**31)),
        loops=loops,
    )


def recast(rng: np.random.Generator, scene: Scene, often: tuple[str, ...] = ()) -> Scene:
    """The same scene with other actors, none held out: its set is drawn already, so it costs less than a new one."""
    return replace(scene, actors=_cast(rng, scene.place, _head_count(rng), "train", loops=scene.loops, often=often))


def retold(rng: np.random.Generator, scene: Scene) -> Scene:
    """The same scene played by others in the same colours and movements: only what they are tells it from the first."""
    cast: list[Actor] = []
    for actor in scene.actors:
        held_out = is_held_out(actor.subject, actor.colour, scene.place)
        taken = {actor.subject, *(other.subject for other in cast)}
        free = [
            subject
            for subject in words.SUBJECTS
            if subject not in taken and is_held_out(subject, actor.colour, scene.place) == held_out
        ]
        cast.append(replace(actor, subject=free[int(rng.integers(len(free)))]) if free else actor)
    return replace(scene, actors=tuple(cast))


def _head_count(rng: np.random.Generator) -> int:
    return int(rng.choice((1, 2), p=(0.7, 0.3)))


def _cast(
    rng: np.random.Generator, place: str, count: int, split: Split, *, loops: bool, often: tuple[str, ...] = ()
) -> tuple[Actor, ...]:
    motions = words.LOOPING_MOTIONS if loops else words.MOTIONS
    cast: list[Actor] = []
    while len(cast) < count:
        actor = Actor(_pick(rng, words.SUBJECTS + often), _pick(rng, words.COLOURS), _pick(rng, motions))
        hidden = is_held_out(actor.subject, actor.colour, place)
        wanted = split == "held_out" and not cast
        if hidden == wanted and all(actor.subject != other.subject for other in cast):
            cast.append(actor)
    return tuple(cast)


def _pick(rng: np.random.Generator, names: tuple[str, ...], odds: tuple[float, ...] | None = None) -> str:
    return names[int(rng.choice(len(names), p=odds))]
