"""The renderer is exact: bits, sizes, loops, later parts of a take, restyled pairs."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from sora_studio.training.world import vocabulary as words
from sora_studio.training.world.render import Rendered, render
from sora_studio.training.world.scene import Actor, Scene, sample_scene

SMALL = (96, 64)


def scene_of(motion: str = "stays", **changes: object) -> Scene:
    plain = Scene((Actor("car", "red", motion),), "green hills", "day", "clear", "still", "flat illustration", 11)
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def centre(result: Rendered, k: int) -> tuple[float, float]:
    rows, columns = np.nonzero(result.subject[k])
    return float(columns.mean()), float(rows.mean())


def area(result: Rendered, k: int) -> int:
    return int(result.subject[k].sum())


def test_the_same_scene_renders_to_the_same_bits() -> None:
    rng = np.random.default_rng(3)
    for _ in range(6):
        scene = sample_scene(rng)
        one, two = render(scene, SMALL, 5), render(scene, SMALL, 5)
        np.testing.assert_array_equal(one.frames, two.frames)
        np.testing.assert_array_equal(one.subject, two.subject)


def test_another_seed_is_another_picture() -> None:
    assert np.any(render(scene_of(seed=1), SMALL, 1).frames != render(scene_of(seed=2), SMALL, 1).frames)


@pytest.mark.parametrize("size", [(192, 112), (144, 144), (112, 192), (64, 64), (240, 96)])
@pytest.mark.parametrize("frames", [1, 4])
def test_any_size_and_length(size: tuple[int, int], frames: int) -> None:
    result = render(scene_of("orbits", camera="pan left", weather="snow"), size, frames)
    assert result.frames.shape == (frames, size[1], size[0], 3)
    assert result.frames.dtype == np.uint8
    assert result.subject.shape == (frames, size[1], size[0])
    assert result.subject.max() == 1
    assert result.subject.mean() > 0.02


@pytest.mark.parametrize("motion", words.LOOPING_MOTIONS)
@pytest.mark.parametrize("weather", ["rain", "wind"])
def test_loops_end_as_they_begin_and_move_in_between(motion: str, weather: str) -> None:
    frames = render(scene_of(motion, loops=True, weather=weather, place="sea"), SMALL, 17).frames.astype(int)
    np.testing.assert_array_equal(frames[0], frames[-1])
    steps = [np.abs(a - b).mean() for a, b in itertools.pairwise(frames)]
    assert min(steps) > 0.0
    # The step over the seam is as large as any other: nothing jumps.
    assert steps[-1] < 3.0 * np.median(steps)


@pytest.mark.parametrize("look", words.LOOKS)
def test_every_look_and_weather_loops(look: str) -> None:
    for weather in words.WEATHERS:
        frames = render(scene_of("sways", loops=True, weather=weather, look=look), SMALL, 9).frames
        np.testing.assert_array_equal(frames[0], frames[-1])


@pytest.mark.parametrize("camera", words.CAMERAS)
def test_a_later_part_of_a_take_is_the_same_take(camera: str) -> None:
    scene = scene_of("drifts", camera=camera, weather="rain", place="city")
    whole = render(scene, SMALL, 13, 8.0)
    later = render(scene, SMALL, 5, 8.0, start=1.0)
    np.testing.assert_array_equal(whole.subject[8:], later.subject)
    assert np.abs(whole.frames[8:].astype(int) - later.frames).mean() < 0.5


def test_another_look_or_time_keeps_the_geometry() -> None:
    scene = scene_of("bounces", camera="zoom in")
    reference = render(scene, SMALL, 4)
    for look in words.LOOKS[1:]:
        restyled = render(dataclasses.replace(scene, look=look), SMALL, 4)
        np.testing.assert_array_equal(reference.subject, restyled.subject)
        assert np.abs(reference.frames.astype(int) - restyled.frames).mean() > 3
    for time in words.TIMES:
        np.testing.assert_array_equal(
            reference.subject, render(dataclasses.replace(scene, time=time), SMALL, 4).subject
        )


def _all_differ(pictures: list[np.ndarray], least: float) -> None:
    for one, two in itertools.combinations(pictures, 2):
        assert np.abs(one.astype(int) - two).mean() > least


def test_every_place_time_weather_and_look_is_a_picture_of_its_own() -> None:
    _all_differ([render(scene_of(place=place), SMALL, 1).frames for place in words.PLACES], 8)
    _all_differ([render(scene_of(time=time), SMALL, 1).frames for time in words.TIMES], 8)
    _all_differ([render(scene_of(weather=weather), SMALL, 1).frames for weather in words.WEATHERS], 1)
    _all_differ([render(scene_of(look=look), SMALL, 1).frames for look in words.LOOKS], 4)


def test_every_subject_has_a_shape_of_its_own() -> None:
    masks = [
        render(scene_of(actors=(Actor(name, "red", "stays"),)), (192, 112), 1).subject[0] for name in words.SUBJECTS
    ]
    assert min(int(mask.sum()) for mask in masks) > 0.03 * 192 * 112 / 2
    for one, two in itertools.combinations(masks, 2):
        both, either = np.logical_and(one, two).sum(), np.logical_or(one, two).sum()
        assert both / either < 0.93


@pytest.mark.parametrize("name", words.SUBJECTS)
def test_subjects_are_large_and_whole(name: str) -> None:
    alone = render(scene_of(actors=(Actor(name, "red", "stays"),)), (192, 112), 1).subject[0]
    other = "tree" if name != "tree" else "ball"
    pair = render(
        scene_of(actors=(Actor(name, "red", "stays"), Actor(other, "green", "stays"))), (192, 112), 1
    ).subject[0]
    rows = np.flatnonzero(alone.any(axis=1))
    assert 0.3 < len(rows) / 112 < 0.7
    assert not alone[[0, -1]].any()
    assert not alone[:, [0, -1]].any()
    assert pair.sum() > 0.04 * 192 * 112


def test_film_keeps_the_times_of_day_apart() -> None:
    for place in words.PLACES:
        shots = [
            render(scene_of(place=place, look="black and white film", time=time), SMALL, 1).frames
            for time in words.TIMES
        ]
        _all_differ(shots, 8)


def test_every_colour_reads_on_the_subject() -> None:
    means = []
    for colour in words.COLOURS:
        result = render(scene_of(actors=(Actor("ball", colour, "stays"),)), (192, 112), 1)
        means.append(np.median(result.frames[result.subject == 1], axis=0))
    for one, two in itertools.combinations(means, 2):
        assert np.abs(one - two).max() > 18


def test_two_actors_stand_apart() -> None:
    pair = scene_of(actors=(Actor("cat", "red", "stays"), Actor("tree", "green", "stays")))
    columns = render(pair, (192, 112), 1).subject[0].any(axis=0)
    assert columns[:96].any()
    assert columns[96:].any()


@pytest.mark.parametrize("seed", [1, 2])
def test_motions_do_what_they_say(seed: int) -> None:
    def take(motion: str) -> Rendered:
        return render(scene_of(motion, seed=seed), (192, 112), 17)

    left, right, up, down = take("moves left"), take("moves right"), take("rises"), take("falls")
    assert centre(left, 16)[0] < centre(left, 0)[0] - 40
    assert centre(right, 16)[0] > centre(right, 0)[0] + 40
    assert centre(up, 16)[1] < centre(up, 0)[1] - 30
    assert centre(down, 16)[1] > centre(down, 0)[1] + 30
    grows, shrinks, stays = take("grows"), take("shrinks"), take("stays")
    assert area(grows, 16) > 2 * area(grows, 0)
    assert area(shrinks, 16) < 0.5 * area(shrinks, 0)
    assert np.abs(np.subtract(centre(stays, 0), centre(stays, 16))).max() < 2


def test_pans_move_the_land_to_the_other_side() -> None:
    for camera, side in (("pan left", 1), ("pan right", -1)):
        result = render(scene_of(camera=camera), (192, 112), 9)
        assert side * (centre(result, 8)[0] - centre(result, 0)[0]) > 8


def test_a_long_take_keeps_its_actor_and_moves_on() -> None:
    for camera in words.CAMERAS:
        for motion in ("orbits", "sways", "drifts"):
            late = render(scene_of(motion, camera=camera), SMALL, 9, start=30.0)
            assert late.subject.mean() > 0.01
            assert np.abs(np.diff(late.frames.astype(int), axis=0)).mean() > 0.02
