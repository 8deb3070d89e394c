"""The studio's phrases agree with the world's vocabulary, and its captions with the world's templates."""

from __future__ import annotations

from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.resources import resource
from sora_studio.training.phrasebook import FILE, text_of
from sora_studio.training.phrasebook import phrasebook as exported


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
