"""The tap sees the clean latents of every step and leaves the scheduler as it was."""

from types import SimpleNamespace

import pytest
import torch
from diffusers import CogVideoXDDIMScheduler, CogVideoXDPMScheduler, FlowMatchEulerDiscreteScheduler

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


@pytest.mark.parametrize("kind", [CogVideoXDDIMScheduler, CogVideoXDPMScheduler])
def test_a_diffusion_is_seen_through_and_led_too(kind: type) -> None:
    scheduler = kind(
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
        set_alpha_to_one=True,
    )
    scheduler.set_timesteps(5)  # divides 1000, so that the last step leads to no noise
    pipe = SimpleNamespace(scheduler=scheduler, maybe_free_model_hooks=lambda: None)
    goal = torch.full((1, 3, 2, 2, 2), 0.7)
    x, old, seen, last = torch.randn(goal.shape, generator=torch.Generator().manual_seed(0)), None, [], None
    with tapped(pipe, lambda: None, lambda predict: seen.append(predict()), lambda step: step.towards(goal)):
        for t in scheduler.timesteps:
            said = torch.zeros_like(x)
            if kind is CogVideoXDPMScheduler:
                x, old = scheduler.step(said, old, t, last, x, return_dict=False)
            else:
                x = scheduler.step(said, t, x, return_dict=False)[0]
            last = t
    torch.testing.assert_close(x, goal, atol=1e-4, rtol=0)
    for predicted in seen:
        torch.testing.assert_close(predicted, goal, atol=1e-4, rtol=0)


def test_tokens_of_their_own_times_are_seen_through() -> None:
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(4)
    pipe = SimpleNamespace(scheduler=scheduler, maybe_free_model_hooks=lambda: None)
    clean, noise = torch.randn(2, 1, 5, 3, generator=torch.Generator().manual_seed(0))
    times, seen = torch.tensor([[0.0, 250.0, 500.0, 750.0, 1000.0]]), []
    share = times[..., None] / 1000
    with tapped(pipe, lambda: None, lambda predict: seen.append(predict())):
        t = scheduler.timesteps[0]
        noisy = (1 - share) * clean + share * noise
        scheduler.step(clean - noise, t, noisy, per_token_timesteps=times, return_dict=False)
    torch.testing.assert_close(seen[0], clean)


def test_what_is_done_behind_a_step_may_put_other_latents_in_its_place() -> None:
    pipe, other = pipeline(), torch.ones(1, 2)
    with tapped(pipe, lambda: None, lambda predict: other):
        made = pipe.scheduler.step(torch.zeros(1, 2), pipe.scheduler.timesteps[0], torch.zeros(1, 2), return_dict=False)
    assert torch.equal(made[0], other)
