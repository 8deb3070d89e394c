"""Quantities of time and space: frame rates, frame ranges, sizes. Units are converted here and nowhere else.

Frames are the integer unit of everything the studio edits; seconds appear only at the edge (fields, arguments, labels).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sora_studio.core.errors import BadInput


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """Frames per second as an exact fraction, e.g. Rate(30000, 1001)."""

    num: int
    den: int = 1

    def __post_init__(self) -> None:
        if self.num <= 0 or self.den <= 0:
            raise BadInput("A frame rate must be above zero, not {num}/{den}.", num=self.num, den=self.den)

    @classmethod
    def parse(cls, text: str | float | Fraction) -> Rate:
        """Read "24", "23.976", "30000/1001" or a number; raises BadInput for anything else."""
        try:
            exact = Fraction(str(text).strip())
        except (ValueError, ZeroDivisionError) as exc:
            raise BadInput("“{text}” is not a frame rate. Write a number such as 24 or 30000/1001.", text=text) from exc
        if exact <= 0 or exact > 1000:
            raise BadInput("A frame rate must lie between 0 and 1000 frames a second, not {text}.", text=text)
        # 23.976 and its kin are written rounded; the exact value is n * 1000/1001.
        for nominal in (24, 30, 48, 60, 120):
            ntsc = Fraction(nominal * 1000, 1001)
            if abs(exact - ntsc) < Fraction(1, 200) and exact.denominator != 1:
                exact = ntsc
        exact = exact.limit_denominator(1001)
        return cls(exact.numerator, exact.denominator)

    @property
    def fps(self) -> Fraction:
        """The rate as a fraction of frames per second."""
        return Fraction(self.num, self.den)

    def frames(self, seconds: float | Fraction) -> int:
        """The number of whole frames nearest to `seconds`."""
        return round(Fraction(seconds) * self.fps)

    def seconds(self, frames: int) -> float:
        """The duration of `frames` frames in seconds."""
        return float(frames / self.fps)

    @property
    def dropped(self) -> int:
        """How many frame numbers timecode leaves out at the start of a minute: 2 at 29.97, 4 at 59.94, else none."""
        return {(30000, 1001): 2, (60000, 1001): 4}.get((self.num, self.den), 0)

    def timecode(self, frame: int) -> str:
        """`frame` as HH:MM:SS:FF, or HH:MM:SS;FF in drop-frame (see core/timecode.py, which reads it back)."""
        base, drop = max(1, round(self.fps)), self.dropped
        sign, number = ("-", -frame) if frame < 0 else ("", frame)
        if drop:
            minute = base * 60 - drop
            tens, rest = divmod(number, minute * 10 + drop)
            number += 9 * drop * tens + drop * max(0, (rest - drop) // minute)
        rest, ff = divmod(number, base)
        minutes, ss = divmod(rest, 60)
        hh, mm = divmod(minutes, 60)
        return f"{sign}{hh:02d}:{mm:02d}:{ss:02d}{';' if drop else ':'}{ff:02d}"

    def __str__(self) -> str:
        return f"{float(self.fps):g}"


@dataclass(frozen=True, slots=True)
class FrameRange:
    """The frames start, start+1, ..., stop-1."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if self.stop < self.start:
            raise BadInput(
                "A frame range cannot end ({stop}) before it starts ({start}).", stop=self.stop, start=self.start
            )

    def __len__(self) -> int:
        return self.stop - self.start

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.stop

    def shifted(self, by: int) -> FrameRange:
        """The same range `by` frames later."""
        return FrameRange(self.start + by, self.stop + by)

    def clamped(self, start: int, stop: int) -> FrameRange:
        """The part of this range inside [start, stop); empty at the nearer end when they do not meet."""
        low = min(max(self.start, start), stop)
        return FrameRange(low, max(low, min(self.stop, stop)))


@dataclass(frozen=True, slots=True)
class Size:
    """A picture size in pixels."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise BadInput(
                "A picture needs at least one pixel each way, not {width}x{height}.",
                width=self.width,
                height=self.height,
            )

    @classmethod
    def parse(cls, text: str) -> Size:
        """Read "WIDTHxHEIGHT"; raises BadInput otherwise."""
        parts = text.lower().replace("×", "x").split("x")
        if len(parts) != 2 or not all(part.strip().isdigit() for part in parts):
            raise BadInput("“{text}” is not a size. Write it as WIDTHxHEIGHT, for example 192x112.", text=text)
        return cls(int(parts[0]), int(parts[1]))

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def snapped(self, step: int) -> Size:
        """The nearest size whose sides are multiples of `step` (at least one step)."""
        return Size(max(1, round(self.width / step)) * step, max(1, round(self.height / step)) * step)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"
