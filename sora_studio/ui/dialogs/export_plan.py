"""What the export dialog offers and foretells, as values: sizes, rates, qualities, about how large the file gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Timeline
from sora_studio.media.export import ExportSettings
from sora_studio.media.presets import PRESETS, Preset

Grade = Literal[0, 1, 2]
"""Smaller, good, best."""

GRADES = ("Smaller", "Good", "Best")
_HEIGHTS = (480, 720, 1080, 1440, 2160)
_RATES = (Rate(8), Rate(12), Rate(24), Rate(25), Rate(30), Rate(60))

_BITS_PER_PIXEL = {
    "h264": 0.16,
    "h265": 0.10,
    "av1": 0.07,
    "vp9": 0.10,
    "prores": 3.6,
    "gif": 2.2,
    "webp": 0.5,
    "png": 11.0,
}
"""Rules of thumb at the presets' own quality; noise makes more, stillness less."""
_GRADE_FACTOR = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value with the words it is offered with."""

    text: str
    value: Size | Rate | None


def size_choices(timeline: Timeline) -> tuple[Choice, ...]:
    """The timeline's own size first, then usual heights in the same shape, with even sides."""
    own = timeline.size
    offered = [Choice(f"{own.width} × {own.height}  (timeline)", None)]
    for height in _HEIGHTS:
        short = min(own.width, own.height)
        scaled = Size(_even(own.width * height / short), _even(own.height * height / short))
        if scaled != own:
            offered.append(Choice(f"{scaled.width} × {scaled.height}", scaled))
    return tuple(offered)


def rate_choices(timeline: Timeline) -> tuple[Choice, ...]:
    """The timeline's own rate first, then the usual ones."""
    own = Choice(f"{timeline.rate} fps  (timeline)", None)
    return (own, *(Choice(f"{rate} fps", rate) for rate in _RATES if rate != timeline.rate))


def quality_of_grade(preset: Preset, grade: int) -> int | None:
    """The encoder's number for a grade; None leaves the preset's own."""
    if not preset.quality_option or grade == 1:
        return None
    reach = preset.worst - preset.quality if grade == 0 else preset.best - preset.quality
    return preset.quality + round(reach * (0.22 if grade == 0 else 0.4))


def file_for(path: Path, preset: Preset) -> Path:
    """The path with the ending of the preset."""
    known = {other.suffix for other in PRESETS.values() if other.suffix}
    bare = path.with_suffix("") if path.suffix.lower() in known else path
    return bare.with_name(bare.name + preset.suffix)


def forecast(timeline: Timeline, settings: ExportSettings, grade: int) -> str:
    """Length, frames and about how large, in a line."""
    size, rate = settings.size or timeline.size, settings.rate or timeline.rate
    seconds = timeline.rate.seconds(timeline.length)
    frames = max(1, rate.frames(seconds))
    bits = _BITS_PER_PIXEL.get(settings.preset, 0.2) * _GRADE_FACTOR[grade if settings.quality is not None else 1]
    # Codecs spend less on a pixel of a larger picture; a rule of thumb, about a third less for four times the area.
    area = size.width * size.height
    bits *= (area / (768 * 448)) ** -0.28
    return f"{seconds:.1f} s  ·  {frames} frames  ·  about {in_bytes(bits * area * frames / 8)}"


def in_bytes(count: float) -> str:
    """A number of bytes in the unit that fits."""
    for unit in ("kB", "MB"):
        count /= 1000
        if count < 1000:
            return f"{count:.0f} {unit}" if count >= 10 else f"{max(count, 0.1):.1f} {unit}"
    return f"{count / 1000:.1f} GB"


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)
