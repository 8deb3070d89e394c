"""Captions name every attribute that can be seen, in many phrasings and few words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sora_studio.training.world import grading, phrases, synonyms
from sora_studio.training.world import vocabulary as words
from sora_studio.training.world.captions import any_caption, descriptive_caption, short_caption
from sora_studio.training.world.photos import photo_caption, sample_photo_scene
from sora_studio.training.world.scene import Actor, Scene, sample_scene
from sora_studio.training.world.visibility import shows
from sora_studio.training.world.wider import MORE, WIDER

TABLES = {
    "subject": (phrases.SUBJECTS, words.SUBJECTS),
    "colour": (phrases.COLOURS, words.COLOURS),
    "place": (phrases.PLACES, words.PLACES),
    "time": (phrases.TIMES, words.TIMES),
    "weather": (phrases.WEATHERS, words.WEATHERS),
    "motion": (phrases.MOTIONS, words.MOTIONS),
    "camera": (phrases.CAMERAS, words.CAMERAS),
    "look": (phrases.LOOKS, words.LOOKS),
}


FIELDS = [item.name for item in dataclasses.fields(phrases.Speech)]

PHRASES = [getattr(WIDER, name) for name in FIELDS] + [grading.LIGHT_PHRASES]


@pytest.mark.parametrize("attribute", TABLES)
def test_every_value_has_phrasings_of_its_own(attribute: str) -> None:
    table, values = TABLES[attribute]
    assert set(table) == set(values)
    said = [phrase for options in table.values() for phrase in options]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("name", FIELDS)
def test_every_value_has_wider_words_of_its_own(name: str) -> None:
    usual, more = getattr(phrases.USUAL, name), getattr(MORE, name)
    assert set(more) == set(usual)
    said = [phrase for table in (usual, more) for options in table.values() for phrase in options]
    assert len(said) == len(set(said))
    assert all(len(options) >= 3 for options in more.values())
    assert all(getattr(WIDER, name)[value] == (*usual[value], *more[value]) for value in usual)


def _names(scene: Scene, text: str, *, may_omit: bool, speech: phrases.Speech = phrases.USUAL) -> None:
    for actor in scene.actors:
        assert phrases.says(
            text, {actor.subject: tuple(s.split()[-1] for s in speech.subjects[actor.subject])}, actor.subject
        )
        assert any(phrases.says(text, table, actor.motion) for table in (speech.motions, speech.moving))
        visible = scene.look not in words.COLOURLESS_LOOKS
        assert phrases.says(text, speech.colours, actor.colour) == visible or not visible
    assert phrases.says(text, speech.places, scene.place)
    assert phrases.says(text, speech.times, scene.time)
    for table, value, plain in (
        (speech.weathers, scene.weather, "clear"),
        (speech.cameras, scene.camera, "still"),
        (speech.looks, scene.look, "flat illustration"),
    ):
        assert phrases.says(text, table, value) or (may_omit and value == plain)


def test_captions_name_every_attribute() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        scene = sample_scene(rng)
        _names(scene, short_caption(scene, rng), may_omit=True)
        _names(scene, descriptive_caption(scene, rng), may_omit=False)


def test_wider_words_name_every_attribute_and_nothing_that_is_not_there() -> None:
    rng = np.random.default_rng(6)
    for _ in range(300):
        scene = sample_scene(rng)
        for text in (short_caption(scene, rng, WIDER), descriptive_caption(scene, rng, WIDER)):
            _names(scene, text, may_omit=True, speech=WIDER)
            for name in ("times", "weathers", "cameras", "places"):
                table, value = getattr(WIDER, name), getattr(scene, name.removesuffix("s"))
                assert not any(phrases.says(text, table, other) for other in table if other != value), text


def test_training_meets_usual_and_wider_words() -> None:
    rng = np.random.default_rng(7)
    scene = sample_scene(rng)
    wider = {phrase.lower() for name in FIELDS for options in getattr(MORE, name).values() for phrase in options}
    captions = [f" {any_caption(scene, rng).lower()} ".replace(".", " ").replace(",", " ") for _ in range(200)]
    share = sum(any(f" {phrase} " in text for phrase in wider) for text in captions) / len(captions)
    assert 0.4 < share < 0.7


def test_captions_name_nothing_that_is_not_there() -> None:
    rng = np.random.default_rng(1)
    for _ in range(400):
        scene = sample_scene(rng)
        for text in (short_caption(scene, rng), descriptive_caption(scene, rng)):
            for table, value in (
                (phrases.TIMES, scene.time),
                (phrases.WEATHERS, scene.weather),
                (phrases.CAMERAS, scene.camera),
                (phrases.LOOKS, scene.look),
                (phrases.PLACES, scene.place),
            ):
                others = [other for other in table if other != value]
                assert not any(phrases.says(text, table, other) for other in others), text


def test_captions_are_short_varied_and_reproducible() -> None:
    scene = sample_scene(np.random.default_rng(5), actors=2)
    short = [short_caption(scene, np.random.default_rng(k)) for k in range(100)]
    long = [descriptive_caption(scene, np.random.default_rng(k)) for k in range(100)]
    assert len(set(short)) > 60
    assert len(set(long)) > 80
    assert short == [short_caption(scene, np.random.default_rng(k)) for k in range(100)]
    rng = np.random.default_rng(2)
    assert max(len(descriptive_caption(sample_scene(rng), rng).split()) for _ in range(500)) <= 70


def test_a_plain_scene_reads_like_a_prompt() -> None:
    plain = Scene(
        (Actor("balloon", "red", "rises"),), "green hills", "sunset", "clear", "still", "flat illustration", 1
    )
    assert any(
        short_caption(plain, np.random.default_rng(k)) == "a red balloon rises over green hills at sunset"
        for k in range(300)
    )


def test_a_black_and_white_film_has_no_colour_words() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        scene = dataclasses.replace(sample_scene(rng), look="black and white film")
        for text in (short_caption(scene, rng), descriptive_caption(scene, rng)):
            plain = text.lower().replace("black and white", "").replace("green hills", "")
            assert not set(words.COLOURS) & set(plain.replace(",", " ").replace(".", " ").split()), text


def test_unseen_words_never_occur_in_captions() -> None:
    rng = np.random.default_rng(4)
    captions = [phrase for table in PHRASES for options in table.values() for phrase in options]
    for _ in range(1500):
        scene = sample_scene(rng)
        captions += [short_caption(scene, rng, WIDER), descriptive_caption(scene, rng, WIDER)]
        captions.append(photo_caption(sample_photo_scene(rng, ["coffee"]), rng))
    seen = f" {' '.join(' '.join(captions).lower().replace(',', ' ').replace('.', ' ').replace(';', ' ').split())} "
    for attribute, table in synonyms.UNSEEN.items():
        assert set(table) <= set(TABLES[attribute][0])
        for options in table.values():
            for phrase in options:
                assert f" {phrase.lower()} " not in seen


def test_unseen_words_are_many_and_mean_one_value_each() -> None:
    assert set(synonyms.UNSEEN) == set(TABLES)
    for table in synonyms.UNSEEN.values():
        said = [phrase for options in table.values() for phrase in options]
        assert len(said) == len(set(said))
    for attribute in ("colour", "place", "time", "weather", "motion", "camera", "look"):
        assert set(synonyms.UNSEEN[attribute]) == set(TABLES[attribute][1])
    assert len(synonyms.UNSEEN["subject"]) >= 20


def test_the_words_of_every_unseen_noun_and_colour_are_unseen_too() -> None:
    seen = {word for table in PHRASES for options in table.values() for phrase in options for word in phrase.split()}
    for attribute in ("subject", "colour"):
        for options in synonyms.UNSEEN[attribute].values():
            assert not seen & set(options)


def test_colour_and_movement_show_only_where_they_can_be_seen() -> None:
    scene = sample_scene(np.random.default_rng(5))
    for look in words.LOOKS:
        there = dataclasses.replace(scene, look=look)
        assert shows(there, "colour") == (look != "black and white film")
        assert shows(there, "motion")
        assert not shows(there, "motion", frames=1)
        assert shows(there, "time", frames=1)
