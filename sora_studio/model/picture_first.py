"""A clip from words alone begins as a picture, and the picture begins to move (text to picture to video, as in Emu
Video, Girdhar et al. 2024). A network this small draws a picture far better than it draws many frames at once, and a
picture costs a fifth of a clip.
"""

from __future__ import annotations

import itertools
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
from sora_studio.model.following import Course, between
from sora_studio.model.weather import coming_up, going_on

if TYPE_CHECKING:
    from sora_studio.model.pipeline import Generator, SoraPipeline

LED_FROM = 0.06
"""Noise level at which a clip begins that has the animatic of a picture in its noise, drawn or given: the network mends
what was cut out and filled. Further up a young one lets movements come to rest, what it redraws is softer than the
picture was, specks surround what moves, and flakes and drops are gone."""

FOLLOWED_FROM = 0.02
"""The same of what goes on from footage, which shows how it moves, and from which less differs unseen."""

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
    """The first stage of a clip from words: a picture in which what was asked for is recognised, if that can be had. It
    begins to move, and what follows begins with that, in noise.

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
        (B, Z, G, h, w), or the pictures (B, Z, 1, h, w) of a run that was interrupted, or of which no more is wanted.

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
    pictures = recognisable(pipe, run, blank, pictures, LEAST_CALLS, noise, views)
    if pipe.interrupt or frames == 1:
        return pictures
    return (1 - LED_FROM) * set_in_motion(pipe, pictures, conditions, frames, moves) + LED_FROM * noise


def views_of(pipe: SoraPipeline, pictures: Tensor, conditions: Conditions, frames: int, moves: Moves) -> Tensor:
    """What CLIP is to recognise a picture by: (K, 3, V, H, W) pixels of pictures (K, Z, 1, h, w) for one prompt.

    Of one that is to move they are moments of its animatic, since what is cut out wrongly, turned or stretched may be
    a dog no longer; of others the picture and its mirror image.
    """
    if frames == 1 or not moves:
        pixels = pixels_of(pipe, pictures)  # (K, 3, 1, H, W)
        return torch.cat([pixels, pixels.flip(-1)], dim=2)
    away = torch.linspace(0, frames - 1, VIEWS, device=pictures.device).round().long()  # (V,)
    return _of_drawn(pipe, pictures, conditions.of_several(len(pictures)), away, frames, moves)


def set_in_motion(pipe: SoraPipeline, pictures: Tensor, conditions: Conditions, frames: int, moves: Moves) -> Tensor:
    """Latents (B, Z, G, h, w) of the animatics of pictures (B, Z, 1, h, w) that a clip is made of."""
    away = torch.arange(frames, device=pictures.device)  # (T,)
    return encoded(pipe, _of_drawn(pipe, pictures, conditions, away, frames, moves))


def led_from(given: Sequence[GivenFrames], size: tuple[int, int, int], moves: Moves) -> float | None:
    """The noise level from which what follows given frames is led by an animatic, if it is; `size` is (T, H, W). With
    an opening it always is.

    One picture's subject goes its way, and all move as the camera does. A picture of which no movement is told stays:
    from far up in the noise a young network takes it apart. Footage goes on as it went.
    """
    if moves.opening is not None:
        return LED_FROM if len(moves.opening.frames) == 1 else FOLLOWED_FROM
    strengths = lay_out(given, size)[1][0]  # (T,)
    kept = strengths > 0  # (T,)
    if int(kept.sum()) == 1:
        return LED_FROM
    return FOLLOWED_FROM if bool((strengths[kept] == 1).all()) and not bool(kept.all()) else None


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
        return encoded(pipe, _followed(pipe, frames, kept, conditions, moves))
    away = torch.arange(size[0], device=frames.device) - nearest_given(strengths)[0]  # (T,)
    if moves.air is not None:
        moves = replace(moves, air=coming_up(moves.air))
    picture = frames[:, :, kept]  # (1, 3, 1, H, W)
    return encoded(pipe, _sketched(pipe, picture, encoded(pipe, picture), conditions, away, moves))


def _followed(pipe: SoraPipeline, frames: Tensor, kept: Tensor, conditions: Conditions, moves: Moves) -> Tensor:
    """Frames (1, 3, T, H, W), of which some are `kept` (T,), with what goes on from them in the place of the others, or
    leads to them; between two the one becomes the other."""
    marks = [0, *((kept[1:] != kept[:-1]).nonzero()[:, 0] + 1).tolist(), len(kept)]
    stretches = list(itertools.pairwise(marks))
    out = frames.float().clone()  # (1, 3, T, H, W)
    for number, (first, stop) in enumerate(stretches):
        if kept[first]:
            continue
        before = after = None
        if number > 0:
            low, high = stretches[number - 1]
            before = _course(pipe, frames[:, :, low:high], conditions, moves, backward=False)
        if number + 1 < len(stretches):
            low, high = stretches[number + 1]
            after = _course(pipe, frames[:, :, low:high], conditions, moves, backward=True)
        place = torch.arange(first, stop, device=frames.device)  # (t,)
        if before and after:
            out[0, :, first:stop] = between(before, after, stop - first)
        elif before:
            out[0, :, first:stop] = before.frames(place - (first - 1))
        elif after:
            out[0, :, first:stop] = after.frames(place - stop)
    return out


def _course(pipe: SoraPipeline, footage: Tensor, conditions: Conditions, moves: Moves, *, backward: bool) -> Course:
    """How footage (1, 3, n, H, W) goes on from its end, or backward from its beginning."""
    edge = 0 if backward else footage.shape[2] - 1
    picture = encoded(pipe, footage[:, :, edge : edge + 1])  # (1, Z, 1, h, w)
    (seen,) = presence(pipe.transformer, picture, conditions.states[-1:], conditions.mask[-1:])  # (h, w)
    return Course.of(footage[0], edge, seen, moves)


def _going_on(
    pipe: SoraPipeline,
    given: Sequence[GivenFrames],
    size: tuple[int, int, int],
    conditions: Conditions,
    moves: Moves,
    opening: Opening,
) -> Tensor:
    """Latents (1, Z, G, h, w) of given frames, and of what goes on from the opening around them."""
    frames, strengths = (part.to(pipe.vae.device) for part in lay_out(given, size))  # (1, 3, T, H, W), (1, T)
    begun = GivenFrames(0, opening.frames).pixels()[None].to(pipe.vae.device)  # (1, 3, n, H, W)
    away = opening.before + torch.arange(size[0], device=frames.device)  # (T,)
    if begun.shape[2] > 1:
        course = _course(pipe, begun, conditions, moves, backward=opening.backward)
        sketch = course.frames(away)[None]  # (1, 3, T, H, W)
    else:
        sketch = _from_picture(pipe, begun, conditions, away, moves)  # (1, 3, T, H, W)
    return encoded(pipe, torch.where((strengths > 0)[:, None, :, None, None], frames, sketch))


def _from_picture(pipe: SoraPipeline, picture: Tensor, conditions: Conditions, away: Tensor, moves: Moves) -> Tensor:
    """Frames (1, 3, T, H, W) `away` (T,) from the picture (1, 3, 1, H, W) that a clip began with."""
    if moves.air is not None:
        moves = replace(moves, air=going_on(moves.air))  # it shows it
    if moves.camera.growth < 0 and moves.subject is None:
        moves = replace(moves, subject=lambda _: Pose())  # cut out all the same, or both sides would show it again
    return _sketched(pipe, picture, encoded(pipe, picture), conditions, away, moves)


def _of_drawn(
    pipe: SoraPipeline, pictures: Tensor, conditions: Conditions, away: Tensor, frames: int, moves: Moves
) -> Tensor:
    """Animatics (B, 3, T, H, W) of drawn pictures (B, Z, 1, h, w): the frames `away` (T,) of a clip of so many."""
    at = frames // 2 if moves.passing else 0
    return _sketched(pipe, pixels_of(pipe, pictures), pictures, conditions, away, moves, at)


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


def pixels_of(pipe: SoraPipeline, pictures: Tensor) -> Tensor:
    """Pixels (B, 3, 1, H, W) in -1..1 of normalised latents (B, Z, 1, h, w)."""
    decoded: Tensor = pipe.vae.decode(pipe.vae.denormalise(pictures).to(pipe.vae.dtype)).sample
    return decoded


def encoded(pipe: SoraPipeline, video: Tensor) -> Tensor:
    """Normalised latents (B, Z, G, h, w) of a video (B, 3, T, H, W) in -1..1."""
    return pipe.vae.normalise(pipe.vae.encode(video.to(pipe.vae.dtype), return_dict=False)[0].mode()).float()
