"""Real photos move, snow and rain fall on them, and captions say so."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sora_studio.training.world import phrases
from sora_studio.training.world import vocabulary as words
from sora_studio.training.world.grading import LIGHT_PHRASES, LIGHTS
from sora_studio.training.world.photos import (
    PHOTO,
    PhotoScene,
    light_shows,
    load_photos,
    photo_caption,
    render_photo,
    sample_photo_scene,
)
from sora_studio.training.world.scene import Actor

SIZE = (96, 64)


@pytest.fixture(scope="module")
def photos() -> dict[str, np.ndarray]:
    pytest.importorskip("skimage")
    return load_photos()


def test_the_photos_of_the_wheel_are_colour_pictures(photos: dict[str, np.ndarray]) -> None:
    assert {"astronaut", "chelsea", "coffee", "rocket"} <= set(photos)
    assert all(photo.ndim == 3 and photo.shape[2] == 3 and photo.dtype == np.uint8 for photo in photos.values())
    assert (
        photos["chelsea"].mean(axis=(0, 1))[0] > photos["chelsea"].mean(axis=(0, 1))[2]
    )  # a ginger cat is no blue one


def test_a_still_photo_is_the_photo(photos: dict[str, np.ndarray]) -> None:
    result = render_photo(PhotoScene("coffee", "still", "clear", 1), photos["coffee"], SIZE, 5)
    np.testing.assert_array_equal(result.frames[0], result.frames[-1])
    assert not result.subject.any()
    assert abs(float(result.frames[0].mean()) - float(photos["coffee"].mean())) < 12


@pytest.mark.parametrize("camera", words.CAMERAS[1:])
def test_cameras_move_a_photo(photos: dict[str, np.ndarray], camera: str) -> None:
    frames = render_photo(PhotoScene("astronaut", camera, "clear", 1), photos["astronaut"], SIZE, 9).frames.astype(int)
    assert np.abs(frames[0] - frames[-1]).mean() > 6


@pytest.mark.parametrize("weather", words.WEATHERS[1:])
def test_weather_moves_in_front_of_a_photo(photos: dict[str, np.ndarray], weather: str) -> None:
    scene = PhotoScene("rocket", "still", weather, 1)
    frames = render_photo(scene, photos["rocket"], SIZE, 3).frames.astype(int)
    assert np.abs(frames[0] - frames[1]).mean() > 0.1


def test_a_drawn_actor_appears_and_is_masked(photos: dict[str, np.ndarray]) -> None:
    scene = PhotoScene("chelsea", "zoom in", "clear", 3, Actor("balloon", "red", "rises"))
    bare = dataclasses.replace(scene, actor=None)
    with_actor, without = (render_photo(s, photos["chelsea"], SIZE, 3) for s in (scene, bare))
    assert with_actor.subject.mean() > 0.02
    outside = with_actor.subject == 0
    assert np.abs(with_actor.frames[outside].astype(int) - without.frames[outside]).mean() < 2


def test_looks_restyle_photos(photos: dict[str, np.ndarray]) -> None:
    plain = PhotoScene("coffee", "still", "clear", 1)
    reference = render_photo(plain, photos["coffee"], SIZE, 1).frames.astype(int)
    for look in words.LOOKS[1:]:
        styled = render_photo(dataclasses.replace(plain, look=look), photos["coffee"], SIZE, 1).frames
        assert np.abs(reference - styled).mean() > 4


@pytest.mark.parametrize("light", LIGHTS[1:])
def test_another_light_is_seen(photos: dict[str, np.ndarray], light: str) -> None:
    plain = PhotoScene("coffee", "still", "clear", 1)
    reference = render_photo(plain, photos["coffee"], SIZE, 17).frames.astype(int)
    lit = render_photo(dataclasses.replace(plain, light=light), photos["coffee"], SIZE, 17).frames.astype(int)
    first, last = (np.abs(lit[k] - reference[k]).mean() for k in (0, -1))
    assert max(first, last) > 12
    if light in ("night falls", "the sun sets"):
        assert first == 0
    if light in ("night falls", "day breaks"):
        # Brightness goes one way only, without a jump.
        steps = np.diff(lit.mean(axis=(1, 2, 3))) * (1 if light == "day breaks" else -1)
        assert steps.min() > -0.5
        assert steps.max() < 0.2 * abs(lit[-1].mean() - lit[0].mean())


def test_captions_name_a_light_that_can_be_seen_and_no_other() -> None:
    rng = np.random.default_rng(6)
    for light in LIGHTS:
        for look in (PHOTO, "black and white film"):
            scene = PhotoScene("coffee", "still", "clear", 1, look=look, light=light)
            said = [name for name in LIGHT_PHRASES if phrases.says(photo_caption(scene, rng), LIGHT_PHRASES, name)]
            assert said == ([light] if light_shows(scene) else [])
    assert not light_shows(PhotoScene("coffee", "still", "clear", 1, look="black and white film", light="sunset"))


def test_any_picture_and_size_is_deterministic() -> None:
    rng = np.random.default_rng(0)
    for shape, size in (((40, 90, 3), (64, 64)), ((300, 100, 3), (192, 112))):
        image = rng.integers(0, 256, shape, np.uint8)
        scene = sample_photo_scene(rng, ["noise"])
        one, two = render_photo(scene, image, size, 3), render_photo(scene, image, size, 3)
        np.testing.assert_array_equal(one.frames, two.frames)
        assert one.frames.shape == (3, size[1], size[0], 3)


def test_captions_say_what_happens_to_the_photo() -> None:
    rng = np.random.default_rng(2)
    for _ in range(300):
        scene = sample_photo_scene(rng, ["coffee"])
        text = photo_caption(scene, rng)
        assert "photo" in text
        assert "coffee" not in text
        assert scene.camera == "still" or phrases.says(text, phrases.CAMERAS, scene.camera)
        assert scene.look == PHOTO or phrases.says(text, phrases.LOOKS, scene.look)
        if scene.weather != "clear":
            assert scene.weather.rstrip("y")[:3] in text
        if scene.actor is not None:
            assert phrases.says(text, phrases.MOTIONS, scene.actor.motion)
