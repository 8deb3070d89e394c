"""Phrases take each other's place and never pile up."""

from __future__ import annotations

from sora_studio.core.phrases import CAMERA, HOUR, KINDS, with_phrase


def test_a_phrase_is_put_at_the_end_replaced_and_taken_out() -> None:
    prompt = with_phrase("A cat sits in a meadow.", CAMERA, "the camera pans left")
    assert prompt == "A cat sits in a meadow, the camera pans left"
    prompt = with_phrase(prompt, HOUR, "at night")
    prompt = with_phrase(prompt, CAMERA, "static camera")
    assert prompt == "A cat sits in a meadow, static camera, at night"
    assert CAMERA.in_prompt(prompt) == "static camera"
    assert with_phrase(prompt, CAMERA, "static camera") == "A cat sits in a meadow, at night"
    assert with_phrase("", HOUR, "at dawn") == "at dawn"
    assert with_phrase("At dawn, a ship", HOUR, "at dawn") == "a ship"


def test_a_phrase_takes_its_weight_with_it() -> None:
    assert HOUR.in_prompt("a boat, (at night:1.3), fog") == "at night"
    assert with_phrase("a boat, (at night:1.3), fog", HOUR, "at night") == "a boat, fog"
    assert with_phrase("a boat, (at night:1.3), fog", HOUR, "at dawn") == "a boat, (at dawn:1.3), fog"


def test_words_inside_others_are_not_mistaken() -> None:
    assert HOUR.in_prompt("a knight at nightfall") == ""


def test_every_kind_can_find_its_own_words() -> None:
    for kind in KINDS:
        for _, words in kind.choices:
            assert kind.in_prompt(with_phrase("a boat", kind, words)) == words
