"""Clips moved onto a cut: what belongs to them comes along, and the row they were in closes where it can."""

from __future__ import annotations

from sora_studio.core.inlays import moved_between, moved_dissolving
from sora_studio.core.timeline import Clip, Timeline, Track

A, B, C, D = (Clip(name, at, 40, id=name) for at, name in ((0, "a"), (40, "b"), (80, "c"), (120, "d")))
PICTURE = Clip("c", 80, 40, id="c", group="g")
SOUND = Clip("c", 80, 40, id="c-sound", group="g")


def line(*video: Clip, audio: tuple[Clip, ...] = (), above: tuple[Clip, ...] = ()) -> Timeline:
    return Timeline(tracks=(Track("V1", video), Track("V2", above), Track("A1", audio, kind="audio")))


def spans(timeline: Timeline) -> dict[str, tuple[int, int]]:
    return {clip.id: (clip.start, clip.stop) for _, clip in timeline.clips()}


def test_the_sound_of_a_clip_comes_along_and_its_row_closes() -> None:
    moved = moved_between(line(A, B, PICTURE, D, audio=(SOUND,)), "c", "b")
    assert spans(moved) == {"a": (0, 40), "c": (40, 80), "c-sound": (40, 80), "b": (80, 120), "d": (120, 160)}


def test_a_clip_from_another_track_leaves_its_place_empty() -> None:
    moved = moved_between(line(A, B, above=(C,)), "c", "b")
    assert spans(moved) == {"a": (0, 40), "c": (40, 80), "b": (80, 120)}
    assert not moved.tracks[1].clips


def test_a_row_stays_open_where_closing_would_run_something_over() -> None:
    titles = Clip("t", 100, 30, id="t"), Clip("u", 140, 20, id="u")
    moved = moved_between(line(A, B, C, D, above=titles), "c", "b")
    assert [spans(moved)[name][0] for name in "acbd"] == [0, 40, 80, 160]


def test_a_clip_that_dissolves_is_shortened_and_its_sound_with_it() -> None:
    moved = moved_dissolving(line(A, B, PICTURE, audio=(SOUND,)), "c", ("a", "b"), 12, lambda _media: 40)
    assert spans(moved) == {"a": (0, 34), "c": (34, 62), "c-sound": (34, 62), "b": (62, 96)}
    assert [clip.offset for _, clip in moved.clips() if clip.media == "c"] == [6, 6]
    assert len(moved.tracks[0].dissolves) == 2
