"""What tells one timeline from another: a few values, however many clips both have. Undo keeps its steps so."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from operator import attrgetter

from sora_studio.core.timeline import Clip, Timeline, Track

_BUT_START = attrgetter(*(field.name for field in fields(Clip) if field.name != "start"))


@dataclass(frozen=True, slots=True)
class _Lane:
    """A track by the one that was at its place: the other's first `head` clips, `middle`, and the other's last `tail`
    clips moved by `by` frames. `bare` is the track without clips."""

    bare: Track
    head: int
    middle: tuple[Clip, ...]
    tail: int
    by: int

    def applied(self, track: Track) -> Track:
        last = track.clips[len(track.clips) - self.tail :]
        moved = (replace(clip, start=clip.start + self.by) for clip in last) if self.by else last
        return replace(self.bare, clips=(*track.clips[: self.head], *self.middle, *moved))


@dataclass(frozen=True, slots=True)
class Difference:
    """How another timeline differs from the one it is applied to. What is not a clip is kept whole."""

    _bare: Timeline
    _lanes: tuple[_Lane | Track | None, ...]
    """None for a track that is the same."""

    def applied(self, timeline: Timeline) -> Timeline:
        """The other timeline."""
        tracks = []
        for index, lane in enumerate(self._lanes):
            match lane:
                case None:
                    tracks.append(timeline.tracks[index])
                case Track():
                    tracks.append(lane)
                case _Lane():
                    tracks.append(lane.applied(timeline.tracks[index]))
        return replace(self._bare, tracks=tuple(tracks))


def difference(one: Timeline, other: Timeline) -> Difference:
    """What makes `other` of `one`: `difference(one, other).applied(one) == other`."""
    known = one.tracks
    lanes = (_lane(known[place], track) if place < len(known) else track for place, track in enumerate(other.tracks))
    return Difference(replace(other, tracks=()), tuple(lanes))


def _lane(one: Track, other: Track) -> _Lane | None:
    if one == other:
        return None
    most = min(len(one.clips), len(other.clips))
    head = next((at for at in range(most) if one.clips[at] != other.clips[at]), most)
    most -= head
    by = other.clips[-1].start - one.clips[-1].start if most else 0
    ends = zip(reversed(one.clips), reversed(other.clips), strict=False)
    same = (b.start - a.start == by and _BUT_START(a) == _BUT_START(b) for a, b in ends)
    tail = next((at for at, alike in enumerate(same) if at == most or not alike), most)
    return _Lane(replace(other, clips=()), head, other.clips[head : len(other.clips) - tail], tail, by)
