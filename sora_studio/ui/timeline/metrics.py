"""Where frames and tracks lie in scene pixels. The zoom is a number of pixels per frame; nothing is ever scaled."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from sora_studio.core.time import Rate

RULER_HEIGHT = 30
HEADER_WIDTH = 52
TRACK_HEIGHT = 66
TRACK_SPACING = 6
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
class Metrics:
    """The map between the timeline and scene pixels; track 0 lies at the bottom."""

    per_frame: float = 3.0
    tracks: int = 2

    def x(self, frame: float) -> int:
        """The scene x of a frame's left edge, on a whole pixel so that thumbnails stay crisp."""
        return round(frame * self.per_frame)

    def frame(self, x: float) -> int:
        """The frame boundary nearest to a scene x; negative left of zero."""
        return round(x / self.per_frame)

    def y(self, track: int) -> int:
        """The scene y of a track's top edge."""
        return (self.tracks - 1 - track) * (TRACK_HEIGHT + TRACK_SPACING)

    def track(self, y: float) -> int:
        """The track nearest to a scene y."""
        row = int(y // (TRACK_HEIGHT + TRACK_SPACING))
        return self.tracks - 1 - max(0, min(self.tracks - 1, row))

    def area(self, track: int, start: int, stop: int) -> QRectF:
        """The scene rectangle of a stretch of a track."""
        left = self.x(start)
        return QRectF(left, self.y(track), self.x(stop) - left, TRACK_HEIGHT)

    @property
    def height(self) -> int:
        """The height of all tracks."""
        return self.tracks * (TRACK_HEIGHT + TRACK_SPACING) - TRACK_SPACING


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
