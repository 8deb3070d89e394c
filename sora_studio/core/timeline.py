"""The timeline: a frozen value of tracks, clips, dissolves and markers. Edits of it are the functions of `core.edits`,
`core.trims`, `core.dissolves` and `core.tracks`, each of which returns a new one.

Positions and lengths are whole frames at the timeline's rate. A clip shows its medium from `offset` on, also counted in
timeline frames; media of another rate are read by time. Clips of a track never overlap.
"""

from __future__ import annotations

import math
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from sora_studio.core.errors import BadInput
from sora_studio.core.storyboard import Storyboard
from sora_studio.core.time import FrameRange, Rate, Size

Kind = Literal["video", "audio"]
"""What a track holds: pictures or sound."""

MediaTime = int | Fraction
"""A moment of a medium in timeline frames from its start; a speed may lead between two frames."""

ENDLESS = 10**9
"""The handles of a still picture, in frames: as long as one likes."""

COLOURS = ("violet", "blue", "green", "yellow", "orange", "red")
"""The colours of markers."""


def new_id() -> str:
    """A fresh identity for a clip, medium, marker or job."""
    return uuid.uuid4().hex[:12]


def exact(value: MediaTime) -> MediaTime:
    """The same value, as an int where it is whole."""
    return value.numerator if value.denominator == 1 else value


@dataclass(frozen=True, slots=True)
class Clip:
    """`length` frames on a track that show a medium from `offset` in it.

    `speed` is media time per timeline time: 2 is twice as fast, -1 plays backwards; then `offset` is still the earliest
    moment that is shown. `gain` in decibels and the fades (frames) count for sound; the fades of a picture let through
    what lies beneath. Clips of the same `group` belong together, such as a picture and its sound. `takes` are the media
    to choose from, `media` among them; empty means that there is no other. `stale`: what it was made from has changed.
    """

    media: str
    start: int
    length: int
    offset: MediaTime = 0
    name: str = ""
    id: str = field(default_factory=new_id)
    speed: Fraction = Fraction(1)
    gain: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    group: str = ""
    takes: tuple[str, ...] = ()
    stale: bool = False

    def __post_init__(self) -> None:
        if self.length < 1 or self.start < 0:
            raise BadInput(
                "A clip needs a length above zero and a start from zero on, not {length}, {start}.",
                length=self.length,
                start=self.start,
            )
        if not self.speed:
            raise BadInput("A clip cannot have the speed zero. Make a still picture of the frame instead.")
        if min(self.fade_in, self.fade_out) < 0:
            raise BadInput("A fade cannot be shorter than nothing.")
        # Edits make clips by the hundred: what is right already is left alone.
        if type(self.offset) is not int:
            object.__setattr__(self, "offset", exact(self.offset))
        if type(self.speed) is not Fraction:
            object.__setattr__(self, "speed", Fraction(self.speed))

    @property
    def stop(self) -> int:
        """The frame after the last."""
        return self.start + self.length

    @property
    def range(self) -> FrameRange:
        """The frames the clip covers on its track."""
        return FrameRange(self.start, self.stop)

    @property
    def span(self) -> MediaTime:
        """How much of the medium lies from the first to the last shown moment, that one's frame included."""
        pace = abs(self.speed)
        return exact((self.length - 1) * pace + min(Fraction(1), pace))

    def moment(self, at: MediaTime) -> MediaTime:
        """The moment of the medium that belongs to a place on the track, also beyond the clip's ends."""
        into = at - self.start
        if self.speed < 0:
            into = self.length - 1 - into
        return exact(self.offset + into * abs(self.speed))

    def part(self, start: int, stop: int) -> Clip:
        """The clip from another start to another stop on its track, each frame showing what it showed; beyond its ends
        the medium goes on (see `handles`), at its start it stays."""
        skipped = start - self.start if self.speed > 0 else self.stop - stop
        length = stop - start
        return replace(
            self,
            start=start,
            length=length,
            offset=max(Fraction(0), self.offset + skipped * abs(self.speed)),
            fade_in=min(self.fade_in, length),
            fade_out=min(self.fade_out, length),
        )

    def handles(self, media_length: int | None) -> tuple[int, int]:
        """How many more frames the medium has before the clip's head and after its tail; `media_length` in timeline
        frames, None for a still picture."""
        if media_length is None:
            return ENDLESS, ENDLESS
        pace = abs(self.speed)
        before = max(0, math.floor(self.offset / pace))
        after = max(0, math.floor((media_length - self.offset - self.span) / pace))
        return (before, after) if self.speed > 0 else (after, before)


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty stretch between two clips (or before the first)."""

    track: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Dissolve:
    """One clip turning into the next over `length` frames around their cut: the longer half, if any, behind it.

    It shows frames of both media beyond the cut, so both clips need handles. Sound crossfades.
    """

    left: str
    right: str
    length: int

    @property
    def before(self) -> int:
        """Frames before the cut."""
        return self.length // 2

    @property
    def after(self) -> int:
        """Frames from the cut on."""
        return self.length - self.before


@dataclass(frozen=True, slots=True)
class Marker:
    """A named place; `colour` is one of COLOURS."""

    frame: int
    name: str = ""
    colour: str = COLOURS[0]
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Track:
    """Clips in order of start, without overlap. `muted` and `solo` count for sound, `hidden` for pictures; the clips of
    a `locked` one stay as they are. `id` tells a track from others whatever it is called and wherever it stands; it is
    no part of the value."""

    name: str
    clips: tuple[Clip, ...] = ()
    kind: Kind = "video"
    locked: bool = False
    muted: bool = False
    hidden: bool = False
    solo: bool = False
    dissolves: tuple[Dissolve, ...] = ()
    id: str = field(default_factory=new_id, compare=False)

    def __post_init__(self) -> None:
        for one, other in pairwise(self.clips):
            if one.stop > other.start:
                raise BadInput("Two clips of track {name} overlap at frame {frame}.", name=self.name, frame=other.start)

    @property
    def stop(self) -> int:
        """The frame after the last clip."""
        return self.clips[-1].stop if self.clips else 0

    def at(self, frame: int) -> Clip | None:
        """The clip under a frame."""
        place = bisect_right(self.clips, frame, key=lambda clip: clip.start) - 1
        return self.clips[place] if place >= 0 and frame < self.clips[place].stop else None

    def around(self, frame: int) -> tuple[Clip | None, Clip | None]:
        """The last clip that ends at or before a frame, and the next on the track after it."""
        place = bisect_right(self.clips, frame, key=lambda clip: clip.stop)
        return self.clips[place - 1] if place else None, self.clips[place] if place < len(self.clips) else None

    def within(self, span: FrameRange) -> tuple[Clip, ...]:
        """The clips that cover a frame of a range."""
        first = bisect_right(self.clips, span.start, key=lambda clip: clip.stop)
        return self.clips[first : bisect_left(self.clips, span.stop, key=lambda clip: clip.start)]

    def find(self, clip_id: str) -> Clip | None:
        """The clip of an identity."""
        return next((clip for clip in self.clips if clip.id == clip_id), None)

    def cut_of(self, dissolve: Dissolve) -> int:
        """The frame of the cut that a dissolve of this track lies on."""
        right = self.find(dissolve.right)
        if right is None:
            raise BadInput("That dissolve is no longer on the timeline.")
        return right.start


@dataclass(frozen=True, slots=True)
class Timeline:
    """Video tracks from bottom to top, a higher one covers a lower one, then audio tracks from top to bottom.

    `mark_in` and `mark_out` bound the marked range, the latter frame excluded. The storyboard lies beside the tracks.
    """

    rate: Rate = Rate(24)
    size: Size = Size(768, 448)
    tracks: tuple[Track, ...] = (Track("V1"), Track("V2"), Track("A1", kind="audio"))
    markers: tuple[Marker, ...] = ()
    mark_in: int | None = None
    mark_out: int | None = None
    storyboard: Storyboard = Storyboard()

    @property
    def length(self) -> int:
        """Frames up to the end of the last clip."""
        return max((track.stop for track in self.tracks), default=0)

    @property
    def marked(self) -> FrameRange | None:
        """The frames between the marks; a missing one stands at the start or end. None without any mark."""
        if self.mark_in is None and self.mark_out is None:
            return None
        start = self.mark_in or 0
        stop = self.length if self.mark_out is None else self.mark_out
        return FrameRange(start, max(start, stop))

    def of_kind(self, kind: Kind) -> tuple[int, ...]:
        """The indices of the video or audio tracks, in order."""
        return tuple(index for index, track in enumerate(self.tracks) if track.kind == kind)

    def clips(self) -> Iterator[tuple[int, Clip]]:
        """All clips with their track index."""
        for index, track in enumerate(self.tracks):
            for clip in track.clips:
                yield index, clip

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

    def group(self, clip_id: str) -> tuple[str, ...]:
        """The identities of a clip and of those that belong to it, itself first."""
        _, clip = self.find(clip_id)
        if not clip.group:
            return (clip_id,)
        return (clip_id, *(other.id for _, other in self.clips() if other.group == clip.group and other.id != clip_id))

    def at(self, track: int, frame: int) -> Clip | None:
        """The clip of a track under a frame."""
        return self.tracks[track].at(frame)

    def top(self, frame: int) -> Clip | None:
        """The clip that is seen at a frame: the highest one that is not hidden. In a dissolve, see `core.layers`."""
        seen = (track for track in reversed(self.tracks) if track.kind == "video" and not track.hidden)
        return next((clip for track in seen if (clip := track.at(frame))), None)

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
