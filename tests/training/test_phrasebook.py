"""The studio's phrases agree with the world's vocabulary, and its captions with the world's templates."""

from __future__ import annotations

import numpy as np

from sora_studio.core.captioning import Attributes, long_caption, short_caption
from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.resources import resource
from sora_studio.training.phrasebook import FILE, text_of
from sora_studio.training.phrasebook import phrasebook as exported
from sora_studio.training.world import captions
from sora_studio.training.world.scene import sample_scene
from sora_studio.training.world.visibility import shows


def test_the_shipped_file_is_what_the_world_says_now() -> None:
    """If this fails, the vocabulary has changed: run python -m sora_studio.training.phrasebook."""
    assert resource("prompting", FILE).read_text(encoding="utf-8") == text_of(exported())


def test_the_studio_reads_all_of_it() -> None:
    book, world = phrasebook("sora"), exported()
    assert [category.name for category in book.categories] == list(world["phrases"])
    for category in book.categories:
        said = {entry.name: list(entry.phrases) for entry in category.entries}
        assert said == world["phrases"][category.name]
    assert {hour: list(said) for hour, said in book.lights} == world["lights"]


class Steady:
    """A source of chance that always takes the first phrasing and the first form of sentence."""

    def random(self) -> float:
        return 0.35

    def integers(self, high: int) -> int:
        del high
        return 0


def test_captions_of_footage_are_worded_as_those_of_the_world() -> None:
    rng, book = np.random.default_rng(3), phrasebook("sora")
    compared = 0
    while compared < 200:
        scene = sample_scene(rng, actors=1)
        if scene.loops or not all(shows(scene, name) for name in ("subject", "motion", "camera", "place", "time")):
            continue
        (actor,) = scene.actors
        colour = actor.colour if shows(scene, "colour") else ""
        found = Attributes(
            actor.subject, colour, scene.place, scene.time, scene.weather, actor.motion, scene.camera, scene.look
        )
        assert short_caption(found, book) == captions.short_caption(scene, Steady())  # type: ignore[arg-type]
        assert long_caption(found, book) == captions.descriptive_caption(scene, Steady())  # type: ignore[arg-type]
        compared += 1
