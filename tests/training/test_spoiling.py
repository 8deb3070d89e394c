"""Renders as a careless camera or a hasty painter shows them."""

import numpy as np

from sora_studio.training.spoiling import PATCH, misdrawn, spoilt


def board() -> np.ndarray:
    """A clip (2, H, W, 3) of stripes, whose edges show what bends."""
    across = np.mgrid[:112, :192][1]
    return np.repeat(((across // 8 % 2) * 200).astype(np.uint8)[None, :, :, None], 2, axis=0).repeat(3, axis=3)


def test_spoiling_moves_the_actor_with_its_picture() -> None:
    clip = np.zeros((2, 48, 48, 3), np.uint8)
    clip[:, 20:30, 20:30] = 200
    mask = (clip[..., 0] > 0).astype(np.uint8)
    rng = np.random.default_rng(1)
    for _ in range(8):
        frames, actor = spoilt(clip, mask, rng)
        assert frames[1][actor[1] > 0].mean() > frames[1][actor[1] == 0].mean() + 80


def test_what_is_misdrawn_is_out_of_line_and_still_there() -> None:
    clip, rng = board(), np.random.default_rng(2)
    for _ in range(5):
        drawn = misdrawn(clip, rng)
        assert drawn.shape == clip.shape
        assert drawn.dtype == np.uint8
        assert np.array_equal(drawn[0], drawn[1]), "in all frames alike"
        off = np.abs(drawn.astype(int) - clip).mean()
        assert 1 < off < 80
        assert abs(drawn.mean() - clip.mean()) < 8
    patches = np.abs(drawn[0, ..., 0].astype(int) - clip[0, ..., 0]).reshape(7, PATCH, 12, PATCH).mean(axis=(1, 3))
    assert patches.std() > 2, "some patches more than others"
    assert np.array_equal(misdrawn(clip, np.random.default_rng(7)), misdrawn(clip, np.random.default_rng(7)))
