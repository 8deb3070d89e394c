"""A clip that is told anew in other words takes their colours and keeps its outlines.

A network this young finds from deep noise what colours the words ask for, and smears what stood there. What it made is
read for its colours alone, as a map of the source's own, slowly varying over the picture, under which every outline
stays (joint upsampling by a guided filter: He, Sun and Tang 2010, eq. 5 to 8, on small pictures: He and Sun 2015). From
that it goes on with a little noise, in which it draws what the look is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from sora_studio.model.canvas import GivenFrames, lay_out
from sora_studio.model.denoising import Conditions, Run, denoise
from sora_studio.model.leading import begin
from sora_studio.model.margin import around, margin, without
from sora_studio.model.picture_first import encoded, pixels_of

if TYPE_CHECKING:
    from sora_studio.model.pipeline import Generator, SoraPipeline

TOLD_FROM = 0.74
"""Noise level at which a clip begins that is told anew, with its source in the noise."""

REDRAWN_FROM = 0.5
"""The same of its second stage, in which its look is drawn within the source's outlines."""

FIRMLY = 0.85
"""Strength with which the source is shown in that stage where its outlines are kept whole: in training that asked for
the same clip in another look. Shown nothing, the network leaves flat what has become flat."""

USUAL = 0.6
"""Strength from which on outlines are kept whole; below it they are kept in part, above it less is drawn anew."""

TEXTURE = 0.9
"""Share of what is drawn anew beside the source's outlines that stays in the end; the rest is what strays."""

COARSE = 4
"""Pixels that one of the small pictures stands for, in which colours are compared."""

REACH = 2
"""Small pixels around one from which the map of its colours is taken."""

TELLS_APART = 0.004
"""Variance of a source's colours, in -1..1, below which they tell nothing apart."""

ROUNDING = 1e-3
"""How far a strength may be rounded, in bf16."""


def tells_anew(strengths: Tensor) -> bool:
    """Whether a clip whose frames are given with `strengths` (..., T) is one told anew: all are there, and some only in
    part. A lower strength than the least is noisier than where such a clip would begin."""
    least = float(strengths.min())
    return 1 - TOLD_FROM - ROUNDING < least < 1


def lay_out_source(given: Sequence[GivenFrames], size: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
    """`lay_out`, and where that is a clip to be told anew without the bare paper around it, which is no part of what it
    shows but of how it was painted: (1, 3, T, H, W), (1, T). Frames that are kept stay as they are."""
    frames, strengths = lay_out(given, size)
    if not tells_anew(strengths):
        return frames, strengths
    return lay_out([_unframed(item) if item.strength < 1 else item for item in given], size)


def _unframed(item: GivenFrames) -> GivenFrames:
    pixels = item.pixels()  # (3, T, H, W)
    bare = margin(pixels[:, 0])  # (H, W)
    if bare is None:
        return item
    return replace(item, frames=(without(pixels, bare).transpose(0, 1) + 1) / 2)


def firmly(strength: float) -> float:
    """The strength at which the second stage shows frames of a `strength`."""
    return max(strength, strength + _kept(torch.tensor(strength)).item() * (FIRMLY - strength))


def retell(
    pipe: SoraPipeline,
    run: Run,
    conditions: Conditions,
    given: Sequence[GivenFrames],
    size: tuple[int, int, int],
    steps: int,
    noise: Tensor,
    generator: Generator = None,
    latents: Tensor | None = None,
) -> Tensor:
    """The clip in the words of `conditions`: its colours first, then its look within the source's outlines.

    Args:
        pipe: with the parts.
        run: that the steps belong to.
        conditions: words, and the source as it is given.
        given: frames that cover the clip.
        size: (T, H, W) of the clip.
        steps: of both stages.
        noise: (B, Z, G, h, w).
        generator: source of the noise in which the source is shown.
        latents: what an earlier run held.

    Returns:
        (B, Z, G, h, w).

    Raises:
        ValueError: `latents` are of another shape.
    """
    frames, strengths = (part.to(noise.device) for part in lay_out_source(given, size))  # (1, 3, T, H, W), (1, T)
    first = steps - steps // 4
    if latents is None:
        clip = begin(conditions.canvas[:1], conditions.strength[:1], TOLD_FROM, noise)  # (B, Z, G, h, w)
    else:
        clip = pipe.prepare_latents(run.batch, size, None, latents)
    clip = denoise(pipe, run, conditions.early(run.batch), (0, first), TOLD_FROM, clip)
    if first < steps and not pipe.interrupt:
        level = REDRAWN_FROM * min(1.0, (1 - float(strengths.min())) / (1 - USUAL))
        if run.start <= first:
            clip = (1 - level) * outlined(pipe, clip, frames, strengths) + level * noise
        firm = [replace(item, strength=firmly(item.strength)) for item in given]
        shown = conditions.shown(*pipe.prepare_canvas(firm, size, generator))
        clip = denoise(pipe, run, shown, (first, steps), level, clip)
    return clip if pipe.interrupt else outlined(pipe, clip, frames, strengths, 1 - TEXTURE if first < steps else 1.0)


def outlined(pipe: SoraPipeline, clip: Tensor, source: Tensor, strengths: Tensor, share: float = 1.0) -> Tensor:
    """Latents (B, Z, G, h, w) of a clip with the outlines of a source (1, 3, T, H, W), to a `share`, and to as much as
    the `strengths` (1, T) of its frames say; frames that are kept are the source's own."""
    made = pixels_of(pipe, clip).float()  # (B, 3, T, H, W)
    kept = _kept(strengths)[:, None, :, None, None]  # (1, 1, T, 1, 1)
    found = torch.stack([_framed(recoloured(source[0].float(), one), one) for one in made])  # (B, 3, T, H, W)
    frames = torch.lerp(made, found, share * kept)
    whole = (strengths == 1)[:, None, :, None, None]  # (1, 1, T, 1, 1)
    return encoded(pipe, torch.where(whole, source.float(), frames).clamp(-1, 1))


def _framed(frames: Tensor, made: Tensor) -> Tensor:
    """Frames (3, T, H, W) with the bare paper around them that a clip (3, T, H, W) has, if it has."""
    bare = margin(made[:, 0])  # (H, W)
    return frames if bare is None else around(frames, made[:, 0], bare)


def _kept(strengths: Tensor) -> Tensor:
    """How much of their outlines frames keep at these strengths, 0..1."""
    return ((strengths - (1 - TOLD_FROM)) / (USUAL - (1 - TOLD_FROM))).clamp(0, 1)


def recoloured(source: Tensor, like: Tensor) -> Tensor:
    """A source in the colours of another clip of the same scene.

    In each place the other's colours are an affine map of the source's, by least squares over what is around it, with
    both blurred so far that it doesn't matter how sharp the other is.

    Shapes: (3, T, H, W) both, in -1..1 -> (3, T, H, W).
    """
    source, like = source.transpose(0, 1), like.transpose(0, 1)  # (T, 3, H, W)
    x, y = _coarse(source), _coarse(like)  # (T, 3, h, w)
    mean_x, mean_y = _around(x), _around(y)
    spread = _around(_products(x, x)) - _products(mean_x, mean_x)  # (T, 9, h, w)
    shared = _around(_products(x, y)) - _products(mean_x, mean_y)
    spread, shared = (part.unflatten(1, (3, 3)).permute(0, 3, 4, 1, 2) for part in (spread, shared))  # (T, h, w, 3, 3)
    slope = torch.linalg.solve(spread + TELLS_APART * torch.eye(3, device=x.device), shared)  # (T, h, w, 3, 3)
    slope = slope.permute(0, 3, 4, 1, 2)  # (T, from 3, to 3, h, w)
    offset = mean_y - (slope * mean_x[:, :, None]).sum(dim=1)  # (T, 3, h, w)
    size = source.shape[2:]
    slope = _wide(_around(slope.flatten(1, 2)), size).unflatten(1, (3, 3))  # (T, 3, 3, H, W)
    found = (slope * source[:, :, None]).sum(dim=1) + _wide(_around(offset), size)  # (T, 3, H, W)
    return found.transpose(0, 1)


def _coarse(frames: Tensor) -> Tensor:
    """Small, blurred pictures: (T, 3, H, W) -> (T, 3, H / COARSE, W / COARSE)."""
    return F.avg_pool2d(frames, 2 * COARSE, COARSE, padding=COARSE // 2, count_include_pad=False)


def _around(values: Tensor) -> Tensor:
    """Means over what is around each place: (T, C, h, w), same."""
    return F.avg_pool2d(values, 2 * REACH + 1, 1, padding=REACH, count_include_pad=False)


def _products(x: Tensor, y: Tensor) -> Tensor:
    """Of all channels of two clips: (T, 3, h, w) both -> (T, 9, h, w)."""
    return (x[:, :, None] * y[:, None]).flatten(1, 2)


def _wide(values: Tensor, size: torch.Size) -> Tensor:
    """As many as pixels: (T, C, h, w) -> (T, C, H, W)."""
    return F.interpolate(values, size=size, mode="bilinear", align_corners=False)
