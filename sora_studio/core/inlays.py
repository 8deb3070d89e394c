"""A clip put between two others that dissolve into it and out of it."""

from __future__ import annotations

from dataclasses import replace

from sora_studio.core import edits
from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.errors import BadInput
from sora_studio.core.laying import Lengths
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.core.trims import Edge, ripple_trim


def insert_dissolving(timeline: Timeline, ends: tuple[str, str], clip: Clip, length: int, lengths: Lengths) -> Timeline:
    """Put a clip on the cut between two clips that touch, with a dissolve of `length` frames on either side of it.

    A dissolve shows frames beyond a cut, so what is missing of them is trimmed from the clips. What follows moves
    along. Raises BadInput when a clip is too short for that.
    """
    left_id, right_id = ends
    need = max(1, (length + 1) // 2)
    timeline = _with_room(timeline, left_id, "tail", need, lengths)
    timeline = _with_room(timeline, right_id, "head", need, lengths)
    if lengths(clip.media) is not None:
        if clip.length <= 3 * need:
            raise BadInput(_short(clip))
        clip = replace(clip, offset=clip.offset + need, length=clip.length - 2 * need)
    track, left = timeline.find(left_id)
    timeline = edits.insert(timeline, track, replace(clip, start=left.stop))
    timeline = add_dissolve(timeline, left_id, clip.id, length, lengths)
    return add_dissolve(timeline, clip.id, right_id, length, lengths)


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
    return f"“{clip.name or 'The clip'}” is too short to dissolve. Insert it without a dissolve, or use a longer clip."
