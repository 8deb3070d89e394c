"""Edits of what a clip shows and of its edges: trim, ripple trim, roll, slip, slide, speed.

Each goes as far as media, neighbours and one frame allow, and no further; `by` counts timeline frames. What belongs to
a clip is edited by the same amount, so the one with the least room decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from sora_studio.core.errors import BadInput
from sora_studio.core.laying import Lengths, free, refuse_locked, settled, shifted, with_clips
from sora_studio.core.timeline import ENDLESS, Clip, Timeline

Edge = Literal["head", "tail"]

SLOWEST, FASTEST = Fraction(1, 20), Fraction(20)
"""The bounds of a clip's speed, in either direction."""

_Found = tuple[int, Clip]


def trim_head(timeline: Timeline, clip_id: str, by: int, lengths: Lengths, *, linked: bool = True) -> Timeline:
    """Move a clip's left edge by `by` frames (positive shortens)."""
    found = _found(timeline, clip_id, linked)
    by = _within(by, (_head_room(timeline, clip, lengths) for _, clip in found))
    return _put(timeline, ((index, clip.part(clip.start + by, clip.stop)) for index, clip in found), lengths)


def trim_tail(timeline: Timeline, clip_id: str, by: int, lengths: Lengths, *, linked: bool = True) -> Timeline:
    """Move a clip's right edge by `by` frames (negative shortens)."""
    found = _found(timeline, clip_id, linked)
    by = _within(by, (_tail_room(timeline, clip, lengths) for _, clip in found))
    return _put(timeline, ((index, clip.part(clip.start, clip.stop + by)) for index, clip in found), lengths)


def ripple_trim(timeline: Timeline, clip_id: str, edge: Edge, by: int, lengths: Lengths) -> Timeline:
    """Move a clip's edge by `by` frames to the right while what follows stays attached to the clip's end: the head of
    the clip keeps its place on the track, too."""
    found = _found(timeline, clip_id, True)
    grown = by if edge == "tail" else -by
    grown = _within(grown, ((1 - clip.length, _handle(clip, edge, lengths)) for _, clip in found))
    at, keep = min(clip.stop for _, clip in found), frozenset(clip.id for _, clip in found)
    if grown > 0:
        timeline = shifted(timeline, at, grown, keep)
    now = [timeline.find(clip.id) for _, clip in found]
    timeline = _put(timeline, [(index, _rippled(clip, edge, grown)) for index, clip in now], lengths)
    return timeline if grown >= 0 else settled(shifted(timeline, at, grown, keep), lengths)


def roll(timeline: Timeline, clip_id: str, edge: Edge, by: int, lengths: Lengths) -> Timeline:
    """Move the cut at a clip's edge: one of the two clips that meet there becomes longer, the other one shorter."""
    pairs = _pairs(timeline, clip_id, edge)
    cut = pairs[0][2].start
    rooms = []
    for _, left, right in pairs:
        back = min(left.length - 1, _handle(right, "head", lengths))
        rooms.append((-back, min(right.length - 1, _handle(left, "tail", lengths))))
    cut += _within(by, rooms)
    moved = [
        (index, clip)
        for index, left, right in pairs
        for clip in (left.part(left.start, cut), right.part(cut, right.stop))
    ]
    return _put(timeline, moved, lengths)


def slip(timeline: Timeline, clip_id: str, by: int, lengths: Lengths) -> Timeline:
    """Show a later (negative: an earlier) stretch of the medium in the same place; `by` counts frames of the clip."""
    found = [one for one in _found(timeline, clip_id, True) if lengths(one[1].media) is not None]
    rooms = []
    for _, clip in found:
        head, tail = clip.handles(lengths(clip.media))
        rooms.append((-head, tail) if clip.speed > 0 else (-tail, head))
    by = _within(by, rooms)
    slipped = ((index, replace(clip, offset=clip.offset + by * abs(clip.speed))) for index, clip in found)
    return _put(timeline, slipped, lengths)


def slide(timeline: Timeline, clip_id: str, by: int, lengths: Lengths) -> Timeline:
    """Move a clip between its neighbours: those that touch it become longer and shorter, gaps wider and narrower."""
    found = _found(timeline, clip_id, True)
    by = _within(by, (_slide_room(timeline, one, lengths) for _, one in found))
    moved: list[_Found] = []
    for track, one in found:
        left, right = _touching(timeline, one)
        moved.append((track, replace(one, start=one.start + by)))
        if left:
            moved.append((track, left.part(left.start, left.stop + by)))
        if right:
            moved.append((track, right.part(right.start + by, right.stop)))
    return _put(timeline, moved, lengths)


def set_speed(timeline: Timeline, clip_id: str, speed: Fraction, lengths: Lengths, *, ripple: bool = False) -> Timeline:
    """Play the same stretch of a medium at another speed (negative: backwards), so that the clip gets another length.

    With `ripple` what follows makes room or closes up; without it a clip that has become too long for its place ends
    where the next one begins. Raises BadInput for speeds outside SLOWEST to FASTEST and for still pictures.
    """
    if not SLOWEST <= abs(speed) <= FASTEST:
        raise BadInput(
            "A speed must lie between {least:.0%} and {most:.0%}, in either direction.",
            least=float(SLOWEST),
            most=float(FASTEST),
        )
    found = _found(timeline, clip_id, True)
    clip = found[0][1]
    if lengths(clip.media) is None:
        raise BadInput("A still picture has no speed. Drag its edge to show it longer or shorter.")
    grown = _paced(clip, speed).length - clip.length
    at, keep = min(one.stop for _, one in found), frozenset(one.id for _, one in found)
    if ripple and grown > 0:
        timeline = shifted(timeline, at, grown, keep)
    now = [timeline.find(one.id) for _, one in found]
    timeline = _put(timeline, [(track, _roomy(timeline, _paced(one, speed))) for track, one in now], lengths)
    return settled(shifted(timeline, at, grown, keep), lengths) if ripple and grown < 0 else timeline


def _paced(clip: Clip, speed: Fraction) -> Clip:
    """The clip at another speed, with as many frames as its stretch of the medium gives."""
    pace = abs(speed)
    rest = clip.span - min(Fraction(1), pace)
    length = 1 + max(0, math.floor(rest / pace))
    fades = min(clip.fade_in, length), min(clip.fade_out, length)
    return replace(clip, speed=speed, length=length, fade_in=fades[0], fade_out=fades[1])


def _roomy(timeline: Timeline, clip: Clip) -> Clip:
    """The clip cut off where the next one begins."""
    _, after = timeline.neighbours(clip.id)
    return clip.part(clip.start, after.start) if after and after.start < clip.stop else clip


def _rippled(clip: Clip, edge: Edge, grown: int) -> Clip:
    """The clip with `grown` more frames at an edge, at the same start."""
    if edge == "tail":
        return clip.part(clip.start, clip.stop + grown)
    base = replace(clip, start=clip.start + max(0, grown))
    return replace(base.part(base.start - grown, base.stop), start=clip.start)


def _found(timeline: Timeline, clip_id: str, linked: bool) -> list[_Found]:
    """A clip and, with `linked`, what belongs to it at the same time, one clip a track; raises BadInput when the clip's
    track is locked."""
    index, clip = timeline.find(clip_id)
    refuse_locked(timeline, index)
    lanes = {index: clip}
    for track, other in (timeline.find(one) for one in free(timeline, (clip_id,), linked=linked)):
        if other.start < clip.stop and other.stop > clip.start:
            lanes.setdefault(track, other)
    return list(lanes.items())


def _pairs(timeline: Timeline, clip_id: str, edge: Edge) -> list[tuple[int, Clip, Clip]]:
    """The clips that meet at an edge, and those that belong to them and meet at the same frame."""
    index, clip = timeline.find(clip_id)
    refuse_locked(timeline, index)
    left, right = _touching(timeline, clip)
    other = left if edge == "head" else right
    if other is None:
        raise BadInput("Rolling needs a cut: two clips that touch. Trim the edge instead.")
    cut = clip.start if edge == "head" else clip.stop
    lanes: dict[int, tuple[int, Clip, Clip]] = {}
    for one in (clip_id, other.id):
        for partner in free(timeline, (one,)):
            track, found = timeline.find(partner)
            before, after = _touching(timeline, found)
            if found.stop == cut and after:
                lanes.setdefault(track, (track, found, after))
            elif found.start == cut and before:
                lanes.setdefault(track, (track, before, found))
    return list(lanes.values())


def _touching(timeline: Timeline, clip: Clip) -> tuple[Clip | None, Clip | None]:
    """The neighbours without a gap between."""
    before, after = timeline.neighbours(clip.id)
    return (
        before if before and before.stop == clip.start else None,
        after if after and after.start == clip.stop else None,
    )


def _handle(clip: Clip, edge: Edge, lengths: Lengths) -> int:
    head, tail = clip.handles(lengths(clip.media))
    return head if edge == "head" else tail


def _head_room(timeline: Timeline, clip: Clip, lengths: Lengths) -> tuple[int, int]:
    before, _ = timeline.neighbours(clip.id)
    room = clip.start - (before.stop if before else 0)
    return -min(room, _handle(clip, "head", lengths)), clip.length - 1


def _tail_room(timeline: Timeline, clip: Clip, lengths: Lengths) -> tuple[int, int]:
    _, after = timeline.neighbours(clip.id)
    room = after.start - clip.stop if after else ENDLESS
    return 1 - clip.length, min(room, _handle(clip, "tail", lengths))


def _slide_room(timeline: Timeline, clip: Clip, lengths: Lengths) -> tuple[int, int]:
    before, after = timeline.neighbours(clip.id)
    left, right = _touching(timeline, clip)
    back = left.length - 1 if left else clip.start - (before.stop if before else 0)
    on = right.length - 1 if right else after.start - clip.stop if after else ENDLESS
    if right:
        back = min(back, _handle(right, "head", lengths))
    if left:
        on = min(on, _handle(left, "tail", lengths))
    return -back, on


def _within(by: int, rooms: Iterable[tuple[int, int]]) -> int:
    """`by` inside all of the bounds."""
    low, high = -ENDLESS, ENDLESS
    for least, most in rooms:
        low, high = max(low, min(0, least)), min(high, max(0, most))
    return max(low, min(high, by))


def _put(timeline: Timeline, clips: Iterable[_Found], lengths: Lengths) -> Timeline:
    """The timeline with other values of clips on their tracks."""
    lanes: dict[int, dict[str, Clip]] = {}
    for index, clip in clips:
        lanes.setdefault(index, {})[clip.id] = clip
    for index, new in lanes.items():
        kept = (new.get(clip.id, clip) for clip in timeline.tracks[index].clips)
        timeline = with_clips(timeline, index, kept)
    return settled(timeline, lengths)
