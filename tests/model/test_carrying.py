"""Given frames carried along with what moves."""

import pytest
import torch
from torch import Tensor

from sora_studio.model.canvas import nearest_given
from sora_studio.model.carrying import carry

FRAMES = 4
"""Frames of a latent frame."""


def picture(height: int = 6, width: int = 8) -> Tensor:
    """Channels that say how far right and how far down a place is, (1, 2, 1, h, w)."""
    down, across = torch.meshgrid(torch.arange(float(height)), torch.arange(float(width)), indexing="ij")
    return torch.stack([across, down])[None, :, None]


def strengths(*given: float) -> Tensor:
    """One number a latent frame as the transformer takes them, (1, f, G, 6, 8)."""
    return torch.tensor(given).view(1, 1, -1, 1, 1).expand(1, FRAMES, -1, 6, 8)


def uniform(right: float, down: float, groups: int) -> Tensor:
    """The whole picture moves so many latent pixels a latent frame, (1, 2, G, 3, 4)."""
    quarters = torch.tensor([right, down]) * 4 / FRAMES
    return quarters.view(1, 2, 1, 1, 1).expand(1, 2, groups, 3, 4)


def test_what_moves_right_is_taken_from_further_left() -> None:
    canvas = picture().expand(-1, -1, 3, -1, -1)
    carried = carry(canvas, strengths(1, 0, 0), uniform(1, 0, 3))
    inside = carried[0, :, :, 1:-1, 3:-1]
    place = canvas[0, :, :, 1:-1, 3:-1]
    assert torch.equal(inside[:, 0], place[:, 0])
    torch.testing.assert_close(place[0, 1] - inside[0, 1], torch.full_like(inside[0, 1], 2.5 / 4))  # half a frame's way
    torch.testing.assert_close(place[0, 2] - inside[0, 2], torch.full_like(inside[0, 2], 2.5 / 4 + 1))
    torch.testing.assert_close(inside[1], place[1])  # nothing moves down


def test_before_a_given_frame_things_are_where_they_come_from() -> None:
    canvas = picture().expand(-1, -1, 4, -1, -1)
    carried = carry(canvas, strengths(0, 0, 0, 1), uniform(0, -1, 4))  # all rises: earlier it was further down
    middle = carried[0, 1, :, 2:4, 2:6]
    place = canvas[0, 1, :, 2:4, 2:6]
    torch.testing.assert_close((middle - place)[2], torch.full((2, 4), -2.5 / 4))
    torch.testing.assert_close((middle - place)[1], torch.full((2, 4), -2.5 / 4 - 1))
    assert torch.equal(middle[3], place[3])


def test_a_zoom_takes_the_picture_from_its_middle() -> None:
    side = picture(6, 8).expand(-1, -1, 2, -1, -1)
    away = picture(3, 4) - torch.tensor([1.5, 1.0]).view(1, 2, 1, 1, 1)  # a field that points away from the middle
    carried = carry(side, strengths(1, 0), away.expand(-1, -1, 2, -1, -1) / FRAMES)
    spread = carried[0, 0, 1, 2].amax() - carried[0, 0, 1, 2].amin()
    assert spread.item() == pytest.approx(7 - 2 * 1.5 / FRAMES * 2.5 / 4)  # the edges move by a token and a half each


@pytest.mark.parametrize("given", [(1, 1, 1), (0, 0, 0), (0.5, 0.5, 0.5)])
def test_frames_that_are_given_and_canvases_without_any_stay(given: tuple[float, ...]) -> None:
    canvas = torch.randn(1, 2, 3, 6, 8)
    assert torch.equal(carry(canvas, strengths(*given), uniform(1, 1, 3)), canvas)


def test_each_clip_of_a_batch_follows_its_own_frames() -> None:
    canvas = torch.randn(3, 2, 3, 6, 8)
    given = torch.cat([strengths(1, 0, 0), strengths(0, 0, 0), strengths(1, 0, 1)])
    moves = torch.randn(3, 2, 3, 3, 4)
    together = carry(canvas, given, moves)
    for k in range(3):
        torch.testing.assert_close(together[k : k + 1], carry(canvas[k : k + 1], given[k : k + 1], moves[k : k + 1]))
    assert not torch.equal(together[0], canvas[0])
    assert torch.equal(together[1], canvas[1])


def test_where_things_move_learns_from_what_is_carried() -> None:
    moves = torch.zeros(1, 2, 2, 3, 4, requires_grad=True)
    carried = carry(picture().expand(-1, -1, 2, -1, -1), strengths(1, 0), moves)
    carried[0, 0, 1].sum().backward()
    assert moves.grad is not None
    assert (moves.grad[0, 0] < 0).all()  # further right means taken from further left
    assert not moves.grad[0, 1].any()


def test_the_nearest_given_frame_is_the_earlier_of_two() -> None:
    given = torch.tensor([[True, False, True, False], [False, False, False, False]])
    assert nearest_given(given.float()).tolist() == [[0, 0, 2, 2], [0, 1, 2, 3]]
