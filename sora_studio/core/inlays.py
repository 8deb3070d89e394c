"""A clip put between two others: a new one, or one that was elsewhere on the timeline; with dissolves on wish."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from sora_studio.core import edits
from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.laying import Lengths, free
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.core.trims import Edge, ripple_trim


def moved_between(timeline: Timeline, clip_id: str, right_id: str) -> Timeline:
    """A clip, with what belongs to it, on the cut before `right_id`; what follows moves along. Where it was, its gap
    closes if it stood in a row of clips on the same track and nothing is in the way."""
    taken, clip, others = _taken(timeline, clip_id, right_id)
    track, right = taken.find(right_id)
    return _accompanied(edits.insert(taken, track, replace(clip, start=right.start)), clip, others)


def moved_dissolving(
    timeline: Timeline, clip_id: str, ends: tuple[str, str], length: int, lengths: Lengths
) -> Timeline:
    """The same with a dissolve of `length` frames on either side; raises BadInput when a clip is too short for it."""
    taken, clip, others = _taken(timeline, clip_id, ends[1])
    return _accompanied(insert_dissolving(taken, ends, clip, length, lengths), clip, others)


def insert_dissolving(timeline: Timeline, ends: tuple[str, str], clip: Clip, length: int, lengths: Lengths) -> Timeline:
    """Put a clip on the cut between two clips that touch, with a dissolve of `length` frames on either side of it.

    A dissolve shows frames beyond a cut, so what is missing of them is trimmed from the clips. What follows moves
    along. Raises BadInput when a clip is too short for that.
    """
    left_id, right_id = ends
    need = max(1, (length + 1) // 2)
    timeline = _with_room(timeline, left_id, "tail", need, lengths)
    timeline = _with_room(timeline, right_id, "head", need, lengths)
    head, tail = (max(0, need - handle) for handle in clip.handles(lengths(clip.media)))
    if clip.length <= head + tail + need:
        raise BadInput(_short(clip))
    clip = clip.part(clip.start + head, clip.stop - tail)
    track, left = timeline.find(left_id)
    timeline = edits.insert(timeline, track, replace(clip, start=left.stop))
    timeline = add_dissolve(timeline, left_id, clip.id, length, lengths)
    return add_dissolve(timeline, clip.id, right_id, length, lengths)


def _taken(timeline: Timeline, clip_id: str, right_id: str) -> tuple[Timeline, Clip, list[tuple[int, Clip]]]:
    """The timeline without a clip and what belongs to it, the clip, and the latter with their tracks."""
    track, clip = timeline.find(clip_id)
    others = [timeline.find(one) for one in free(timeline, (clip_id,))[1:]]
    before, after = timeline.neighbours(clip_id)
    in_row = (before.stop if before else 0) == clip.start and after is not None and after.start == clip.stop
    taken = edits.delete(timeline, clip_id)
    if in_row and timeline.find(right_id)[0] == track:
        with contextlib.suppress(BadInput):
            taken = edits.delete(timeline, clip_id, ripple=True)
    return taken, clip, others


def _accompanied(timeline: Timeline, clip: Clip, others: list[tuple[int, Clip]]) -> Timeline:
    """What belongs to a clip brought after it to where it stands now, and cut like it where it was made shorter."""
    now = timeline.find(clip.id)[1]
    head = next(frame for frame in range(clip.length) if clip.moment(clip.start + frame) == now.moment(now.start))
    for index, other in others:
        if now.length < clip.length:
            start, stop = max(other.start, clip.start + head), min(other.stop, clip.start + head + now.length)
            other = other.part(start, stop) if start < stop else other
        at = max(0, other.start + now.start - clip.start - head)
        timeline = edits.place(timeline, index, replace(other, start=at))
    return timeline


def _with_room(timeline: Timeline, clip_id: str, edge: Edge, need: int, lengths: Lengths) -> Timeline:
    """A clip trimmed so far that its medium has `need` frames beyond an edge."""
    _, clip = timeline.find(clip_id)
    head, tail = clip.handles(lengths(clip.media))
    missing = need - (head if edge == "head" else tail)
    if missing <= 0:
        return timeline
    if clip.length - missing <= need:
        raise BadInput(_short(clip))
    return ripple_trim(timeline, clip_id, edge, missing if edge == "head" else -missing, lengths)


def _short(clip: Clip) -> str:
    return tr(
        "“{name}” is too short to dissolve. Insert it without a dissolve, or use a longer clip.",
        name=clip.name or tr("The clip"),
    )
