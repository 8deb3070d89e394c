"""A prompt in the words that the built-in model has learned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.reading import pieces, read_words
from sora_studio.core.telling import as_picture, in_plain_look, names, tell
from sora_studio.training.evaluation.held_out import held_out_tasks
from sora_studio.training.world.captions import descriptive_caption, short_caption

WORLD = phrasebook("sora")


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("an automobile", "a car"),
        ("a car and an old taxi", "a car and an old car"),
        ("two tomcats", "two cats"),
        ("a vehicle ascends", "a car rises"),
        ("a gull rotating", "a bird spinning"),
        ("gulls twirl", "birds twirl"),
        ("a cat hopping in the woods", "a cat bouncing in the forest"),
        ("a cat in the dark woods", "a cat in the forest"),
        ("a cat waits in the evening", "a cat stays in place at sunset"),
        ("a cat during a heavy snowfall", "a cat while snow falls"),
        ("a cat under a sunny sky", "a cat in clear weather"),
        ("a misty street", "a street in the fog"),
        ("a misty street at dusk, wash drawing", "a street at sunset in the fog, watercolour"),
        ("a hazy robot", "a robot in the fog"),
        ("a navy house, film noir", "a blue house, black and white film"),
        ("An Aircraft", "An airplane"),
        ("a bird in a barren dune", "a bird in the desert"),
        ("a salmon house", "an orange house"),
        ("a chocolate little dog", "a brown little dog"),
        ("a wine-coloured kite over chocolate", "a red kite over chocolate"),
        ("a cat is stationary", "a cat is staying in place"),
        ("a cat remains motionless", "a cat stays in place"),
        ("the view swings leftwards", "the camera pans left"),
        ("the lens is locked off", "the camera is still"),
        ("a car races towards the right edge", "a car moves right"),
        ("a robot zipping skyward", "a robot rising"),
        ("the view of a still pond", "the view of a still sea"),
        ("a painting of an ocean by dusk", "a painting of a sea at sunset"),
        ("the camera follows a taxi to the left", "the camera follows a car to the left"),
    ],
)
def test_what_is_understood_is_told_in_the_words_of_captions(prompt: str, told: str) -> None:
    assert tell(prompt, WORLD) == told


@pytest.mark.parametrize(
    "prompt",
    [
        "a glorious zeppelin of brass",
        "a white bird and a red kite rise over the sea by day",
        "left, then right",
        "the view of a still puddle",
        "",
        "…",
    ],
)
def test_what_is_known_and_what_nobody_understands_stays_as_it_is(prompt: str) -> None:
    assert tell(prompt, WORLD) == prompt


def test_captions_are_told_as_they_are() -> None:
    tasks = held_out_tasks(3, 2, 150)
    rng = np.random.default_rng(3)
    for task in tasks:
        for caption in (task.prompt, short_caption(task.scene, rng), descriptive_caption(task.scene, rng)):
            assert tell(caption, WORLD) == caption


KNOWN = sorted({text for part in WORLD.categories for entry in part.entries for text in (*entry.phrases, *entry.also)})


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*KNOWN, "a", "an", "the", "in", "of", "under", ",", "zorb", "glorious"]), max_size=9))
def test_words_in_any_order_keep_what_they_mean_in_the_words_of_captions(words: list[str]) -> None:
    prompt = " ".join(words)
    told = tell(prompt, WORLD)
    before, after = read_words(prompt, WORLD), read_words(told, WORLD)
    assert tell(told, WORLD) == told
    if len(words) == 1 and before.said:
        assert {one.entry for one in before.said} & {one.entry for one in after.said}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_told(text: str) -> None:
    taken = pieces(text, WORLD)
    assert [piece.start for piece in taken] == sorted(piece.start for piece in taken)
    assert all(text[piece.start : piece.stop] for piece in taken)
    if not any(piece.meanings for piece in taken):
        assert tell(text, WORLD) == text


def test_models_that_know_the_language_are_told_what_was_written() -> None:
    assert tell("an automobile at dusk", phrasebook("wan")) == "an automobile at dusk"


@pytest.mark.parametrize(
    ("prompt", "plain"),
    [
        ("a mushroom in the forest, paper cut-out", "a mushroom in the forest, flat illustration"),
        ("An oil painting of a red car in the city", "A flat illustration of a red car in the city"),
        ("a red ball on the beach", "a red ball on the beach"),
        ("", ""),
    ],
)
def test_a_prompt_can_be_told_in_a_plain_look(prompt: str, plain: str) -> None:
    assert in_plain_look(prompt, WORLD) == plain


@pytest.mark.parametrize(
    ("prompt", "picture"),
    [
        ("a yellow star spins over snowy mountains", "a yellow star stays in place over snowy mountains"),
        ("a kite is spinning around in the city, neon", "a kite is staying in place in the city, neon"),
        ("a spinning orange car, and a cat turns round and round", "an orange car, and a cat stays in place"),
        ("a red ball bounces on the beach", "a red ball bounces on the beach"),
        ("", ""),
    ],
)
def test_what_turns_over_is_drawn_on_its_feet(prompt: str, picture: str) -> None:
    assert as_picture(prompt, WORLD) == picture


def test_what_is_spoken_of_is_named_first_and_then_all_else_in_its_colour() -> None:
    first, *others = names("An orange cat and a blue dog stay in the city", WORLD)
    assert first == "an orange cat"
    subjects = WORLD.category("subject")
    assert subjects is not None
    assert len(others) == len(set(others)) == len(subjects.entries) - 1
    assert "an orange dog" in others
    assert names("an elephant in the rain", WORLD)[0] == "an elephant"
    assert "an orange umbrella" not in names("an elephant in the rain", WORLD)
    assert names("the sea at night", WORLD) == ()
