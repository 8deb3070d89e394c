"""A recipe is the request again, and anything else is refused in words."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.core.recipe import from_recipe, generated_from, to_recipe
from sora_studio.core.request import Given, Lora, PromptAt, Request, Source
from sora_studio.core.time import Rate, Size

FRAMES = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
SOURCE = Source("/films/a.mp4", 3, 5, Rate(8))
REQUEST = Request(
    prompt="ein Ballon 🎈 שלום",
    negative="text",
    size=Size(144, 144),
    length=33,
    rate=Rate(30000, 1001),
    given=(Given(2, FRAMES, 0.5, SOURCE),),
    wrap=True,
    seed=2**62,
    steps=4,
    guidance=1.5,
    engine="sora",
    loras=(Lora("a.safetensors", 0.7),),
    look="oil",
    words="ein Ballon",
    prompts=(PromptAt(9, "dusk"), PromptAt(20, "夜")),
)


def test_round_trip_through_json() -> None:
    asked: list[Source] = []

    def load(source: Source) -> np.ndarray:
        asked.append(source)
        return FRAMES

    again = from_recipe(json.loads(json.dumps(to_recipe(REQUEST))), load)
    assert asked == [SOURCE]
    assert to_recipe(again) == to_recipe(REQUEST)
    assert np.array_equal(again.given[0].frames, FRAMES)


def test_frames_without_a_file_are_said() -> None:
    recipe = to_recipe(Request(prompt="", given=(Given(0, FRAMES),)))
    with pytest.raises(BadInput, match="never a file"):
        from_recipe(recipe, lambda source: FRAMES)


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"format": "other"}, {"format": "sora-studio/recipe", "version": 99}]
)
def test_what_is_no_recipe_is_refused(data: object) -> None:
    with pytest.raises(BadInput):
        from_recipe(data, lambda source: FRAMES)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(to_recipe(REQUEST))), anything)
def test_a_damaged_field_never_breaks_out(key: str, value: object) -> None:
    data = {**to_recipe(REQUEST), key: value}
    with contextlib.suppress(BadInput):  # anything else that is raised fails the test
        from_recipe(data, lambda source: FRAMES)


def test_an_enlarged_clip_was_generated_from_what_the_small_one_was() -> None:
    recipe = to_recipe(REQUEST)
    once = {**to_recipe(REQUEST), "result": "enlarged", "before": recipe}
    assert generated_from(recipe) is recipe
    assert generated_from(once) is recipe
    assert generated_from({**once, "before": once}) is recipe
    footage: list[object] = [None, 3, {**once, "before": None}, {**once, "before": "damaged"}, {"result": "enlarged"}]
    assert [generated_from(one) for one in footage] == [None] * 5
