"""Frames that are held arrive where they are to arrive, whatever the solver and the network."""

from __future__ import annotations

import diffusers
import numpy as np
import pytest
import torch

from sora_studio.core.request import Given
from sora_studio.engines.families.family import spent_steps
from sora_studio.engines.families.holding import LOOSE, Holding, filled, held_steps
from sora_studio.engines.tap import Step


def given(at: int, count: int, strength: float = 1.0, level: int = 0) -> Given:
    return Given(at, np.full((count, 2, 2, 3), level, np.uint8), strength)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([given(0, 1)], [10, 0, 0, 0]),
        ([given(0, 5)], [10, 10, 0, 0]),
        ([given(0, 4)], [10, 7, 0, 0]),  # a part of a group moves
        ([given(5, 4)], [0, 0, 7, 0]),  # encoded without what comes before it
        ([given(5, 8)], [0, 0, 7, 10]),
        ([given(12, 1)], [0, 0, 0, 7]),
        ([given(0, 13, 0.6)], [6, 6, 6, 6]),
        ([given(0, 13, 0.01)], [1, 1, 1, 1]),
        ([given(0, 13, 0.999)], [9, 9, 9, 9]),  # one step at least is made
        ([given(0, 5), given(9, 4)], [10, 10, 0, 7]),
    ],
)
def test_a_latent_frame_is_held_as_long_as_it_is_known(items: list[Given], expected: list[int]) -> None:
    assert held_steps(items, 13, 4, 10) == expected
    assert round(LOOSE * 10) == 7


@pytest.mark.parametrize("steps", [1, 2, 7, 50])
@pytest.mark.parametrize("strength", [0.0, 0.1, 0.5, 0.6, 0.95])
def test_steps_are_spent_as_diffusers_spends_them(strength: float, steps: int) -> None:
    spent = spent_steps(strength, steps)
    assert 0 <= spent < steps
    assert spent == min(steps - 1, steps - int(steps * (1 - strength)))


def test_between_given_frames_the_nearest_stands_still() -> None:
    video = filled([given(1, 1, level=10), given(5, 2, level=90)], 9)
    assert video[:, 0, 0, 0].tolist() == [10, 10, 10, 10, 90, 90, 90, 90, 90]


SCHEDULERS = {
    "UniPC": lambda: diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
    ),
    "Euler": lambda: diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    "DPM++": lambda: diffusers.DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
    ),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_solver_leads_what_is_held_to_its_place_and_leaves_the_rest(name: str) -> None:
    source = torch.Generator().manual_seed(0)
    noise, clean = (torch.randn(1, 4, 3, 2, 2, generator=source) for _ in range(2))

    def run(steps: torch.Tensor) -> torch.Tensor:
        scheduler = SCHEDULERS[name]()
        scheduler.set_timesteps(8)
        holding, x = Holding(clean, steps.view(1, 1, -1, 1, 1).expand_as(clean)), noise
        for index, t in enumerate(scheduler.timesteps):
            says = torch.randn(noise.shape, generator=torch.Generator().manual_seed(index))
            output = holding(Step(scheduler, index, t, says, x))
            x = scheduler.step(output, t, x, return_dict=False)[0]
        return x

    free = run(torch.tensor([0, 0, 0]))
    held = run(torch.tensor([8, 0, 5]))
    torch.testing.assert_close(held[:, :, 0], clean[:, :, 0], atol=1e-5, rtol=0)
    torch.testing.assert_close(held[:, :, 1], free[:, :, 1])
    assert (held[:, :, 2] - clean[:, :, 2]).abs().mean() > 0.05
    assert (held[:, :, 2] - free[:, :, 2]).abs().mean() > 0.05
