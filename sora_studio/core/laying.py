"""What every edit of the timeline stands on: tracks with other clips, room made for a clip, time moved on all tracks.

A dissolve lives as long as its two clips touch. It becomes shorter when a clip or a medium is too short for it, and
goes when fewer than SHORTEST frames would be left: the edit itself is never refused for a dissolve's sake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from types import MappingProxyType

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Dissolve, Timeline, Track, new_id

Lengths = Callable[[str], int | None]
"""The length of a medium in timeline frames, None for a still picture, which lasts as long as one likes."""

SHORTEST = 2
"""Frames of the shortest dissolve."""

_NONE: Mapping[str, str] = MappingProxyType({})


def refuse_locked(timeline: Timeline, index: int) -> None:
    """Raise BadInput when a track is locked."""
    if timeline.tracks[index].locked:
        raise BadInput(
            "Track {track} is locked. Unlock it at its left to change its clips.", track=timeline.tracks[index].name
        )


def with_track(timeline: Timeline, index: int, track: Track) -> Timeline:
    """The timeline with another track at a place."""
    return replace(timeline, tracks=(*timeline.tracks[:index], track, *timeline.tracks[index + 1 :]))


def with_clips(timeline: Timeline, index: int, clips: Iterable[Clip], tails: Mapping[str, str] = _NONE) -> Timeline:
    """The timeline with other clips on a track, and the dissolves that still stand. `tails` names the clip whose end is
    now that of another one, after a clip was cut in two. Raises BadInput when the track is locked."""
    refuse_locked(timeline, index)
    track = timeline.tracks[index]
    ordered = tuple(sorted(clips, key=lambda clip: clip.start))
    dissolves = tuple(replace(one, left=tails.get(one.left, one.left)) for one in track.dissolves)
    return with_track(timeline, index, replace(track, clips=ordered, dissolves=held(ordered, dissolves)))


def held(
    clips: tuple[Clip, ...], dissolves: Iterable[Dissolve], lengths: Lengths | None = None
) -> tuple[Dissolve, ...]:
    """The dissolves that clips can hold, in order, shortened where need be; without `lengths` handles are not asked.
    Where two of them meet on a clip the later one gives way."""
    wanted = {one.right: one for one in dissolves}
    if not wanted:
        return ()
    kept: list[Dissolve] = []
    left, taken = None, 0
    for right in clips:
        one, after = wanted.get(right.id), 0
        if one is not None and left is not None and left.id == one.left and left.stop == right.start:
            length = min(one.length, longest(left, right, lengths, taken))
            if length >= SHORTEST:
                kept.append(replace(one, length=length))
                after = kept[-1].after
        left, taken = right, after
    return tuple(kept)


def longest(left: Clip, right: Clip, lengths: Lengths | None = None, taken: int = 0) -> int:
    """The longest dissolve between two clips that touch; `taken` frames of the left one belong to another."""
    before, after = left.length - taken, right.length
    if lengths is not None:
        before = min(before, right.handles(lengths(right.media))[0])
        after = min(after, left.handles(lengths(left.media))[1])
    return max(0, min(2 * before + 1, 2 * after))


def settled(timeline: Timeline, lengths: Lengths) -> Timeline:
    """The timeline with every dissolve as long as handles allow."""
    for index, track in enumerate(timeline.tracks):
        dissolves = held(track.clips, track.dissolves, lengths)
        if dissolves != track.dissolves:
            timeline = with_track(timeline, index, replace(track, dissolves=dissolves))
    return timeline


def cleared(clips: Iterable[Clip], hole: FrameRange, skip: str = "") -> tuple[list[Clip], dict[str, str]]:
    """The clips with `hole` cut out of them, without the one called `skip`; and the new clips behind the hole by the
    one whose end they are. Those belong together when they did before, and no longer to what lies before the hole."""
    kept: list[Clip] = []
    tails: dict[str, str] = {}
    for clip in clips:
        if clip.id == skip:
            continue
        if clip.stop <= hole.start or clip.start >= hole.stop:
            kept.append(clip)
            continue
        left, right = clip.start < hole.start, clip.stop > hole.stop
        if left:
            kept.append(replace(clip.part(clip.start, hole.start), fade_out=0))
        if right:
            rest = replace(clip.part(hole.stop, clip.stop), fade_in=0)
            if left:
                # What is cut by the same hole goes on together: derived names meet where new ones would not.
                rest = replace(rest, id=new_id(), group=clip.group and f"{clip.group}+{hole.stop}")
                tails[clip.id] = rest.id
            kept.append(rest)
    return kept, tails


def shifted(timeline: Timeline, at: int, by: int, keep: Set[str] = frozenset()) -> Timeline:
    """Everything that starts at or after a frame moved by `by`, on every track that is not locked; what belongs to a
    moved clip goes with it (unless it is one of `keep`), and so does what follows on its track. Raises BadInput when a
    clip would run into one that stays."""
    for index, first in _moving(timeline, at, keep).items() if by else ():
        track = timeline.tracks[index]
        staying, moving = track.clips[:first], track.clips[first:]
        if moving[0].start + by < (staying[-1].stop if staying else 0):
            name = moving[0].name or tr("A clip")
            raise BadInput(
                "“{name}” on track {track} would run into what stands before it. Lock {track} to leave it where "
                "it is, or edit without ripple.",
                name=name,
                track=track.name,
            )
        moved = (replace(clip, start=clip.start + by) for clip in moving)
        timeline = with_clips(timeline, index, (*staying, *moved))
    return timeline


def _moving(timeline: Timeline, at: int, keep: Set[str]) -> dict[int, int]:
    """The place in its track of the first clip that moves, by track."""
    groups: dict[str, list[tuple[int, int]]] = {}
    first: dict[int, int] = {}
    for index, track in enumerate(timeline.tracks):
        if track.locked:
            continue
        for place, clip in enumerate(track.clips):
            if clip.group and clip.id not in keep:
                groups.setdefault(clip.group, []).append((index, place))
            if clip.start >= at:
                first.setdefault(index, place)
    waiting = list(first.items())
    while waiting:
        index, place = waiting.pop()
        for clip in timeline.tracks[index].clips[place:]:
            for other, there in groups.get(clip.group, ()):
                if there < first.get(other, len(timeline.tracks[other].clips)):
                    first[other] = there
                    waiting.append((other, there))
    return first


def free(timeline: Timeline, clip_ids: Iterable[str], *, linked: bool = True) -> tuple[str, ...]:
    """Clips and, with `linked`, those that belong to them, except the latter on locked tracks; each once."""
    found: dict[str, None] = {}
    for clip_id in clip_ids:
        found[clip_id] = None
        for other in timeline.group(clip_id)[1:] if linked else ():
            if not timeline.tracks[timeline.find(other)[0]].locked:
                found[other] = None
    return tuple(found)
