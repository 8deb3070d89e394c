"""Numpy frames as Qt images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage


def to_image(frame: NDArray[np.uint8]) -> QImage:
    """A frame (H, W, 3) as an RGB32 image with memory of its own; painting RGB32 is what Qt does fastest.

    Safe on any thread. Raises ValueError for another shape or type, because Qt would read past the end of it.
    """
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
        raise ValueError(f"a picture is (H, W, 3) uint8, not {frame.shape} {frame.dtype}")
    whole = np.ascontiguousarray(frame)
    height, width, _ = whole.shape
    view = QImage(whole.data, width, height, width * 3, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)


SOFT_WIDTH = 640
"""Pixels up to which small previews are enlarged before they are painted."""


def to_soft_image(frame: NDArray[np.uint8]) -> QImage:
    """A small preview enlarged by doubling: each pass smooths the last, so that no squares are seen at full size."""
    image = to_image(frame)
    while image.width() * 2 <= SOFT_WIDTH * 1.5:
        image = image.scaled(
            image.width() * 2,
            image.height() * 2,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    return image
