"""Pictures that a camera leads through the frames of a clip."""

import numpy as np
import torch

from sora_studio.model import GivenFrames
from sora_studio.model.canvas import hold, lay_out
from sora_studio.model.leading import CameraMove, hold_moving


def ramp(height: int = 16, width: int = 24) -> np.ndarray:
    """A picture (1, H, W, 3) that grows brighter to the right in red and downwards in green."""
    down, across = np.mgrid[:height, :width]
    return np.stack([across * 8, down * 8, np.full_like(down, 90)], axis=-1).astype(np.uint8)[None]


def test_a_held_picture_goes_where_the_camera_leads_it() -> None:
    frames, strengths = lay_out([GivenFrames(2, ramp())], (5, 16, 24))
    seen = hold_moving(frames, strengths, CameraMove(right=1 / 12, down=-1 / 8))  # two pixels right, two up a frame
    assert torch.equal(seen[:, :, 2], frames[:, :, 2]), "the given frame stays as it is"
    later, given, sooner = seen[0, :, 4], frames[0, :, 2], seen[0, :, 1]
    torch.testing.assert_close(later[:, :12, 4:], given[:, 4:, :20], rtol=0, atol=1e-4)
    torch.testing.assert_close(sooner[:, 2:, :22], given[:, :14, 2:], rtol=0, atol=1e-4)
    torch.testing.assert_close(later[:, :12, 3], given[:, 4:, 0], rtol=0, atol=0.1)  # what comes in goes on from there
    still = hold_moving(frames, strengths, CameraMove())
    torch.testing.assert_close(still, hold(frames, strengths), rtol=0, atol=1e-4)
    assert not CameraMove()


def test_a_held_picture_grows_and_shrinks_about_its_middle() -> None:
    frames, strengths = lay_out([GivenFrames(0, ramp())], (5, 16, 24))
    for growth, nearer in ((0.2, True), (-0.2, False)):
        red = hold_moving(frames, strengths, CameraMove(growth=growth))[0, 0]  # (T, H, W)
        spread = (red[:, 8, 15] - red[:, 8, 8]).tolist()  # brightness from left to right, around the middle
        assert spread == sorted(spread, reverse=nearer)
        middle = red[:, 7:9, 11:13].mean(dim=(1, 2))
        torch.testing.assert_close(middle, middle[:1].expand(5), rtol=0, atol=1e-3)
