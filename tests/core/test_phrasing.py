"""Phrases that fit, that never contradict the prompt, and the text that is sent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.phrasebook import HELPED, Phrasebook, phrasebook
from sora_studio.core.phrasing import Offer, Phrase, Ranking, Wishes, compose, evoked, offers, rank, still_fitting
from sora_studio.core.reading import Reading, read_words

WORLD, FILM = phrasebook("sora"), phrasebook("wan")


def flat(book: Phrasebook, score: float = 0.5) -> Ranking:
    return {c.name: tuple((e.name, score) for e in c.entries) for c in book.categories if c.name in HELPED}


def offered(prompt: str, book: Phrasebook = WORLD, wishes: Wishes = Wishes(), look: str = "") -> dict[str, Offer]:
    return {one.category: one for one in offers(read_words(prompt, book), flat(book), book, wishes, look)}


def test_a_short_prompt_gets_one_phrase_for_each_open_category_in_order() -> None:
    found = offers(read_words("a red balloon", WORLD), flat(WORLD), WORLD, Wishes())
    assert [one.category for one in found] == list(HELPED)
    assert compose("a red balloon", tuple(one.phrase for one in found)) == (
        "a red balloon over green hills at dawn in clear weather, the light is soft and pale, the camera is still, "
        "flat illustration"
    )


def test_what_the_prompt_says_is_not_said_again() -> None:
    assert "time" not in offered("a cat at night")
    assert offered("a cat at night")["light"].text == dict(WORLD.lights)["night"][0], "the light follows the hour"
    assert "place" not in offered("a dog in the woods")
    assert set(offered("a cat at night in the city in the rain, zooming in, pixel art")) == {"light"}
    assert "light" not in offered("a cat by candlelight")
    sent = compose("a cat", tuple(one.phrase for one in offered("a cat").values()))
    assert offered(sent) == {}, "what was sent needs no more"


@given(st.data())
def test_no_phrase_contradicts_whatever_the_prompt_says(data: st.DataObject) -> None:
    said = {}
    for category in WORLD.categories:
        if data.draw(st.booleans()):
            entry = data.draw(st.sampled_from(category.entries))
            said[category.name] = (entry.name, data.draw(st.sampled_from((*entry.phrases, *entry.also))))
    prompt = ", ".join(words for _, words in said.values())
    for one in offers(read_words(prompt, WORLD), flat(WORLD), WORLD, Wishes()):
        assert one.category not in said
        assert one.text not in one.alternatives
        if one.category == "weather" and said.get("place", ("", ""))[0] in ("underwater", "space"):
            assert one.text in ("in clear weather", "with clear air")


def test_a_look_that_was_chosen_elsewhere_keeps_looks_away_and_greys_the_light() -> None:
    found = offered("a cat at dawn", look="black and white film")
    assert "look" not in found
    assert found["light"].text == dict(WORLD.grey_lights)["dawn"][0]


def test_wishes_hold_unless_the_prompt_speaks_against_them() -> None:
    wishes = Wishes().choose("time", "at night").remove("camera")
    found = offered("a cat", wishes=wishes)
    assert found["time"].text == "at night"
    assert found["time"].chosen
    assert found["light"].text in dict(WORLD.lights)["night"]
    assert "camera" not in found
    assert "time" not in offered("a cat at dawn", wishes=wishes)
    assert offered("a cat", wishes=wishes.choose("camera", "panning left"))["camera"].text == "panning left"
    under = offered("a cat underwater", wishes=Wishes().choose("weather", "in the rain"))
    assert under["weather"].text == "in clear weather"


def test_offers_that_a_keystroke_speaks_against_go_at_once() -> None:
    found = tuple(offered("a cat").values())
    left = still_fitting(found, read_words("a cat at night", WORLD))
    assert {one.category for one in found} - {one.category for one in left} == {"time"}
    assert "look" not in {one.category for one in still_fitting(found, Reading(), "noir")}


def test_the_nearest_moods_decide_and_nothing_near_gives_the_plain_one() -> None:
    moods = evoked(WORLD)
    near = np.zeros((len(moods), 2), np.float32)
    near[moods.index("jellyfish")] = (1, 0)
    near[moods.index("fish")] = (0.9, 0)
    ranking = rank(np.array([1, 0], np.float32), near, WORLD)
    assert ranking["place"][0] == ("underwater", pytest.approx(0.95))
    found = {one.category: one.text for one in offers(Reading(), ranking, WORLD, Wishes())}
    assert found["place"] == "underwater"
    assert (found["time"], found["camera"], found["look"]) == ("by day", "the camera is still", "flat illustration")


@pytest.mark.parametrize("book", [WORLD, FILM], ids=["world", "film"])
def test_the_books_are_whole(book: Phrasebook) -> None:
    for category in book.categories:
        assert category.title
        assert len({entry.name for entry in category.entries}) == len(category.entries)
        assert not category.plain or category.entry(category.plain) is not None
        for entry in category.entries:
            assert entry.phrases
            assert bool(entry.evokes) == (category.name in HELPED)
    for clash in book.clashes:
        for name, entries in ((clash.category, (clash.entry,)), (clash.other, clash.others)):
            category = book.category(name)
            assert category is not None
            assert all(category.entry(entry) for entry in entries), clash


def test_models_of_the_filmed_world_get_phrases_of_film() -> None:
    found = offered("a jellyfish", FILM)
    assert "light" in found
    assert not FILM.complete
    assert WORLD.complete


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        ("a cat", "a cat in the city at night, neon"),
        ("  a cat \n", "a cat in the city at night, neon"),
        ("A cat sits.", "A cat sits. In the city at night, neon."),
        ("a cat,", "a cat, in the city at night, neon"),
        ("", ""),
    ],
)
def test_the_artists_words_stand_first_and_verbatim(prompt: str, sent: str) -> None:
    phrases = (Phrase("look", "neon"), Phrase("time", "at night"), Phrase("place", "in the city"))
    assert compose(prompt, phrases) == sent
    assert compose(prompt, ()) == prompt.strip()
