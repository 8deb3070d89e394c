"""The mathematics that the networks share: attention, rotary positions, sinusoids."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

MANY_KEYS = 128
"""From so many keys on, the fused kernel of a CPU overtakes the plain steps; measured at 40 and 420."""


def attention(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
    """Scaled dot-product attention; the scale is already in `q`.

    Args:
        q: (B, H, S, D).
        k: (B, H, L, D).
        v: (B, H, L, D).
        bias: added to the scores, broadcastable to (B, H, S, L).

    Returns:
        (B, H, S, D).

    On an accelerator this is torch's fused kernel. On a CPU the three plain steps are clearly faster while gradients
    are asked for (bf16, 8 clips of 420 tokens, 6 heads of 64, one core, forward and backward: 69 against 107 ms) or
    keys are few (one clip, 40 text tokens, forward: 0.33 against 0.44 ms), and the fused kernel where many are looked
    at without gradients (one clip of 420 tokens: 0.9 against 2.2 ms).
    """
    fused_on_cpu = not torch.is_grad_enabled() and k.shape[-2] >= MANY_KEYS
    if q.device.type != "cpu" or fused_on_cpu:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)
    return attention_weights(q, k, bias) @ v  # (B, H, S, D)


def attention_weights(q: Tensor, k: Tensor, bias: Tensor | None = None) -> Tensor:
    """How much each query takes from each key, which sums to 1 over the keys; arguments as of `attention`.

    Returns:
        (B, H, S, L).
    """
    scores = q @ k.transpose(-1, -2)  # (B, H, S, L)
    if bias is not None:
        scores = scores + bias  # (B, H, S, L)
    return scores.softmax(dim=-1)  # (B, H, S, L)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, S, H*D) -> (B, H, S, D)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """(B, H, S, D) -> (B, S, H*D)."""
    return x.transpose(1, 2).flatten(2)


def sinusoid(values: Tensor, width: int, period: float = 10_000.0) -> Tensor:
    """Sinusoidal embedding of numbers (Vaswani et al. 2017), cosines first: (B,) -> (B, width) in float32.

    `values` should run over some hundreds (a noise level is multiplied by 1000 by the caller); in bfloat16 they
    would be rounded to steps of four, so they are taken in float32.
    """
    half = width // 2
    exponent = torch.arange(half, dtype=torch.float32, device=values.device) / half
    angles = values.float()[:, None] * torch.exp(-math.log(period) * exponent)  # (B, width/2)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)  # (B, width)


def rotary_angles(
    size: tuple[int, int, int], axes_dim: Sequence[int], theta: float, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the three-axis rotary positions of a token grid (Su et al. 2021, one band an axis).

    Args:
        size: tokens in time, height and width: (T, h, w).
        axes_dim: channels of a head that each axis turns; even numbers whose sum is the head's width D.
        theta: the slowest wave is 2 pi theta tokens long. Small grids want a small theta.
        device: where the tables are made.

    Returns:
        cos and sin, each (T*h*w, D/2), float32.
    """
    bands = []
    for axis, (length, dim) in enumerate(zip(size, axes_dim, strict=True)):
        exponent = torch.arange(0, dim, 2, dtype=torch.float32, device=device) / dim
        place = torch.arange(length, dtype=torch.float32, device=device)
        angles = place[:, None] * theta**-exponent  # (length, dim/2)
        shape = [1, 1, 1, dim // 2]
        shape[axis] = length
        bands.append(angles.view(shape).expand(*size, dim // 2))  # (T, h, w, dim/2)
    angles = torch.cat(bands, dim=-1).flatten(0, 2)  # (T*h*w, D/2)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the two halves of each head against each other: (B, H, S, D) with tables (S, D/2) -> (B, H, S, D)."""
    a, b = x.chunk(2, dim=-1)  # (B, H, S, D/2) each
    return torch.cat([torch.addcmul(a * cos, b, sin, value=-1), torch.addcmul(b * cos, a, sin)], dim=-1)
