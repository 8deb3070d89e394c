"""Dissolves put on cuts, made longer or shorter, and taken away."""

from __future__ import annotations

from dataclasses import replace

from sora_studio.core.errors import BadInput
from sora_studio.core.language import listed, tr
from sora_studio.core.laying import SHORTEST, Lengths, held, longest, refuse_locked, with_track
from sora_studio.core.timeline import Clip, Dissolve, Timeline

DEFAULT_SECONDS = 0.5
"""How long a dissolve is when nothing is said."""
MOST_OF_A_NAME = 32
"""Letters of a clip's name in a message."""


def add_dissolve(timeline: Timeline, left_id: str, right_id: str, length: int, lengths: Lengths) -> Timeline:
    """Let a clip dissolve into the next one, over `length` frames or as many as there are; also changes the length of a
    dissolve that is there. Raises BadInput when the clips do not touch or have no frames beyond the cut."""
    index, left, right = _cut(timeline, left_id, right_id)
    track = timeline.tracks[index]
    others = tuple(one for one in track.dissolves if one.right != right_id)
    most = longest(left, right, lengths)
    if most < SHORTEST:
        raise BadInput(_why(left, right, lengths))
    wanted = Dissolve(left_id, right_id, max(SHORTEST, min(length, most)))
    dissolves = held(track.clips, (*others, wanted), lengths)
    if not any(one.right == right_id for one in dissolves):
        raise BadInput("The dissolve before it takes all of the clip. Make that one shorter first.")
    return with_track(timeline, index, replace(track, dissolves=dissolves))


def remove_dissolve(timeline: Timeline, right_id: str) -> Timeline:
    """Turn the dissolve into a clip back into a cut."""
    index, _ = timeline.find(right_id)
    refuse_locked(timeline, index)
    track = timeline.tracks[index]
    dissolves = tuple(one for one in track.dissolves if one.right != right_id)
    return with_track(timeline, index, replace(track, dissolves=dissolves))


def _cut(timeline: Timeline, left_id: str, right_id: str) -> tuple[int, Clip, Clip]:
    index, left = timeline.find(left_id)
    other, right = timeline.find(right_id)
    if index != other or left.stop != right.start:
        raise BadInput("A dissolve needs two clips that touch. Close the gap between them first.")
    refuse_locked(timeline, index)
    return index, left, right


def _why(left: Clip, right: Clip, lengths: Lengths) -> str:
    """Which clip lacks frames, in words."""
    short = []
    if left.handles(lengths(left.media))[1] < 1:
        short.append(tr("the end of {clip}", clip=_called(left, tr("the first clip"))))
    if right.handles(lengths(right.media))[0] < 1:
        short.append(tr("the start of {clip}", clip=_called(right, tr("the second clip"))))
    return tr(
        "A dissolve shows frames beyond the cut, and there are none. Trim {ends} by a few frames first.",
        ends=listed(short) or tr("the clips"),
    )


def _called(clip: Clip, otherwise: str) -> str:
    """A clip by the beginning of its name, which may be a whole prompt."""
    name = clip.name if len(clip.name) <= MOST_OF_A_NAME else f"{clip.name[: MOST_OF_A_NAME - 1].rstrip()}…"
    return tr("“{name}”", name=name) if name else otherwise
