"""Given frames that a network has no input for are kept in place while the rest forms.

Where the clean latents are known, so is the way to them: at each step the network's output is replaced there by the
one that points at them, so that every solver follows the straight line from its noise to the given latents, and the
network sees them as noisy as everything around them. Frames kept in part are let go after a share of the steps: over a
whole clip this is SDEdit (Meng et al. 2022).
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sora_studio.core.request import Frames, Given
from sora_studio.engines.families.family import spent_steps
from sora_studio.engines.tap import Step

LOOSE = 0.7
"""Share of the steps that a latent frame is held when it stands for more than the frames that are given, or was encoded
without those before it: long enough to settle what is where, short enough to let it move."""


def held_steps(given: Sequence[Given], length: int, group: int, steps: int) -> list[int]:
    """How many steps each latent frame is held: one for frame 0, then one for each `group` frames."""
    strengths = np.zeros(length)
    for item in given:
        strengths[item.at : item.stop] = item.strength
    held: list[int] = []
    for first in range(1 - group, length, group):
        covered = strengths[max(0, first) : first + group]
        if not covered.any():
            held.append(0)
            continue
        whole, strength = bool(covered.all()), float(covered[covered > 0].mean())
        if whole and strength == 1.0 and (not held or held[-1] > 0):
            held.append(steps)
        elif strength == 1.0:
            held.append(max(1, round(LOOSE * steps)))
        else:
            held.append(round(spent_steps(strength, steps) * (1.0 if whole else LOOSE)))
    return held


def filled(given: Sequence[Given], length: int) -> Frames:
    """A video (T, H, W, 3) of the given frames, each standing still until the next one is nearer."""
    places = np.array([place for item in given for place in range(item.at, item.stop)])
    frames = np.concatenate([item.frames for item in given])
    nearest = np.abs(np.arange(length)[:, None] - places).argmin(axis=1)
    whole: Frames = frames[nearest]
    return whole


class Holding:
    """Steers a run: `clean` latents and, for each of their elements, the `steps` they are held; one layout for both."""

    def __init__(self, clean: Tensor, steps: Tensor, first: int = 0) -> None:
        self._clean, self._steps = clean.float(), steps
        self._step = first
        self._all_until = int(steps.min())

    @property
    def everything(self) -> bool:
        """Whether nothing is left to the network in the coming step."""
        return self._step < self._all_until

    def __call__(self, step: Step) -> Tensor:
        """The output with the way to the given latents where they are still held."""
        output = _led(step, self._clean, self._steps > self._step)
        self._step += 1
        return output

    def of_frame(self, group: int, step: Step) -> Tensor:
        """The same for latent frame `group` alone, (1, Z, h, w); the last one ends the step."""
        held = self._steps[:, :, group] > self._step
        output = _led(step, self._clean[:, :, group], held)
        self._step += group == self._clean.shape[2] - 1
        return output

    def shown(self, _: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """A hook ahead of a network that takes a noise level for each latent frame: held ones are shown clean."""
        noisy, times = kwargs["hidden_states"], kwargs["timestep"]  # (1, Z, G, h, w), (1, G)
        held = self._steps > self._step
        kwargs["hidden_states"] = torch.where(held, self._clean.to(noisy.dtype), noisy)
        kwargs["timestep"] = times.masked_fill(held[:, 0, :, 0, 0], 0)
        return args, kwargs


def in_own_numbers(
    network: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A hook ahead of a network whose pipeline hands it the latents as they are, also when what is held has made
    float32 of them."""
    noisy, times = kwargs["hidden_states"], kwargs["timestep"]
    if noisy.dtype != network.dtype and network.dtype.is_floating_point:
        kwargs["hidden_states"] = noisy.to(network.dtype)
        if times.dtype == noisy.dtype:
            kwargs["timestep"] = times.to(network.dtype)
    return args, kwargs


def _led(step: Step, clean: Tensor, held: Tensor) -> Tensor:
    if not bool(held.any()):
        return step.output
    if bool(held.all()):
        return step.towards(clean)
    # float32: rounded to bf16 the line to the given latents would miss them
    return torch.where(held, step.towards(clean), step.output.float())


@contextlib.contextmanager
def spared(networks: Iterable[Any], idle: Callable[[], bool], *, apart: bool, sounds: bool = False) -> Iterator[None]:
    """Within this context the networks that are asked for velocities do not compute while `idle` says that their answer
    is replaced anyhow: in steps that were made before, and, of a restyle that keeps 60 %, in the first 60 % of them.
    Their answer then has one element for each sample, or, when latent frames are moved apart, one for each of the
    latents; and another one for the sound."""
    own = [(network, vars(network).get("forward")) for network in networks]  # None: its class's

    def sparing(forward: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(forward)  # keeps the signature: pipelines look at it
        def answer(*args: Any, **kwargs: Any) -> Any:
            if not idle():
                return forward(*args, **kwargs)
            noisy = kwargs["hidden_states"]
            nothing = noisy.new_zeros(noisy.shape if apart else (len(noisy), *[1] * (noisy.ndim - 1)))
            return (nothing, nothing) if sounds else (nothing,)

        return answer

    for network, _ in own:
        network.forward = sparing(network.forward)
    try:
        yield
    finally:
        for network, forward in own:
            del network.forward
            if forward is not None:
                network.forward = forward
