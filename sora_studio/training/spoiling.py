"""Renders as a careless camera takes them, or a hasty painter: what reads pictures must not hang on the last pixel."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.core.request import Frames

PATCH = 16
"""Pixels of a patch's edge in the transformer's pictures."""

Masks = NDArray[np.uint8]


def spoilt(clip: Frames, actor: Masks, rng: np.random.Generator) -> tuple[Frames, Masks]:
    """A clip (T, H, W, 3) and where its actor is (T, H, W): a few pixels of shift, softness in space and in time, other
    brightness and contrast, grain."""
    masks = np.empty_like(actor)
    height, width = clip.shape[1:3]
    across, down = (float(v) for v in rng.uniform(-5, 5, 2))
    move = np.array([[1.0, 0.0, across], [0.0, 1.0, down]])
    soft, trail = max(0.0, float(rng.uniform(-0.6, 1.6))), max(0.0, float(rng.uniform(-0.5, 0.45)))
    curve = np.clip(np.arange(256) * rng.uniform(0.85, 1.1) + rng.uniform(-10, 10), 0, 255).astype(np.uint8)
    grain = max(0.0, float(rng.uniform(-5, 7)))
    noise = _grain(height + 16, width + 16) * np.float32(grain) if grain else None
    out = np.empty_like(clip)
    for k, frame in enumerate(clip):
        seen = cv2.addWeighted(frame, 1 - trail, clip[max(0, k - 1)], trail, 0)
        seen = cv2.warpAffine(seen, move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if soft > 0.3:
            seen = cv2.GaussianBlur(seen, (0, 0), soft)
        seen = cv2.LUT(seen, curve)
        if noise is not None:
            top, left = (int(v) for v in rng.integers(0, 16, 2))
            part = noise[top : top + height, left : left + width]
            seen = cv2.add(seen, part, dtype=cv2.CV_8U)
        out[k] = seen
        masks[k] = cv2.warpAffine(actor[k], move, (width, height), flags=cv2.INTER_NEAREST)
    return out, masks


def misdrawn(clip: Frames, rng: np.random.Generator) -> Frames:
    """A clip (T, H, W, 3) as a young transformer might draw it: outlines bent, patches out of line, some of them
    smeared. The same in all frames."""
    height, width = clip.shape[1:3]
    rows, columns = -(-height // PATCH), -(-width // PATCH)
    bend = rng.uniform(0, 2.5) * rng.standard_normal((rows + 1, columns + 1, 2))
    slips = rng.uniform(0, 1.5) * rng.standard_normal((rows, columns, 2)) * (rng.random((rows, columns, 1)) < 0.5)
    field = cv2.resize(bend.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    field += np.kron(slips, np.ones((PATCH, PATCH, 1)))[:height, :width].astype(np.float32)
    down, across = np.mgrid[:height, :width].astype(np.float32)
    smeared = (rng.random((rows, columns)) < rng.uniform(0, 0.4)).astype(np.float32)
    share = cv2.GaussianBlur(cv2.resize(smeared, (width, height), interpolation=cv2.INTER_NEAREST), (0, 0), 3)[
        ..., None
    ]
    drawn = np.empty_like(clip)
    for k, frame in enumerate(clip):
        bent = cv2.remap(
            frame, across + field[..., 0], down + field[..., 1], cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT
        )
        drawn[k] = np.rint(bent + (cv2.GaussianBlur(bent, (0, 0), 3.5).astype(np.float32) - bent) * share)
    return drawn


@lru_cache(maxsize=2)
def _grain(height: int, width: int) -> NDArray[np.float32]:
    """A sheet of grain of deviation 1; cut elsewhere each time, it serves for ever."""
    return np.random.default_rng(6).standard_normal((height, width, 3)).astype(np.float32)
