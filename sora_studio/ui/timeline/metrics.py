"""Where frames and tracks lie in scene pixels. The zoom is a number of pixels per frame; nothing is ever scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from sora_studio.core.time import Rate
from sora_studio.core.timeline import Kind

RULER_HEIGHT = 40
HEADER_WIDTH = 132
TRACK_HEIGHT = 66
AUDIO_HEIGHT = 44
"""Heights of video and audio tracks until someone changes them."""
LOWEST, HIGHEST = 26, 220
"""Limits of a track's height."""
TRACK_SPACING = 4
DIVIDER = 11
"""Pixels between the video and the audio tracks; dragged, they share the height anew."""
TITLE_HEIGHT = 18
EDGE = 8
"""Pixels at either end of a clip that trim it."""
PLUS = 22
"""Width in pixels of the handle that offers to generate more, outside a clip's edge."""
MARGIN = 40
"""Pixels left of frame zero, so that a handle before the first clip can be reached."""
SMALLEST, LARGEST = 0.02, 48.0
"""Limits of the zoom in pixels per frame."""

_STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a track lies: its top edge and height in scene pixels."""

    kind: Kind
    top: int
    high: int


def lay_lanes(tracks: Sequence[tuple[Kind, int]]) -> tuple[Lane, ...]:
    """The lanes of tracks given as kind and height: video tracks from bottom to top, the audio tracks below them."""
    tops, at = dict[int, int](), 0
    video = [index for index, (kind, _) in enumerate(tracks) if kind == "video"]
    audio = [index for index, (kind, _) in enumerate(tracks) if kind == "audio"]
    for index in (*reversed(video), *audio):
        if index == (audio[0] if audio else None) and video:
            at += DIVIDER - TRACK_SPACING
        tops[index] = at
        at += tracks[index][1] + TRACK_SPACING
    return tuple(Lane(kind, tops[index], high) for index, (kind, high) in enumerate(tracks))


@dataclass(frozen=True, slots=True)
class Metrics:
    """The map between the timeline and scene pixels; `lanes` by track index."""

    per_frame: float = 3.0
    lanes: tuple[Lane, ...] = lay_lanes((("video", TRACK_HEIGHT), ("video", TRACK_HEIGHT)))

    def x(self, frame: float) -> int:
        """The scene x of a frame's left edge, on a whole pixel so that thumbnails stay crisp."""
        return round(frame * self.per_frame)

    def frame(self, x: float) -> int:
        """The frame boundary nearest to a scene x; negative left of zero."""
        return round(x / self.per_frame)

    def y(self, track: int) -> int:
        """The scene y of a track's top edge."""
        return self.lanes[track].top

    def high(self, track: int) -> int:
        """The height of a track."""
        return self.lanes[track].high

    def track(self, y: float, kind: Kind | None = None) -> int:
        """The track nearest to a scene y, among those of a kind if one is given."""
        found = [index for index, lane in enumerate(self.lanes) if kind in (None, lane.kind)]
        return min(found, key=lambda index: _apart(self.lanes[index], y))

    def area(self, track: int, start: int, stop: int) -> QRectF:
        """The scene rectangle of a stretch of a track."""
        left = self.x(start)
        return QRectF(left, self.y(track), self.x(stop) - left, self.high(track))

    @property
    def height(self) -> int:
        """The height of all tracks."""
        return max((lane.top + lane.high for lane in self.lanes), default=0)

    @property
    def divider(self) -> float | None:
        """The scene y of the middle between video and audio tracks; None without the latter."""
        top = min((lane.top for lane in self.lanes if lane.kind == "audio"), default=None)
        return None if top is None else top - DIVIDER / 2


def _apart(lane: Lane, y: float) -> float:
    return max(lane.top - y, y - lane.top - lane.high, 0.0)


@dataclass(frozen=True, slots=True)
class Ticks:
    """The ruler's division: a label every `major` frames, a line every `minor`."""

    major: int
    minor: int
    with_frames: bool

    def label(self, rate: Rate, frame: int) -> str:
        """The timecode of a major tick, as short as it can be read without doubt."""
        hours, minutes, seconds, frames = rate.timecode(frame).replace(";", ":").split(":")
        head = f"{minutes}:{seconds}" if hours == "00" else f"{hours}:{minutes}:{seconds}"
        return f"{head}:{frames}" if self.with_frames else head


def ticks(per_frame: float, rate: Rate, apart: int = 62) -> Ticks:
    """The finest division whose labels lie at least `apart` pixels from one another."""
    base = max(1, round(rate.fps))
    for step in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15):
        if step < base and step * per_frame >= apart and base % step == 0:
            return Ticks(step, 1, True)
    seconds = next((one for one in _STEPS_SECONDS if one * base * per_frame >= apart), _STEPS_SECONDS[-1])
    wanted = (5, 4, 3, 2, 1) if seconds % 5 == 0 else (4, 5, 3, 2, 1)
    parts = next(one for one in wanted if seconds * base % one == 0)
    return Ticks(seconds * base, seconds * base // parts, False)


def zoomed(per_frame: float, factor: float) -> float:
    """Another zoom within the limits."""
    return max(SMALLEST, min(LARGEST, per_frame * factor))
