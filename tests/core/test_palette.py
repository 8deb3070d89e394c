"""Colours of one picture for the frames of another."""

from __future__ import annotations

import numpy as np
import pytest

from sora_studio.core.palette import matched
from sora_studio.core.request import Frames


def noise(mean: tuple[int, int, int], spread: int, count: int = 3) -> Frames:
    rng = np.random.default_rng(4)
    frames = rng.normal(mean, spread, (count, 48, 64, 3))
    return np.clip(frames, 0, 255).astype(np.uint8)


def test_frames_take_on_light_and_tint() -> None:
    frames, picture = noise((60, 90, 140), 12), noise((190, 120, 60), 14, 1)[0]
    after = matched(frames, picture)
    assert after.shape == frames.shape
    assert after.dtype == np.uint8
    assert after.mean((0, 1, 2)) == pytest.approx(picture.mean((0, 1)), abs=3)
    assert after.std() > 0


def test_a_picture_changes_itself_hardly() -> None:
    frames = noise((120, 110, 100), 20)
    assert np.abs(matched(frames, frames[0]).astype(int) - frames).mean() < 2


def test_a_flat_picture_leaves_something_to_see() -> None:
    frames, flat = noise((120, 110, 100), 20), np.full((8, 8, 3), 200, np.uint8)
    after = matched(frames, flat)
    assert after.std((1, 2)).mean() >= 0.4 * frames.std((1, 2)).mean()


def test_a_clip_is_changed_as_a_whole() -> None:
    frames = noise((120, 110, 100), 20, 6)
    frames[3:] //= 2
    after = matched(frames, noise((80, 80, 160), 20, 1)[0]).astype(int)
    assert after[:3].mean() > after[3:].mean() + 20
