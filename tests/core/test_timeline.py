"""Edits return new timelines; no edit loses or overlaps media."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from sora_studio.core import edits as tl
from sora_studio.core import tracks as lanes
from sora_studio.core import trims
from sora_studio.core.dissolves import add_dissolve, remove_dissolve
from sora_studio.core.edits import Shift
from sora_studio.core.errors import BadInput
from sora_studio.core.layers import fade, heard, seen
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Dissolve, Gap, Marker, Timeline, Track


def media(_media: str) -> int | None:
    """Every medium has 200 frames; those called "still" are pictures."""
    return None if _media.startswith("still") else 200


def line(*spans: tuple[int, int]) -> Timeline:
    made = Timeline()
    for number, (start, length) in enumerate(spans):
        made = tl.place(made, 0, Clip(f"m{number}", start, length, offset=10, id=f"c{number}"))
    return made


def spans(timeline: Timeline, track: int = 0) -> list[tuple[int, int, int | Fraction]]:
    return [(clip.start, clip.length, clip.offset) for clip in timeline.tracks[track].clips]


def paired(*starts: int, length: int = 40) -> Timeline:
    """Clips v0, v1, ... on V1 and their sound a0, a1, ... on A1."""
    made = Timeline()
    for number, start in enumerate(starts):
        one = Clip(f"m{number}", start, length, offset=20, id=f"v{number}", group=f"g{number}")
        made = tl.place(tl.place(made, 0, one), 2, replace(one, id=f"a{number}"))
    return made


def test_placing_overwrites_what_lies_beneath() -> None:
    made = tl.place(line((0, 100)), 0, Clip("new", 40, 20))
    assert spans(made) == [(0, 40, 10), (40, 20, 0), (60, 40, 70)]
    assert len({clip.id for clip in made.tracks[0].clips}) == 3


def test_inserting_splits_and_pushes() -> None:
    made = tl.insert(line((0, 100), (100, 50)), 0, Clip("new", 40, 20))
    assert spans(made) == [(0, 40, 10), (40, 20, 0), (60, 60, 50), (120, 50, 10)]


def test_trims_stop_at_media_neighbours_and_one_frame() -> None:
    made = line((20, 30), (60, 30))
    assert spans(trims.trim_head(made, "c0", -100, media))[0] == (10, 40, 0)
    assert spans(trims.trim_head(made, "c0", 100, media))[0] == (49, 1, 39)
    assert spans(trims.trim_tail(made, "c0", 100, media))[0] == (20, 40, 10)
    assert spans(trims.trim_tail(made, "c0", 100, lambda _media: 45))[0] == (20, 35, 10)
    assert spans(trims.trim_tail(made, "c0", -100, media))[0] == (20, 1, 10)


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


def test_the_topmost_clip_is_seen_unless_hidden() -> None:
    made = tl.place(line((0, 100)), 1, Clip("over", 20, 10, id="over"))
    assert [clip.id if (clip := made.top(frame)) else None for frame in (5, 25, 150)] == ["c0", "over", None]
    made = lanes.switch_track(made, 1, lanes.Switches(hidden=True))
    assert [layer.clip.id for layer in seen(made, 25)] == ["c0"]


def test_speed_is_exact_and_can_be_taken_back() -> None:
    made = trims.set_speed(line((0, 11)), "c0", Fraction(2), media)
    clip = made.tracks[0].clips[0]
    assert (clip.length, [clip.moment(frame) for frame in range(6)]) == (6, [10, 12, 14, 16, 18, 20])
    back = trims.set_speed(made, "c0", Fraction(-2), media).tracks[0].clips[0]
    assert [back.moment(frame) for frame in range(6)] == [20, 18, 16, 14, 12, 10]
    assert trims.set_speed(made, "c0", Fraction(1), media) == line((0, 11))
    slow = trims.set_speed(line((0, 11)), "c0", Fraction(1, 3), media).tracks[0].clips[0]
    assert (slow.length, slow.moment(1)) == (33, Fraction(31, 3))
    assert trims.set_speed(line((0, 11), (20, 5)), "c0", Fraction(1, 3), media).tracks[0].clips[0].stop == 20
    rippled = trims.set_speed(line((0, 11), (20, 5)), "c0", Fraction(1, 3), media, ripple=True)
    assert spans(rippled) == [(0, 33, 10), (42, 5, 10)]
    with pytest.raises(BadInput, match="speed must lie"):
        trims.set_speed(made, "c0", Fraction(0), media)


@pytest.mark.parametrize("speed", [Fraction(2), Fraction(-1), Fraction(-3, 2), Fraction(1, 3)])
def test_split_and_trim_keep_every_picture_in_its_place(speed: Fraction) -> None:
    made = Timeline(tracks=(Track("V1", (Clip("m", 10, 30, offset=40, id="c", speed=speed),)),))
    before = {frame: made.tracks[0].clips[0].moment(frame) for frame in range(10, 40)}
    cut = tl.split(made, "c", 23)
    after = {frame: clip.moment(frame) for clip in cut.tracks[0].clips for frame in range(clip.start, clip.stop)}
    assert after == before
    trimmed = trims.trim_tail(trims.trim_head(made, "c", 5, media), "c", -7, media).tracks[0].clips[0]
    assert {frame: trimmed.moment(frame) for frame in range(15, 33)} == {f: before[f] for f in range(15, 33)}


def test_roll_slip_and_slide() -> None:
    made = line((0, 30), (30, 30), (60, 30))
    assert spans(trims.roll(made, "c1", "head", 5, media)) == [(0, 35, 10), (35, 25, 15), (60, 30, 10)]
    assert spans(trims.roll(made, "c1", "head", -50, media)) == [(0, 20, 10), (20, 40, 0), (60, 30, 10)]
    assert spans(trims.slip(made, "c1", 500, media))[1] == (30, 30, 170)
    assert spans(trims.slip(made, "c1", -500, media))[1] == (30, 30, 0)
    assert spans(trims.slide(made, "c1", 8, media)) == [(0, 38, 10), (38, 30, 10), (68, 22, 18)]
    assert spans(trims.slide(made, "c1", -50, media)) == [(0, 20, 10), (20, 30, 10), (50, 40, 0)]
    with pytest.raises(BadInput, match="cut"):
        trims.roll(made, "c2", "tail", 5, media)


def test_ripple_trims_keep_what_follows_attached() -> None:
    made = line((0, 30), (30, 30), (70, 30))
    assert spans(trims.ripple_trim(made, "c0", "tail", -10, media)) == [(0, 20, 10), (20, 30, 10), (60, 30, 10)]
    assert spans(trims.ripple_trim(made, "c1", "head", 10, media)) == [(0, 30, 10), (30, 20, 20), (60, 30, 10)]
    assert spans(trims.ripple_trim(made, "c1", "head", -50, media)) == [(0, 30, 10), (30, 40, 0), (80, 30, 10)]


def test_what_belongs_together_is_edited_together() -> None:
    made = tl.split(paired(0, 40), "v0", 15)
    assert spans(made, 0) == spans(made, 2) == [(0, 15, 20), (15, 25, 35), (40, 40, 20)]
    right = made.tracks[0].clips[1]
    assert made.group(right.id) == (right.id, made.tracks[2].clips[1].id)
    made = tl.delete(made, "v0", ripple=True)
    assert spans(made, 0) == spans(made, 2) == [(0, 25, 35), (25, 40, 20)]
    made = tl.move(made, "a1", 2, 100)
    assert spans(made, 0) == spans(made, 2) == [(0, 25, 35), (100, 40, 20)]
    apart = tl.move(tl.unlink(made, ["a1"]), "a1", 2, 200)
    assert (apart.find("v1")[1].start, apart.find("a1")[1].start) == (100, 200)


def test_ripple_takes_other_tracks_along_or_refuses() -> None:
    made = tl.place(line((0, 20), (20, 20)), 1, Clip("title", 25, 10, id="title"))
    assert spans(tl.delete(made, "c0", ripple=True), 1) == [(5, 10, 0)]
    blocked = tl.place(made, 1, Clip("below", 10, 15, id="below"))
    with pytest.raises(BadInput, match="Lock V2"):
        tl.delete(blocked, "c0", ripple=True)
    locked = lanes.switch_track(blocked, 1, lanes.Switches(locked=True))
    assert spans(tl.delete(locked, "c0", ripple=True), 1) == spans(blocked, 1)


def test_sound_that_begins_before_its_picture_moves_with_it() -> None:
    made = trims.trim_head(paired(0, 60), "a1", -10, media, linked=False)
    with pytest.raises(BadInput, match="Lock A1"):
        tl.close_gap(made, Gap(0, 40, 60))
    made = trims.trim_tail(made, "a0", -10, media, linked=False)
    closed = tl.close_gap(made, Gap(0, 40, 60))
    assert spans(closed, 0)[1] == (40, 40, 20)
    assert spans(closed, 2)[1] == (30, 50, 10)


def test_locked_tracks_refuse_in_words() -> None:
    made = lanes.switch_track(line((0, 30), (30, 30)), 0, lanes.Switches(locked=True))
    for edit in (
        lambda: tl.delete(made, "c0"),
        lambda: tl.move(made, "c0", 1, 0),
        lambda: tl.split(made, "c0", 5),
        lambda: tl.place(made, 0, Clip("m", 0, 5)),
        lambda: trims.trim_head(made, "c0", 3, media),
        lambda: trims.slip(made, "c0", 3, media),
        lambda: trims.set_speed(made, "c0", Fraction(2), media),
        lambda: add_dissolve(made, "c0", "c1", 8, media),
        lambda: lanes.remove_track(made, 0),
    ):
        with pytest.raises(BadInput, match="V1 is locked"):
            edit()
    assert tl.split_all(made, 5) == made


def test_lift_and_extract() -> None:
    made = paired(0, 40)
    assert spans(tl.lift(made, FrameRange(30, 50)), 2) == [(0, 30, 20), (50, 30, 30)]
    for track in (0, 2):
        assert spans(tl.extract(made, FrameRange(30, 50)), track) == [(0, 30, 20), (30, 30, 30)]


def test_duplicates_are_clips_of_their_own() -> None:
    made = add_dissolve(paired(0, 40), "v0", "v1", 10, media)
    copied, names = tl.duplicate(made, ["v0", "v1"], Shift(100))
    assert spans(copied, 0) == [(0, 40, 20), (40, 40, 20), (100, 40, 20), (140, 40, 20)]
    assert len(set(names)) == 4
    assert copied.tracks[0].dissolves == (Dissolve("v0", "v1", 10), Dissolve(names[0], names[2], 10))
    assert set(copied.group(names[0])) == {names[0], names[1]}


def test_a_dissolve_shows_both_clips_around_the_cut() -> None:
    made = add_dissolve(line((0, 30), (30, 30)), "c0", "c1", 4, media)
    weights = {frame: {one.clip.id: one.weight for one in seen(made, frame)} for frame in range(27, 33)}
    assert weights[27] == {"c0": 1}
    assert [weights[frame]["c1"] for frame in range(28, 32)] == [Fraction(n, 5) for n in (1, 2, 3, 4)]
    assert all(sum(one.values()) == 1 for one in weights.values())
    moments = {one.clip.id: one.moment for one in seen(made, 28)}
    assert moments == {"c0": 38, "c1": 8}
    assert remove_dissolve(made, "c1") == line((0, 30), (30, 30))


def test_a_dissolve_needs_frames_beyond_the_cut() -> None:
    made = Timeline(tracks=(Track("V1", (Clip("a", 0, 30, id="a", name="Sea"), Clip("b", 30, 30, id="b"))),))
    with pytest.raises(BadInput, match="Trim the start of the second clip by a few frames first"):
        add_dissolve(made, "a", "b", 8, media)
    slipped = trims.slip(made, "b", 3, media)
    assert add_dissolve(slipped, "a", "b", 40, media).tracks[0].dissolves == (Dissolve("a", "b", 7),)
    still = tl.changed(made, replace(made.tracks[0].clips[1], media="still"))
    assert add_dissolve(still, "a", "b", 8, media).tracks[0].dissolves == (Dissolve("a", "b", 8),)
    with pytest.raises(BadInput, match="touch"):
        add_dissolve(tl.move(made, "b", 0, 40), "a", "b", 8, media)


def test_dissolves_follow_their_clips_and_go_with_the_cut() -> None:
    made = add_dissolve(line((0, 30), (30, 30)), "c0", "c1", 8, media)
    cut = tl.split(made, "c0", 10)
    assert cut.tracks[0].dissolves == (Dissolve(cut.tracks[0].clips[1].id, "c1", 8),)
    assert tl.move(made, "c1", 0, 50).tracks[0].dissolves == ()
    assert tl.move_many(made, ["c0", "c1"], Shift(20)).tracks[0].dissolves == made.tracks[0].dissolves
    shorter = trims.slip(made, "c1", -8, media)
    assert shorter.tracks[0].dissolves == (Dissolve("c0", "c1", 5),)
    assert trims.slip(made, "c1", -10, media).tracks[0].dissolves == ()


def test_takes_keep_their_place_and_shorten_only_when_they_must() -> None:
    made = tl.set_take(tl.set_stale(line((0, 30)), ["c0"]), "c0", "other", lambda name: 35 if name == "other" else 200)
    clip = made.tracks[0].clips[0]
    assert (clip.media, clip.takes, clip.offset, clip.length, clip.stale) == ("other", ("m0", "other"), 5, 30, False)
    short = tl.set_take(made, "c0", "short", lambda name: 12).tracks[0].clips[0]
    assert (short.offset, short.length, short.takes) == (0, 12, ("m0", "other", "short"))


def test_a_medium_that_never_was_leaves_no_trace() -> None:
    made = tl.set_take(line((0, 30), (30, 30)), "c0", "bad", media)
    assert tl.forget(made, "bad").tracks[0].clips[0].media == "m0"
    assert spans(tl.forget(made, "m1")) == [(0, 30, 10)]
    gone = tl.forget(line((0, 30), (30, 30)), "m0", ripple=True)
    assert spans(gone) == [(0, 30, 10)]


def test_tracks_come_go_and_change_places() -> None:
    made = lanes.add_track(lanes.add_track(Timeline()), "audio")
    assert [track.name for track in made.tracks] == ["V1", "V2", "V3", "A1", "A2"]
    assert [track.name for track in lanes.move_track(made, 0, 4).tracks] == ["V2", "V3", "V1", "A1", "A2"]
    assert lanes.rename_track(made, 3, " Music ").tracks[3].name == "Music"
    assert lanes.rename_track(made, 3, "  ") == made
    assert [track.name for track in lanes.remove_track(made, 1).tracks] == ["V1", "V3", "A1", "A2"]
    with pytest.raises(BadInput, match="last video track"):
        lanes.remove_track(Timeline(tracks=(Track("V1"), Track("A1", kind="audio"))), 0)


def test_muted_and_solo_tracks() -> None:
    made = lanes.add_track(Timeline(), "audio")
    assert heard(made) == (2, 3)
    assert heard(lanes.switch_track(made, 2, lanes.Switches(muted=True))) == (3,)
    assert heard(lanes.switch_track(made, 2, lanes.Switches(solo=True))) == (2,)


def test_fades_let_through_what_lies_beneath() -> None:
    made = tl.place(line((0, 30)), 1, Clip("over", 10, 10, id="over"))
    made = tl.set_sound(made, "over", -3.0, 4, 4)
    assert [fade(made.find("over")[1], frame) for frame in (10, 13, 15, 19)] == [
        Fraction(part, 5) for part in (1, 4, 5, 1)
    ]
    assert {one.clip.id: one.weight for one in seen(made, 10)} == {"over": Fraction(1, 5), "c0": Fraction(4, 5)}
    with pytest.raises(BadInput, match="two clips"):
        tl.link(made, ["over"])


def test_markers_and_marks() -> None:
    made = lanes.put_marker(lanes.put_marker(line((0, 100)), Marker(50, "b")), Marker(20, "a", "red"))
    assert [marker.name for marker in made.markers] == ["a", "b"]
    made = lanes.put_marker(made, replace(made.markers[0], frame=50))
    assert [(marker.frame, marker.name) for marker in made.markers] == [(50, "a")]
    assert lanes.remove_marker(made, made.markers[0].id).markers == ()
    with pytest.raises(BadInput, match="not pink"):
        lanes.put_marker(made, Marker(1, colour="pink"))
    marked = lanes.mark_out(lanes.mark_in(made, 20), 40)
    assert marked.marked == FrameRange(20, 40)
    assert lanes.mark_in(marked, 60).marked == FrameRange(60, 100)
    assert lanes.mark_out(marked, 10).marked == FrameRange(0, 10)
    assert made.marked is None
