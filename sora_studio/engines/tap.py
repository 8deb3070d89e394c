"""A look at every step of a diffusers pipeline, and a hand on it: its predicted clean latents, and a place to stop.

The scheduler's `step` is the one function that every pipeline calls once a step with the network's output and the
noisy latents. It is wrapped in the class, not in the instance, since some pipelines copy their scheduler.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from sora_studio.engines.keeping import Course

Predict = Callable[[], Tensor]
"""Computes the predicted clean latents of a step, in the layout of the pipeline's latents, when they are wanted."""


@dataclass(frozen=True, eq=False)
class Step:
    """What a scheduler is handed: the network's output for the noisy latents `sample`, at place `index` of its noise
    levels and at a time. `times` are those of each token where they differ; the output is then towards the data."""

    scheduler: Any
    index: int
    time: Any
    output: Tensor
    sample: Tensor
    times: Tensor | None = None

    def clean(self) -> Tensor:
        """The clean latents that the output points at, in float32.

        A rectified flow is x = (1 - sigma) data + sigma noise with velocity noise - data, so data = x - sigma velocity
        (Liu et al. 2023). Written with the last sigma in place of 0, it also holds for schedules that end elsewhere. A
        diffusion is x = a data + s noise with a^2 + s^2 = 1 and v = a noise - s data, so data = a x - s v (Salimans
        and Ho 2022).
        """
        if self._diffusion:
            signal, noise = self._mixture()
            return signal * self.sample.float() - noise * self.output.float()
        return self.sample.float() + self._left() * self.output.float()

    def towards(self, clean: Tensor) -> Tensor:
        """The output that points at `clean`, in float32."""
        if self._diffusion:
            signal, noise = self._mixture()
            return (signal * self.sample.float() - clean.float()) / noise
        return (clean.float() - self.sample.float()) / self._left()

    @property
    def _diffusion(self) -> bool:
        return self.scheduler.config.get("prediction_type") == "v_prediction"

    def _mixture(self) -> tuple[Tensor, Tensor]:
        """How much of data and of noise there is at the present time of a diffusion."""
        kept = self.scheduler.alphas_cumprod[int(self.time)].float().to(self.sample.device)
        return kept.sqrt(), (1 - kept).sqrt()

    def _left(self) -> Tensor:
        """What is left of the noise levels, with its sign."""
        if self.times is not None:
            tokens: Tensor = self.times[..., None] / self.scheduler.config.num_train_timesteps
            return tokens
        sigmas = self.scheduler.sigmas
        left: Tensor = (sigmas[-1] - sigmas[self.index]).to(self.sample.device)
        return left


Steer = Callable[[Step], Tensor]
"""The network's output that is used in place of a step's own."""

After = Callable[[Predict], Tensor | None]
"""What is done behind a step; latents that it returns are those that the pipeline goes on with."""


@contextlib.contextmanager
def tapped(
    pipe: Any,
    before: Callable[[], None],
    after: After,
    steer: Steer | None = None,
    *,
    copies: bool = False,
    course: Course | None = None,
) -> Iterator[None]:
    """Within this context `before` is called ahead of each step and `after` behind it, and `steer` may change what the
    network said. All may raise to stop the run, after which the pipeline can be used again. Steps are those of the
    pipeline's own scheduler, or, with `copies`, of those that it copied from it. A `course` follows all of them; steps
    that lie behind it are passed over, without a word to the others."""
    kind = type(pipe.scheduler)
    original = kind.step
    inherited = "step" not in vars(kind)
    signature = inspect.signature(original)

    @functools.wraps(original)  # keeps the signature: pipelines look at it
    def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
        given = signature.bind(scheduler, *args, **kwargs)
        known = given.arguments
        if course is not None and course.behind(scheduler):
            return course.passed(scheduler, known["sample"])
        if (scheduler is pipe.scheduler) == copies:  # such as the sound's
            return moved(scheduler, move(scheduler, *args, **kwargs))
        before()
        time, times = known["timestep"], known.get("per_token_timesteps")
        index = _place(scheduler, time)
        if steer is not None:
            known["model_output"] = steer(Step(scheduler, index, time, known["model_output"], known["sample"], times))
        seen = Step(scheduler, index, time, known["model_output"], known["sample"], times)
        out = move(*given.args, **given.kwargs)
        instead = after(seen.clean)
        return moved(scheduler, out if instead is None else (instead.to(out[0].dtype), *out[1:]))

    def move(*args: Any, **kwargs: Any) -> Any:
        if course is not None:
            course.moving()
        return original(*args, **kwargs)

    def moved(scheduler: Any, out: Any) -> Any:
        if course is not None:
            course.moved(scheduler, out)
        return out

    kind.step = step
    try:
        yield
    finally:
        if inherited:
            del kind.step
        else:
            kind.step = original
        pipe.maybe_free_model_hooks()


def _place(scheduler: Any, timestep: Any) -> int:
    """Where in its noise levels a scheduler stands; 0 for those that only know times."""
    if not hasattr(scheduler, "sigmas"):
        return 0
    if scheduler.step_index is None:
        scheduler._init_step_index(timestep)  # as the first step does itself
    index: int = scheduler.step_index
    return index
