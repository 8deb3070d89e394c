"""Places between clips that something can be made at: gaps, and cuts where two clips meet."""

from __future__ import annotations

from dataclasses import dataclass

from sora_studio.core.timeline import Clip, Gap, Timeline


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the clip `left` ends and `right` begins."""

    left: str
    right: str


Spot = Gap | Cut


def cut_at(timeline: Timeline, frame: int) -> Cut | None:
    """The cut at a frame, on the highest video track that has one there."""
    for track in reversed(timeline.of_kind("video")):
        right = timeline.tracks[track].at(frame)
        left = timeline.tracks[track].at(frame - 1) if frame else None
        if left is not None and right is not None and left.id != right.id:
            return Cut(left.id, right.id)
    return None


def gap_at(timeline: Timeline, track: int, frame: int) -> Gap | None:
    """The gap of a track under a frame."""
    before, after = timeline.tracks[track].around(frame)
    if after is None or after.start <= frame:
        return None
    return Gap(track, before.stop if before else 0, after.start)


def spot_at(timeline: Timeline, frame: int) -> Spot | None:
    """What lies at a frame when no clip does: a cut, else a gap in which nothing is seen."""
    cut = cut_at(timeline, frame)
    if cut is not None or timeline.top(frame) is not None:
        return cut
    gaps = (gap_at(timeline, track, frame) for track in timeline.of_kind("video"))
    return next((gap for gap in gaps if gap is not None), None)


def stands(timeline: Timeline, spot: Spot) -> bool:
    """Whether a spot is still there."""
    if isinstance(spot, Gap):
        return spot.track < len(timeline.tracks) and spot in timeline.gaps(spot.track)
    if not (timeline.has(spot.left) and timeline.has(spot.right)):
        return False
    (track, left), (other, right) = timeline.find(spot.left), timeline.find(spot.right)
    return track == other and left.stop == right.start


def ends(timeline: Timeline, spot: Spot) -> tuple[Clip | None, Clip | None]:
    """The clips on both sides of a spot."""
    if isinstance(spot, Cut):
        return timeline.find(spot.left)[1], timeline.find(spot.right)[1]
    track = timeline.tracks[spot.track]
    return track.at(spot.start - 1), track.at(spot.stop)
