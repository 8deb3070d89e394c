"""For eyes that are sensitive to light or motion: forming clips shown soft and still instead of as flickering noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]

_state = {"on": False}


def set_calm(on: bool) -> None:
    """Show previews calm from now on, or as they are."""
    _state["on"] = on


def is_calm() -> bool:
    """Whether previews are shown calm."""
    return _state["on"]


def calmed(frames: Frames) -> Frames:
    """Frames of a preview (T, H, W, 3) as they are shown: as they are, or every one the blurred mean of all, in which
    noise has averaged out and nothing changes from frame to frame."""
    if not _state["on"]:
        return frames
    mean = frames.astype(np.float32).mean(axis=0)
    soft = cv2.GaussianBlur(mean, (0, 0), max(1.0, frames.shape[2] / 48))
    still: Frames = np.broadcast_to(soft.round().clip(0, 255).astype(np.uint8), frames.shape)
    return still
