"""The colours of a latent, found from the VAE alone."""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by

from sora_studio.engines.families.colours import fit_colours


def encode(video: torch.Tensor) -> torch.Tensor:
    """A VAE whose channels mix the mean colours with something else: 8 pixels, 4 frames."""
    small = torch.cat([F.avg_pool3d(video[:, :, :1], (1, 8, 8)), F.avg_pool3d(video[:, :, 1:], (4, 8, 8))], dim=2)
    edges = torch.cat([F.max_pool3d(video[:, :1, :1], (1, 8, 8)), F.max_pool3d(video[:, :1, 1:], (4, 8, 8))], dim=2)
    mix = torch.randn(6, 4, generator=torch.Generator().manual_seed(1))
    return torch.einsum("zc,bcghw->bzghw", mix, torch.cat([small, edges], dim=1)) + 0.7


def test_a_latent_is_painted_in_its_colours() -> None:
    colours = fit_colours(encode, 8, 4)
    video = torch.zeros(1, 3, 9, 32, 48)
    video[:, 0, :, :16] = 0.8
    video[:, 2, 5:, 16:] = -0.6
    painted = colours.paint(encode(video))
    assert painted.shape == (3, 4, 6, 3)
    assert painted.dtype == np.uint8
    expected = np.rint(np.array([0.8, 0, 0]) * 127.5 + 127.5)
    assert np.abs(painted[0, 0, 0] - expected).max() <= 4
    assert np.abs(painted[2, 3, 0] - np.rint(np.array([0, 0, -0.6]) * 127.5 + 127.5)).max() <= 4
