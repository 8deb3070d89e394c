import numpy as np
import pytest

from sora_studio.training.latents import moves_of


def test_a_picture_that_slides_moves_as_far_everywhere():
    rng = np.random.default_rng(5)
    wide = np.kron(rng.integers(0, 255, (16, 40), np.uint8), np.ones((8, 8), np.uint8))  # (128, 320)
    frames = np.stack([np.stack([wide[8:120, 100 - 2 * k : 292 - 2 * k]] * 3, axis=2) for k in range(17)])
    across, down = moves_of(frames, 5)
    assert across.shape == (5, 7, 12)
    # Two pixels to the right are one quarter of a latent pixel of eight.
    assert np.median(across) == pytest.approx(1.0, abs=0.1)
    assert np.abs(np.median(down)) < 0.1


def test_one_picture_does_not_move():
    assert not moves_of(np.zeros((1, 64, 96, 3), np.uint8), 1).any()
