"""Edits that place, move, cut and remove clips: pure functions on the frozen timeline.

Every edit refuses locked tracks in words. With `linked` (the default) clips that belong together, such as a picture and
its sound, are edited together; those on locked tracks stay. "Ripple" moves what follows on all unlocked tracks by the
same amount, and is refused when something would be run over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from sora_studio.core.errors import BadInput
from sora_studio.core.laying import (
    Lengths,
    cleared,
    free,
    held,
    refuse_locked,
    settled,
    shifted,
    with_clips,
    with_track,
)
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Dissolve, Gap, Kind, Timeline, new_id


@dataclass(frozen=True, slots=True)
class Shift:
    """How far clips go: frames to the right, and tracks of one kind upwards in their list; clips of the other kind stay
    on their tracks."""

    frames: int
    tracks: int = 0
    kind: Kind = "video"


@dataclass(frozen=True, slots=True)
class Carried:
    """Clips where they come to stand, each with its track, in the order they were named; the dissolves among them."""

    clips: tuple[tuple[int, Clip], ...]
    dissolves: tuple[Dissolve, ...] = ()


def place(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip on a track, overwriting what lies beneath."""
    kept, tails = cleared(timeline.tracks[track].clips, clip.range, clip.id)
    return with_clips(timeline, track, (*kept, clip), tails)


def insert(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip on a track and push everything from its start on to the right, on all tracks; a clip under it is
    split."""
    refuse_locked(timeline, track)
    under = timeline.at(track, clip.start)
    if under is not None and under.start < clip.start:
        timeline = split(timeline, under.id, clip.start)
    timeline = shifted(timeline, clip.start, clip.length)
    if any(meets(other, clip.range) for other in timeline.tracks[track].clips):
        raise BadInput("What belongs to a moved clip lies in the way. Insert at another place, or unlink it first.")
    return place(timeline, track, clip)


def append(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip after the last one of a track."""
    return place(timeline, track, replace(clip, start=timeline.tracks[track].stop))


def delete(timeline: Timeline, *clip_ids: str, ripple: bool = False, linked: bool = True) -> Timeline:
    """Take clips away; with `ripple` what follows moves left to close each gap."""
    chosen = free(timeline, clip_ids, linked=linked)
    ranges = _ranges([timeline.find(one)[1] for one in clip_ids]) if ripple else []
    timeline = _without(timeline, chosen)
    for start, stop in ranges:
        timeline = shifted(timeline, stop, start - stop)
    return timeline


def _ranges(clips: Iterable[Clip]) -> list[tuple[int, int]]:
    """The ranges that clips leave, the last first, one for each group; raises BadInput for ranges that overlap."""
    first: dict[str, tuple[int, int]] = {}
    for clip in clips:
        first.setdefault(clip.group or clip.id, (clip.start, clip.stop))
    ranges = sorted(set(first.values()), reverse=True)
    if any(earlier[1] > later[0] for later, earlier in pairwise(ranges)):
        raise BadInput(
            "The selected clips overlap in time only in part, so their gaps cannot be closed together. Delete them one "
            "after the other, or without ripple."
        )
    return ranges


def close_gap(timeline: Timeline, gap: Gap) -> Timeline:
    """Move what follows a gap left, on all tracks, until the gap is gone."""
    refuse_locked(timeline, gap.track)
    return shifted(timeline, gap.stop, gap.start - gap.stop)


def lift(timeline: Timeline, span: FrameRange) -> Timeline:
    """Empty a range of all unlocked tracks and leave the gap."""
    for index, track in enumerate(timeline.tracks):
        if not track.locked and any(meets(clip, span) for clip in track.clips):
            kept, tails = cleared(track.clips, span)
            timeline = with_clips(timeline, index, kept, tails)
    return timeline


def extract(timeline: Timeline, span: FrameRange) -> Timeline:
    """Empty a range of all unlocked tracks and close the gap."""
    return shifted(lift(timeline, span), span.stop, -len(span))


def move(timeline: Timeline, clip_id: str, track: int, start: int) -> Timeline:
    """Move a clip to a start, and to a track of the same kind, overwriting what lies there; what belongs to it goes
    along in time."""
    index, clip = timeline.find(clip_id)
    kind = timeline.tracks[index].kind
    return move_many(timeline, (clip_id,), Shift(start - clip.start, track - index, kind))


def move_many(timeline: Timeline, clip_ids: Iterable[str], shift: Shift, *, linked: bool = True) -> Timeline:
    """Move clips together, overwriting what lies where they go; they stop at the start of the timeline and at the first
    and last track of the kind."""
    chosen = free(timeline, clip_ids, linked=linked)
    return laid(_without(timeline, chosen), carried(timeline, chosen, shift))


def duplicate(
    timeline: Timeline, clip_ids: Iterable[str], shift: Shift, *, linked: bool = True
) -> tuple[Timeline, tuple[str, ...]]:
    """Put copies of clips elsewhere, overwriting what lies there; returns the copies' identities in the same order."""
    copies = copied(carried(timeline, free(timeline, clip_ids, linked=linked), shift))
    return laid(timeline, copies), tuple(clip.id for _, clip in copies.clips)


def carried(timeline: Timeline, clip_ids: Iterable[str], shift: Shift) -> Carried:
    """Clips where a shift brings them, at the first frame and the first or last track of the kind at most."""
    found = [timeline.find(one) for one in clip_ids]
    frames = max(shift.frames, -min((clip.start for _, clip in found), default=0))
    lanes = timeline.of_kind(shift.kind)
    going = [track for track, _ in found if track in lanes]
    up = 0
    if going:
        up = max(lanes[0] - min(going), min(lanes[-1] - max(going), shift.tracks))
    names = {clip.id for _, clip in found}
    return Carried(
        tuple(
            (track + up if track in lanes else track, replace(clip, start=clip.start + frames)) for track, clip in found
        ),
        tuple(one for track in timeline.tracks for one in track.dissolves if {one.left, one.right} <= names),
    )


def copied(clips: Carried) -> Carried:
    """The same clips as new ones; what belonged together does so again."""
    names = {clip.id: new_id() for _, clip in clips.clips}
    groups = {clip.group: new_id() for _, clip in clips.clips if clip.group}
    return Carried(
        tuple(
            (track, replace(clip, id=names[clip.id], group=groups.get(clip.group, ""))) for track, clip in clips.clips
        ),
        tuple(replace(one, left=names[one.left], right=names[one.right]) for one in clips.dissolves),
    )


def laid(timeline: Timeline, clips: Carried) -> Timeline:
    """Put carried clips on their tracks, overwriting what lies there, and their dissolves between them."""
    for track, clip in clips.clips:
        timeline = place(timeline, track, clip)
    for one in clips.dissolves:
        if not (timeline.has(one.left) and timeline.has(one.right)):
            continue
        index, _ = timeline.find(one.right)
        there = timeline.tracks[index]
        others = tuple(other for other in there.dissolves if other.right != one.right)
        timeline = with_track(timeline, index, replace(there, dissolves=held(there.clips, (*others, one))))
    return timeline


def split(timeline: Timeline, clip_id: str, frame: int, *, linked: bool = True) -> Timeline:
    """Cut a clip in two at a timeline frame inside it; the left part keeps the identity. What belongs to it is cut at
    the same frame, and the right parts belong together."""
    _, clip = timeline.find(clip_id)
    if not clip.start < frame < clip.stop:
        raise BadInput("Put the playhead inside the clip to split it.")
    cut = [timeline.find(one) for one in free(timeline, (clip_id,), linked=linked)]
    cut = [(index, other) for index, other in cut if other.start < frame < other.stop]
    group = new_id() if len(cut) > 1 else clip.group
    for index, other in cut:
        left = replace(other.part(other.start, frame), fade_out=0)
        right = replace(other.part(frame, other.stop), id=new_id(), fade_in=0, group=group)
        rest = (clip for clip in timeline.tracks[index].clips if clip.id != other.id)
        timeline = with_clips(timeline, index, (*rest, left, right), {other.id: right.id})
    return timeline


def split_all(timeline: Timeline, frame: int) -> Timeline:
    """Cut every clip under a frame in two, on all unlocked tracks."""
    for index, track in enumerate(timeline.tracks):
        clip = None if track.locked else timeline.at(index, frame)
        if clip is not None and clip.start < frame:
            timeline = split(timeline, clip.id, frame)
    return timeline


def resized(timeline: Timeline, clip_id: str, length: int) -> Timeline:
    """Give a clip another length without looking at its media (for clips whose media is still being made)."""
    index, clip = timeline.find(clip_id)
    return place(timeline, index, replace(clip, length=max(1, length)))


def link(timeline: Timeline, clip_ids: Iterable[str]) -> Timeline:
    """Let clips belong together from now on."""
    group = new_id()
    chosen = tuple(dict.fromkeys(clip_ids))
    if len(chosen) < 2:
        raise BadInput("Select at least two clips to link them.")
    for one in chosen:
        timeline = changed(timeline, replace(timeline.find(one)[1], group=group))
    return timeline


def unlink(timeline: Timeline, clip_ids: Iterable[str]) -> Timeline:
    """Let clips, and those that belonged to them, go their own ways."""
    for one in free(timeline, clip_ids):
        timeline = changed(timeline, replace(timeline.find(one)[1], group=""))
    return timeline


def set_take(timeline: Timeline, clip_id: str, media: str, lengths: Lengths) -> Timeline:
    """Show another take of a clip, one of its own or a new one. The stretch that is shown stays as far as the take has
    it: it moves to an earlier one in a short take, and the clip becomes shorter when the take is shorter than the clip.
    A chosen take is not stale."""
    index, clip = timeline.find(clip_id)
    takes = clip.takes or (clip.media,)
    takes = takes if media in takes else (*takes, media)
    new, whole = replace(clip, media=media, takes=takes, stale=False), lengths(media)
    if whole is not None:
        new = fitted(new, whole)
    rest = (other for other in timeline.tracks[index].clips if other.id != clip_id)
    return settled(with_clips(timeline, index, (*rest, new)), lengths)


def forget(timeline: Timeline, media: str, *, ripple: bool = False) -> Timeline:
    """The timeline without a medium that does not exist any more, on locked tracks too: it is no take of any clip, and
    clips without another take go. With `ripple` their gaps close where nothing is in the way."""
    gone: list[Clip] = []
    for index, track in enumerate(timeline.tracks):
        kept: list[Clip] = []
        for clip in track.clips:
            takes = tuple(take for take in clip.takes if take != media)
            if clip.media != media:
                kept.append(replace(clip, takes=takes))
            elif takes:
                kept.append(replace(clip, media=takes[0], takes=takes))
            else:
                gone.append(clip)
        clips = tuple(kept)
        if clips != track.clips:
            timeline = with_track(timeline, index, replace(track, clips=clips, dissolves=held(clips, track.dissolves)))
    for clip in sorted(gone, key=lambda clip: clip.start, reverse=True) if ripple else ():
        with contextlib.suppress(BadInput):
            timeline = shifted(timeline, clip.stop, -clip.length)
    return timeline


def set_stale(timeline: Timeline, clip_ids: Iterable[str], stale: bool = True) -> Timeline:
    """Mark clips whose sources have changed since they were made, on locked tracks too: nothing visible changes."""
    marked = set(clip_ids)
    for index, track in enumerate(timeline.tracks):
        if any(clip.id in marked and clip.stale != stale for clip in track.clips):
            clips = tuple(replace(clip, stale=stale) if clip.id in marked else clip for clip in track.clips)
            timeline = with_track(timeline, index, replace(track, clips=clips))
    return timeline


def set_sound(timeline: Timeline, clip_id: str, gain: float, fade_in: int, fade_out: int) -> Timeline:
    """Set a clip's gain (decibels, -60 to 12) and fades (frames), as far as they fit into the clip."""
    _, clip = timeline.find(clip_id)
    first = max(0, min(fade_in, clip.length))
    last = max(0, min(fade_out, clip.length - first))
    return changed(timeline, replace(clip, gain=max(-60.0, min(12.0, gain)), fade_in=first, fade_out=last))


def changed(timeline: Timeline, clip: Clip) -> Timeline:
    """The timeline with another value of a clip at its place; raises BadInput when it would overlap another."""
    index, _ = timeline.find(clip.id)
    clips = (clip if other.id == clip.id else other for other in timeline.tracks[index].clips)
    return with_clips(timeline, index, clips)


def fitted(clip: Clip, media_length: int) -> Clip:
    """The clip within a medium: moved to an earlier moment, and only then shortened."""
    pace = abs(clip.speed)
    while clip.length > 1 and clip.span > media_length:
        clip = replace(clip, length=max(1, min(clip.length - 1, int(media_length / pace))))
    room = max(0, media_length - clip.span)
    return replace(clip, offset=max(0, min(clip.offset, room)))


def _without(timeline: Timeline, clip_ids: Iterable[str]) -> Timeline:
    gone = set(clip_ids)
    for index in {timeline.find(one)[0] for one in gone}:
        clips = tuple(clip for clip in timeline.tracks[index].clips if clip.id not in gone)
        timeline = with_clips(timeline, index, clips)
    return timeline


def meets(clip: Clip, span: FrameRange) -> bool:
    """Whether a clip covers a frame of a range."""
    return clip.start < span.stop and clip.stop > span.start
