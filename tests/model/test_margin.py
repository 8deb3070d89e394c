"""Bare paper around a picture, inside of which it moves."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from sora_studio.model.animatic import Moves, animatic
from sora_studio.model.leading import CameraMove
from sora_studio.model.margin import margin
from sora_studio.training.world.render import render
from sora_studio.training.world.scene import sample_scene
from sora_studio.training.world.vocabulary import LOOKS


def stripes(height: int = 112, width: int = 192, paper: float = 0.95, edge: int = 3) -> Tensor:
    """Dark stripes on light paper, (3, H, W)."""
    picture = torch.full((3, height, width), paper)
    inner = -0.4 + 0.3 * torch.sin(torch.arange(width - 2 * edge) / 3)  # (w,)
    picture[:, edge:-edge, edge:-edge] = inner
    return picture


@pytest.mark.parametrize("move", [CameraMove(right=0.02), CameraMove(growth=0.03), CameraMove(down=0.02)])
@pytest.mark.parametrize("size", [(112, 192), (144, 144), (32, 48)])
def test_paper_stays_where_it_is_while_the_picture_moves(move: CameraMove, size: tuple[int, int]) -> None:
    picture = stripes(*size, edge=max(1, size[0] // 40))
    frames = animatic(picture, None, torch.arange(9), Moves(move))  # (3, 9, H, W)
    for ring in (frames[:, :, 0], frames[:, :, -1], frames[..., 0], frames[..., -1]):
        assert float(ring.min()) > 0.5, "no stripe comes in"
    middle = slice(size[0] // 4, -size[0] // 4)
    assert float(frames[:, :, middle, size[1] // 4 : -size[1] // 4].max()) < 0.5, "no paper comes in"
    assert torch.equal(frames[:, 0], picture)
    if not move.down:  # along the stripes nothing changes
        assert float((frames[:, 8] - picture)[:, middle].abs().mean()) > 0.05


@pytest.mark.parametrize(
    "picture",
    [
        stripes(paper=-0.4),
        torch.full((3, 112, 192), 0.95),  # all paper
        torch.full((3, 1, 1), 0.95),
        torch.cat([torch.full((3, 60, 192), 0.95), torch.full((3, 52, 192), -0.5)], dim=1),  # a sky
    ],
)
def test_other_pictures_have_no_margin(picture: Tensor) -> None:
    assert margin(picture) is None


def test_watercolours_of_the_world_have_one_and_nothing_else_has() -> None:
    rng = np.random.default_rng(3)
    for look in LOOKS:
        found = []
        for size in ((192, 112), (144, 144), (112, 192)):
            frame = render(replace(sample_scene(rng), look=look), size=size, frames=1, fps=8.0).frames[0]
            found.append(margin(torch.from_numpy(frame).permute(2, 0, 1) / 127.5 - 1) is not None)
        assert all(found) if look == "watercolour" else not any(found), look
