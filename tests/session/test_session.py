"""Verbs of the session: clips appear at once, become films, and undo and cancel leave no traces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput, Cancelled, MediaError, StudioError
from sora_studio.core.media_item import Lost, Pending, Ready
from sora_studio.core.time import Size
from sora_studio.core.timeline import Clip
from sora_studio.media.export import ExportSettings
from sora_studio.media.footage import read_footage
from sora_studio.media.metadata import read_recipe
from sora_studio.media.probe import probe
from sora_studio.session.views import Notice
from tests.session.conftest import DRAFT, Studio


def only(studio: Studio) -> Clip:
    (clip,) = studio.session.timeline.tracks[0].clips
    return clip


def test_generate_shows_a_clip_at_once_and_fills_it(studio: Studio) -> None:
    session = studio.session
    seen: list[tuple[str, int]] = []
    session.previewed.connect(lambda media, preview: seen.append((media, preview.step)))
    job = session.generate(DRAFT)
    clip = only(studio)
    assert session.item(clip.media).state == Pending(job)
    assert (clip.start, clip.length) == (0, 24)
    assert session.selection == (clip.id,)
    assert session.timeline.size == Size(768, 448)
    assert session.media_path(clip.media) is None
    studio.settled()
    item = session.item(clip.media)
    assert isinstance(item.state, Ready)
    assert (item.frames, item.size) == (8, Size(192, 112))
    path = session.media_path(clip.media)
    assert path is not None
    assert path.parent.name == "media"
    info = probe(path)
    assert (info.frames, info.rate, info.size) == (8, item.rate, item.size)
    assert read_recipe(path) == item.made_from
    assert item.made_from is not None
    assert item.made_from["seed"] == 7
    assert seen == [(clip.media, 1), (clip.media, 2)]
    assert [preview.step for preview in session.previews(clip.media)] == [1, 2]
    (view,) = session.jobs()
    assert (view.state, view.fraction, view.media_id) == ("done", 1.0, clip.media)


def test_generate_never_overwrites(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    session.place(media, 0, 0)
    session.place(media, 0, 60)
    session.seek(10)
    session.generate(DRAFT)
    assert [(clip.start, clip.length) for clip in session.timeline.tracks[0].clips] == [(0, 48), (60, 48), (108, 24)]
    session.seek(50)
    session.generate(replace(DRAFT, seconds=0.25))
    session.seek(50)
    assert session.timeline.at(0, 50) is not None
    session.seek(57)
    session.generate(DRAFT)
    starts = [clip.start for clip in session.timeline.tracks[0].clips]
    assert starts == [0, 50, 60, 108, 132]


def test_a_seed_is_drawn_and_recorded(studio: Studio) -> None:
    session = studio.session
    for _ in range(2):
        session.generate(replace(DRAFT, seed=None))
    first, second = (item.made_from for item in session.project.media.values())
    assert first is not None
    assert second is not None
    assert first["seed"] != second["seed"]


def test_pictures_become_keyframes(studio: Studio, still: Path) -> None:
    session = studio.session
    session.generate(replace(DRAFT, prompt="", first=still, last=still))
    recipe = studio.made(only(studio).id).made_from
    assert recipe is not None
    assert [given["at"] for given in recipe["given"]] == [0, 7]
    studio.settled()
    path = session.media_path(only(studio).media)
    assert path is not None
    frames = read_footage(path).frames
    assert np.abs(frames[0].astype(int) - 30).max() < 12


def test_extend_stands_behind_the_clip_and_meets_it(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    clip = session.place(media, 0, 0)
    other = session.place(media, 0, 48)
    session.extend(clip, 1, DRAFT)
    (made,) = session.selection
    starts = {found.id: found.start for found in session.timeline.tracks[0].clips}
    assert starts == {clip: 0, made: 48, other: 72}
    assert session.undo_text == "Extend"
    studio.settled()
    item = studio.made(made)
    assert item.frames == 8  # the context of the neighbour is cut
    assert item.size == Size(320, 180)  # and the pictures have the neighbour's shape
    assert item.made_from is not None
    assert item.made_from["length"] == 13
    assert item.made_from["given"][0]["source"]["start"] == 11


def test_without_a_prompt_a_clip_goes_on_in_the_words_it_was_made_from(studio: Studio) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    clip, mute = only(studio).id, replace(DRAFT, prompt=" ")
    for go_on in (session.extend, session.loop, session.longer):
        go_on(clip, 3, mute)
        (made,) = session.selection
        item = session.item(session.timeline.find(made)[1].media)
        assert item.made_from is not None
        assert item.made_from["prompt"] == item.made_from["words"] == DRAFT.prompt
        assert item.name == DRAFT.prompt
    session.extend(clip, 1, replace(DRAFT, prompt="it snows"))
    assert session.timeline.find(session.selection[0])[1].name == "it snows"


def test_extend_before_moves_the_clip_or_uses_the_room(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.extend(clip, 1, DRAFT, before=True)
    (made,) = session.selection
    assert session.timeline.find(made)[1].start == 0
    assert session.timeline.find(clip)[1].start == 24
    session.undo()
    session.move(clip, 0, 30)
    session.extend(clip, 1, DRAFT, before=True)
    assert session.timeline.find(session.selection[0])[1].start == 6
    assert session.timeline.find(clip)[1].start == 30


def test_extend_continues_what_is_seen_of_a_trimmed_clip(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.trim_tail(clip, -24)
    session.extend(clip, 1, DRAFT)
    recipe = studio.made(session.selection[0]).made_from
    assert recipe is not None
    assert recipe["given"][0]["source"]["stop"] == 8  # one second at 8 frames a second


def test_bridge_fills_a_gap_and_is_inserted_at_a_cut(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    left, right = session.place(media, 0, 0), session.place(media, 0, 58)
    session.bridge(left, right, 3, DRAFT)
    made = session.timeline.find(session.selection[0])[1]
    assert (made.start, made.length) == (48, 10)
    assert session.timeline.find(right)[1].start == 58
    session.undo()
    session.move(right, 0, 48)
    session.bridge(left, right, 1, DRAFT)
    made = session.timeline.find(session.selection[0])[1]
    assert (made.start, made.length) == (48, 24)
    assert session.timeline.find(right)[1].start == 72
    with pytest.raises(BadInput, match="neighbours"):
        session.bridge(right, left, 1, DRAFT)
    studio.settled()
    assert studio.made(made.id).frames == 8


def test_a_restyle_is_a_take_of_its_clip_and_varies_in_place(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 5)
    session.trim_head(clip, 7)
    before = session.timeline
    film = before.find(clip)[1].media
    session.restyle(clip, replace(DRAFT, prompt="", look="watercolour", strength=0.5))
    assert session.selection == (clip,)
    track, made = session.timeline.find(clip)
    assert (track, made.start, made.length) == (0, 12, 41)
    assert len(list(session.timeline.clips())) == 1
    assert made.offset == 1  # the first whole frame of the take lies before the trimmed head
    assert made.takes == (film, made.media)
    recipe = studio.made(clip).made_from
    assert recipe is not None
    assert recipe["prompt"] == "watercolour painting"
    assert recipe["given"][0]["strength"] == 0.5
    studio.settled()
    assert session.project.media_length(made.media) >= made.offset + made.length
    session.show_take(clip, film)
    assert session.timeline.find(clip)[1].offset == before.find(clip)[1].offset
    session.show_take(clip, made.media)
    assert session.timeline.find(clip)[1] == made
    session.vary(clip)
    track, take = session.timeline.find(clip)
    assert (track, take.id, take.start, take.length, take.offset) == (0, clip, made.start, made.length, made.offset)
    assert take.takes == (film, made.media, take.media)
    studio.settled()
    again = studio.made(take.id).made_from
    assert again is not None
    assert again["given"] == recipe["given"]  # the same pictures, found again by their source
    assert again["seed"] != recipe["seed"]
    for _ in range(4):
        session.undo()
    assert session.timeline == before
    with pytest.raises(BadInput, match="not generated"):
        session.vary(clip)


def test_another_look_is_told_from_what_the_first_one_was_told_from(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    film = session.timeline.find(clip)[1].media
    assert session.told_from(clip) == film
    session.restyle(clip, replace(DRAFT, prompt="", look="watercolour"))
    assert session.told_from(clip) == film  # while it still forms, too
    session.restyle(clip, replace(DRAFT, prompt="", look="oil"))
    first, second = (session.item(media).made_from or {} for media in session.timeline.find(clip)[1].takes[1:])
    assert first["given"] == second["given"]
    assert (first["look"], second["look"]) == ("watercolour", "oil")
    studio.settled()
    session.drop_take(clip, film)  # what is no take any more is not asked for
    assert session.told_from(clip) == session.timeline.find(clip)[1].media


def test_a_cancelled_restyle_leaves_the_clip_as_it_was(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    before = session.timeline
    job = session.restyle(clip, replace(DRAFT, prompt="", look="watercolour", steps=200))
    session.cancel(job)
    studio.settled()
    assert session.timeline == before


def test_loop_leads_back_to_the_start(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.loop(clip, 0.5, DRAFT)
    made = session.timeline.find(session.selection[0])[1]
    assert (made.start, made.length) == (48, 12)
    recipe = studio.made(made.id).made_from
    assert recipe is not None
    assert [given["source"]["start"] for given in recipe["given"]] == [11, 0]


def test_undo_does_not_hold_up_a_job_and_redo_shows_its_result(studio: Studio) -> None:
    session = studio.session
    session.generate(DRAFT)
    clip = only(studio)
    session.undo()
    assert session.timeline.length == 0
    assert session.selection == ()
    studio.settled()
    session.redo()
    assert only(studio) == clip
    assert isinstance(session.item(clip.media).state, Ready)


def test_cancel_takes_the_clip_away_and_keeps_redo(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    clip, other = session.place(media, 0, 0), session.place(media, 0, 48)
    job = session.extend(clip, 1, replace(DRAFT, prompt="endless"))
    session.seek(24)
    session.split()
    session.undo()
    studio.until(lambda: session.jobs()[-1].state == "running")
    session.cancel(job)
    studio.settled()
    assert session.timeline.find(other)[1].start == 48
    assert len(session.project.media) == 1
    assert session.undo_text == "Place"
    assert session.redo_text == "Split"
    session.redo()
    assert [clip.start for clip in session.timeline.tracks[0].clips] == [0, 24, 48]
    view = session.jobs()[-1]
    assert (view.state, view.words) == ("cancelled", "Cancelled")
    assert list((session.folder or Path()).joinpath("media").iterdir()) == []


def test_a_failed_job_leaves_a_clip_with_the_reason_that_can_be_tried_again(studio: Studio) -> None:
    session = studio.session
    job = session.generate(replace(DRAFT, prompt="fail"))
    clip = only(studio)
    studio.settled()
    state = session.item(clip.media).state
    assert isinstance(state, Lost)
    assert "cannot paint" in state.reason
    assert session.jobs()[-1].error == state.reason
    again = session.retry(job)
    assert session.item(clip.media).state == Pending(again)
    assert [view.id for view in session.jobs()].count(job) == 0
    studio.settled()
    with pytest.raises(BadInput, match="no picture"):
        session.extend(clip.id, 1, DRAFT)
    with pytest.raises(BadInput, match="no picture"):
        session.export(ExportSettings(session.folder / "x.mp4"), lambda done, of: None, lambda: False)  # type: ignore[operator]


def test_a_cancelled_job_can_be_made_after_all(studio: Studio) -> None:
    session = studio.session
    job = session.generate(replace(DRAFT, prompt="slow", steps=40))
    session.cancel(job)
    studio.settled()
    assert session.timeline.length == 0
    session.retry(job)
    assert session.timeline.length == 24


def test_a_dying_worker_fails_its_job_and_nothing_else(studio: Studio) -> None:
    session = studio.session
    session.generate(replace(DRAFT, prompt="crash"))
    session.generate(DRAFT)
    studio.settled()
    first, second = (clip.media for clip in session.timeline.tracks[0].clips)
    assert isinstance(session.item(first).state, Lost)
    assert isinstance(session.item(second).state, Ready)


def test_what_is_refused_changes_nothing(studio: Studio, moving: Path, tmp_path: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    before = session.project
    text = tmp_path / "notes.mp4"
    text.write_text("not a film")
    refused: list[tuple[type[StudioError], object]] = [
        (BadInput, lambda: session.generate(replace(DRAFT, prompt="  "))),
        (BadInput, lambda: session.generate(replace(DRAFT, prompt="x" * 100_000))),
        (BadInput, lambda: session.generate(replace(DRAFT, seconds=-1))),
        (BadInput, lambda: session.generate(replace(DRAFT, engine="none"))),
        (BadInput, lambda: session.generate(replace(DRAFT, look="none"))),
        (MediaError, lambda: session.generate(replace(DRAFT, first=tmp_path / "none.png"))),
        (BadInput, lambda: session.extend(clip, 0, DRAFT)),
        (BadInput, lambda: session.extend("gone", 1, DRAFT)),
        (BadInput, lambda: session.restyle(clip, replace(DRAFT, prompt=""))),
        (MediaError, lambda: session.import_media(text)),
        (BadInput, lambda: session.split(47 * 3)),
        (BadInput, lambda: session.place("gone", 0, 0)),
    ]
    for kind, act in refused:
        with pytest.raises(kind) as caught:
            act()  # type: ignore[operator]
        assert str(caught.value).endswith(".")
    assert session.project == before


def test_a_pending_clip_cannot_be_continued_yet(studio: Studio) -> None:
    session = studio.session
    session.generate(DRAFT)
    with pytest.raises(BadInput, match="still being made"):
        session.extend(only(studio).id, 1, DRAFT)


def test_edits_are_steps_of_undo(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 0)
    session.trim_head(clip, 8)
    session.trim_tail(clip, -8)
    session.trim_tail(clip, 0)  # nothing changes: no step
    session.seek(20)
    session.split()
    left, right = session.timeline.tracks[0].clips
    session.move(right.id, 1, 60)
    session.select(left.id)
    session.delete()
    texts = []
    while session.can_undo:
        texts.append(session.undo_text)
        session.undo()
    assert texts == ["Delete", "Move", "Split", "Trim", "Trim", "Place"]
    while session.can_redo:
        session.redo()
    assert [len(track.clips) for track in session.timeline.tracks] == [0, 1, 0]


def test_ripple_delete_and_closing_a_gap(studio: Studio, moving: Path) -> None:
    session = studio.session
    media = session.import_media(moving)
    first, second, third = (session.place(media, 0, start) for start in (10, 58, 106))
    session.select(second)
    session.delete(ripple=True)
    assert session.timeline.find(third)[1].start == 58
    session.close_gap(session.timeline.gaps(0)[0])
    assert session.timeline.find(first)[1].start == 0
    assert session.timeline.find(third)[1].start == 48


def test_the_first_film_sets_shape_and_rate(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    session.place(session.import_media(moving), 0, 0)
    assert session.timeline.size == Size(320, 180)
    assert session.import_media(moving) == next(iter(session.project.media))
    session.place(session.import_media(still), 1, 0)
    assert session.timeline.size == Size(320, 180)
    assert session.timeline.tracks[1].clips[0].length == 4 * 24


def test_export_writes_what_the_timeline_shows(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    with pytest.raises(BadInput, match="empty"):
        session.export(ExportSettings(tmp_path / "film.mp4"), lambda done, of: None, lambda: False)
    session.generate(DRAFT)
    studio.settled()
    steps: list[int] = []
    path = session.export(ExportSettings(tmp_path / "film.mp4"), lambda done, of: steps.append(done), lambda: False)
    info = probe(path)
    assert (info.size, info.frames) == (Size(768, 448), 24)
    assert steps == list(range(1, 25))
    assert read_recipe(path) == studio.made(only(studio).id).made_from
    with pytest.raises(Cancelled):
        session.export(ExportSettings(tmp_path / "other.mp4"), lambda done, of: None, lambda: True)
    assert not (tmp_path / "other.mp4").exists()
    source = session.media_path(only(studio).media)
    assert source is not None
    with pytest.raises(BadInput, match="part of the film"):
        session.export(ExportSettings(source), lambda done, of: None, lambda: False)


def test_leaving_a_project_stops_what_is_made_for_it(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    session.generate(replace(DRAFT, prompt="endless"))
    session.save()
    session.new(tmp_path / "next")
    assert session.timeline.length == 0
    assert session.jobs() == ()
    session.generate(DRAFT)
    studio.settled()
    assert isinstance(studio.made(only(studio).id).state, Ready)
    notices: list[Notice] = []
    session.noticed.connect(notices.append)
    session.open(tmp_path / "film")
    assert isinstance(studio.made(only(studio).id).state, Lost)
    assert notices == []
