"""Takes stay on their clip; stale clips are known from their recipes; ranges, gaps and cuts are filled to the frame."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import Pending, Ready
from sora_studio.core.project import from_data, to_data
from sora_studio.core.recipe import Recipe
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Gap
from sora_studio.engines.catalog import capabilities
from sora_studio.media.footage import read_footage
from tests.session.conftest import DRAFT, Studio


def generated(studio: Studio) -> str:
    studio.session.generate(DRAFT)
    studio.settled()
    return studio.session.selection[0]


def recipe_of(studio: Studio, clip: str) -> Recipe:
    recipe = studio.made(clip).made_from
    assert recipe is not None
    return recipe


def shown(studio: Studio, clip: str) -> str:
    return studio.session.timeline.find(clip)[1].media


def test_vary_keeps_every_take_on_the_clip(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    first = shown(studio, clip)
    session.vary(clip, 3)
    assert session.selection == (clip,)
    assert len(list(session.timeline.clips())) == 1
    takes = session.takes(clip)
    assert takes[0].id == first
    assert len(takes) == 4
    assert shown(studio, clip) == takes[1].id
    studio.settled()
    seeds = {(item.made_from or {})["seed"] for item in session.takes(clip)}
    assert len(seeds) == 4
    session.show_take(clip, takes[3].id)
    assert shown(studio, clip) == takes[3].id
    session.undo()
    assert shown(studio, clip) == takes[1].id
    session.star(takes[2].id)
    assert [item.starred for item in session.takes(clip)] == [False, False, True, False]


def test_a_deleted_take_comes_back_with_undo(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    first = shown(studio, clip)
    with pytest.raises(BadInput, match="last take"):
        session.drop_take(clip, first)
    session.vary(clip)
    studio.settled()
    second = shown(studio, clip)
    session.drop_take(clip, second)
    assert shown(studio, clip) == first
    assert [item.id for item in session.takes(clip)] == [first]
    session.undo()
    assert shown(studio, clip) == second
    assert session.media_path(second) is not None


def test_a_cancelled_take_leaves_the_clip_as_it_was(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    before = session.timeline
    job = session.again(clip)
    assert isinstance(studio.made(clip).state, Pending)
    session.cancel(job)
    studio.settled()
    if session.jobs()[-1].state == "cancelled":
        assert session.timeline == before


def test_again_with_the_same_seed_is_the_same_picture(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    session.again(clip)
    studio.settled()
    one, other = (session.media_path(item.id) for item in session.takes(clip))
    assert one is not None
    assert other is not None
    assert np.array_equal(read_footage(one).frames, read_footage(other).frames)


def test_a_sketch_is_finalised_in_its_place(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    sketch = recipe_of(studio, clip)
    session.finalise(clip)
    studio.settled()
    fine = recipe_of(studio, clip)
    assert (sketch["steps"], fine["steps"]) == (2, 24)
    same = ("seed", "length", "prompt", "size")
    assert [fine[key] for key in same] == [sketch[key] for key in same]
    assert len(session.takes(clip)) == 2
    with pytest.raises(BadInput, match="24 steps already"):
        session.finalise(clip)


def test_a_finalised_sketch_keeps_the_guidance_that_was_chosen(studio: Studio) -> None:
    caps = capabilities("sora")
    studio.session.generate(replace(DRAFT, steps=caps.draft_steps, guidance=3.0))
    (clip,) = studio.session.selection
    studio.settled()
    studio.session.finalise(clip)
    studio.settled()
    assert recipe_of(studio, clip)["guidance"] == 3.0


def test_a_retake_replaces_exactly_the_range_and_keeps_the_old_one(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 10)
    session.trim_head(clip, 2)
    old = session.timeline.find(clip)[1]
    session.retake(DRAFT, clip, FrameRange(24, 42))
    first, middle, last = session.timeline.tracks[0].clips
    assert [(one.start, one.stop) for one in (first, middle, last)] == [(12, 24), (24, 42), (42, 58)]
    assert session.selection == (middle.id,)
    assert session.undo_text == "Retake"
    given = recipe_of(studio, middle.id)["given"]
    assert [(one["source"]["start"], one["source"]["stop"]) for one in given] == [(1, 5), (11, 16)]
    studio.settled()
    assert isinstance(studio.made(middle.id).state, Ready)
    session.show_take(middle.id, old.media)
    back = session.timeline.find(middle.id)[1]
    assert back.offset == old.moment(24), "the old take shows what it showed there"
    session.show_take(middle.id, middle.media)
    assert session.timeline.find(middle.id)[1].offset == 0
    for _ in range(3):
        session.undo()
    assert session.timeline.tracks[0].clips == (old,)


def test_a_cancelled_retake_joins_the_clip_again(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    before = session.timeline
    job = session.retake(replace(DRAFT, prompt="endless ball"), clip, FrameRange(12, 30))
    assert len(session.timeline.tracks[0].clips) == 3
    session.cancel(job)
    studio.settled()
    assert session.timeline == before
    assert session.undo_text == "Place"


def test_a_retake_at_an_end_is_met_by_the_neighbour(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    session.place(media, 0, 0)
    right = session.place(media, 0, 48)
    session.retake(DRAFT, right, FrameRange(40, 60))
    (made,) = session.selection
    assert session.timeline.find(made)[1].range == FrameRange(48, 60)
    assert len(recipe_of(studio, made)["given"]) == 2
    for span in (None, FrameRange(200, 210)):
        with pytest.raises(BadInput, match=r"[Mm]ark"):
            session.retake(DRAFT, right, span)


def test_a_gap_is_filled_to_the_frame_with_or_without_its_neighbours(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    session.place(media, 0, 0)
    session.place(media, 0, 59)
    session.fill(Gap(0, 48, 59), DRAFT)
    (made,) = session.selection
    assert session.timeline.find(made)[1].range == FrameRange(48, 59)
    given = recipe_of(studio, made)["given"]
    assert [(one["source"]["start"], one["source"]["stop"]) for one in given] == [(11, 16), (0, 5)]
    session.undo()
    session.fill(Gap(0, 48, 59), DRAFT, alone=True)
    (alone,) = session.selection
    assert session.timeline.find(alone)[1].range == FrameRange(48, 59)
    assert recipe_of(studio, alone)["given"] == []
    studio.settled()
    clip = session.timeline.find(alone)[1]
    assert session.project.media_length(clip.media) >= clip.length


def test_a_gap_before_the_first_clip_leads_to_it(studio: Studio, moving: Path) -> None:
    session = studio.session
    session.place(session.import_media(moving), 0, 24)
    session.fill(Gap(0, 0, 24), DRAFT)
    (given,) = recipe_of(studio, session.selection[0])["given"]
    assert given["at"] == 8
    assert given["source"]["start"] == 0


def test_a_bridge_may_take_the_place_of_the_ends(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    left, right = session.place(media, 0, 0), session.place(media, 0, 48)
    session.bridge(left, right, 1, DRAFT, overlap=True)
    (made,) = session.selection
    ranges = [one.range for one in session.timeline.tracks[0].clips]
    assert ranges == [FrameRange(0, 36), FrameRange(36, 60), FrameRange(60, 96)]
    given = recipe_of(studio, made)["given"]
    assert [(one["source"]["start"], one["source"]["stop"]) for one in given] == [(7, 12), (4, 9)]
    session.undo()
    with pytest.raises(BadInput, match="shorter than the passage"):
        session.bridge(left, right, 6, DRAFT, overlap=True)


def test_longer_goes_to_a_length_in_one_gesture(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.longer(clip, 20, replace(DRAFT, steps=1))
    (made,) = session.selection
    assert session.timeline.find(made)[1].range == FrameRange(48, 20 * 24)
    assert any("parts that overlap" in note for note in session.jobs()[-1].notes)
    studio.settled()
    assert studio.made(made).frames == 18 * 8
    with pytest.raises(BadInput, match=r"2\.0 s already"):
        session.longer(clip, 2, DRAFT)


# what has changed upstream


def test_a_clip_is_stale_when_its_upstream_shows_another_take(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    first = shown(studio, clip)
    session.extend(clip, 1, DRAFT)
    studio.settled()
    after = session.selection[0]
    assert session.stale == frozenset()
    session.vary(clip)
    studio.settled()
    assert session.stale == {after}
    session.show_take(clip, first)
    assert session.stale == frozenset(), "it follows from what is shown, not from a mark"
    session.undo()
    session.refresh(after)
    studio.settled()
    assert session.stale == frozenset()
    assert len(session.takes(after)) == 2
    (given,) = recipe_of(studio, after)["given"]
    assert given["source"]["path"] == str(session.media_path(shown(studio, clip)))
    with pytest.raises(BadInput, match="has changed"):
        session.refresh(after)


def test_a_trim_makes_stale_and_nothing_cascades(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.extend(clip, 1, DRAFT)
    studio.settled()
    second = session.selection[0]
    session.extend(second, 1, DRAFT)
    studio.settled()
    third = session.selection[0]
    session.trim_tail(clip, -12)
    assert session.stale == {second}
    session.move(second, 0, 36)
    assert session.stale == {second}
    session.refresh(second)
    studio.settled()
    assert session.stale == {third}, "the one after it is told, and not made by itself"
    assert len(session.takes(third)) == 1
    (given,) = recipe_of(studio, second)["given"]
    assert given["source"]["stop"] == 12


def test_half_of_a_clip_told_again_is_not_stale_beside_the_other_half(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.split(12)
    session.restyle(clip, replace(DRAFT, prompt="", look="watercolour", strength=0.5))
    studio.settled()
    assert len(session.takes(clip)) == 2
    assert session.stale == frozenset()
    session.trim_tail(clip, -4)
    assert session.stale == frozenset()


def test_a_clip_whose_upstream_is_gone_or_elsewhere_is_not_stale(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.extend(clip, 1, DRAFT)
    studio.settled()
    session.move(clip, 1, 200)
    assert session.stale == frozenset()
    session.select(clip)
    session.delete()
    assert session.stale == frozenset()


def test_takes_and_their_axis_survive_saving(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.retake(DRAFT, clip, FrameRange(12, 30))
    studio.settled()
    item = studio.made(session.selection[0])
    assert item.origin == Fraction(1, 2)
    assert from_data(to_data(session.project)) == session.project
