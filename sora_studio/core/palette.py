"""Colours of one picture for the frames of another: light and tints as a whole, after Reinhard, Ashikhmin, Gooch and
Shirley, "Color Transfer between Images" (2001), in luma and two colour differences instead of their space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.request import Frames

_TO = np.array([[0.2126, 0.7152, 0.0722], [-0.1146, -0.3854, 0.5], [0.5, -0.4542, -0.0458]], np.float32)
"""R'G'B' to Y'CbCr of BT.709."""
_BACK = np.linalg.inv(_TO).astype(np.float32)
_GENTLEST, _HARSHEST = 0.5, 2.0
"""How far contrast and saturation may be changed: flat pictures would turn others to noise or to grey."""


def matched(frames: Frames, picture: Frames) -> Frames:
    """Frames (T, H, W, 3) with the mean and the spread of light and tint of a `picture` (H, W, 3).

    The whole clip is changed alike, so that nothing flickers.
    """
    there_mean, there_spread = _measured(picture[None])
    mean, spread = _measured(frames)
    gain = np.clip(there_spread / np.maximum(spread, 1e-3), _GENTLEST, _HARSHEST)
    out = np.empty_like(frames)
    for index, frame in enumerate(frames):
        toned = (_planes(frame) - mean) * gain + there_mean
        out[index] = np.clip(toned @ _BACK.T + 0.5, 0, 255).astype(np.uint8)
    return out


def _planes(frame: Frames) -> NDArray[np.float32]:
    return np.asarray(frame.astype(np.float32) @ _TO.T, np.float32)


def _measured(frames: Frames) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation (3,) over a few thousand pixels of a clip."""
    few = frames[:: max(1, len(frames) // 8), :: max(1, frames.shape[1] // 64), :: max(1, frames.shape[2] // 64)]
    planes = _planes(few.reshape(-1, 3))
    return planes.mean(0), planes.std(0)
