"""The words of the built-in model's phrasebook: those chosen by hand, and behind them a dictionary's."""

from __future__ import annotations

import pytest

from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.reading import neighbours, read_words

WORLD = phrasebook("sora")


def meant(prompt: str) -> set[tuple[str, str]]:
    return {(one.category, one.entry) for one in read_words(prompt, WORLD).said}


@pytest.mark.parametrize(
    ("prompt", "entry"),
    [
        ("an owl", "bird"),
        ("penguins", "bird"),
        ("a wolf", "dog"),
        ("a lioness", "cat"),
        ("a truck", "car"),
        ("two canoes", "boat"),
        ("a helicopter", "airplane"),
        ("a killer whale", "whale"),
        ("a medieval castle", "house"),
        ("a toadstool", "mushroom"),
        ("an orchid", "flower"),
        ("a baobab", "tree"),
        ("a sea turtle", "turtle"),
        ("in the Sahara", "desert"),
        ("over Tokyo", "city"),
        ("in the Himalayas", "snowy mountains"),
        ("by a lagoon", "sea"),
        ("in an orchard", "forest"),
        ("at nightfall", "sunset"),
        ("in a thunderstorm", "rain"),
        ("in a hurricane", "wind"),
        ("a scarlet thing", "red"),
        ("it is soaring", "rises"),
        ("it plummets", "falls"),
        ("it pirouettes", "spins"),
    ],
)
def test_what_a_word_is_a_kind_of_is_known(prompt: str, entry: str) -> None:
    assert {name for _, name in meant(prompt)} == {entry}


def test_words_that_mostly_mean_another_thing_mean_nothing() -> None:
    assert meant("a hawker may perch on a ripe peach, Nancy tours a hippo, a bound book, the world") == set()
    assert meant("he assures us of shades and cures, a seamless looping clip") == set()


def test_what_was_chosen_by_hand_goes_before_the_dictionary() -> None:
    assert meant("a dolphin") == {("subject", "whale")}, "a fish in WordNet first"
    assert meant("a peacock") == {("subject", "bird")}, "a butterfly in WordNet first"
    assert meant("a blue fox") == {("colour", "blue"), ("subject", "dog")}, "zoologists have a kind of that name"
    for category in WORLD.categories:
        for entry in category.entries:
            chosen, rarer = entry.also[: len(entry.also) - entry.rarer], entry.also[len(entry.also) - entry.rarer :]
            assert len(rarer) == entry.rarer
            assert not set(chosen) & set(rarer)


def test_in_short_the_dictionary_is_left_out() -> None:
    short = WORLD.in_short()
    assert len(neighbours(short)) < 500 < len(neighbours(WORLD))
    assert {text for _, _, text in neighbours(short)} <= {text for _, _, text in neighbours(WORLD)}
    assert phrasebook("wan").in_short() == phrasebook("wan")


def test_colours_of_things_are_known_apart() -> None:
    colours = {"ruby": "red", "silver": "grey", "chocolate": "brown", "ivory": "white", "emerald": "green"}
    assert colours.items() <= dict(WORLD.before_nouns).items()
    assert len(dict(WORLD.before_nouns)) == len(WORLD.before_nouns)
    assert not {word for word, _ in WORLD.before_nouns if "colour" in {category for category, _ in meant(word)}}
