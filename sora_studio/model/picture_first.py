"""A clip from words alone begins as a picture, and the picture begins to move (text to picture to video, as in Emu
Video, Girdhar et al. 2024). A network this small draws a picture far better than it draws many frames at once, and a
picture costs a fifth of a clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sora_studio.model.animatic import Moves, Opening, Pose, animatic, presence
from sora_studio.model.canvas import GivenFrames, lay_out, nearest_given
from sora_studio.model.choosing import recognisable
from sora_studio.model.denoising import Conditions, Run, denoise
from sora_studio.model.leading import hold_moving
from sora_studio.model.weather import coming_up

if TYPE_CHECKING:
    from sora_studio.model.pipeline import Generator, SoraPipeline

LED_FROM = 0.06
"""Noise level at which a clip begins that has the animatic of a picture in its noise, drawn or given: the network mends
what was cut out and filled. Further up a young one lets movements come to rest, what it redraws is softer than the
picture was, specks surround what moves, and flakes and drops are gone."""

LEAST_CALLS = 12
"""Calls of the network that a picture takes in the fewest steps: what it lacks, no later step adds."""


VIEWS = 5
"""Moments of an animatic in which CLIP looks for what was asked for."""


def steps_of_picture(steps: int, frames: int, *, given: bool) -> int:
    """How many of the steps of a clip draw its picture, where nothing but words is `given`: seven eighths of them, of
    few a half, and all where a picture is all that is wanted."""
    if given or frames == 1:
        return 0 if given else steps
    return steps - max(2, steps // 8) if steps > 3 else steps // 2


def draw_picture(
    pipe: SoraPipeline,
    run: Run,
    conditions: Conditions,
    size: tuple[int, int, int],
    steps: int,
    noise: Tensor,
    moves: Moves,
    generator: Generator = None,
    latents: Tensor | None = None,
) -> Tensor:
    """The first stage of a clip from words: a picture in which what was asked for is recognised, if that can be had.

    Args:
        pipe: with the parts.
        run: that these steps belong to.
        conditions: words of B prompts.
        size: (T, H, W) of the clip.
        steps: how many.
        noise: (B, Z, G, h, w) that the clip will begin with.
        moves: of the clip.
        generator: source of the pictures' own.
        latents: what an earlier run held within this stage.

    Returns:
        (B, Z, 1, h, w).

    Raises:
        ValueError: `latents` are of another shape.
    """
    frames, still = size[0], (1, *size[1:])
    pictures = pipe.prepare_latents(run.batch, still, generator, latents)  # (B, Z, 1, h, w)
    blank = conditions.of_picture(*pipe.prepare_canvas((), still))
    pictures = denoise(pipe, run, blank, (0, steps), 1.0, pictures, parts=-(-LEAST_CALLS // steps))
    if pipe.interrupt:
        return pictures
    views = partial(views_of, pipe, conditions=conditions, frames=frames, moves=moves)
    return recognisable(pipe, run, blank, pictures, LEAST_CALLS, noise, views)


def views_of(pipe: SoraPipeline, pictures: Tensor, conditions: Conditions, frames: int, moves: Moves) -> Tensor:
    """What CLIP is to recognise a picture by: (K, 3, V, H, W) pixels of pictures (K, Z, 1, h, w) for one prompt.

    Of one that is to move they are moments of its animatic, since what is cut out wrongly, turned or stretched may be
    a dog no longer; of others the picture and its mirror image.
    """
    if frames == 1 or not moves:
        pixels = _pixels(pipe, pictures)  # (K, 3, 1, H, W)
        return torch.cat([pixels, pixels.flip(-1)], dim=2)
    away = torch.linspace(0, frames - 1, VIEWS, device=pictures.device).round().long()  # (V,)
    return _of_drawn(pipe, pictures, conditions.of_several(len(pictures)), away, frames, moves)


def set_in_motion(pipe: SoraPipeline, pictures: Tensor, conditions: Conditions, frames: int, moves: Moves) -> Tensor:
    """Latents (B, Z, G, h, w) of the animatics of pictures (B, Z, 1, h, w) that a clip is made of."""
    away = torch.arange(frames, device=pictures.device)  # (T,)
    return _encoded(pipe, _of_drawn(pipe, pictures, conditions, away, frames, moves))


def begins_to_move(given: Sequence[GivenFrames], size: tuple[int, int, int], moves: Moves) -> bool:
    """Whether what follows given pictures is led by an animatic; `size` is (T, H, W). With an opening it always is.

    One picture's subject goes its way, and all move as the camera does, unless more than single pictures are given: of
    a stretch of frames the network sees how it moves, and keeps to it. A picture of which no movement is told stays:
    from far up in the noise a young network takes it apart.
    """
    if moves.opening is not None:
        return True
    kept = lay_out(given, size)[1][0] > 0  # (T,)
    single = not bool((kept[1:] & kept[:-1]).any())
    return single and (int(kept.sum()) == 1 or bool(moves.camera))


def moving_canvas(
    pipe: SoraPipeline,
    given: Sequence[GivenFrames],
    size: tuple[int, int, int],
    conditions: Conditions,
    moves: Moves,
) -> Tensor:
    """Latents (1, Z, G, h, w) of given pictures that begin to move, or go on as the opening's picture does."""
    if moves.opening is not None:
        return _going_on(pipe, given, size, conditions, moves, moves.opening)
    frames, strengths = (part.to(pipe.vae.device) for part in lay_out(given, size))  # (1, 3, T, H, W), (1, T)
    kept = strengths[0] > 0  # (T,)
    if int(kept.sum()) > 1:
        return _encoded(pipe, hold_moving(frames, strengths, moves.camera))
    away = torch.arange(size[0], device=frames.device) - nearest_given(strengths)[0]  # (T,)
    if moves.air is not None:
        moves = replace(moves, air=coming_up(moves.air))
    picture = frames[:, :, kept]  # (1, 3, 1, H, W)
    return _encoded(pipe, _sketched(pipe, picture, _encoded(pipe, picture), conditions, away, moves))


def _going_on(
    pipe: SoraPipeline,
    given: Sequence[GivenFrames],
    size: tuple[int, int, int],
    conditions: Conditions,
    moves: Moves,
    opening: Opening,
) -> Tensor:
    """Latents (1, Z, G, h, w) of given frames, and of the animatic of the opening's picture around them."""
    frames, strengths = (part.to(pipe.vae.device) for part in lay_out(given, size))  # (1, 3, T, H, W), (1, T)
    picture = GivenFrames(0, opening.picture).pixels()[None].to(pipe.vae.device)  # (1, 3, 1, H, W)
    if moves.camera.growth < 0 and moves.subject is None:
        moves = replace(moves, subject=lambda _: Pose())  # cut out all the same, or both sides would show it again
    away = opening.before + torch.arange(size[0], device=frames.device)  # (T,)
    sketch = _sketched(pipe, picture, _encoded(pipe, picture), conditions, away, moves)  # (1, 3, T, H, W)
    return _encoded(pipe, torch.where((strengths > 0)[:, None, :, None, None], frames, sketch))


def _of_drawn(
    pipe: SoraPipeline, pictures: Tensor, conditions: Conditions, away: Tensor, frames: int, moves: Moves
) -> Tensor:
    """Animatics (B, 3, T, H, W) of drawn pictures (B, Z, 1, h, w): the frames `away` (T,) of a clip of so many."""
    at = frames // 2 if moves.passing else 0
    return _sketched(pipe, _pixels(pipe, pictures), pictures, conditions, away, moves, at)


def _sketched(
    pipe: SoraPipeline,
    pictures: Tensor,
    latents: Tensor,
    conditions: Conditions,
    away: Tensor,
    moves: Moves,
    at: int = 0,
) -> Tensor:
    """Animatics (B, 3, T, H, W) of pictures (B, 3, 1, H, W) with their latents (B, Z, 1, h, w)."""
    batch = len(pictures)
    words = conditions.states[-batch:], conditions.mask[-batch:]  # (B, L, D), (B, L)
    subject = moves.subject is not None
    seen = presence(pipe.transformer, latents, *words) if subject else [None] * batch  # (B, h, w)
    return torch.stack([animatic(*one, away, moves, at) for one in zip(pictures[:, :, 0], seen, strict=True)])


def _pixels(pipe: SoraPipeline, pictures: Tensor) -> Tensor:
    """Pixels (B, 3, 1, H, W) in -1..1 of normalised latents (B, Z, 1, h, w)."""
    decoded: Tensor = pipe.vae.decode(pipe.vae.denormalise(pictures).to(pipe.vae.dtype)).sample
    return decoded


def _encoded(pipe: SoraPipeline, video: Tensor) -> Tensor:
    """Normalised latents (B, Z, G, h, w) of a video (B, 3, T, H, W) in -1..1."""
    return pipe.vae.normalise(pipe.vae.encode(video.to(pipe.vae.dtype), return_dict=False)[0].mode()).float()
