"""The tap sees the clean latents of every step and leaves the scheduler as it was."""

from types import SimpleNamespace

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from sora_studio.engines.tap import Step, tapped


class Stop(Exception):
    pass


def pipeline() -> SimpleNamespace:
    scheduler = FlowMatchEulerDiscreteScheduler(shift=2.0)
    scheduler.set_timesteps(6)
    return SimpleNamespace(scheduler=scheduler, maybe_free_model_hooks=lambda: None)


def test_a_perfect_network_is_seen_through_at_every_step() -> None:
    pipe = pipeline()
    clean, noise = torch.randn(2, 1, 4, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    x, seen = noise, []
    with tapped(pipe, lambda: None, lambda predict: seen.append(predict())):
        for t in pipe.scheduler.timesteps:
            x = pipe.scheduler.step(noise - clean, t, x, return_dict=False)[0]
    assert len(seen) == 6
    for predicted in seen:
        torch.testing.assert_close(predicted, clean, atol=1e-5, rtol=0)
    torch.testing.assert_close(x, clean, atol=1e-5, rtol=0)


def test_stopping_leaves_the_scheduler_as_it_was() -> None:
    pipe, original = pipeline(), FlowMatchEulerDiscreteScheduler.step

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop), tapped(pipe, stop, lambda predict: None):
        pipe.scheduler.step(torch.zeros(1), pipe.scheduler.timesteps[0], torch.zeros(1))
    assert FlowMatchEulerDiscreteScheduler.step is original
    assert pipe.scheduler.step_index is None


def test_a_hand_on_the_output_leads_where_it_wants() -> None:
    pipe, goal = pipeline(), torch.full((1, 2), 3.0)
    x, seen = torch.randn(1, 2, generator=torch.Generator().manual_seed(0)), []

    def steer(step: Step) -> torch.Tensor:
        return step.towards(goal)

    with tapped(pipe, lambda: None, lambda predict: seen.append(predict()), steer):
        for t in pipe.scheduler.timesteps:
            x = pipe.scheduler.step(torch.zeros(1, 2), t, x, return_dict=False)[0]
    torch.testing.assert_close(x, goal)
    for predicted in seen:
        torch.testing.assert_close(predicted, goal, atol=1e-5, rtol=0)
