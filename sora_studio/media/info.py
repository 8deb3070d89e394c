"""What is known of a media file before its pictures are read."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from sora_studio.core.time import Rate, Size


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A video or still picture as it will be shown: turned upright, in square pixels; or mere sound.

    `frames` counts frames at `rate`, a still has one. `seconds` is 0 for a still. `rotation` is the counter-clockwise
    turn in degrees that was applied. `bits` are those of a colour as far as they can be read. `notes` are sentences
    about what is changed on reading (HDR, interlacing, ...).
    """

    path: Path
    kind: Literal["image", "video", "sound"]
    size: Size
    rate: Rate
    frames: int
    seconds: float
    audio: bool = False
    codec: str = ""
    rotation: int = 0
    alpha: bool = False
    bits: int = 8
    hdr: bool = False
    variable_rate: bool = False
    notes: tuple[str, ...] = ()

    @property
    def still(self) -> bool:
        """Whether it is one picture without time."""
        return self.kind == "image"


def frame_index(seconds: float | Fraction, rate: Rate) -> int:
    """The index of the frame on screen at `seconds` of a medium; exact values lie on their frame's first instant."""
    # A float of k/rate may fall short of it by rounding; a thousandth of a frame is below every time base.
    return int(Fraction(seconds) * rate.fps + Fraction(1, 1000))


def frame_count(seconds: float | Fraction, rate: Rate) -> int:
    """How many frames at `rate` cover `seconds`; at least one."""
    return max(1, rate.frames(seconds))
