"""Attention as light: where the picture attends to a word it stays bright and warms, elsewhere it darkens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

WARM = (255, 176, 64)
DARKEST, WARMEST = 0.72, 0.38
"""Most that a place is darkened, and that it is tinted; brightness alone tells them apart without colour."""


def heat_image(heat: NDArray[np.float32]) -> QImage:
    """A map (y, x) of 0..1 as an overlay of as many pixels, with memory of its own."""
    level = np.clip(heat, 0, 1)[..., None]
    warm = np.array(WARM, np.float32)
    alpha = DARKEST * (1 - level) * (1 - level) + WARMEST * level  # (y, x, 1)
    tint = warm * (WARMEST * level) / np.maximum(alpha, 1e-6)  # the dark part is black
    whole = np.ascontiguousarray(np.concatenate([tint, 255 * alpha], axis=-1).round().clip(0, 255).astype(np.uint8))
    height, width, _ = whole.shape
    return QImage(whole.data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()


def relative(heat: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map (t, y, x) stretched so that its least is 0 and its most 1; an even one is 0.5 everywhere."""
    low, high = float(heat.min()), float(heat.max())
    if high - low < 1e-4:
        return np.full_like(heat, 0.5)
    stretched: NDArray[np.float32] = (heat - low) / (high - low)
    return stretched
