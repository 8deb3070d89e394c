"""Scenes drawn at random keep the split and use the whole vocabulary."""

from __future__ import annotations

import numpy as np
import pytest

from sora_studio.training.world import vocabulary as words
from sora_studio.training.world.scene import Scene, is_held_out, sample_scene


def _scenes(count: int, seed: int = 0, **options: object) -> list[Scene]:
    rng = np.random.default_rng(seed)
    return [sample_scene(rng, **options) for _ in range(count)]  # type: ignore[arg-type]


def test_the_vocabulary_has_no_doubles_and_the_promised_sizes() -> None:
    for table, count in (
        (words.COLOURS, 12),
        (words.PLACES, 10),
        (words.TIMES, 4),
        (words.WEATHERS, 5),
        (words.MOTIONS, 12),
        (words.CAMERAS, 6),
        (words.LOOKS, 8),
    ):
        assert len(set(table)) == len(table) == count
    assert len(set(words.SUBJECTS)) == len(words.SUBJECTS) >= 24


def test_about_eight_in_a_hundred_combinations_are_held_out() -> None:
    every = [is_held_out(s, c, p) for s in words.SUBJECTS for c in words.COLOURS for p in words.PLACES]
    assert 0.06 < sum(every) / len(every) < 0.1


def test_the_hash_of_the_split_never_changes() -> None:
    held = [
        f"{s} {c} {p}" for s in words.SUBJECTS[:3] for c in words.COLOURS for p in words.PLACES if is_held_out(s, c, p)
    ]
    assert held == HELD


def test_train_scenes_hold_no_held_out_combination() -> None:
    for scene in _scenes(1500):
        assert not any(is_held_out(actor.subject, actor.colour, scene.place) for actor in scene.actors)


def test_held_out_scenes_always_hold_one() -> None:
    for scene in _scenes(400, split="held_out"):
        assert is_held_out(scene.actors[0].subject, scene.actors[0].colour, scene.place)


@pytest.mark.parametrize("count", [1, 2])
def test_the_number_of_actors_can_be_chosen(count: int) -> None:
    assert all(len(scene.actors) == count for scene in _scenes(50, actors=count))


def test_equal_generators_draw_equal_scenes_and_every_word_occurs() -> None:
    scenes = _scenes(1500, seed=4)
    assert scenes == _scenes(1500, seed=4)
    assert {actor.subject for scene in scenes for actor in scene.actors} == set(words.SUBJECTS)
    assert {actor.colour for scene in scenes for actor in scene.actors} == set(words.COLOURS)
    assert {actor.motion for scene in scenes for actor in scene.actors} == set(words.MOTIONS)
    assert {scene.place for scene in scenes} == set(words.PLACES)
    assert {scene.weather for scene in scenes} == set(words.WEATHERS)
    assert {scene.camera for scene in scenes} == set(words.CAMERAS)
    assert {scene.look for scene in scenes} == set(words.LOOKS)


def test_loops_have_motions_that_close() -> None:
    loops = [scene for scene in _scenes(800) if scene.loops]
    assert loops
    assert all(actor.motion in words.LOOPING_MOTIONS for scene in loops for actor in scene.actors)
    assert all(scene.camera == "still" for scene in loops)


HELD = [
    "ball red forest",
    "ball orange underwater",
    "ball blue city",
    "ball purple desert",
    "ball purple forest",
    "ball purple snowy mountains",
    "ball pink space",
    "ball brown snowy mountains",
    "ball grey beach",
    "ball black sea",
    "balloon red sea",
    "balloon orange green hills",
    "balloon green snowy mountains",
    "balloon blue desert",
    "balloon blue space",
    "balloon purple beach",
    "balloon purple forest",
    "balloon purple underwater",
    "balloon pink desert",
    "balloon pink underwater",
    "bird yellow space",
    "bird green forest",
    "bird turquoise city",
    "bird blue city",
    "bird brown forest",
    "bird brown meadow",
    "bird brown underwater",
    "bird grey green hills",
    "bird grey beach",
    "bird black green hills",
    "bird black meadow",
]
