"""Which token a frame lies in, and how much of the picture a word gets."""

import numpy as np
import pytest

from sora_studio.core.inside import Insight, Patch, Word

PATCH = Patch(4, 16)


@pytest.mark.parametrize(("frame", "row"), [(0, 0), (1, 1), (4, 1), (5, 2), (16, 4)])
def test_the_first_frame_is_alone_and_then_come_groups(frame: int, row: int) -> None:
    assert PATCH.row(frame) == row
    first, last = PATCH.span(row)
    assert first <= frame <= last


def test_a_word_is_the_sum_of_its_tokens() -> None:
    maps = np.zeros((2, 4, 1, 1, 2), np.float16)
    maps[0, :, 0, 0, 0] = [0.1, 0.2, 0.3, 0.4]
    maps[1, :, 0, 0, 0] = [0.4, 0.3, 0.2, 0.1]
    picture = np.zeros((1, 2, 4, 3), np.uint8)
    seen = Insight(1, 2, 1.0, picture, picture, maps, maps[0, 0], (Word("a", (1,)), Word("kayak", (2, 3))), PATCH)
    assert seen.heat(1, 0)[0, 0, 0] == pytest.approx(0.7, abs=1e-3)
    assert seen.heat(1, 1)[0, 0, 0] == pytest.approx(0.3, abs=1e-3)
    assert seen.heat(1)[0, 0, 0] == pytest.approx(0.5, abs=1e-3)
    assert (seen.grid, seen.blocks) == ((1, 1, 2), 2)
