"""The picture in a latent, at a glance: the linear map from latent channels to colours that fits its VAE best.

Decoding a preview with the VAE takes longer than a step. A latent pixel's channels hold the mean colour of the pixels
it stands for nearly linearly, and the map is found by least squares on a small video that the VAE encodes once.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
from torch import Tensor

from sora_studio.core.request import Frames

SIDE = 16
"""Latent pixels along the sides of the video."""
SMOOTHING = 1e-3
"""Ridge of the fit, as a share of the channels' mean square: keeps channels that hardly vary from being amplified."""


class Colours:
    """Colours of latents (1, Z, G, h, w)."""

    def __init__(self, weights: Tensor) -> None:
        """`weights` are (Z + 1, 3): from channels and a one to red, green and blue in -1..1."""
        self._weights = weights

    def paint(self, latents: Tensor) -> Frames:
        """A picture for each latent frame, (G, h, w, 3)."""
        weights = self._weights.to(latents.device)
        colours = latents[0].float().permute(1, 2, 3, 0) @ weights[:-1] + weights[-1]  # (G, h, w, 3)
        levels = (colours * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)
        frames: Frames = levels.cpu().numpy()
        return frames


def fit_colours(encode: Callable[[Tensor], Tensor], space: int, time: int) -> Colours:
    """The map of a VAE that codes `space` x `space` pixels and `time` frames as one latent pixel; `encode` takes a
    video (1, 3, T, H, W) to latents (1, Z, G, h, w)."""
    video = _sample(SIDE * space, time + 1)
    latents = encode(video).float().cpu()  # (1, Z, 2, SIDE, SIDE)
    means = F.adaptive_avg_pool2d(video[0].transpose(0, 1), (SIDE, SIDE))  # (T, 3, SIDE, SIDE)
    seen = torch.stack([means[0], means[1:].mean(0)])  # (2, 3, SIDE, SIDE)
    inputs = latents[0].permute(1, 2, 3, 0).flatten(0, 2)  # (N, Z)
    inputs = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1).double()
    targets = seen.permute(0, 2, 3, 1).flatten(0, 2).double()  # (N, 3)
    square = inputs.T @ inputs
    ridge = SMOOTHING * square.diagonal().mean() * torch.eye(len(square), dtype=square.dtype)
    return Colours(torch.linalg.solve(square + ridge, inputs.T @ targets).float())


def _sample(side: int, frames: int) -> Tensor:
    """Colourful clouds of three sizes that drift, (1, 3, T, side, side) in -1..1."""
    source = torch.Generator().manual_seed(0)
    video = torch.zeros(1, 3, frames, side, side)
    for cells, loud in ((3, 1.0), (8, 0.7), (SIDE, 0.5)):
        noise = torch.randn(1, 3, 2, cells, cells, generator=source) * loud
        video += F.interpolate(noise, size=(frames, side, side), mode="trilinear", align_corners=True)
    return video.tanh()
