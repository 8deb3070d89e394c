"""Which words fit a picture, and the sentences they make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sora_studio.core.captioning import Attributes, find_attributes, long_caption, short_caption
from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.understanding import Vectors
from tests.fakes.understanding import FakeUnderstanding

WORLD = phrasebook("sora")
CLIP = Attributes("boat", "red", "sea", "night", "rain", "moves left", "zoom in", "oil painting")


def looked_at(shown: Attributes, *, moving: bool = True, noise: float = 0.0) -> Attributes:
    """What is found in a clip whose vector is that of its true caption, in a space of bags of words."""
    eye = FakeUnderstanding()
    picture: Vectors = eye.embed_texts([short_caption(shown, WORLD)], "words")[0]
    picture = picture + noise * np.random.default_rng(0).standard_normal(picture.shape).astype(np.float32)
    search = find_attributes(picture / np.linalg.norm(picture), WORLD, moving=moving)
    texts = next(search)
    try:
        while True:
            texts = search.send(eye.embed_texts(texts, "words"))
    except StopIteration as found:
        value = found.value
        assert isinstance(value, Attributes)
        return value


@pytest.mark.parametrize(
    "shown",
    [
        CLIP,
        replace(CLIP, subject="whale", colour="green", place="underwater", weather="clear", look="neon"),
        replace(CLIP, subject="tree", colour="pink", place="meadow", time="dawn", motion="sways", camera="pan right"),
    ],
)
def test_what_a_clip_shows_is_found(shown: Attributes) -> None:
    assert looked_at(shown) == shown
    assert looked_at(shown, noise=0.002) == shown


def test_a_still_has_neither_motion_nor_camera() -> None:
    found = looked_at(replace(CLIP, motion="", camera=""), moving=False)
    assert found == replace(CLIP, motion="", camera="")
    assert short_caption(found, WORLD) == "a red boat on the sea at night in the rain, oil painting"


def test_a_subject_that_does_not_stand_out_is_not_named() -> None:
    found = looked_at(Attributes(place="sea", time="night"))
    assert (found.subject, found.colour, found.motion) == ("", "", "")
    assert found.place == "sea"
    assert short_caption(found, WORLD).startswith("a scene on the sea at night")


def test_captions_say_what_is_known_and_no_more() -> None:
    assert short_caption(CLIP, WORLD) == (
        "a red boat moves left on the sea at night in the rain, the camera zooms in, oil painting"
    )
    assert long_caption(CLIP, WORLD) == (
        "A red boat moves left on the sea at night. The light is dim and bluish, in the rain. "
        "The camera zooms in; the style is oil painting."
    )
    plain = Attributes("elephant", "orange", "forest", "day", "clear", "", "", "flat illustration")
    assert short_caption(plain, WORLD) == "an orange elephant in the forest by day"
    grey = replace(CLIP, look="black and white film")
    assert "red" not in short_caption(grey, WORLD) + long_caption(grey, WORLD)
    assert short_caption(Attributes(), WORLD) == "a scene"
    assert long_caption(Attributes(), WORLD) == "A scene."
