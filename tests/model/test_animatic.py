"""A picture's subject, cut out and set in motion before its set."""

import numpy as np
import pytest
import torch
from torch import Tensor

from sora_studio.model.animatic import Moves, Pose, animatic, filled, presence
from sora_studio.model.leading import CameraMove, moved
from tests.tiny_model import TEXT_DIM, tiny_pipeline, tiny_transformer

TALL, WIDE = 64, 96
BOX = (slice(24, 40), slice(32, 56))  # of the picture: 16 tall, 24 wide
SKY = torch.tensor([-0.5, 0.0, 0.5])


def picture() -> Tensor:
    """A white box before a plain sky, (3, H, W)."""
    sky = SKY[:, None, None].expand(3, TALL, WIDE).clone()
    sky[:, *BOX] = 1.0
    return sky


def seen() -> Tensor:
    """Where the box is, in latent pixels."""
    there = torch.zeros(TALL // 8, WIDTH)
    there[3:5, 4:7] = 0.9
    return there


WIDTH = WIDE // 8


def box(frame: Tensor) -> tuple[float, float, float, float]:
    """Middle across and down, width and height of what is white."""
    rows, columns = np.nonzero((frame[0] > 0.25).numpy())
    return (
        (columns.min() + columns.max() + 1) / 2,
        (rows.min() + rows.max() + 1) / 2,
        columns.max() + 1 - columns.min(),
        rows.max() + 1 - rows.min(),
    )


def sketch(pose: Pose, camera: CameraMove = CameraMove(), away: float = 1.0) -> Tensor:
    """The frame in which the box stands so."""
    moves = Moves(camera, lambda frames: pose if frames else Pose())
    return animatic(picture(), seen(), torch.tensor([0.0, away]), moves)[:, 1]


@pytest.mark.parametrize(
    ("pose", "wanted"),
    [
        (Pose(), (44, 32, 24, 16)),
        (Pose(right=0.25, down=0.125), (68, 40, 24, 16)),
        (Pose(right=-0.25), (20, 32, 24, 16)),
        (Pose(right=0.25, inward=True), (68, 32, 24, 16)),
        (Pose(wide=1.5, tall=1.5), (44, 32, 36, 24)),
        (Pose(wide=1.5, tall=1.5, on_foot=True), (44, 28, 36, 24)),
        (Pose(wide=0.5, tall=0.5, on_foot=True), (44, 36, 12, 8)),
        (Pose(angle=90), (44, 32, 16, 24)),
    ],
    ids=["stays", "right", "left", "inward", "grows", "on its foot", "shrinks", "turns"],
)
def test_a_subject_goes_its_way(pose: Pose, wanted: tuple[float, ...]) -> None:
    frame = sketch(pose)
    assert box(frame) == pytest.approx(wanted, abs=2.5)
    away = (frame - SKY[:, None, None]).abs().amax(dim=0)  # (H, W)
    left, down, wide, tall = wanted
    away[int(down - tall / 2) - 6 : int(down + tall / 2) + 6, int(left - wide / 2) - 6 : int(left + wide / 2) + 6] = 0
    assert away.max() < 0.02, "what was behind it is sky again"


def test_what_it_leaves_is_filled_from_around() -> None:
    across = torch.linspace(-1, 1, 40).expand(1, 3, 24, 40)
    known = torch.ones(1, 1, 24, 40)
    known[..., 8:16, 14:26] = 0
    whole = filled(across.where(known > 0, torch.full_like(across, 9.0)), known)
    assert torch.equal(whole[..., :14], across[..., :14])
    assert (whole - across).abs().max() < 0.35, "nothing of what was there is left"
    assert filled(across, torch.ones_like(known)) is across


def test_the_camera_moves_the_set_and_less_of_what_it_looks_at() -> None:
    camera = CameraMove(right=0.125)
    frame = sketch(Pose(), camera)
    assert box(frame)[0] == pytest.approx(44 + 6, abs=2)
    grown = sketch(Pose(), CameraMove(growth=0.5))
    assert box(grown)[2:] == pytest.approx((36, 24), abs=3)


@pytest.mark.parametrize("there", ["nowhere", "everywhere", "speck"])
def test_what_is_no_subject_stays_in_its_set(there: str) -> None:
    where = torch.full((TALL // 8, WIDTH), 1.0 if there == "everywhere" else 0.0)
    if there == "speck":
        where = torch.zeros(TALL, WIDE)
        where[3, 4] = 1.0
    camera = CameraMove(right=0.1)
    away = torch.tensor([0.0, 1.0])
    made = animatic(picture(), where, away, Moves(camera, lambda frames: Pose(down=0.2)))
    plain = moved(picture()[None, :, None].expand(-1, -1, 2, -1, -1), away[None], camera)[0]
    torch.testing.assert_close(made, plain, rtol=0, atol=1e-4)


def test_of_two_things_the_larger_one_moves() -> None:
    both = seen()
    both[0:1, 10:12] = 0.9
    moves = Moves(CameraMove(), lambda frames: Pose(down=0.25 * bool(frames)))
    one = animatic(picture(), seen(), torch.tensor([1.0]), moves)
    assert torch.equal(animatic(picture(), both, torch.tensor([1.0]), moves), one)


def test_nothing_grows_beyond_the_picture() -> None:
    assert box(sketch(Pose(wide=9, tall=9)))[3] <= TALL


def test_nothing_shrinks_out_of_sight() -> None:
    assert box(sketch(Pose(wide=0.01, tall=0.01)))[3] >= 0.1 * TALL


@pytest.mark.parametrize(
    ("pose", "wanted"),
    [
        (Pose(right=-0.9), (44 - 0.9 * WIDE + WIDE + 24, 32)),
        (Pose(right=0.9 + 3 * (1 + 24 / WIDE)), (44 + 0.9 * WIDE - WIDE - 24, 32)),
        (Pose(down=0.95), (44, 32 + 0.95 * TALL - TALL - 16)),
    ],
    ids=["left", "right, after three rounds", "down"],
)
def test_what_has_left_the_picture_comes_in_on_the_other_side(pose: Pose, wanted: tuple[float, float]) -> None:
    assert box(sketch(pose))[:2] == pytest.approx(wanted, abs=2)


def test_the_edge_of_what_is_cut_out_comes_along() -> None:
    lined = picture()
    lined[0, 22:42, 30:58] = 0.0  # two pixels of a line around the box, where the network doesn't see it
    lined[:, *BOX] = 1.0
    frames = animatic(lined, seen(), torch.tensor([0, 1]), Moves(subject=lambda away: Pose(right=0.25 * away)))
    red = frames[0, 1]
    assert torch.all(red[22:42, 30:54] < -0.2), "nothing of it is left behind"
    assert float(red[26:38, 55].mean()) == pytest.approx(0.0, abs=0.2)
    assert float(red[26:38, 80].mean()) == pytest.approx(0.0, abs=0.2)


def test_a_picture_may_stand_in_the_middle_of_what_passes() -> None:
    away, camera = torch.arange(9), CameraMove(right=0.01)
    path = Moves(camera, lambda frames: Pose(down=0.02 * frames, wide=1.1**frames, tall=1.1**frames))
    frames = animatic(picture(), seen(), away, path, at=4)  # (3, 9, H, W)
    assert torch.equal(frames[:, 4], picture())
    middles = [box(frames[:, k]) for k in (0, 4, 8)]
    (across, down, wide, tall), first, last = middles[1], middles[0], middles[2]
    assert first[1] == pytest.approx(down - 4 * 0.02 * TALL, abs=1.5)
    assert last[1] == pytest.approx(down + 4 * 0.02 * TALL, abs=1.5)
    assert first[0] == pytest.approx(across - 4 * 0.005 * WIDE, abs=1.5), "half of what the camera goes"
    assert first[2] == pytest.approx(wide / 1.1**4, abs=2)
    assert last[3] == pytest.approx(tall * 1.1**4, abs=2)
    alone = animatic(picture(), None, away, path, at=4)
    expected = moved(picture()[None, :, None].expand(-1, -1, 9, -1, -1), away[None] - 4, camera)[0]
    torch.testing.assert_close(alone, expected)


@torch.no_grad()
def test_presence_is_told_in_cells_row_by_row() -> None:
    model = tiny_transformer(outline=2)
    model.proj_seen.weight.zero_()
    model.proj_seen.bias[:16] = torch.arange(16.0) - 8  # a token's 4x4 cells
    latents = torch.randn(1, 16, 1, 4, 6, generator=torch.Generator().manual_seed(1))
    told = presence(model, latents, torch.zeros(1, 1, TEXT_DIM), torch.ones(1, 1, dtype=torch.bool))
    assert told.shape == (1, 8, 12)
    cells = torch.sigmoid(torch.arange(16.0) - 8).view(4, 4)
    torch.testing.assert_close(told[0], cells.repeat(2, 3))


@torch.no_grad()
def test_presence_is_told_for_each_latent_pixel_and_by_the_words() -> None:
    pipe = tiny_pipeline()
    latents = torch.randn(2, 16, 1, 4, 6, generator=torch.Generator().manual_seed(1))
    words = pipe.encode_prompt(["a red ball", "the sea"], [])
    told = presence(pipe.transformer, latents, *words)
    assert told.shape == (2, 4, 6)
    assert 0 < float(told.min()) < float(told.max()) < 1
    assert torch.equal(told, presence(pipe.transformer, latents, *words))
    assert not torch.allclose(told[:1], presence(pipe.transformer, latents[:1], *(part[1:] for part in words)))
