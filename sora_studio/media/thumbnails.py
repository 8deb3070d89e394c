"""Small pictures of a medium for lists and timelines."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from sora_studio.core.request import Frames
from sora_studio.core.time import Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.geometry import fit_image


def thumbnails(path: Path, count: int, size: Size) -> Frames:
    """`count` pictures (count, h, w, 3), evenly spread over the medium, each the middle of its share, filling `size`.

    Raises MediaError. Cost: one seek and up to one group of pictures each, so a dozen frames for our own files.
    """
    count = max(1, count)
    out: Frames = np.empty((count, size.height, size.width, 3), np.uint8)
    with VideoReader(path) as reader:
        length = reader.info.frames / reader.info.rate.fps
        for index in range(count):
            moment = length * Fraction(2 * index + 1, 2 * count)
            out[index] = fit_image(reader.at(moment), size)
    return out
