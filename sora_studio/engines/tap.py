"""A look at every step of a diffusers pipeline: its predicted clean latents, and a place to stop it.

The scheduler's `step` is the one function that every pipeline calls once a step with the network's output and the
noisy latents. It is wrapped in the class, not in the instance, since some pipelines copy their scheduler.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor

Predict = Callable[[], Tensor]
"""Computes the predicted clean latents of a step, in the layout of the pipeline's latents, when they are wanted."""


@contextlib.contextmanager
def tapped(pipe: Any, before: Callable[[], None], after: Callable[[Predict], None]) -> Iterator[None]:
    """Within this context `before` is called ahead of each step and `after` behind it. Both may raise to stop the run,
    after which the pipeline can be used again."""
    kind = type(pipe.scheduler)
    original = kind.step
    inherited = "step" not in vars(kind)
    signature = inspect.signature(original)

    @functools.wraps(original)  # keeps the signature: pipelines look at it
    def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
        before()
        index = scheduler.step_index
        if index is None:  # the first call finds its place itself
            index = scheduler.begin_index or 0
        out = original(scheduler, *args, **kwargs)
        given = signature.bind(scheduler, *args, **kwargs).arguments
        after(lambda: predict_clean(scheduler.sigmas, index, given["model_output"], given["sample"]))
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


def predict_clean(sigmas: Tensor, index: int, velocity: Tensor, sample: Tensor) -> Tensor:
    """The clean latents that a velocity points at, in float32.

    A rectified flow is x = (1 - sigma) data + sigma noise with velocity noise - data, so data = x - sigma velocity
    (Liu et al. 2023). Written with the last sigma in place of 0, it also holds for schedules that end elsewhere.
    """
    return sample.float() + (sigmas[-1] - sigmas[index]).to(sample.device) * velocity.float()
