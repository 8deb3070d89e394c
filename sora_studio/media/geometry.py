"""Pictures turned, stretched and fitted into other sizes."""

from __future__ import annotations

from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.request import Frames
from sora_studio.core.time import Size
from sora_studio.media.opencv import cv2

Image = NDArray[np.uint8]
"""One picture, (H, W, 3) RGB."""

Deep = NDArray[np.uint16]
"""One picture, (H, W, 3) RGB in sixteen bits: 65535 is full."""

AnyImage = NDArray[np.uint8 | np.uint16]
"""An Image or a Deep."""

_Depth = TypeVar("_Depth", bound=np.uint8 | np.uint16)

Fit = Literal["cover", "contain"]


def resized(image: NDArray[_Depth], size: Size) -> NDArray[_Depth]:
    """The picture stretched to `size`: area averages when it shrinks, Lanczos when it grows."""
    height, width = image.shape[:2]
    if (width, height) == (size.width, size.height):
        return image
    shrinks = size.width * size.height < width * height
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    out: NDArray[_Depth] = cv2.resize(np.ascontiguousarray(image), (size.width, size.height), interpolation=method)
    return out


def fit_image(image: NDArray[_Depth], size: Size, mode: Fit = "cover") -> NDArray[_Depth]:
    """One picture in `size`: "cover" cuts what stands out, "contain" adds black bars."""
    height, width = image.shape[:2]
    if mode == "cover":
        return resized(_cut(image, size), size)
    inner = inside(Size(width, height), size)
    if inner == size:
        return resized(image, size)
    out = np.zeros((size.height, size.width, 3), image.dtype)
    top, left = (size.height - inner.height) // 2, (size.width - inner.width) // 2
    out[top : top + inner.height, left : left + inner.width] = resized(image, inner)
    return out


def fit(frames: Frames, size: Size, mode: Fit = "cover") -> Frames:
    """Frames (T, H, W, 3) in another size; see `fit_image`."""
    if frames.shape[1:3] == (size.height, size.width):
        return frames
    out: Frames = np.empty((len(frames), size.height, size.width, 3), np.uint8)
    for index, frame in enumerate(frames):
        out[index] = fit_image(frame, size, mode)
    return out


def inside(size: Size, box: Size) -> Size:
    """The largest size of the same shape that fits into `box`; at least one pixel each way."""
    scale = min(box.width / size.width, box.height / size.height)
    return Size(min(box.width, max(1, round(size.width * scale))), min(box.height, max(1, round(size.height * scale))))


def _cut(image: NDArray[_Depth], size: Size) -> NDArray[_Depth]:
    """The largest middle part of `image` that has the shape of `size`."""
    height, width = image.shape[:2]
    if width * size.height > height * size.width:
        keep = max(1, round(height * size.width / size.height))
        left = (width - keep) // 2
        return image[:, left : left + keep]
    keep = min(height, max(1, round(width * size.height / size.width)))
    top = (height - keep) // 2
    return image[top : top + keep]


def deepened(image: Image) -> Deep:
    """The picture in sixteen bits; nothing is added to what it knows."""
    return image.astype(np.uint16) * np.uint16(257)


def turned(image: NDArray[_Depth], matrix: tuple[int, int, int, int]) -> NDArray[_Depth]:
    """The picture after a display matrix (a, b, c, d) of quarter turns and flips: x' = ax + cy, y' = bx + dy."""
    a, b, c, d = matrix
    if abs(b) + abs(c) > abs(a) + abs(d):
        image = image.swapaxes(0, 1)
        a, d = c, b
    if a < 0:
        image = image[:, ::-1]
    if d < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)
