"""What a clip begins with that has pictures in its noise, and how a camera's move shows pictures."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class CameraMove:
    """What a camera's move does to the picture from one frame to the next: how far it goes, in shares of its width and
    height, and how much it grows, as a share of its size. `depth`: how much farther its lower edge goes to the right
    than its middle, in half widths: the ground is nearer than the sky."""

    right: float = 0.0
    down: float = 0.0
    growth: float = 0.0
    depth: float = 0.0

    def __bool__(self) -> bool:
        """Whether anything moves."""
        return bool(self.right or self.down or self.growth or self.depth)


SETTLES_AFTER = 24.0
"""Frames until a zoom or a tilt comes to rest, over as many more: a picture has only so much to show that way."""


FADES_OVER = 0.15
"""Half heights of the picture above or below it within which the stripes of its edge fade into their mean."""


def resting(frames: float, after: float) -> float:
    """Frames at full speed by which what comes to rest in about so many has come as far as in `frames`."""
    return math.copysign(after * (1 - math.exp(-abs(frames) / after)), frames)


def settling(frames: float) -> float:
    """Frames at full speed by which such a camera has come as far as in so many."""
    late = max(0.0, abs(frames) - SETTLES_AFTER)
    return math.copysign(abs(frames) - late + resting(late, SETTLES_AFTER), frames)


DEPTH_FOR = 8.0
"""Frames in which what the ground goes ahead of the sky comes to rest: one picture would lean ever further."""


def moved(pictures: Tensor, away: Tensor, move: CameraMove) -> Tensor:
    """Pictures or latents as the camera's move shows them, `away` frames after it began. What comes in from the sides
    is mirrored; above and below the edge goes on, softened, since a mirrored sky is a ground.

    Shapes: (B, C, T, H, W), (B, T) -> (B, C, T, H, W) float32.
    """
    frames = away.flatten().float()  # (N,), N = B*T
    slow = torch.tensor([settling(frame) for frame in frames.tolist()], device=frames.device)  # (N,)
    near = torch.tensor([resting(frame, DEPTH_FOR) for frame in frames.tolist()], device=frames.device)  # (N,)
    scale = (1 + move.growth) ** -slow  # (N,) of the part of the picture that is seen
    nothing = torch.zeros_like(scale)
    across = torch.stack(
        [scale, -move.depth * near, -2 * move.right * frames], dim=1
    )  # (N, 3), in coordinates of -1..1
    down = torch.stack([nothing, scale, -2 * move.down * slow], dim=1)  # (N, 3)
    flat = pictures.float().transpose(1, 2).flatten(0, 1)  # (N, C, H, W)
    grid = F.affine_grid(torch.stack([across, down], dim=1), list(flat.shape), align_corners=False)  # (N, H, W, 2)
    edge = 1 - 1 / flat.shape[2]  # the middle of the outermost pixels
    beyond = ((grid[..., 1].abs() - edge) / FADES_OVER).clamp(0, 1)[:, None]  # (N, 1, H, W)
    grid = torch.stack([grid[..., 0], grid[..., 1].clamp(-edge, edge)], dim=3)  # (N, H, W, 2)
    seen = F.grid_sample(flat, grid, padding_mode="reflection", align_corners=False)  # (N, C, H, W)
    if bool(beyond.any()):
        reach = min(flat.shape[3] // 4, flat.shape[3] - 1)
        soft = F.avg_pool2d(F.pad(flat, (reach, reach, 0, 0), mode="reflect"), (1, 2 * reach + 1), stride=1)
        soft = F.grid_sample(soft, grid, padding_mode="reflection", align_corners=False)  # (N, C, H, W)
        seen = torch.lerp(seen, soft, beyond)  # (N, C, H, W)
    return seen.unflatten(0, away.shape).transpose(1, 2)


def begin(canvas: Tensor, strength: Tensor, level: float, noise: Tensor, moving: Tensor | None = None) -> Tensor:
    """What a clip begins with at a noise level: (1 - level) of the given pictures and `level` of noise.

    Where they are partly kept the canvas has noise of its own (`canvas_from_latents`), which counts.

    Args:
        canvas: (1, Z, G, h, w) latents of the given pictures, held where nothing is given.
        strength: (1, f, G, h, w) strengths of the frames; none lies between 0 and 1 - `level`.
        level: of the first step.
        noise: (B, Z, G, h, w).
        moving: (1, Z, G, h, w) what is shown in place of the canvas, see animatic.py.

    Returns:
        (B, Z, G, h, w) float32.
    """
    if moving is not None:
        return (1 - level) * moving.float() + level * noise
    kept = strength.float().amax(dim=1, keepdim=True)  # (1, 1, G, h, w)
    kept = torch.where(kept > 0, kept, 1.0)  # what is held is free of noise
    share = (1 - level) / kept  # (1, 1, G, h, w)
    own = share * (1 - kept)  # (1, 1, G, h, w) of the canvas's noise
    return share * canvas.float() + (level**2 - own**2).clamp(min=0).sqrt() * noise
