"""What goes on as it went."""

import numpy as np
import pytest

from sora_studio.media.motion import SMALLEST, Going


def spot(across: int, down: int = 24, width: int = 96) -> np.ndarray:
    """A picture (48, W, 3) of a soft spot."""
    y, x = np.mgrid[:48, :width]
    light = 90 + 120 * np.exp(-((x - across) ** 2 + (y - down) ** 2) / 60)
    return light[..., None].repeat(3, axis=2).astype(np.uint8)


@pytest.mark.parametrize(("right", "down"), [(4, 0), (-3, 2), (0, 0)])
def test_a_spot_goes_on_as_it_came(right: int, down: int) -> None:
    going = Going(spot(48, 24), spot(48 + right, 24 + down))
    for steps in (1, 2):
        place = 48 + (1 + steps) * right, 24 + (1 + steps) * down
        on, stays = going.on(spot(48 + right, 24 + down), steps), spot(48 + right, 24 + down)
        off, before = (np.abs(one - spot(*place).astype(float)).mean() for one in (on, stays))
        assert off <= 0.35 * before + 0.5
        assert on.dtype == np.float32


def test_pictures_that_are_too_small_stay() -> None:
    before, last = (np.full((SMALLEST - 1, 40, 3), level, np.uint8) for level in (10, 200))
    assert np.array_equal(Going(before, last).on(last, 3), last.astype(np.float32))
