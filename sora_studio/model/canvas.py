"""Given frames as a condition: a canvas video in latent form and the strength of each of its frames.

Every task is one case of this: an image at frame 0 is animated, a clip's tail is extended, tail and head are bridged,
a whole clip at partial strength is restyled. Training and sampling build the condition with the same functions.

Frames that are not given show the nearest one that is, held still, and the strengths say which is which: a network
then learns what moves, and need not learn to copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from diffusers.utils.torch_utils import randn_tensor
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from sora_studio.model.vae import AutoencoderSora


@dataclass(frozen=True, eq=False)
class GivenFrames:
    """Frames placed at index `at` of the time axis.

    `frames` is a uint8 array (T, H, W, 3) or (H, W, 3), a PIL image, or a tensor (T, 3, H, W) in 0..1.
    `strength` says how much of them is kept: 1 reproduces them, 0 leaves only their place.
    """

    at: int
    frames: NDArray[np.uint8] | Image.Image | Tensor
    strength: float = 1.0

    def pixels(self) -> Tensor:
        """The frames as the VAE takes them, (3, T, H, W) float32 in -1..1.

        Raises:
            ValueError: array or tensor has another shape or type than described.
        """
        if isinstance(self.frames, Tensor):
            if self.frames.ndim != 4 or self.frames.shape[1] != 3 or not self.frames.is_floating_point():
                raise ValueError(
                    f"A tensor of given frames must be (T, 3, H, W) in 0..1, not {tuple(self.frames.shape)} "
                    f"{self.frames.dtype}."
                )
            return self.frames.float().transpose(0, 1) * 2 - 1
        array = np.asarray(self.frames.convert("RGB")) if isinstance(self.frames, Image.Image) else self.frames
        if array.ndim == 3:
            array = array[None]
        if array.ndim != 4 or array.shape[3] != 3 or array.dtype != np.uint8:
            raise ValueError(f"Given frames must be uint8 (T, H, W, 3), not {array.dtype} {array.shape}.")
        return torch.tensor(array).permute(3, 0, 1, 2).float() / 127.5 - 1


def lay_out(given: Sequence[GivenFrames], size: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
    """Place given frames on an empty time axis; where they overlap, the later in the list counts.

    Args:
        given: the frames and their places.
        size: (T, H, W) of the clip.

    Returns:
        frames (1, 3, T, H, W) in -1..1, mid grey where nothing is given, and strengths (1, T).

    Raises:
        ValueError: frames reach beyond the clip, have another size, or a strength beyond 0..1.
    """
    length, height, width = size
    frames = torch.zeros(1, 3, length, height, width)
    strengths = torch.zeros(1, length)
    for item in given:
        pixels = item.pixels()  # (3, t, H, W)
        count = pixels.shape[1]
        if item.at < 0 or item.at + count > length:
            raise ValueError(
                f"{count} given frames at {item.at} reach to frame {item.at + count - 1}, "
                f"but the clip has frames 0 to {length - 1}."
            )
        if pixels.shape[2:] != (height, width):
            raise ValueError(
                f"Given frames are {pixels.shape[3]}x{pixels.shape[2]} and the clip {width}x{height}; "
                "resize or crop them first."
            )
        if not 0 <= item.strength <= 1:
            raise ValueError(f"A strength of {item.strength} is outside 0..1.")
        frames[0, :, item.at : item.at + count] = pixels
        strengths[0, item.at : item.at + count] = item.strength
    return frames, strengths


def canvas_and_strength(
    vae: AutoencoderSora,
    frames: Tensor,
    strengths: Tensor,
    generator: torch.Generator | list[torch.Generator] | None = None,
) -> tuple[Tensor, Tensor]:
    """Encode a canvas video and the strengths of its frames as the transformer's two inputs.

    Args:
        vae: the autoencoder.
        frames: (B, 3, T, H, W) in -1..1. What stands where the strength is 0 does not matter.
        strengths: (B, T) in 0..1.
        generator: source of the noise that partial strengths ask for.

    Returns:
        canvas (B, Z, G, h, w), normalised, and strength (B, f, G, h, w).
    """
    strengths = strengths.to(frames.device)
    pixels = hold(frames, strengths)  # (B, 3, T, H, W)
    posterior = vae.encode(pixels.to(vae.dtype), return_dict=False)[0]
    latents = vae.normalise(posterior.mode())  # (B, Z, G, h, w)
    return canvas_from_latents(latents, strengths, vae.config.temporal_compression_ratio, generator)


def canvas_from_latents(
    latents: Tensor,
    strengths: Tensor,
    frames_per_group: int,
    generator: torch.Generator | list[torch.Generator] | None = None,
) -> tuple[Tensor, Tensor]:
    """The second half of `canvas_and_strength`, for an encoded canvas video.

    A latent frame has the greatest strength s among its frames, or the one of the frame that it holds. For 0 < s < 1
    it becomes s z + (1 - s) noise, the point of the rectified flow at noise level 1 - s, so that coarse structure stays
    and detail is open to the prompt; where nothing is given in a clip it is zero.

    Args:
        latents: (B, Z, G, h, w) normalised latents of the canvas video, its frames held.
        strengths: (B, T) in 0..1, T = f*(G-1) + 1.
        frames_per_group: f, the VAE's temporal compression.
        generator: source of the noise.

    Returns:
        canvas (B, Z, G, h, w) and strength (B, f, G, h, w), both in the latents' dtype.
    """
    folded = fold_strengths(strengths, frames_per_group).to(latents)  # (B, f, G)
    held = strengths.gather(1, nearest_given(strengths))  # (B, T)
    kept = fold_strengths(held, frames_per_group).to(latents).amax(dim=1)[:, None, :, None, None]  # (B, 1, G, 1, 1)
    canvas = latents * kept  # (B, Z, G, h, w)
    partial = (kept > 0) & (kept < 1)
    if partial.any():  # otherwise no noise is drawn, so that one seed means one start with or without given frames
        noise = randn_tensor(latents.shape, generator=generator, device=latents.device, dtype=latents.dtype)
        canvas = canvas + noise * (1 - kept) * partial  # (B, Z, G, h, w)
    height, width = latents.shape[3:]
    return canvas, folded[..., None, None].expand(-1, -1, -1, height, width)


def nearest_given(strengths: Tensor) -> Tensor:
    """For each frame the nearest one whose strength is above 0, the earlier of two: (B, T) -> (B, T) of indices.

    Where nothing is given, each frame is its own.
    """
    place = torch.arange(strengths.shape[1], device=strengths.device)  # (T,)
    distance = (place[:, None] - place).abs()  # (T, T)
    none = (strengths <= 0).all(dim=1)[:, None, None]  # (B, 1, 1)
    barred = (strengths <= 0)[:, None] & ~none  # (B, 1, T)
    return (distance + barred * 2 * len(place)).argmin(dim=2)  # (B, T)


def hold(frames: Tensor, strengths: Tensor) -> Tensor:
    """A canvas video whose frames of strength 0 show the nearest given frame; mid grey where there is none.

    Shapes: (B, 3, T, H, W), (B, T) -> (B, 3, T, H, W).
    """
    nearest = nearest_given(strengths)[:, None, :, None, None]  # (B, 1, T, 1, 1)
    some = (strengths > 0).any(dim=1)[:, None, None, None, None]  # (B, 1, 1, 1, 1)
    return torch.where(some, torch.take_along_dim(frames, nearest, dim=2), torch.zeros_like(frames))


def fold_strengths(strengths: Tensor, frames_per_group: int) -> Tensor:
    """Strengths of frames as channels of latent frames, frame 0 in all of the first: (B, f*(G-1)+1) -> (B, f, G)."""
    first = strengths[:, :1].expand(-1, frames_per_group - 1)  # (B, f-1)
    return torch.cat([first, strengths], dim=1).unflatten(1, (-1, frames_per_group)).transpose(1, 2)  # (B, f, G)
