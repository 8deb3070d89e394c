"""Pictures that a camera leads through the frames of a clip."""

import itertools

import numpy as np
import torch
from torch import Tensor

from sora_studio.model import GivenFrames
from sora_studio.model.canvas import hold, lay_out
from sora_studio.model.leading import CameraMove, moved, settling


def ramp(height: int = 16, width: int = 24) -> np.ndarray:
    """A picture (1, H, W, 3) that grows brighter to the right in red and downwards in green."""
    down, across = np.mgrid[:height, :width]
    return np.stack([across * 8, down * 8, np.full_like(down, 90)], axis=-1).astype(np.uint8)[None]


def led(frames: Tensor, strengths: Tensor, camera: CameraMove) -> Tensor:
    """The given picture (1, 3, T, H, W) held, as the camera shows it before and after."""
    return moved(hold(frames, strengths), torch.arange(frames.shape[2])[None] - strengths.argmax(), camera)


def test_a_held_picture_goes_where_the_camera_leads_it() -> None:
    frames, strengths = lay_out([GivenFrames(2, ramp())], (5, 16, 24))
    seen = led(frames, strengths, CameraMove(right=1 / 12, down=-1 / 8))  # two pixels right, two up a frame
    torch.testing.assert_close(seen[:, :, 2], frames[:, :, 2], rtol=0, atol=1e-4)  # the given frame stays as it is
    later, given, sooner = seen[0, :, 4], frames[0, :, 2], seen[0, :, 1]
    torch.testing.assert_close(later[:, :12, 4:], given[:, 4:, :20], rtol=0, atol=1e-4)
    torch.testing.assert_close(sooner[:, 2:, :22], given[:, :14, 2:], rtol=0, atol=1e-4)
    torch.testing.assert_close(later[:, :12, 3], given[:, 4:, 0], rtol=0, atol=0.1)  # what comes in goes on from there
    still = led(frames, strengths, CameraMove())
    torch.testing.assert_close(still, hold(frames, strengths), rtol=0, atol=1e-4)
    assert not CameraMove()


def test_a_held_picture_grows_and_shrinks_about_its_middle() -> None:
    frames, strengths = lay_out([GivenFrames(0, ramp())], (5, 16, 24))
    for growth, nearer in ((0.2, True), (-0.2, False)):
        red = led(frames, strengths, CameraMove(growth=growth))[0, 0]  # (T, H, W)
        spread = (red[:, 8, 15] - red[:, 8, 8]).tolist()  # brightness from left to right, around the middle
        assert spread == sorted(spread, reverse=nearer)
        middle = red[:, 7:9, 11:13].mean(dim=(1, 2))
        torch.testing.assert_close(middle, middle[:1].expand(5), rtol=0, atol=1e-3)


def test_zooms_and_tilts_come_to_rest_and_pans_go_on() -> None:
    speeds = [settling(frame + 1) - settling(frame) for frame in range(480)]
    assert speeds[:24] == [1.0] * 24
    assert all(one >= other for one, other in itertools.pairwise(speeds))
    assert settling(480) < 48.001
    assert settling(-480) == -settling(480)
    frames, _ = lay_out([GivenFrames(0, ramp())], (1, 16, 24))
    late = torch.tensor([[400.0]])
    for move in (CameraMove(down=0.02), CameraMove(growth=-0.01)):
        same = moved(frames, late + 80, move)
        torch.testing.assert_close(moved(frames, late, move), same, rtol=0, atol=1e-3)
    pans = CameraMove(right=0.01)
    assert not torch.allclose(moved(frames, late, pans), moved(frames, late + 8, pans), atol=0.1)


def test_beyond_its_edges_a_picture_goes_on_softened_and_is_mirrored_to_the_sides_alone() -> None:
    sky = torch.zeros(1, 1, 1, 32, 48)
    sky[..., 0, 10] = 1.0  # a star at the very edge
    sky[..., 16:, :] = -1.0  # the ground
    tilted = moved(sky, torch.ones(1, 1), CameraMove(down=0.5))[0, 0, 0]  # (H, W): all but its upper half is gone
    assert (tilted[:16] > -0.1).all(), "no ground hangs in the sky"
    assert (tilted[:12] < 0.2).all(), "nor does the star draw a stripe through it"
    panned = moved(sky, torch.ones(1, 1), CameraMove(right=0.5))[0, 0, 0]
    assert panned[0].max() > 0.4
    assert (panned[0] > 0.4).sum() == 2, "the star and its mirror image"
