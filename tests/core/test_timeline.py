"""Edits return new timelines; no edit loses or overlaps media."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_studio.core import timeline as tl
from sora_studio.core.errors import BadInput
from sora_studio.core.timeline import Clip, Timeline


def line(*spans: tuple[int, int]) -> Timeline:
    made = Timeline()
    for number, (start, length) in enumerate(spans):
        made = tl.place(made, 0, Clip(f"m{number}", start, length, offset=10, id=f"c{number}"))
    return made


def spans(timeline: Timeline, track: int = 0) -> list[tuple[int, int, int]]:
    return [(clip.start, clip.length, clip.offset) for clip in timeline.tracks[track].clips]


def test_placing_overwrites_what_lies_beneath() -> None:
    made = tl.place(line((0, 100)), 0, Clip("new", 40, 20))
    assert spans(made) == [(0, 40, 10), (40, 20, 0), (60, 40, 70)]
    assert len({clip.id for clip in made.tracks[0].clips}) == 3


def test_inserting_splits_and_pushes() -> None:
    made = tl.insert(line((0, 100), (100, 50)), 0, Clip("new", 40, 20))
    assert spans(made) == [(0, 40, 10), (40, 20, 0), (60, 60, 50), (120, 50, 10)]


def test_trims_stop_at_media_neighbours_and_one_frame() -> None:
    made = line((20, 30), (60, 30))
    assert spans(tl.trim_head(made, "c0", -100))[0] == (10, 40, 0)
    assert spans(tl.trim_head(made, "c0", 100))[0] == (49, 1, 39)
    assert spans(tl.trim_tail(made, "c0", 100, media_length=500))[0] == (20, 40, 10)
    assert spans(tl.trim_tail(made, "c0", 100, media_length=45))[0] == (20, 35, 10)
    assert spans(tl.trim_tail(made, "c0", -100, media_length=45))[0] == (20, 1, 10)


def test_split_and_delete() -> None:
    made = tl.split(line((0, 100)), "c0", 30)
    assert spans(made) == [(0, 30, 10), (30, 70, 40)]
    assert spans(tl.delete(made, "c0")) == [(30, 70, 40)]
    assert spans(tl.delete(made, "c0", ripple=True)) == [(0, 70, 40)]
    with pytest.raises(BadInput):
        tl.split(made, "c0", 30)
    with pytest.raises(BadInput):
        tl.delete(made, "gone")


def test_gaps_and_cuts() -> None:
    made = line((10, 20), (50, 10))
    assert [(gap.start, gap.stop) for gap in made.gaps(0)] == [(0, 10), (30, 50)]
    assert made.cuts() == (10, 30, 50, 60)
    assert spans(tl.close_gap(made, made.gaps(0)[1])) == [(10, 20, 10), (30, 10, 10)]


def test_the_topmost_clip_is_seen() -> None:
    made = tl.place(line((0, 100)), 1, Clip("over", 20, 10, id="over"))
    assert [clip.id if (clip := made.top(frame)) else None for frame in (5, 25, 150)] == ["c0", "over", None]


edits = st.lists(
    st.tuples(
        st.sampled_from(["place", "insert", "move", "head", "tail", "split", "delete", "ripple"]),
        st.integers(0, 200),
        st.integers(1, 80),
        st.integers(0, 1),
    ),
    max_size=25,
)


@settings(max_examples=150)
@given(edits)
def test_no_edit_overlaps_or_reads_outside_its_media(steps: list[tuple[str, int, int, int]]) -> None:
    media_length = 100
    made = Timeline()
    for kind, a, b, track in steps:
        clips = [clip for line_track in made.tracks for clip in line_track.clips]
        before = made
        if kind in ("place", "insert"):
            made = (tl.place if kind == "place" else tl.insert)(made, track, Clip("m", a, b))
        elif clips:
            made = apply(made, clips[a % len(clips)], kind, (a, b, track), media_length)
        assert before == before  # frozen: the old value is still the old value
        for line_track in made.tracks:
            at = 0
            for clip in line_track.clips:
                assert clip.start >= at
                assert clip.offset >= 0
                assert clip.offset + clip.length <= media_length
                at = clip.stop
        ids = [clip.id for line_track in made.tracks for clip in line_track.clips]
        assert len(ids) == len(set(ids))


def apply(made: Timeline, clip: Clip, kind: str, numbers: tuple[int, int, int], media_length: int) -> Timeline:
    a, b, track = numbers
    match kind:
        case "move":
            return tl.move(made, clip.id, track, a)
        case "head":
            return tl.trim_head(made, clip.id, b - 40)
        case "tail":
            return tl.trim_tail(made, clip.id, b - 40, media_length)
        case "split" if clip.length > 1:
            return tl.split(made, clip.id, clip.start + 1 + a % (clip.length - 1))
        case "delete" | "ripple":
            total = sum(other.length for line_track in made.tracks for other in line_track.clips)
            gone = tl.delete(made, clip.id, ripple=kind == "ripple")
            assert sum(c.length for t in gone.tracks for c in t.clips) == total - clip.length
            return gone
        case _:
            return made
