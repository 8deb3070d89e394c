"""The bare paper around a picture, as watercolours have it: what moves, moves inside of it."""

from __future__ import annotations

import torch
from torch import Tensor

WIDE = 0.045
"""Heights of the picture from its edge within which a margin ends."""

BARE = 0.01
"""Heights from its edge within which a margin is paper alone; from there to `WIDE` the picture begins."""

LIGHT = 0.4
"""Least lightness, in -1..1, of the paper along each edge, where a wash may be ragged and reach to it."""

LIGHTER = 0.1
"""How much lighter the paper is than what it surrounds."""


def margin(picture: Tensor) -> Tensor | None:
    """How bare each pixel of a picture is, 0 to 1, if a margin surrounds it.

    Shapes: (3, H, W) in -1..1 -> (H, W), or None without a margin.
    """
    height, width = picture.shape[1:]
    light = picture.float().mean(dim=0)  # (H, W)
    far = _from_edge(height, width).to(picture.device)  # (H, W)
    outer, inner = far < 1 / height, (far >= WIDE) & (far < 2 * WIDE)
    if not bool(inner.any()):
        return None
    edges = (light[0], light[-1], light[:, 0], light[:, -1])
    if min(float(edge.quantile(0.75)) for edge in edges) < LIGHT:
        return None
    if float(light[outer].mean() - light[inner].mean()) < LIGHTER:
        return None
    return ((WIDE - far) / (WIDE - BARE)).clamp(0, 1)


def without(picture: Tensor, bare: Tensor) -> Tensor:
    """Pictures (..., H, W) that go on to their edges in place of their margin: what lies inside of it is repeated."""
    height, width = picture.shape[-2:]
    rows, columns = (bare < 1e-6).any(dim=1).nonzero(), (bare < 1e-6).any(dim=0).nonzero()  # (n, 1) each
    down = torch.arange(height, device=picture.device).clamp(int(rows[0]), int(rows[-1]))  # (H,)
    across = torch.arange(width, device=picture.device).clamp(int(columns[0]), int(columns[-1]))  # (W,)
    return picture[..., down, :][..., across]


def around(frames: Tensor, picture: Tensor, bare: Tensor) -> Tensor:
    """Frames (3, T, H, W) with the margin of a picture (3, H, W)."""
    # where a wash is ragged it reaches into the outermost pixels
    paper = picture[:, bare == bare.max()].float().quantile(0.75, dim=1)[:, None, None, None]  # (3, 1, 1, 1)
    return torch.lerp(frames, paper.to(frames), bare.to(frames))


def _from_edge(height: int, width: int) -> Tensor:
    """Heights of the picture between each pixel's middle and the nearest edge: (H, W)."""
    down, across = (torch.arange(side) + 0.5 for side in (height, width))  # (H,), (W,)
    nearest = torch.minimum(torch.minimum(down, height - down)[:, None], torch.minimum(across, width - across)[None])
    return nearest / height
