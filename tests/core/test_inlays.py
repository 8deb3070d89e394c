"""Clips moved or copied between others: what belongs to them comes along, the row they were in closes where it can, and
nothing is run over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sora_studio.core.edits import Shift
from sora_studio.core.errors import BadInput
from sora_studio.core.inlays import Going, insert_going, landing, weave_going
from sora_studio.core.timeline import Clip, Dissolve, Timeline, Track

A, B, C, D = (Clip(name, at, 40, id=name) for at, name in ((0, "a"), (40, "b"), (80, "c"), (120, "d")))
PICTURE = Clip("c", 80, 40, id="c", group="g")
SOUND = Clip("c", 80, 40, id="c-sound", group="g")


def line(*video: Clip, audio: tuple[Clip, ...] = (), above: tuple[Clip, ...] = ()) -> Timeline:
    return Timeline(tracks=(Track("V1", video), Track("V2", above), Track("A1", audio, kind="audio")))


def spans(timeline: Timeline) -> dict[str, tuple[int, int]]:
    return {clip.id: (clip.start, clip.stop) for _, clip in timeline.clips()}


def media(timeline: Timeline, track: int = 0) -> list[tuple[str, int, int]]:
    return [(clip.media, clip.start, clip.stop) for clip in timeline.tracks[track].clips]


def to(frames: int, *clips: str, up: int = 0, copy: bool = False) -> Going:
    return Going(clips, Shift(frames, up), copy)


def test_the_sound_of_a_clip_comes_along_and_its_row_closes() -> None:
    moved = insert_going(line(A, B, PICTURE, D, audio=(SOUND,)), to(-40, "c")).timeline
    assert spans(moved) == {"a": (0, 40), "c": (40, 80), "c-sound": (40, 80), "b": (80, 120), "d": (120, 160)}


def test_a_clip_from_another_track_leaves_its_place_empty() -> None:
    moved = insert_going(line(A, B, above=(C,)), to(-40, "c", up=-1)).timeline
    assert spans(moved) == {"a": (0, 40), "c": (40, 80), "b": (80, 120)}
    assert not moved.tracks[1].clips


def test_a_row_stays_open_where_closing_would_run_something_over() -> None:
    titles = Clip("t", 100, 30, id="t"), Clip("u", 140, 20, id="u")
    moved = insert_going(line(A, B, C, D, above=titles), to(-40, "c")).timeline
    assert [spans(moved)[name][0] for name in "acbd"] == [0, 40, 80, 160]


def test_a_clip_that_dissolves_is_shortened_and_its_sound_with_it() -> None:
    moved = weave_going(line(A, B, PICTURE, audio=(SOUND,)), to(-40, "c"), 12, lambda _media: 40).timeline
    assert spans(moved) == {"a": (0, 34), "c": (34, 62), "c-sound": (34, 62), "b": (62, 96)}
    assert [clip.offset for _, clip in moved.clips() if clip.media == "c"] == [6, 6]
    assert len(moved.tracks[0].dissolves) == 2


def test_several_clips_go_between_two_others_with_the_dissolve_among_them() -> None:
    joined = Track("V1", (A, B, C, D), dissolves=(Dissolve("c", "d", 8),))
    before = replace(line(), tracks=(joined, *line().tracks[1:]))
    made = insert_going(before, to(-40, "c", "d"))
    assert spans(made.timeline) == {"a": (0, 40), "c": (40, 80), "d": (80, 120), "b": (120, 160)}
    assert made.timeline.tracks[0].dissolves == (Dissolve("c", "d", 8),)
    assert made.row == ("c", "d")
    onward = insert_going(before, to(120, "a", "b"))  # behind c: the row they were in closes
    assert [clip.id for clip in onward.timeline.tracks[0].clips] == ["c", "a", "b", "d"]


def test_clips_that_stand_apart_keep_their_distance_and_what_follows_comes_behind_them() -> None:
    moved = insert_going(line(A, B, C, D, above=(Clip("t", 200, 20, id="t"),)), to(160, "a", "c")).timeline
    assert spans(moved) == {"b": (0, 40), "d": (40, 80), "a": (80, 120), "c": (160, 200), "t": (120, 140)}


def test_copies_go_between_and_the_clips_stay() -> None:
    made = insert_going(line(A, B, PICTURE, audio=(SOUND,)), to(-40, "c", copy=True))
    assert media(made.timeline) == [("a", 0, 40), ("c", 40, 80), ("b", 80, 120), ("c", 120, 160)]
    assert media(made.timeline, 2) == [("c", 40, 80), ("c", 120, 160)]
    assert spans(made.timeline)["c"] == (120, 160)
    assert set(made.timeline.group(made.row[0])) == set(made.clips)
    assert "c" not in made.clips


def test_several_copies_dissolve_into_a_cut_and_out_of_it() -> None:
    made = weave_going(line(A, B, C, D), to(-40, "c", "d", copy=True), 12, lambda _media: 40)
    row = made.timeline.tracks[0].clips
    assert [(clip.media, clip.length) for clip in row] == [
        ("a", 34),
        ("c", 34),
        ("d", 34),
        ("b", 34),
        ("c", 40),
        ("d", 40),
    ]
    assert [(one.left, one.length) for one in made.timeline.tracks[0].dissolves] == [("a", 12), (row[2].id, 12)]
    with pytest.raises(BadInput, match="two clips that touch"):
        weave_going(line(A, C, D), to(-70, "d"), 12, lambda _media: 40)


def test_on_other_clips_the_one_beneath_is_split_and_moves_on() -> None:
    made = insert_going(line(A, B, C, D), to(-60, "c", "d")).timeline
    assert media(made) == [("a", 0, 20), ("c", 20, 60), ("d", 60, 100), ("a", 100, 120), ("b", 120, 160)]
    near = insert_going(line(A, B, C), to(5, "b")).timeline  # as far as it takes, not a whole clip
    assert spans(near) == {"a": (0, 40), "b": (45, 85), "c": (85, 125)}


def test_sound_finds_a_track_with_room_and_music_goes_on() -> None:
    song = Clip("song", 0, 400, id="song")
    sound = Clip("c", 80, 40, id="c-sound", group="g")
    before = Timeline(
        tracks=(
            Track("V1", (A, B, PICTURE)),
            Track("A1", (song,), kind="audio"),
            Track("A2", (sound,), kind="audio"),
        )
    )
    made = insert_going(before, to(-40, "c", copy=True)).timeline
    assert spans(made)["song"] == (0, 400)
    assert media(made, 2) == [("c", 40, 80), ("c", 120, 160)]
    ahead = replace(sound, start=70, length=50, offset=0)  # it is heard before it is seen
    talk = Clip("b", 40, 30, id="talk")
    early = line(A, B, PICTURE, audio=(talk, ahead))
    made = insert_going(early, to(-20, "c")).timeline
    assert spans(made)["talk"] == (40, 70)
    assert made.tracks[-1].name == "A2"
    assert [clip.start for clip in made.tracks[-1].clips] == [50]


def test_what_would_be_run_over_is_refused() -> None:
    title = Clip("t", 30, 20, id="t", name="Title")
    both = line(A, B, C, D, above=(title, Clip("u", 100, 30, id="u")))
    with pytest.raises(BadInput, match="“Title” on track V2 lies in the way"):
        insert_going(both, Going(("d", "u"), Shift(-80)))
    locked = replace(both, tracks=(both.tracks[0], replace(both.tracks[1], locked=True), both.tracks[2]))
    for act in (insert_going, landing):
        with pytest.raises(BadInput, match="V2 is locked"):
            act(locked, to(0, "d", up=1))


def test_what_lies_where_clips_go() -> None:
    row = line(A, B, C, audio=(Clip("s", 0, 40, id="s"), Clip("m", 40, 40, id="m")))
    assert landing(row, to(120, "a", "b")) == "free"
    assert landing(row, to(0, "a", "b", up=1)) == "free"
    assert landing(row, to(20, "a", "b")) == "over"
    assert landing(row, to(40, "a")) == "over"  # where it begins two clips meet no more once it is gone
    assert landing(row, to(-40, "c")) == "cut"
    assert landing(row, to(80, "a", copy=True)) == "cut"
    assert landing(row, to(120, "a", copy=True)) == "free"
    assert landing(row, Going(("s",), Shift(40, kind="audio"), copy=True)) == "over"
