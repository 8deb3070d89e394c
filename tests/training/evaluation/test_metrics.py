"""Every figure on clips that are made so that the answer is known beforehand."""

import numpy as np
import pytest

from sora_studio.training.evaluation import metrics


def grey(*levels: float, side: int = 16) -> np.ndarray:
    """A clip of plain pictures, one a level."""
    return np.stack([np.full((side, side, 3), level, np.uint8) for level in levels])


def textured(seed: int, frames: int = 2) -> np.ndarray:
    import cv2

    small = np.random.default_rng(seed).integers(0, 255, (8, 12, 3), dtype=np.uint8)
    return np.stack([cv2.resize(small, (96, 64), interpolation=cv2.INTER_CUBIC)] * frames)


def test_psnr_of_an_error_of_one_level_everywhere_is_48_decibels():
    assert metrics.psnr(grey(100), grey(101)) == pytest.approx(20 * np.log10(255), abs=1e-6)


def test_psnr_of_equal_clips_is_finite():
    assert metrics.psnr(grey(7, 9), grey(7, 9)) == 100.0


def test_a_clip_that_goes_on_evenly_has_a_seam_of_one():
    ramp = grey(*range(0, 80, 4))
    assert metrics.seam_ratio(ramp[:10], ramp[10:]) == pytest.approx(1.0)


def test_a_jump_of_five_usual_steps_has_a_seam_of_five():
    assert metrics.seam_ratio(grey(0, 4, 8), grey(28, 32, 36)) == pytest.approx(5.0)


def test_a_still_clip_that_goes_on_as_it_was_has_no_seam():
    assert metrics.seam_ratio(grey(50, 50), grey(50, 50)) == 0.0


def test_a_clip_that_turns_round_closes_and_one_that_runs_away_does_not():
    assert metrics.loop_ratio(grey(0, 4, 8, 4)) == pytest.approx(1.0)
    assert metrics.loop_ratio(grey(0, 4, 8, 12, 16)) == pytest.approx(4.0)


def test_edges_agree_with_themselves_and_with_the_negative_but_not_with_another_picture():
    clip = textured(1)
    assert metrics.edge_correlation(clip, clip) == pytest.approx(1.0, abs=1e-5)
    assert metrics.edge_correlation(clip, (clip // 2 + 60).astype(np.uint8)) > 0.9
    assert metrics.edge_correlation(clip, textured(2)) < 0.4


def test_edges_of_a_plain_picture_are_a_finite_number():
    assert metrics.edge_correlation(grey(5), grey(9)) == pytest.approx(0.0)


def test_colour_drift_is_the_largest_channels_move_in_percent_of_the_range():
    early, late = grey(100), grey(100)
    late[..., 1] = 100 + 51
    assert metrics.colour_drift(early, late) == pytest.approx(20.0)


def test_contrast_drift_is_told_apart_from_colour_drift():
    early = textured(3)
    flat = (early.astype(np.float32) * 0.8).round().astype(np.uint8)
    assert metrics.contrast_drift(early, flat) == pytest.approx(20.0, abs=1.0)
    assert metrics.contrast_drift(early, np.clip(early.astype(int), 0, 255).astype(np.uint8)) == 0.0


def test_seconds_are_counted_from_one():
    clip = grey(*range(24))
    assert metrics.second(clip, 2, 8.0)[:, 0, 0, 0].tolist() == list(range(8, 16))
    assert len(metrics.second(clip, 3, 8.0)) == 8
