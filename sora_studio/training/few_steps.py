"""Few-step sampling: the network learns to do in one step what guided sampling does in several.

Progressive distillation (Salimans and Ho 2022) with the guidance built in (Meng et al. 2023), on the four steps of
draft mode. The teacher is the network itself with its averaged weights; it is asked without an embedded scale, the
student with one, so both modes live in the same weights and neither is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sora_studio.model.transformer import SoraTransformer3DModel
from sora_studio.training.config import FewSteps
from sora_studio.training.prompts import SHIFT


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """The network that leads the way, and the text states (L, D) of "no prompt", which its guidance moves away from."""

    network: SoraTransformer3DModel
    nothing: Tensor


def grid(steps: int) -> Tensor:
    """Noise levels that sampling in `steps` steps passes, from 1 to 0: (steps + 1,)."""
    even = torch.linspace(1.0, 0.0, steps + 1)  # (steps+1,)
    return SHIFT * even / (1 + (SHIFT - 1) * even)


@torch.no_grad()
def guided_flow(
    teacher: Teacher, noisy: Tensor, levels: Tensor, scale: Tensor, conditions: dict[str, Tensor]
) -> Tensor:
    """Follow the teacher's guided flow by Euler steps.

    Args:
        teacher: its network is asked twice a step (Ho and Salimans 2022).
        noisy: (B, C, T, h, w) float32 at the first level.
        levels: (B, n+1) descending noise levels of each clip.
        scale: (B,) guidance scales.
        conditions: canvas, strength, states and mask, as the transformer takes them.

    Returns:
        (B, C, T, h, w) at the last level.
    """
    count, nothing = len(noisy), teacher.nothing
    empty = nothing.new_zeros(conditions["encoder_hidden_states"].shape)  # (B, L, D)
    length = min(len(nothing), empty.shape[1])
    empty[:, :length] = nothing[:length]
    blank = torch.zeros_like(conditions["encoder_attention_mask"])  # (B, L)
    blank[:, :length] = True
    both = {
        "canvas": conditions["canvas"].repeat(2, 1, 1, 1, 1),
        "strength": conditions["strength"].repeat(2, 1, 1, 1, 1),
        "encoder_hidden_states": torch.cat([empty, conditions["encoder_hidden_states"]]),
        "encoder_attention_mask": torch.cat([blank, conditions["encoder_attention_mask"]]),
    }
    for now, after in zip(levels.T[:-1], levels.T[1:], strict=True):  # (B,) each
        velocity = teacher.network(
            hidden_states=noisy.repeat(2, 1, 1, 1, 1).bfloat16(), timestep=now.repeat(2), return_dict=False, **both
        )[0].float()  # (2B, C, T, h, w)
        without, with_text = velocity.split(count)  # (B, C, T, h, w) each
        guided = without + scale.view(-1, 1, 1, 1, 1) * (with_text - without)  # (B, C, T, h, w)
        noisy = noisy + (after - now).view(-1, 1, 1, 1, 1) * guided  # (B, C, T, h, w)
    return noisy


def draw_levels(count: int, config: FewSteps, generator: torch.Generator) -> Tensor:
    """For each clip one of the student's steps, cut into the teacher's: (B, teacher_steps + 1)."""
    fine = grid(config.steps * config.teacher_steps)  # (steps*n+1,)
    first = torch.randint(config.steps, (count,), generator=generator) * config.teacher_steps  # (B,)
    return fine[first[:, None] + torch.arange(config.teacher_steps + 1)]


def draw_scales(count: int, config: FewSteps, generator: torch.Generator) -> Tensor:
    """Guidance scales to learn, evenly over their range: (B,)."""
    low, high = config.scales
    return low + (high - low) * torch.rand(count, generator=generator)


def few_step_loss(velocity: Tensor, start: Tensor, end: Tensor, levels: Tensor, weight: Tensor) -> Tensor:
    """How far one step of the student lands from where the teacher arrives, a clip: (B,).

    The student's step ends at start + (last - first) v; the teacher's several end at `end`. The distance is taken in
    the latents themselves, so that the last step, whose error is seen as it is, counts like the others.

    Args:
        velocity: (B, C, T, h, w) the student's.
        start: (B, C, T, h, w) latents at the first of `levels`.
        end: (B, C, T, h, w) the teacher's at the last.
        levels: (B, n+1).
        weight: (B, T, h, w) what a place counts.
    """
    span = (levels[:, -1] - levels[:, 0]).view(-1, 1, 1, 1, 1)
    error = (velocity.float() - (end - start) / span).square().mean(dim=1)  # (B, T, h, w)
    return (error * weight).flatten(1).mean(dim=1)
