"""What a film says of itself follows from what is in it, and the recipe comes back from a signed file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sora_studio.core.time import FrameRange
from sora_studio.media.credentials import GENERATION, Credentials
from sora_studio.media.export import ExportSettings
from tests.media.test_credentials import told
from tests.session.conftest import DRAFT, Studio


def source(studio: Studio, folder: Path, span: FrameRange | None = None) -> tuple[str, list[str]]:
    """The kind of picture that the film claims to be, and the prompts in it."""
    path = folder / "told.mp4"
    settings = ExportSettings(path, range=span, credentials=Credentials(folder / "keys"))
    studio.session.export(settings, lambda done, of: None, lambda: False)
    state, claims, _ = told(path)
    assert state == "Valid"
    (action,) = claims["c2pa.actions.v2"]["actions"]
    clips = claims.get(GENERATION, {"clips": []})["clips"]
    return action["digitalSourceType"].rpartition("/")[2], [clip["prompt"] for clip in clips]


def test_words_alone_and_what_goes_on_from_them_are_generated(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    kind, prompts = source(studio, tmp_path)
    assert (kind, len(prompts)) == ("trainedAlgorithmicMedia", 1)
    assert prompts[0].startswith(DRAFT.prompt)
    session.extend(session.timeline.tracks[0].clips[0].id, 1.0, DRAFT)
    studio.settled()
    kind, prompts = source(studio, tmp_path)
    assert (kind, len(prompts)) == ("trainedAlgorithmicMedia", 2), "a generated clip that goes on from another"


def test_a_photo_that_was_animated_is_a_composite(studio: Studio, tmp_path: Path, still: Path) -> None:
    studio.session.generate(replace(DRAFT, first=still))
    studio.settled()
    assert source(studio, tmp_path)[0] == "compositeWithTrainedAlgorithmicMedia"


def test_footage_beside_a_generated_clip_counts_where_it_is_seen(studio: Studio, tmp_path: Path, moving: Path) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    end = session.timeline.tracks[0].stop
    session.place(session.import_media(moving), 0, end)
    assert source(studio, tmp_path)[0] == "compositeWithTrainedAlgorithmicMedia"
    assert source(studio, tmp_path, FrameRange(0, end))[0] == "trainedAlgorithmicMedia"
    assert source(studio, tmp_path, FrameRange(end, end + 12)) == ("humanEdits", [])


def test_upscaling_makes_nothing_new(studio: Studio, tmp_path: Path, moving: Path) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    before = source(studio, tmp_path)
    session.upscale(session.selection[0], 2)
    studio.settled()
    assert source(studio, tmp_path) == before
    end = session.timeline.tracks[0].stop
    session.upscale(session.place(session.import_media(moving), 0, end), 2)
    studio.settled()
    assert source(studio, tmp_path, FrameRange(end, end + 12)) == ("humanEdits", [])


def test_the_recipe_comes_back_from_a_signed_file(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    source(studio, tmp_path)
    recipe = session.item(session.timeline.tracks[0].clips[0].media).made_from
    assert recipe is not None
    assert session.item(session.import_media(tmp_path / "told.mp4")).made_from == recipe
