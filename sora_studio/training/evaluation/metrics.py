"""Figures of clips (T, H, W, 3) uint8: how alike they are, how they flow over a seam, how they drift."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.core.request import Frames

STILL = 1.0
"""Usual difference, in steps of 255, below which a clip counts as still: any seam would be many times of nothing."""

COARSE = 2.0
"""Deviation in pixels of the softening before edges are looked for: outlines count, grain and brush strokes don't.

With colour beside brightness, the world's own drawings of one scene in two looks then agree to 0.74 on average, and
those of two scenes to 0.1."""


def psnr(one: Frames, other: Frames) -> float:
    """Peak signal to noise ratio in dB of pictures or clips of equal shape; at most 100."""
    error = float(np.square(one.astype(np.float64) - other.astype(np.float64)).mean())
    return min(100.0, 10 * float(np.log10(255.0**2 / max(error, 1e-12))))


def difference(one: Frames, other: Frames) -> float:
    """Mean absolute difference of two pictures, in steps of 255."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def differences(frames: Frames) -> list[float]:
    """Difference of each frame to the one before: T-1 values."""
    return [difference(a, b) for a, b in pairwise(frames)]


def seam_ratio(before: Frames, after: Frames) -> float:
    """Difference across the seam between two clips over the usual difference of frames within them."""
    usual = differences(before) + differences(after)
    return difference(before[-1], after[0]) / max(STILL, float(np.mean(usual)))


def loop_ratio(frames: Frames) -> float:
    """Difference of the last frame to the first over the clip's usual difference."""
    return difference(frames[-1], frames[0]) / max(STILL, float(np.mean(differences(frames))))


def edges(frame: Frames) -> NDArray[np.float32]:
    """How strongly brightness and colour change at each place of a picture (H, W, 3) -> (H, W)."""
    tones = cv2.cvtColor(frame, cv2.COLOR_RGB2LAB).astype(np.float32)
    tones = cv2.GaussianBlur(tones, (0, 0), COARSE)
    across = cv2.Sobel(tones, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(tones, cv2.CV_32F, 0, 1)
    return np.asarray(np.sqrt(np.square(across).sum(axis=2) + np.square(down).sum(axis=2)), np.float32)


def edge_correlation(one: Frames, other: Frames) -> float:
    """Correlation (Pearson) of the edges of two clips, mean over frames: 1 for equal outlines, about 0 for foreign."""
    found = []
    for left, right in zip(one, other, strict=True):
        a, b = edges(left).ravel(), edges(right).ravel()
        a, b = a - a.mean(), b - b.mean()
        found.append(float(a @ b / max(1e-6, float(np.linalg.norm(a) * np.linalg.norm(b)))))
    return float(np.mean(found))


def colour_drift(early: Frames, late: Frames) -> float:
    """How far the mean colour moved between two stretches of a clip: the largest of three channels, % of the range."""
    means = [part.reshape(-1, 3).mean(axis=0) for part in (early, late)]
    return 100 * float(np.abs(means[1] - means[0]).max()) / 255


def contrast_drift(early: Frames, late: Frames) -> float:
    """How much the contrast (deviation of brightness) changed between two stretches, in % of the early one."""
    spreads = [float(part.astype(np.float32).mean(axis=3).std(axis=(1, 2)).mean()) for part in (early, late)]
    return 100 * abs(spreads[1] - spreads[0]) / max(1.0, spreads[0])


def second(frames: Frames, number: int, fps: float) -> Frames:
    """The frames of second `number`, counted from 1."""
    return frames[round((number - 1) * fps) : round(number * fps)]


def worst(values: Sequence[float], *, high: bool) -> str:
    """Words for a note: the worst of the values."""
    if not values:
        return ""
    return f"worst {max(values) if high else min(values):.2f}"
