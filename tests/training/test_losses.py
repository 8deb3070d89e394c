import math

import pytest
import torch

from sora_studio.training import losses


def test_psnr_of_a_known_error():
    clip = torch.zeros(2, 3, 1, 4, 4)
    assert losses.psnr(clip, clip + 0.2).tolist() == pytest.approx([20.0, 20.0], abs=1e-3)


def test_vae_loss_is_zero_without_error_and_weighs_on_large_misses():
    clip = torch.zeros(10, 192, 2, 2)
    kl = torch.zeros(2)
    same = losses.vae_loss(clip, clip, kl, kl_weight=1.0, square_weight=6.0)
    assert float(same["loss"]) == 0
    missed = clip.clone()
    missed[:, :48] = 0.4
    even = losses.vae_loss(clip, clip + 0.1, kl, kl_weight=1.0, square_weight=6.0)
    uneven = losses.vae_loss(clip, missed, kl, kl_weight=1.0, square_weight=6.0)
    assert float(even["l1"]) == pytest.approx(float(uneven["l1"]), rel=1e-4)
    assert uneven["loss"] > even["loss"]


def test_preview_is_compared_with_the_shrunken_clip():
    clip = torch.rand(1, 3, 5, 8, 8)
    small = torch.nn.functional.avg_pool3d(clip, (1, 2, 2))
    assert float(losses.preview_loss(clip, small)) == pytest.approx(0, abs=1e-6)


def test_noise_levels_lie_inside_and_move_with_the_shift():
    plain = losses.sample_sigma(4000, torch.Generator().manual_seed(0), shift=1.0, spread=1.0)
    moved = losses.sample_sigma(4000, torch.Generator().manual_seed(0), shift=3.0, spread=1.0)
    assert plain.min() > 0
    assert plain.max() < 1
    assert float(plain.median()) == pytest.approx(0.5, abs=0.03)
    assert float(moved.median()) == pytest.approx(0.75, abs=0.03)


def test_a_batch_has_noise_levels_of_every_kind():
    for seed in range(20):
        levels = losses.sample_sigma(8, torch.Generator().manual_seed(seed), shift=1.0, spread=1.0)
        # The bounds of eight equally likely parts of a normal variable.
        parts = torch.special.ndtr(torch.logit(levels)).mul(8).long()
        assert sorted(parts.tolist()) == list(range(8))
    first, second = (
        losses.sample_sigma(8, torch.Generator().manual_seed(seed), shift=1.0, spread=1.0).argsort().tolist()
        for seed in (0, 1)
    )
    assert first != second


def test_knowing_where_the_subject_is_costs_nothing_and_guessing_costs_log_two():
    subject = torch.tensor([[[True, False], [False, False], [True, True]]])  # (1, 3, 2)
    offset = torch.tensor([[[-0.5, 0.0], [9.0, 9.0], [0.5, 0.2]]])  # (1, 3, 2): the second token holds no subject
    sure = torch.where(subject, 30.0, -30.0)
    assert losses.seen_loss(sure, offset, subject, offset).item() == pytest.approx(0, abs=1e-6)
    elsewhere = offset.clone()
    elsewhere[:, 1] = 0
    assert losses.seen_loss(sure, elsewhere, subject, offset).item() == pytest.approx(0, abs=1e-6)
    guessed = losses.seen_loss(torch.zeros(1, 3, 2), elsewhere, subject, offset)
    assert guessed.item() == pytest.approx(math.log(2), rel=1e-5)
    nothing = losses.seen_loss(-sure.abs(), offset, torch.zeros_like(subject), offset)
    assert nothing.item() == pytest.approx(0, abs=1e-6)


def test_an_error_that_all_frames_share_is_no_error_of_their_change():
    data, noise, alike = (torch.randn(2, 3, frames, 4, 4) for frames in (5, 5, 1))
    velocity = noise - data
    assert losses.change_loss(velocity + alike, data, noise).abs().max() < 1e-6
    apart = losses.change_loss(velocity + torch.randn(2, 3, 5, 4, 4), data, noise)
    assert apart.mean().item() == pytest.approx(1, rel=0.3)  # as much as the flow's loss, which is a variance of 1
    assert losses.change_loss(velocity[:, :, :1] + 9, data[:, :, :1], noise[:, :, :1]).tolist() == [0, 0]


def test_low_noise_counts_as_the_error_of_the_picture():
    sigma = torch.tensor([0.9, 0.2, 0.1, 0.05])
    error = torch.full((4,), 0.01)  # of the clean picture
    weighted = (error / sigma).square() * losses.level_weight(sigma, 0.2)
    assert weighted[1:].tolist() == pytest.approx([(0.01 / 0.2) ** 2] * 3)
    assert weighted[0].item() == pytest.approx((0.01 / 0.9) ** 2)


def test_velocity_leads_from_noise_to_data_and_predicts_the_noise():
    data, noise = torch.randn(2, 4, 1, 3, 3), torch.randn(2, 4, 1, 3, 3)
    sigma = torch.tensor([0.3, 0.8])
    noisy = losses.forward_process(data, noise, sigma)
    velocity = noise - data
    level = sigma.view(-1, 1, 1, 1, 1)
    assert torch.allclose(noisy - level * velocity, data, atol=1e-5)
    assert torch.allclose(noisy + (1 - level) * velocity, noise, atol=1e-5)
    assert losses.flow_loss(velocity, data, noise, torch.ones(2, 1, 3, 3)).tolist() == [0, 0]


def test_flow_loss_counts_the_subject_more():
    data = torch.zeros(1, 1, 1, 1, 4)
    error = torch.tensor([1.0, 0, 0, 0]).view(1, 1, 1, 1, 4)
    even = losses.flow_loss(error, data, data, torch.ones(1, 1, 1, 4))
    weighted = losses.flow_loss(error, data, data, torch.tensor([3.0, 1, 1, 1]).view(1, 1, 1, 4))
    assert even.item() == pytest.approx(1 / 4)
    assert weighted.item() == pytest.approx(3 / 6)


def test_contrastive_loss_is_log_b_for_guessing_and_small_for_certainty():
    assert losses.contrastive_loss(torch.zeros(8, 8)).item() == pytest.approx(math.log(8), rel=1e-5)
    assert losses.contrastive_loss(20 * torch.eye(8)).item() < 1e-3
