"""Frames as a run hands them on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.request import Frames


def small(frames: Frames, height: int) -> Frames:
    """Frames (T, H, W, 3) at a height that divides theirs: the means of squares."""
    side = frames.shape[1] // height
    squares = frames.reshape(len(frames), height, side, -1, side, 3)
    means: Frames = squares.mean(axis=(2, 4)).astype(np.uint8)
    return means


def pixels(video: NDArray[np.float32]) -> Frames:
    """(T, H, W, 3) in 0..1 to uint8, frame by frame, since a long clip is large in float32."""
    frames = np.empty(video.shape, np.uint8)
    for frame, levels in zip(frames, video, strict=True):
        frame[:] = np.rint(levels.clip(0, 1) * 255)
    return frames
