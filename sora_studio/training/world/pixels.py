"""The few pixel operations that every layer goes through: blend, warp, multiply, blur."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.canvas import Image


def blend(below: Image, above: Image) -> Image:
    """Premultiplied RGBA `above` over RGBA `below` (both H, W, 4)."""
    clear = cv2.bitwise_not(spread(above))
    out: Image = cv2.add(cv2.multiply(below, clear, scale=1 / 255), above)
    return out


def blend_into(below: Image, above: Image, left: int, top: int) -> None:
    """Premultiplied RGBA `above` over `below`, in place, with its corner at (left, top), cut at the borders."""
    height, width = below.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + above.shape[1]), min(height, top + above.shape[0])
    if x0 < x1 and y0 < y1:
        part = np.ascontiguousarray(above[y0 - top : y1 - top, x0 - left : x1 - left])
        below[y0:y1, x0:x1] = blend(np.ascontiguousarray(below[y0:y1, x0:x1]), part)


def warp(image: Image, inverse: NDArray[np.float64], size: tuple[int, int]) -> Image:
    """Sample `image` bilinearly at inverse @ (x, y, 1) for every pixel of `size` (width, height); clear outside."""
    out: Image = cv2.warpAffine(image, inverse, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return out


def multiplied(image: Image, factor: NDArray[np.uint8]) -> Image:
    """The product of two pictures of equal shape, 255 being one."""
    out: Image = cv2.multiply(image, factor, scale=1 / 255)
    return out


def scaled(image: Image, channels: tuple[float, float, float]) -> Image:
    """RGBA with every colour channel multiplied by a factor and kept under its alpha."""
    out: Image = cv2.multiply(image, np.array([*channels, 1.0]))
    return np.asarray(cv2.min(out, spread(image)), np.uint8)


def soften(image: Image, sigma: float) -> Image:
    """Gaussian blur; `sigma` in pixels, and the picture itself below a third of one."""
    if sigma < 0.34:
        return image
    out: Image = cv2.GaussianBlur(image, (0, 0), sigma)
    return out


def flat(alpha: Image, colour: tuple[float, float, float], strength: float = 1.0) -> Image:
    """One colour spread under an alpha map (H, W), premultiplied RGBA."""
    tones = np.array([*colour, 255.0]) * (strength / 255.0)
    out: Image = cv2.multiply(cv2.merge([alpha, alpha, alpha, alpha]), tones)
    return out


def spread(image: Image) -> Image:
    """The alpha of RGBA in all four channels."""
    alpha = cv2.extractChannel(image, 3)
    out: Image = cv2.merge([alpha, alpha, alpha, alpha])
    return out


def opaque(rgb: Image) -> Image:
    """RGB as RGBA without transparency."""
    out: Image = cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA)
    return out
