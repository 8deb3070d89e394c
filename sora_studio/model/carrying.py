"""Given frames carried along with what moves: where nothing is given, the canvas shows them where they will have gone.

A network that copies from a picture held still can only copy what stands still; what the camera passes over, or what
moves, it has to draw anew from a stream too narrow for the detail of a photo. It knows early where things move
(`SoraTransformer3DModel.moving`), so the given frames are sampled there, as spatial transformers do (Jaderberg et al.
2015) and video frames are predicted by their flow (Liu et al. 2017).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from sora_studio.model.canvas import nearest_given

FRACTION = 4
"""Moves are told in quarters of a latent pixel a frame."""


def carry(canvas: Tensor, strength: Tensor, moves: Tensor) -> Tensor:
    """The canvas with what each latent frame holds of the nearest given one sampled along what moves.

    Positions are followed from latent frame to latent frame (semi-Lagrangian), forwards or backwards in time. What
    comes in from outside the picture shows its edge.

    Args:
        canvas: (B, C, G, h, w) latent of the given frames, each held until the next.
        strength: (B, f, G, h, w), see `canvas_from_latents`; equal within a frame.
        moves: (B, 2, G, h', w') across and down in quarters of a latent pixel a frame, at any resolution.

    Returns:
        (B, C, G, h, w) in the canvas's dtype; the canvas itself where frames are given or none is.
    """
    batch, _, count, height, width = canvas.shape
    kept = strength[..., 0, 0].amax(dim=1)  # (B, G)
    if count == 1 or not bool(kept.any()) or bool(kept.all()):
        return canvas
    source = nearest_given(kept)  # (B, G)
    at = torch.arange(count, device=canvas.device).expand(batch, -1)  # (B, G)
    steps = between(moves.float()) * torch.tensor([2 / width, 2 / height], device=moves.device).view(1, 2, 1, 1, 1)
    place = still(height, width, canvas.device).expand(batch * count, -1, -1, -1)  # (B*G, h, w, 2), a side is 2 long
    frames = strength.shape[1]
    for _ in range(int((source - at).abs().max())):
        way = (source - at).sign()  # (B, G)
        # the held frame is the given latent frame's nearest one, not its middle
        length = torch.where((source - at).abs() == 1, (frames + 1) / 2, frames) * way  # (B, G) in frames
        index = torch.minimum(at, at + way).clamp(max=count - 2)[:, None, :, None, None]  # (B, 1, G, 1, 1)
        field = steps.gather(2, index.expand(-1, 2, -1, *steps.shape[3:])) * length[:, None, :, None, None]
        place = place + sample(field.transpose(1, 2).flatten(0, 1), place).permute(0, 2, 3, 1)  # (B*G, h, w, 2)
        at = at + way
    held = canvas.transpose(1, 2).flatten(0, 1)  # (B*G, C, h, w)
    carried = sample(held.float(), place).unflatten(0, (batch, count)).transpose(1, 2)  # (B, C, G, h, w)
    moved = (source != torch.arange(count, device=canvas.device))[:, None, :, None, None]  # (B, 1, G, 1, 1)
    return torch.where(moved, carried.to(canvas.dtype), canvas)  # (B, C, G, h, w)


def between(moves: Tensor) -> Tensor:
    """Latent pixels a frame, between each latent frame and the next: (B, 2, G, h, w) -> (B, 2, G-1, h, w)."""
    return (moves[:, :, 1:] + moves[:, :, :-1]) / (2 * FRACTION)


def still(height: int, width: int, device: torch.device) -> Tensor:
    """Where each place of a picture lies, across and down, in -1..1: (1, h, w, 2)."""
    across = (torch.arange(width, device=device) * 2 + 1) / width - 1  # (w,)
    down = (torch.arange(height, device=device) * 2 + 1) / height - 1  # (h,)
    grid = torch.meshgrid(down, across, indexing="ij")  # (h, w) each
    return torch.stack([grid[1], grid[0]], dim=-1)[None]


def sample(values: Tensor, place: Tensor) -> Tensor:
    """Values at places, linear in between, beyond the edge as at it: (N, C, h', w'), (N, h, w, 2) -> (N, C, h, w)."""
    return F.grid_sample(values, place, mode="bilinear", padding_mode="border", align_corners=False)
