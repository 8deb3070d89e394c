"""What a prompt says, by known words and by near ones."""

from __future__ import annotations

import numpy as np
import pytest

from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.reading import BY_EMBEDDING, Reading, missing_words, neighbours, place_open, read_words

WORLD = phrasebook("sora")


def said(prompt: str) -> set[tuple[str, str]]:
    return {(one.category, one.entry) for one in read_words(prompt, WORLD).said}


def test_every_attribute_of_a_full_prompt_is_recognised_in_its_order() -> None:
    reading = read_words("A red balloon rises over green hills at sunset, the camera zooms in, watercolour", WORLD)
    assert [(one.category, one.entry) for one in reading.said] == [
        ("colour", "red"),
        ("subject", "balloon"),
        ("motion", "rises"),
        ("place", "green hills"),
        ("time", "sunset"),
        ("camera", "zoom in"),
        ("look", "watercolour"),
    ]
    assert reading.open == ()


@pytest.mark.parametrize(
    ("prompt", "meaning"),
    [
        ("two CATS", ("subject", "cat")),
        ("butterflies", ("subject", "butterfly")),
        ("the robot's dance", ("subject", "robot")),
        ("a yacht", ("subject", "boat")),
        ("crimson", ("colour", "red")),
        ("by moonlight", ("time", "night")),
        ("as snow falls", ("weather", "snow")),
        ("a black and white film", ("look", "black and white film")),
    ],
)
def test_plurals_and_other_words_mean_the_same(prompt: str, meaning: tuple[str, str]) -> None:
    assert meaning in said(prompt)


def test_the_longest_phrase_wins() -> None:
    assert said("snow falls") == {("weather", "snow")}, "nothing falls there but snow"
    assert said("a black and white film") == {("look", "black and white film")}, "neither black nor white"
    assert said("a space rocket") == {("subject", "rocket")}


def test_a_phrase_does_not_reach_over_a_comma() -> None:
    assert ("place", "green hills") not in said("all is green, hills") - said("hills")
    assert ("colour", "green") in said("all is green, hills")


def test_words_without_meaning_are_neither_understood_nor_missed() -> None:
    assert read_words("there is a very nice scene with some of the 3 x", WORLD) == Reading()
    assert read_words("a chandelier and a violin", WORLD).open == ("chandelier", "violin")


def test_whatever_is_typed_is_read() -> None:
    for prompt in ("", "   ", ",;!", "(red:1.3)", "ein “Schiff” – 船", "a" * 5000, "-'-"):
        read_words(prompt, WORLD)


def test_every_phrasing_of_the_world_is_understood_as_what_it_says() -> None:
    for category in WORLD.categories:
        for entry in category.entries:
            for phrase in entry.phrases:
                assert (category.name, entry.name) in said(phrase), phrase


def test_no_word_of_the_lexicon_means_two_things_of_one_category() -> None:
    for category in WORLD.categories:
        texts = [text for entry in category.entries for text in (*entry.phrases, *entry.also)]
        for text in texts:
            assert len({one for one in said(text) if one[0] == category.name}) == 1, text


def placed(word: str, **near: float) -> Reading:
    """The reading of one open word that is near to entries by these cosines."""
    book = WORLD.in_short()
    names = neighbours(book)
    row = np.array([near.get(entry.replace(" ", "_"), 0.0) for _, entry, _ in names], np.float32)
    known = np.eye(len(names), dtype=np.float32)
    return place_open(Reading(open=(word,)), book, row[None], known)


def test_near_words_are_placed_and_far_ones_are_named() -> None:
    reading = placed("schooner", boat=0.8, sea=0.55)
    assert [(one.entry, one.words, round(one.score, 2)) for one in reading.said] == [("boat", "schooner", 0.8)]
    assert reading.open == ()
    reading = placed("chandelier", lantern=0.4)
    assert reading.said == ()
    assert reading.open == ("chandelier",)


def test_a_word_that_touches_a_category_keeps_phrases_of_it_away() -> None:
    reading = placed("river", sea=0.53, boat=0.53)
    assert reading.says("place")
    assert not reading.says("time")
    assert not reading.says("subject"), "a subject is never offered, so nothing is kept away"
    assert {category for category, _, _ in neighbours(WORLD)} == set(BY_EMBEDDING)


def test_words_that_a_rewriting_left_out_are_found() -> None:
    assert missing_words("a red balloon over hills", "Red balloons float over the hill.", WORLD) == ()
    assert missing_words("two cats playing chess", "Two magnificent creatures named Luna", WORLD) == (
        "cats",
        "playing",
        "chess",
    )
