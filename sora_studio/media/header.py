"""What the header of a video file says, and what it leaves to be guessed: rate, length, shape, orientation."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.video.stream import VideoStream

from sora_studio.core.errors import BadInput
from sora_studio.core.time import Rate
from sora_studio.media.containers import FFMPEG_ERRORS, opened

log = logging.getLogger(__name__)

UPRIGHT = (1, 0, 0, 1)
_BYTE_ORDER = sys.byteorder
_TICK = Fraction(1, 90_000)
_FASTEST = 120


def rate(stream: VideoStream) -> tuple[Rate, bool]:
    """The nominal rate, and whether the distances of frames vary."""
    average, base = stream.average_rate, stream.base_rate
    variable = _uneven(stream)
    # A base rate above this is the tick of a clock, not of pictures.
    if base and base > _FASTEST:
        base = None
    if average and base and abs(average - base) > average / 50:
        variable = True
    exact = Fraction(average or base or stream.guessed_rate or 25)
    if variable and base:
        exact = Fraction(base)  # the slowest even rate that shows every picture
    if not 0 < exact <= 1000:
        exact = Fraction(25)
    try:
        return Rate.parse(exact), variable
    except BadInput:
        return Rate(25), True


def bits(form: str) -> int:
    """The bits of a colour in a pixel format of FFmpeg's."""
    return max((part.bits for part in av.VideoFormat(form).components), default=8)


def _uneven(stream: VideoStream) -> bool:
    """Whether the container's index shows packets at uneven distances."""
    entries = stream.index_entries
    count = min(len(entries), 1000)
    times = sorted(entries[index].timestamp for index in range(count))
    steps = [late - early for early, late in pairwise(times)]
    if len(steps) < 3:
        return False
    middle = sorted(steps)[len(steps) // 2]
    # Two ticks are rounding; keyframe-only indexes of Matroska have steps far above a frame and say nothing.
    frame = 1 / ((stream.average_rate or Fraction(25)) * (stream.time_base or _TICK))
    return middle < 2 * frame and any(abs(step - middle) > 2 + middle / 20 for step in steps)


def duration(path: Path, stream: VideoStream, rate: Rate, start: Fraction) -> Fraction:
    """Seconds of pictures: from the stream, its tag, the container, or by walking through the packets."""
    base = stream.time_base or _TICK
    if stream.duration and stream.duration > 0:
        return stream.duration * base
    container = cast(InputContainer, stream.container)
    end = _tagged_duration(stream.metadata.get("DURATION", ""))
    if end is None and container.duration and container.duration > 0:
        end = Fraction(container.duration, 1_000_000)
    if end is not None and end > start:
        return end - start
    return _walked_duration(path, rate)


def _tagged_duration(text: str) -> Fraction | None:
    """Matroska's "00:00:10.420000000" in seconds."""
    parts = text.split(":")
    try:
        hours, minutes, seconds = int(parts[0]), int(parts[1]), Fraction(parts[2][:16])
    except (ValueError, IndexError, ZeroDivisionError):
        return None
    total = hours * 3600 + minutes * 60 + seconds
    return total if total > 0 else None


def _walked_duration(path: Path, rate: Rate) -> Fraction:
    """The length by the packets' own clocks; reads the whole file but decodes nothing."""
    container, stream = opened(path)
    base = stream.time_base or _TICK
    first: int | None = None
    last, count = 0, 0
    try:
        for packet in container.demux(stream):
            if packet.size == 0:
                continue
            count += 1
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is not None:
                first = stamp if first is None else min(first, stamp)
                last = max(last, stamp)
    except FFMPEG_ERRORS:
        log.info("%s: the length was measured up to a damaged place", path.name)
    finally:
        container.close()
    if first is None or last <= first:
        return max(1, count) / rate.fps
    return (last - first) * base + 1 / rate.fps


def pixel_aspect(stream: VideoStream) -> Fraction:
    """Width over height of a pixel; one where the header says nothing or nonsense."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    if not aspect or not Fraction(1, 8) <= aspect <= 8:
        return Fraction(1)
    return Fraction(aspect)


def display_matrix(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """Quarter turns and flips (a, b, c, d) of the frame's display matrix; anything between is left alone."""
    for data in cast("Iterable[SideData]", frame.side_data):
        raw = bytes(data) if data.type.name == "DISPLAYMATRIX" else b""
        if len(raw) >= 36:
            values = [int.from_bytes(raw[at : at + 4], _BYTE_ORDER, signed=True) for at in (0, 4, 12, 16)]
            large = max(abs(value) for value in values)
            a, b, c, d = (round(value / large) if large else 0 for value in values)
            if abs(a * d - b * c) == 1 and (a == d == 0 or b == c == 0):
                return a, b, c, d
    return UPRIGHT
