"""The timeline: a frozen value of tracks and clips, and edits as pure functions that return a new one.

Positions and lengths are whole frames at the timeline's rate. A clip shows its media from `offset` (also in timeline
frames) on; media of another rate are read by time. Clips of a track never overlap: what is placed overwrites.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from sora_studio.core.errors import BadInput
from sora_studio.core.time import FrameRange, Rate, Size


def new_id() -> str:
    """A fresh identity for a clip, medium or job."""
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class Clip:
    """`length` frames of a medium, from `offset` in it, at `start` on the track."""

    media: str
    start: int
    length: int
    offset: int = 0
    name: str = ""
    id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        if self.length < 1 or self.start < 0:
            raise BadInput(
                f"A clip needs a length above zero and a start from zero on, not {self.length}, {self.start}."
            )

    @property
    def stop(self) -> int:
        """The frame after the last."""
        return self.start + self.length

    @property
    def range(self) -> FrameRange:
        """The frames the clip covers on its track."""
        return FrameRange(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty stretch between two clips (or before the first)."""

    track: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Track:
    """Clips in order of start, without overlap."""

    name: str
    clips: tuple[Clip, ...] = ()

    @property
    def stop(self) -> int:
        """The frame after the last clip."""
        return max((clip.stop for clip in self.clips), default=0)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tracks from bottom to top; a higher track covers a lower one."""

    rate: Rate = Rate(24)
    size: Size = Size(768, 448)
    tracks: tuple[Track, ...] = (Track("V1"), Track("V2"))

    @property
    def length(self) -> int:
        """Frames up to the end of the last clip."""
        return max((track.stop for track in self.tracks), default=0)

    def find(self, clip_id: str) -> tuple[int, Clip]:
        """The track index and clip of an identity; raises BadInput when it is gone."""
        for index, track in enumerate(self.tracks):
            for clip in track.clips:
                if clip.id == clip_id:
                    return index, clip
        raise BadInput("That clip is no longer on the timeline.")

    def has(self, clip_id: str) -> bool:
        """Whether a clip of that identity is there."""
        return any(clip.id == clip_id for track in self.tracks for clip in track.clips)

    def at(self, track: int, frame: int) -> Clip | None:
        """The clip of a track under a frame."""
        return next((clip for clip in self.tracks[track].clips if frame in clip.range), None)

    def top(self, frame: int) -> Clip | None:
        """The clip that is seen at a frame: the highest one."""
        found = (self.at(index, frame) for index in reversed(range(len(self.tracks))))
        return next((clip for clip in found if clip), None)

    def neighbours(self, clip_id: str) -> tuple[Clip | None, Clip | None]:
        """The clips before and after on the same track, however far."""
        index, clip = self.find(clip_id)
        clips = self.tracks[index].clips
        place = clips.index(clip)
        return (clips[place - 1] if place else None, clips[place + 1] if place + 1 < len(clips) else None)

    def gaps(self, track: int) -> tuple[Gap, ...]:
        """The empty stretches of a track before its last clip."""
        gaps, at = [], 0
        for clip in self.tracks[track].clips:
            if clip.start > at:
                gaps.append(Gap(track, at, clip.start))
            at = clip.stop
        return tuple(gaps)

    def cuts(self) -> tuple[int, ...]:
        """Every start and end of a clip, in order: the places Up and Down jump to and drags snap to."""
        return tuple(
            sorted({edge for track in self.tracks for clip in track.clips for edge in (clip.start, clip.stop)})
        )


def place(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip on a track, overwriting what lies beneath."""
    kept = _cleared(timeline.tracks[track].clips, clip.range, clip.id)
    return _with_track(timeline, track, (*kept, clip))


def insert(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip on a track and push everything from its start on to the right; a clip under it is split."""
    clips: list[Clip] = []
    for other in timeline.tracks[track].clips:
        if other.start >= clip.start:
            clips.append(replace(other, start=other.start + clip.length))
        elif other.stop > clip.start:
            cut = clip.start - other.start
            clips.append(replace(other, length=cut))
            clips.append(
                replace(other, start=clip.stop, length=other.length - cut, offset=other.offset + cut, id=new_id())
            )
        else:
            clips.append(other)
    return _with_track(timeline, track, (*clips, clip))


def append(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip after the last one of a track."""
    return place(timeline, track, replace(clip, start=timeline.tracks[track].stop))


def delete(timeline: Timeline, clip_id: str, *, ripple: bool = False) -> Timeline:
    """Take a clip away; with `ripple` what follows on its track moves left to close the gap."""
    index, gone = timeline.find(clip_id)
    clips = tuple(
        replace(clip, start=clip.start - gone.length) if ripple and clip.start >= gone.stop else clip
        for clip in timeline.tracks[index].clips
        if clip.id != clip_id
    )
    return _with_track(timeline, index, clips)


def close_gap(timeline: Timeline, gap: Gap) -> Timeline:
    """Move what follows a gap left until the gap is gone."""
    clips = tuple(
        replace(clip, start=clip.start - (gap.stop - gap.start)) if clip.start >= gap.stop else clip
        for clip in timeline.tracks[gap.track].clips
    )
    return _with_track(timeline, gap.track, clips)


def move(timeline: Timeline, clip_id: str, track: int, start: int) -> Timeline:
    """Move a clip to a track and start, overwriting what lies there."""
    index, clip = timeline.find(clip_id)
    lifted = _with_track(timeline, index, tuple(other for other in timeline.tracks[index].clips if other.id != clip_id))
    return place(lifted, max(0, min(track, len(timeline.tracks) - 1)), replace(clip, start=max(0, start)))


def trim_head(timeline: Timeline, clip_id: str, by: int) -> Timeline:
    """Move a clip's left edge by `by` frames (positive shortens), within its media, the neighbour and one frame."""
    index, clip = timeline.find(clip_id)
    before, _ = timeline.neighbours(clip_id)
    lowest = max(-clip.offset, (before.stop if before else 0) - clip.start)
    by = max(lowest, min(by, clip.length - 1))
    trimmed = replace(clip, start=clip.start + by, length=clip.length - by, offset=clip.offset + by)
    return _replaced(timeline, index, trimmed)


def trim_tail(timeline: Timeline, clip_id: str, by: int, media_length: int) -> Timeline:
    """Move a clip's right edge by `by` frames (negative shortens), within `media_length` timeline frames of media."""
    index, clip = timeline.find(clip_id)
    _, after = timeline.neighbours(clip_id)
    most = media_length - clip.offset - clip.length
    if after:
        most = min(most, after.start - clip.stop)
    by = min(max(by, 1 - clip.length), max(0, most))
    return _replaced(timeline, index, replace(clip, length=clip.length + by))


def split(timeline: Timeline, clip_id: str, frame: int) -> Timeline:
    """Cut a clip in two at a timeline frame inside it; the left part keeps the identity."""
    index, clip = timeline.find(clip_id)
    if not clip.start < frame < clip.stop:
        raise BadInput("Put the playhead inside the clip to split it.")
    cut = frame - clip.start
    left = replace(clip, length=cut)
    right = replace(clip, start=frame, length=clip.length - cut, offset=clip.offset + cut, id=new_id())
    rest = tuple(other for other in timeline.tracks[index].clips if other.id != clip_id)
    return _with_track(timeline, index, (*rest, left, right))


def resized(timeline: Timeline, clip_id: str, length: int) -> Timeline:
    """Give a clip another length without looking at its media (for clips whose media is still being made)."""
    index, clip = timeline.find(clip_id)
    return place(timeline, index, replace(clip, length=max(1, length)))


def _replaced(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    clips = tuple(clip if other.id == clip.id else other for other in timeline.tracks[track].clips)
    return _with_track(timeline, track, clips)


def _with_track(timeline: Timeline, index: int, clips: tuple[Clip, ...]) -> Timeline:
    ordered = replace(timeline.tracks[index], clips=tuple(sorted(clips, key=lambda clip: clip.start)))
    return replace(timeline, tracks=(*timeline.tracks[:index], ordered, *timeline.tracks[index + 1 :]))


def _cleared(clips: tuple[Clip, ...], hole: FrameRange, keep_id: str) -> tuple[Clip, ...]:
    """The clips with `hole` cut out of them; the clip of `keep_id` itself is left out."""
    kept: list[Clip] = []
    for clip in clips:
        if clip.id == keep_id:
            continue
        if clip.stop <= hole.start or clip.start >= hole.stop:
            kept.append(clip)
            continue
        if clip.start < hole.start:
            kept.append(replace(clip, length=hole.start - clip.start))
        if clip.stop > hole.stop:
            cut = hole.stop - clip.start
            identity = new_id() if clip.start < hole.start else clip.id
            kept.append(
                replace(clip, start=hole.stop, length=clip.stop - hole.stop, offset=clip.offset + cut, id=identity)
            )
    return tuple(kept)
