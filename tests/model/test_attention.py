"""The shared mathematics: attention, rotary positions, sinusoids."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from sora_studio.model.attention import attention, merge_heads, rotary_angles, rotate, sinusoid, split_heads

CPU = torch.device("cpu")


@pytest.mark.parametrize("masked", [False, True])
def test_attention_is_the_textbook_one(masked: bool) -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 3, 5, 8), torch.randn(2, 3, 7, 8), torch.randn(2, 3, 7, 8)
    bias = torch.zeros(2, 1, 1, 7)
    bias[1, ..., 4:] = -1e4
    expected = scaled_dot_product_attention(q, k, v, attn_mask=bias if masked else None, scale=1.0)
    assert torch.allclose(attention(q, k, v, bias if masked else None), expected, atol=1e-6)


def test_heads_are_split_and_merged_without_loss() -> None:
    x = torch.randn(2, 5, 12)
    assert split_heads(x, 3).shape == (2, 3, 5, 4)
    assert torch.equal(merge_heads(split_heads(x, 3)), x)


def test_rotary_scores_depend_on_the_distance_alone() -> None:
    torch.manual_seed(0)
    cos, sin = rotary_angles((4, 5, 6), (8, 12, 12), 100.0, CPU)
    q = rotate(torch.randn(32).expand(1, 1, 120, 32), cos, sin)[0, 0].view(4, 5, 6, 32)
    k = rotate(torch.randn(32).expand(1, 1, 120, 32), cos, sin)[0, 0].view(4, 5, 6, 32)
    for shift in [(1, 0, 0), (0, 2, 0), (0, 0, 3), (1, 2, 3)]:
        t, h, w = shift
        near = q[0, 0, 0] @ k[2, 1, 2]
        far = q[t, h, w] @ k[2 + t, 1 + h, 2 + w]
        assert torch.allclose(near, far, atol=1e-4)
        assert not torch.allclose(near, q[0, 0, 0] @ k[2 - t, 1 + h, 2 + w], atol=1e-3)


def test_rotation_keeps_lengths_and_leaves_the_first_token_alone() -> None:
    cos, sin = rotary_angles((2, 3, 3), (4, 4, 8), 100.0, CPU)
    x = torch.randn(1, 2, 18, 16)
    turned = rotate(x, cos, sin)
    assert torch.allclose(turned.norm(dim=-1), x.norm(dim=-1), atol=1e-5)
    assert torch.equal(turned[:, :, 0], x[:, :, 0])


def test_rotation_stays_in_the_working_dtype() -> None:
    cos, sin = (table.bfloat16() for table in rotary_angles((1, 2, 2), (4, 2, 2), 100.0, CPU))
    assert rotate(torch.randn(1, 1, 4, 8).bfloat16(), cos, sin).dtype == torch.bfloat16


def test_sinusoid_tells_near_noise_levels_apart() -> None:
    low, high = sinusoid(torch.tensor([500.0, 501.0]), 64)
    assert low.shape == (64,)
    assert (low - high).abs().max() > 0.5
