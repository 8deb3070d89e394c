"""A picture in which CLIP doesn't recognise what was asked for is drawn again, and of all of them the best goes on
(reranking, as in DALL-E, Ramesh et al. 2021). A network this small draws it in three of four pictures, and in one of
four nearly always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sora_studio.model.denoising import velocity_at

if TYPE_CHECKING:
    from sora_studio.model.denoising import Conditions, Run
    from sora_studio.model.pipeline import SoraPipeline

SURE = 0.7
"""Probability of the right name from which on a picture is taken as it is. One in three is drawn again; with 0.9 it
would be every second, for a point more."""

AGAIN = 3
"""Pictures that are then drawn, at once."""


def recognised(pipe: SoraPipeline, pictures: Tensor, names: tuple[Tensor, Tensor]) -> Tensor:
    """How probably pictures show what the first of some names says, and not what the others say.

    How near a picture is to its whole prompt tells little about its subject; that it is nearer to "a red cat" than to
    "a red dog" does. Each picture is looked at a second time in a mirror: two opinions are better than one.

    Args:
        pipe: whose VAE and CLIP look at them.
        pictures: (K, Z, 1, h, w) clean latents, normalised.
        names: text states (A, L, D) and their mask (A, L).

    Returns:
        (K,) in 0..1.
    """
    assert pipe.clip is not None
    clip = pipe.clip.float()  # bf16 would not tell near ones apart
    pixels = pipe.vae.decode(pipe.vae.denormalise(pictures).to(pipe.vae.dtype)).sample  # (K, 3, 1, H, W)
    pixels = pixels.float().clamp(-1, 1)  # (K, 3, 1, H, W)
    seen = clip.encode_video(torch.cat([pixels, pixels.flip(-1)]))  # (2K, J)
    opinions = clip.logits(seen, names[0].float(), names[1]).log_softmax(dim=1)  # (2K, A)
    chances: Tensor = opinions.unflatten(0, (2, -1)).mean(dim=0).softmax(dim=1)[:, 0]  # (K,)
    return chances


def recognisable(
    pipe: SoraPipeline, run: Run, conditions: Conditions, picture: Tensor, steps: int, noise: Tensor
) -> Tensor:
    """A picture, or where it isn't recognised the best of it and of others.

    Args:
        pipe: with the parts.
        run: that names what is to be recognised; without names every picture is taken.
        conditions: of one picture.
        picture: (1, Z, 1, h, w) clean latents.
        steps: calls of the network for each of the others.
        noise: that the run began with; others begin with what follows from it, so that they are the same whenever the
            run is made again or goes on.

    Returns:
        (1, Z, 1, h, w).
    """
    if run.names is None or pipe.clip is None or float(recognised(pipe, picture, run.names)) >= SURE:
        return picture
    if run.again is not None:
        run.again()
    seed = int(noise.cpu().contiguous().view(torch.int32).sum(dtype=torch.int64)) % 2**63
    shape = (AGAIN, *picture.shape[1:])
    others = torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(picture)  # (K, Z, 1, h, w)
    told = conditions.of_several(AGAIN)
    times = pipe.prepare_timesteps(steps)
    levels = zip(times, pipe.scheduler.sigmas, pipe.scheduler.sigmas[1:], strict=False)
    for left, (t, level, following) in zip(range(steps, 0, -1), levels, strict=True):
        if pipe.interrupt:
            return picture
        push = 1 + told.push(float(level)) * (run.scale - 1)
        others = others + (following - level) * velocity_at(pipe, others, t, told, push, left)  # (K, Z, 1, h, w)
    every = torch.cat([picture, others])  # (1+K, Z, 1, h, w)
    best = int(recognised(pipe, every, run.names).argmax())
    return every[best : best + 1]
