"""The steps from noise to data, and what all of them are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from diffusers.schedulers import FlowMatchEulerDiscreteScheduler
from torch import Tensor

from sora_studio.model.emphasis import Weighted, pushed

if TYPE_CHECKING:
    from sora_studio.model.pipeline import SoraPipeline

StepCallback = Callable[["SoraPipeline", int, Tensor, dict[str, Tensor]], dict[str, Tensor]]

GUIDED_FROM = 0.5
"""Noise level below which the second pass is left out: what is still to come follows the picture and not the words, so
guidance only hardens it (Kynkaanniemi et al. 2024)."""

GUIDED_TO = 0.95
"""Noise level from which on it is left out, too: all that the words say about the mean of their pictures is said by the
first pass, and more of it leads where no picture lies."""

LATE_FROM = 0.1
"""Noise level down to which a picture that a clip begins as is guided: what a look is made of, edges of paper, pixels,
is fine, comes last, and follows the words."""

LATE_PUSH = 0.5
"""Share of the push below `GUIDED_FROM`: all of it makes paper of flat colours."""

FEW = 6
"""Fewer steps than this, from pure noise to data, are long ones, which overshoot with all of the guidance's push."""

LONG_PUSH = 0.375
"""Share of the push that long steps get."""

BETWEEN_BELOW = 0.5
"""Noise level below which every second call reads the latents by half a patch further on. What a network this young
says of two neighbouring patches doesn't quite meet; the border of one grid of patches lies inside those of the other,
and is mended there."""


BOTH = 1
"""Calls at the end of a picture in which the network reads both grids; more of them blur what it shows."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the transformer is told besides the noisy latent, for N samples.

    First stand the negative prompts, with classifier-free guidance, then the prompts without each of the weighted
    phrases, and last the prompts.
    """

    states: Tensor  # (N, L, text_dim)
    mask: Tensor  # (N, L) bool
    canvas: Tensor  # (N, Z, G, h, w)
    strength: Tensor  # (N, f, G, h, w)
    guidance: Tensor | None  # (N,) embedded scale of distilled weights
    weighted: tuple[Weighted, ...] = ()
    picture: bool = False  # that a clip begins as

    def at(self, level: float, batch: int) -> Conditions:
        """What counts at a noise level for `batch` clips: the prompts alone where nothing is guided or pushed."""
        guided = (LATE_FROM if self.picture else GUIDED_FROM) <= level < GUIDED_TO
        return self._only(guided, [phrase.counts(level, guided=guided) for phrase in self.weighted], batch)

    def early(self, batch: int) -> Conditions:
        """The same without the phrases that count where little noise is left."""
        return self._only(True, [phrase.below == 1 for phrase in self.weighted], batch)

    def _only(self, guided: bool, counts: Sequence[bool], batch: int) -> Conditions:
        """The prompts, the negative ones if it is `guided`, and what each of the weighted phrases is told against if it
        `counts`."""
        if len(self.states) == batch or (guided and all(counts)):
            return self
        negative = [guided] * (len(self.states) // batch - len(counts) - 1)  # one or none
        kept = torch.tensor([*negative, *counts, True]).repeat_interleave(batch)  # (N,)
        guidance = None if self.guidance is None else self.guidance[kept.to(self.guidance.device)]
        states, mask, canvas, strength = (
            part[kept.to(part.device)] for part in (self.states, self.mask, self.canvas, self.strength)
        )
        weighted = tuple(phrase for phrase, one in zip(self.weighted, counts, strict=True) if one)
        return replace(
            self, states=states, mask=mask, canvas=canvas, strength=strength, guidance=guidance, weighted=weighted
        )

    def told(self, states: Tensor, mask: Tensor) -> Conditions:
        """The same with other words (M, L, text_dim), of which the first are left out where they are more: those are
        the negative prompts, which not every run needs."""
        return replace(self, states=states[-len(self.states) :], mask=mask[-len(self.mask) :])

    def shown(self, canvas: Tensor, strength: Tensor) -> Conditions:
        """The same words with another canvas (1, Z, G, h, w) and its strength (1, f, G, h, w)."""
        canvas, strength = (part.expand(len(self.states), -1, -1, -1, -1) for part in (canvas, strength))
        return replace(self, canvas=canvas, strength=strength)

    def of_picture(self, canvas: Tensor, strength: Tensor) -> Conditions:
        """The same for the picture that a clip begins as, with a canvas on which nothing stands."""
        return replace(self.shown(canvas, strength), picture=True)

    def of_several(self, count: int) -> Conditions:
        """The same for `count` pictures of each prompt, beside each other."""
        states, mask, canvas, strength = (
            part.repeat_interleave(count, dim=0) for part in (self.states, self.mask, self.canvas, self.strength)
        )
        guidance = None if self.guidance is None else self.guidance.repeat_interleave(count)
        return replace(self, states=states, mask=mask, canvas=canvas, strength=strength, guidance=guidance)

    def push(self, level: float) -> float:
        """Share of the guidance's push at a noise level."""
        return LATE_PUSH if level < GUIDED_FROM else 1.0

    def guided(self, velocity: Tensor, batch: int, scale: float) -> Tensor:
        """Velocities of all samples (N, Z, G, h, w) to those of `batch` clips (B, Z, G, h, w)."""
        phrases = len(self.weighted) * batch
        negative, without, positive = velocity.split([len(velocity) - phrases - batch, phrases, batch])
        led = negative + scale * (positive - negative) if len(negative) else positive  # (B, Z, G, h, w)
        without = without.unflatten(0, (len(self.weighted), batch))  # (K, B, Z, G, h, w)
        return pushed(led, self.weighted, positive, without, scale if self.guidance is None else 1.0)


@dataclass(frozen=True, eq=False)
class Run:
    """What all steps of a run share."""

    batch: int  # prompts
    start: int  # steps that were made before
    scale: float  # of the guidance
    callback: StepCallback | None
    tensors: Sequence[str]  # that the callback asks for
    advance: Callable[[], object]  # is told of each step
    names: tuple[Tensor, Tensor] | None = None  # see choosing.py: their states (A, L, D) and mask (A, L)
    again: Callable[[], object] | None = None  # is told when a picture isn't recognised


def denoise(
    pipe: SoraPipeline,
    run: Run,
    conditions: Conditions,
    stage: tuple[int, int],
    top: float,
    latents: Tensor,
    *,
    parts: int = 1,
) -> Tensor:
    """The steps of a stage, from its first to behind its last, that were not made before.

    Args:
        pipe: whose network and scheduler take them.
        run: what all steps share.
        conditions: what the network is told.
        stage: numbers of the first step and of the one behind the last.
        top: noise level of the first; the last leads to data.
        latents: (B, Z, G, h, w) there, or where the run goes on.
        parts: calls of the network in each step.

    Returns:
        (B, Z, G, h, w), where the run was interrupted those behind its last step.
    """
    first, last = stage
    start = max(run.start, first)
    times = pipe.prepare_timesteps(last - first, start - first, top) if start < last else ()
    scale = run.scale if parts * (last - first) >= FEW * top else 1 + LONG_PUSH * (run.scale - 1)

    for i, t in enumerate(times, start):
        if pipe.interrupt:
            break
        level, following = level_of(t, pipe.scheduler), float(pipe.scheduler.sigmas[i - first + 1])
        way = (following - level) / parts
        velocity = torch.zeros_like(latents)  # (B, Z, G, h, w)
        for part in range(parts):
            there = level + part * way
            if part > 0:
                latents = latents + way * velocity  # (B, Z, G, h, w)
            push = 1 + conditions.push(there) * (scale - 1)
            left = (last - i) * parts - part
            velocity = velocity_at(pipe, latents, t * there / level, conditions, push, left)
        # the scheduler goes the whole way: it begins where the last velocity would have come from
        latents = latents - (parts - 1) * way * velocity  # (B, Z, G, h, w)
        latents = pipe.scheduler.step(velocity, t, latents, return_dict=False)[0]
        if run.callback is not None:
            latents = run.callback(pipe, i, t, dict.fromkeys(run.tensors, latents)).get("latents", latents)
        run.advance()
    return latents


def velocity_at(
    pipe: SoraPipeline, latents: Tensor, t: Tensor, conditions: Conditions, scale: float, left: int
) -> Tensor:
    """Velocity at time t, for what `SoraPipeline.predict_velocity` takes, where the patches lie that mend seams best.

    Where little noise is left, every second call's lie between those of the others; `left` calls are left, with it,
    and the last one's don't. At the end of a picture both are read and their mean is taken.
    """
    late = level_of(t, pipe.scheduler) < BETWEEN_BELOW
    grids = (False, True) if late and conditions.picture and left <= BOTH else (late and left % 2 == 0,)
    both = [pipe.predict_velocity(latents, t, conditions, scale, between=between) for between in grids]
    return torch.stack(both).mean(dim=0)


def level_of(t: Tensor, scheduler: FlowMatchEulerDiscreteScheduler) -> float:
    """The noise level of a scheduler's time."""
    return float(t) / float(scheduler.config.num_train_timesteps)
