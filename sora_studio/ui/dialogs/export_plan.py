"""What the export dialog offers and foretells, as values: sizes, rates, qualities, about how large the file gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sora_studio.core.language import mark, tr
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Timeline
from sora_studio.media.export import ExportSettings
from sora_studio.media.presets import PRESETS, Preset

Grade = Literal[0, 1, 2]
"""Smaller, good, best."""

GRADES = (mark("Smaller"), mark("Good"), mark("Best"))
SHAPES: dict[str, tuple[int, int] | None] = {mark("Timeline"): None, "16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
"""Shapes of the picture, width to height; None is the timeline's own."""
SOUNDS = {
    "aac": mark("AAC, 48 kHz stereo"),
    "libopus": mark("Opus, 48 kHz stereo"),
    "pcm_s24le": mark("Uncompressed, 24 bit, 48 kHz stereo"),
}
"""The encoders of sound, in words."""
_SOUND_BITS = {"aac": 192_000, "libopus": 192_000, "pcm_s24le": 2_304_000}
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
_DEEP_BITS_PER_PIXEL = {"png": 27.0}
"""What more than eight bits add to it, in pictures of any size: the lower eight are near to noise (measured on photos
in ten bits: 12 to 28, mostly 27). Other formats are no larger for it."""
_GRADE_FACTOR = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value with the words it is offered with."""

    text: str
    value: Size | Rate | None


def size_choices(timeline: Timeline, shape: tuple[int, int] | None = None) -> tuple[Choice, ...]:
    """Sizes in a shape, with even sides. In the timeline's own shape its size comes first; in another one the size
    that keeps the timeline's shorter side."""
    own = timeline.size
    if shape is None:
        wide, high = own.width, own.height
        offered = [Choice(f"{own.width} × {own.height}  ({tr('timeline')})", None)]
    else:
        wide, high = shape
        offered = []
    for height in (min(own.width, own.height), *_HEIGHTS) if shape else _HEIGHTS:
        short = min(wide, high)
        scaled = Size(_even(wide * height / short), _even(high * height / short))
        if (shape or scaled != own) and scaled not in [choice.value for choice in offered]:
            offered.append(Choice(f"{scaled.width} × {scaled.height}", scaled))
    return tuple(offered)


def rate_choices(timeline: Timeline) -> tuple[Choice, ...]:
    """The timeline's own rate first, then the usual ones."""
    own = Choice(tr("{rate} fps  (timeline)", rate=timeline.rate), None)
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


def larger_when_deep(preset: str) -> bool:
    """Whether a film takes more room where its media have more than eight bits."""
    return preset in _DEEP_BITS_PER_PIXEL


def forecast(timeline: Timeline, settings: ExportSettings, grade: int, deep: float = 0.0) -> str:
    """Length, frames and about how large, in a line. `deep` is the part of the film, 0 to 1, that has more than eight
    bits."""
    size, rate = settings.size or timeline.size, settings.rate or timeline.rate
    span = settings.range or FrameRange(0, timeline.length)
    seconds = timeline.rate.seconds(len(span))
    frames = max(1, rate.frames(seconds))
    bits = _BITS_PER_PIXEL.get(settings.preset, 0.2) * _GRADE_FACTOR[grade if settings.quality is not None else 1]
    # Codecs spend less on a pixel of a larger picture; a rule of thumb, about a third less for four times the area.
    area = size.width * size.height
    bits *= (area / (768 * 448)) ** -0.28
    bits += _DEEP_BITS_PER_PIXEL.get(settings.preset, 0.0) * deep
    whole = bits * area * frames
    if settings.sound and any(timeline.tracks[index].clips for index in timeline.of_kind("audio")):
        whole += _SOUND_BITS.get(PRESETS[settings.preset].sound, 0) * seconds
    return tr(
        "{seconds:.1f} s  ·  {frames} frames  ·  about {in_bytes}",
        seconds=seconds,
        frames=frames,
        in_bytes=in_bytes(whole / 8),
    )


def in_bytes(count: float) -> str:
    """A number of bytes in the unit that fits."""
    for unit in ("kB", "MB"):
        count /= 1000
        if count < 1000:
            return f"{count:.0f} {unit}" if count >= 10 else f"{max(count, 0.1):.1f} {unit}"
    return f"{count / 1000:.1f} GB"


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)
