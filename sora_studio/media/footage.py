"""Stretches of media as arrays of frames at a chosen rate and size: what the tasks are given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sora_studio.core.errors import MediaError
from sora_studio.core.request import Footage, Frames, Source
from sora_studio.core.time import Rate, Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.geometry import fit, fit_image
from sora_studio.media.info import frame_count

__all__ = ["fit", "head", "read_footage", "read_source", "tail"]

MAX_BYTES = 4 * 1024**3
"""Longer stretches are refused instead of filling the memory; `VideoReader.frames` streams any length."""


def read_footage(
    path: Path,
    *,
    rate: Rate | None = None,
    start: int = 0,
    stop: int | None = None,
    size: Size | None = None,
) -> Footage:
    """The frames start, ..., stop-1 counted at `rate` (the file's own without one), filling `size` where it is given.

    Frame k is what is on screen at k / rate seconds. Only the stretch itself is decoded. A picture gives one frame;
    a `stop` past the end is brought back to it. Raises MediaError.
    """
    with VideoReader(path) as reader:
        return _read(reader, rate, start, stop, size)


def head(path: Path, rate: Rate, count: int, size: Size | None = None) -> Footage:
    """The first `count` frames at `rate`, fewer when the medium is shorter."""
    return read_footage(path, rate=rate, stop=max(1, count), size=size)


def tail(path: Path, rate: Rate, count: int, size: Size | None = None) -> Footage:
    """The last `count` frames at `rate`, fewer when the medium is shorter; decodes the end of the file only."""
    count = max(1, count)
    with VideoReader(path) as reader:
        total = frame_count(reader.info.frames / reader.info.rate.fps, rate)
        footage = _read(reader, rate, max(0, total - count), total, size)
        real = frame_count(reader.frames_left / reader.info.rate.fps, rate)
        if real < total and not reader.info.still:  # the file ends before what its header says
            footage = _read(reader, rate, max(0, real - count), real, size)
    return footage


def read_source(source: Source, size: Size | None = None) -> Frames:
    """The frames a recipe names; raises MediaError when the file is gone."""
    return read_footage(Path(source.path), rate=source.rate, start=source.start, stop=source.stop, size=size).frames


def _read(reader: VideoReader, rate: Rate | None, start: int, stop: int | None, size: Size | None) -> Footage:
    info = reader.info
    rate = rate or info.rate
    source = Source(str(info.path), max(0, start), 0, rate)
    if info.still:
        image = reader.frame(0)
        frames = fit_image(image, size)[None] if size else image[None]
        return Footage(frames, rate, replace(source, start=0, stop=1, rate=None))
    total = frame_count(info.frames / info.rate.fps, rate)
    start = max(0, min(start, total - 1))
    stop = total if stop is None else max(start + 1, min(stop, total))
    shown = size or info.size
    if (stop - start) * shown.width * shown.height * 3 > MAX_BYTES:
        raise MediaError(
            "{frames} frames of {shown} do not fit into memory at once. Choose a shorter stretch or a smaller size.",
            frames=stop - start,
            shown=shown,
        )
    taken = [fit_image(image, size) if size else image for image in reader.sampled(rate, start, stop)]
    return Footage(np.stack(taken), rate, replace(source, start=start, stop=start + len(taken)))
