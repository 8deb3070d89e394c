"""What a clip begins with that has pictures in its noise, and how those move that its camera is to lead."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from sora_studio.model.canvas import GivenFrames, hold, lay_out, nearest_given
from sora_studio.model.vae import AutoencoderSora

LED_AT = 0.8
"""Noise level at which the clip that the network predicts from words alone is moved, once, as its camera is to: what
stands where is decided by then, and how it looks is not. A young network hears what a prompt says of the camera last
of all, and goes on with a movement that it finds."""


@dataclass(frozen=True)
class CameraMove:
    """What a camera's move does to the picture from one frame to the next: how far it goes, in shares of its width and
    height, and how much it grows, as a share of its size."""

    right: float = 0.0
    down: float = 0.0
    growth: float = 0.0

    def __bool__(self) -> bool:
        """Whether anything moves."""
        return bool(self.right or self.down or self.growth)


def moved(pictures: Tensor, away: Tensor, move: CameraMove) -> Tensor:
    """Pictures or latents as the camera's move shows them, `away` frames after it began. What comes in is mirrored.

    Shapes: (B, C, T, H, W), (B, T) -> (B, C, T, H, W) float32.
    """
    frames = away.flatten().float()  # (N,), N = B*T
    scale = (1 + move.growth) ** -frames  # (N,) of the part of the picture that is seen
    nothing = torch.zeros_like(scale)
    across = torch.stack([scale, nothing, -2 * move.right * frames], dim=1)  # (N, 3), in coordinates of -1..1
    down = torch.stack([nothing, scale, -2 * move.down * frames], dim=1)  # (N, 3)
    flat = pictures.float().transpose(1, 2).flatten(0, 1)  # (N, C, H, W)
    grid = F.affine_grid(torch.stack([across, down], dim=1), list(flat.shape), align_corners=False)  # (N, H, W, 2)
    seen = F.grid_sample(flat, grid, padding_mode="reflection", align_corners=False)  # (N, C, H, W)
    return seen.unflatten(0, away.shape).transpose(1, 2)


def hold_moving(frames: Tensor, strengths: Tensor, move: CameraMove) -> Tensor:
    """As `hold`, but frames of strength 0 show the nearest given one as the camera has left it, or will find it.

    Shapes: (B, 3, T, H, W), (B, T) -> (B, 3, T, H, W).
    """
    away = torch.arange(frames.shape[2], device=frames.device) - nearest_given(strengths)  # (B, T)
    held = hold(frames, strengths)  # (B, 3, T, H, W)
    return torch.where((away == 0)[:, None, :, None, None], held, moved(held, away, move))  # given frames stay


def begin(canvas: Tensor, strength: Tensor, level: float, noise: Tensor, moving: Tensor | None = None) -> Tensor:
    """What a clip begins with at a noise level: (1 - level) of the given pictures and `level` of noise.

    Where they are partly kept the canvas has noise of its own (`canvas_from_latents`), which counts.

    Args:
        canvas: (1, Z, G, h, w) latents of the given pictures, held where nothing is given.
        strength: (1, f, G, h, w) strengths of the frames; none lies between 0 and 1 - `level`.
        level: of the first step.
        noise: (B, Z, G, h, w).
        moving: (1, Z, G, h, w) what is shown in place of the canvas (`moving_latents`).

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


def moving_latents(
    vae: AutoencoderSora, given: Sequence[GivenFrames], size: tuple[int, int, int], move: CameraMove
) -> Tensor | None:
    """Latents (1, Z, G, h, w) of given pictures that move from frame to frame as the camera does; `size` is (T, H, W).

    None where nothing is to move: by the camera, or because only single pictures do. Of a stretch of frames the network
    sees how its camera moves, and keeps to it.
    """
    if not move:
        return None
    frames, strengths = (part.to(vae.device) for part in lay_out(given, size))  # (1, 3, T, H, W), (1, T)
    if bool(((strengths[:, 1:] > 0) & (strengths[:, :-1] > 0)).any()):
        return None
    video = hold_moving(frames, strengths, move)  # (1, 3, T, H, W)
    return vae.normalise(vae.encode(video.to(vae.dtype), return_dict=False)[0].mode())  # (1, Z, G, h, w)


def lead(latents: Tensor, velocity: Tensor, levels: tuple[float, float], frames: int, move: CameraMove) -> Tensor:
    """A step to where the predicted clip would be if the camera moved it, about the middle of its time.

    Args:
        latents: (B, Z, G, h, w) at the first of `levels`.
        velocity: (B, Z, G, h, w) there.
        levels: noise levels from which and to which the step goes.
        frames: of the clip; latent frames stand for the first and equal groups of the others.
        move: of its camera.

    Returns:
        (B, Z, G, h, w) at the second level.
    """
    clean = latents - levels[0] * velocity  # (B, Z, G, h, w)
    noise = latents + (1 - levels[0]) * velocity  # (B, Z, G, h, w)
    times = torch.arange(frames, device=latents.device, dtype=torch.float32)  # (T,)
    groups = [times[:1], *times[1:].chunk(latents.shape[2] - 1)] if frames > 1 else [times]
    away = torch.stack([group.mean() for group in groups]) - (frames - 1) / 2  # (G,)
    return (1 - levels[1]) * moved(clean, away.expand(len(latents), -1), move) + levels[1] * noise
