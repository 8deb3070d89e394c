"""What the three networks are asked to minimise, with the mathematics that it comes from."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def vae_loss(clip: Tensor, again: Tensor, kl: Tensor, *, kl_weight: float, square_weight: float) -> dict[str, Tensor]:
    """The autoencoder's loss and its parts.

    The evidence lower bound of a VAE (Kingma and Welling 2014) is

        log p(x) >= E_q(z|x) [log p(x|z)] - KL(q(z|x) || N(0, 1))

    With a Laplace likelihood the first term is an L1, which keeps edges; the L2 beside it (a Gaussian's) weighs on the
    few large misses, which is what PSNR measures and what is seen. Both are taken on folded clips: the same values in
    another order, and the first frame counts as often as it is repeated, since it is the one that artists give.

    Args:
        clip: (N, P, h, w) in -1..1, folded.
        again: its reconstruction, any dtype.
        kl: the divergence of each clip, (B,), summed over its latent.
        kl_weight: weight of the divergence a pixel value.
        square_weight: weight of the L2.

    Returns:
        "loss" and its parts, scalars in float32.
    """
    error = again.float() - clip.float()  # (N, P, h, w)
    parts = {"l1": error.abs().mean(), "l2": error.square().mean()}
    parts["kl"] = kl.float().sum() / clip.numel()
    parts["loss"] = parts["l1"] + square_weight * parts["l2"] + kl_weight * parts["kl"]
    return parts


def preview_loss(clip: Tensor, preview: Tensor) -> Tensor:
    """L1 of the small picture against the shrunken clip: (B, 3, T, H, W), (B, 3, T, h, w) -> scalar."""
    small = F.adaptive_avg_pool2d(clip.flatten(1, 2), (preview.shape[3], preview.shape[4]))  # (B, 3*T, h, w)
    return F.l1_loss(preview.flatten(1, 2).float(), small)


def psnr(clip: Tensor, again: Tensor) -> Tensor:
    """Peak signal to noise ratio of clips in -1..1, in dB, a clip: (B, 3, T, H, W) twice -> (B,)."""
    error = (again.float().clamp(-1, 1) - clip.float()).square().flatten(1).mean(dim=1)
    return -10 * torch.log10(error / 4 + 1e-10)


def sample_sigma(count: int, generator: torch.Generator, *, shift: float, spread: float) -> Tensor:
    """Noise levels to train on, (count,) in (0, 1): logit-normal (Esser et al. 2024), moved towards noise by `shift`.

    Levels near 0 and 1 are easy (copy the picture, predict the mean), so the middle is drawn most. shift acts as in
    sampling: sigma' = shift sigma / (1 + (shift - 1) sigma). A batch has one level from each of `count` equally likely
    parts, in random order: the loss depends on the level more than on the picture, and would shake the gradient by
    which levels happened to be drawn (Kingma et al. 2021, low-discrepancy sampling).
    """
    part = torch.randperm(count, generator=generator)  # (count,)
    quantile = (part + torch.rand(count, generator=generator)) / count  # (count,) in 0..1
    normal = torch.special.ndtri(quantile.clamp(1e-5, 1 - 1e-5))  # (count,)
    sigma = torch.sigmoid(spread * normal)
    return shift * sigma / (1 + (shift - 1) * sigma)


def level_weight(sigma: Tensor, full: float) -> Tensor:
    """What a noise level counts, (B,): 1 from `full` on, below it (sigma / full)^2.

    An error e of the clean picture is an error e / sigma of the velocity, so that what nobody would see outweighs all
    else at the lowest levels. Below `full` the picture's error counts as it does there (as in the min-SNR weighting of
    Hang et al. 2023).
    """
    return (sigma / full).clamp(max=1).square()


def forward_process(data: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    """x_sigma straight from x_0, without the steps between: (B, C, T, h, w) twice, (B,) -> (B, C, T, h, w).

    x_sigma = (1 - sigma) x_0 + sigma e,  e ~ N(0, 1)

    In the notation of DDPM (Ho et al. 2020), x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) e, this is the same family of
    Gaussians with another scale: divide by sqrt((1 - sigma)^2 + sigma^2).
    """
    level = sigma.view(-1, 1, 1, 1, 1)
    return (1 - level) * data + level * noise


def flow_loss(velocity: Tensor, data: Tensor, noise: Tensor, weight: Tensor) -> Tensor:
    """Flow-matching loss of each clip, (B,).

    The target is the velocity of the straight path, v = dx/dsigma = e - x_0 (Lipman et al. 2023). It is a noise
    predictor in another dress: from v and x_sigma follow

        e   = x_sigma + (1 - sigma) v,        x_0 = x_sigma - sigma v

    so an error dv is an error (1 - sigma) dv in the noise and sigma dv in the picture, and

        |dv|^2 = |de|^2 / (1 - sigma)^2

    Why a regression on noise is maximum likelihood: the bound on -log p(x_0) is a sum of
    KL(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t)); both are Gaussians of equal, fixed variance, so each KL is the
    squared distance of their means, which is a constant times |e - e_hat|^2. Any positive weight a noise level then
    has the same minimum (the conditional mean); weights and sampling of sigma decide only where a finite network
    spends itself.

    Args:
        velocity: (B, C, T, h, w) the network's.
        data: (B, C, T, h, w) clean latents x_0.
        noise: (B, C, T, h, w).
        weight: (B, T, h, w) what a place counts; larger where the renderer knows the subject to be.
    """
    error = (velocity.float() - (noise - data)).square().mean(dim=1)  # (B, T, h, w)
    return (error * weight).flatten(1).sum(dim=1) / weight.flatten(1).sum(dim=1)


def change_loss(velocity: Tensor, data: Tensor, noise: Tensor) -> Tensor:
    """How badly the flow of each clip tells neighbouring latent frames apart, (B,); 0 where there is only one.

    The error of a velocity less that of the frame before, squared and halved: the mean of `flow_loss` where errors of
    frames have nothing to do with each other. What is wrong in all frames alike falls out, and with it most of what
    a still picture is; what is left is how things move.

    Args:
        velocity: (B, C, T, h, w) the network's.
        data: (B, C, T, h, w) clean latents x_0.
        noise: (B, C, T, h, w).
    """
    if data.shape[2] == 1:
        return torch.zeros(len(data), device=data.device)
    error = velocity.float() - (noise - data)  # (B, C, T, h, w)
    return error.diff(dim=2).square().flatten(1).mean(dim=1) / 2


def moving_loss(moves: Tensor, truth: Tensor) -> Tensor:
    """How badly the stream knows where the picture moves, of each clip: (B, S, 2) twice -> (B,)."""
    return F.smooth_l1_loss(moves.float(), truth, reduction="none").flatten(1).mean(dim=1)


def seen_loss(presence: Tensor, place: Tensor, subject: Tensor, offset: Tensor) -> Tensor:
    """How badly the stream knows where the subject is, of each clip, (B,).

    Args:
        presence: (B, S, n) logits of the subject's presence in a token's n cells.
        place: (B, S, 2) the token's place from the middle of the subject.
        subject: (B, S, n) bool, the truth.
        offset: (B, S, 2) the truth; it counts where the subject is.
    """
    found = F.binary_cross_entropy_with_logits(presence.float(), subject.float(), reduction="none")  # (B, S, n)
    inside = subject.any(dim=-1).float()  # (B, S)
    missed = (place.float() - offset).square().mean(dim=-1) * inside  # (B, S)
    return found.flatten(1).mean(dim=1) + missed.sum(dim=1) / inside.sum(dim=1).clamp(min=1)


def contrastive_loss(logits: Tensor) -> Tensor:
    """Symmetric InfoNCE (Radford et al. 2021): the k-th clip belongs to the k-th text, both ways: (B, B) -> scalar.

    The cross-entropy of picking the right one of B bounds the mutual information of clip and text from below
    by log B - loss (van den Oord et al. 2018).
    """
    target = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits.float(), target) + F.cross_entropy(logits.float().T, target)) / 2
