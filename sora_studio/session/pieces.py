"""Stretches of media files as the frames an engine is given."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from sora_studio.core.errors import BadInput
from sora_studio.core.request import Footage, Frames, Source
from sora_studio.core.time import Rate, Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.footage import MAX_BYTES
from sora_studio.media.geometry import fit_image, resized
from sora_studio.media.info import MediaInfo, frame_count
from sora_studio.media.probe import probe

SMALLEST_SIDE = 16
"""Pictures below this many pixels show nothing that could be continued."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is shown of a file: from `start` seconds to `stop` (None: to its end)."""

    path: Path
    start: Fraction = Fraction(0)
    stop: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How frames are brought to `size`: first cut to `shape`, then stretched. What is made from them is stretched back
    to `shape`, so that old and new pictures meet exactly at a seam whatever sizes the engine works at."""

    size: Size
    shape: Size


def usable(path: Path) -> MediaInfo:
    """Describe a file that frames are to be taken from; raises BadInput or MediaError when it cannot be one."""
    info = probe(path)
    if min(info.size.width, info.size.height) < SMALLEST_SIDE:
        raise BadInput(
            "“{name}” has only {size} pixels. Choose a picture of at least {least} pixels each way.",
            name=path.name,
            size=info.size,
            least=SMALLEST_SIDE,
        )
    return info


def tail(piece: Piece, rate: Rate, fit: Fit, count: int) -> Footage:
    """The last `count` frames at `rate` that are shown."""
    with VideoReader(piece.path) as reader:
        start, stop = _grid(piece, reader.info, rate)
        footage = _read(reader, rate, (max(start, stop - count), stop), fit)
        end = frame_count(reader.frames_left / reader.info.rate.fps, rate)
        if end < stop and not reader.info.still:  # the file ends before what its header says
            footage = _read(reader, rate, (max(0, end - count), end), fit)
    return footage


def head(piece: Piece, rate: Rate, fit: Fit, count: int) -> Footage:
    """The first `count` frames at `rate` that are shown."""
    with VideoReader(piece.path) as reader:
        start, stop = _grid(piece, reader.info, rate)
        return _read(reader, rate, (start, min(stop, start + count)), fit)


def whole(piece: Piece, rate: Rate, fit: Fit) -> Footage:
    """All frames at `rate` that are shown, the ones half shown at both ends too."""
    with VideoReader(piece.path) as reader:
        start = int(piece.start * rate.fps)
        stop = frame_count(reader.info.frames / reader.info.rate.fps, rate)
        if piece.stop is not None:
            stop = min(stop, math.ceil(piece.stop * rate.fps))
        return _read(reader, rate, (start, max(start + 1, stop)), fit)


def again(source: Source, fit: Fit) -> Frames:
    """The frames a recipe names."""
    with VideoReader(Path(source.path)) as reader:
        rate = source.rate or reader.info.rate
        return _read(reader, rate, (source.start, source.stop), fit).frames


def _grid(piece: Piece, info: MediaInfo, rate: Rate) -> tuple[int, int]:
    """The nearest frames at `rate` to what is shown: first and last+1."""
    end = frame_count(info.frames / info.rate.fps, rate)
    stop = end if piece.stop is None else max(1, min(end, rate.frames(piece.stop)))
    return min(rate.frames(piece.start), stop - 1), stop


def _read(reader: VideoReader, rate: Rate, span: tuple[int, int], fit: Fit) -> Footage:
    info = reader.info
    path = str(info.path.absolute())
    if info.still:
        return Footage(_fitted(reader.frame(0), fit)[None], rate, Source(path))
    start, stop = span
    if (stop - start) * fit.size.width * fit.size.height * 3 > MAX_BYTES:
        raise BadInput(
            "{frames} frames of {size} do not fit into memory at once. Choose a shorter clip.",
            frames=stop - start,
            size=fit.size,
        )
    images = [_fitted(image, fit) for image in reader.sampled(rate, start, stop)]
    return Footage(np.stack(images), rate, Source(path, start, start + len(images), rate))


def _fitted(image: Frames, fit: Fit) -> Frames:
    height, width = image.shape[:2]
    # Cutting to the shape alone: a picture of that shape already is not resized twice.
    if abs(width * fit.shape.height - height * fit.shape.width) > max(width, height):
        image = fit_image(image, fit.shape)
    return resized(image, fit.size)
