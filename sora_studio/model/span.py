"""SPAN, a network that enlarges pictures: Wan et al. 2024, "Swift Parameter-free Attention Network for Efficient
Super-Resolution" (arXiv 2311.12770), as it is once trained, each of its convolutions a single one.

It adds nothing that is not there: it was trained on the difference of pixels alone, without an adversary.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS = 48
BLOCKS = 6
LEVELS = 255.0
"""What its pictures count in; they come and go as 0..1."""
REACH = 3 * BLOCKS + 3
"""Pixels around a place that its answer depends on: one for each convolution of 3x3 on the way."""


class AttentionBlock(nn.Module):
    """Three convolutions whose answer, put through an odd function, is also the attention that it is weighed with."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv3 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # (B, C, h, w)
        """Shapes: (B, C, h, w) -> the answer and what the first convolution found, (B, C, h, w) each."""
        first = F.silu(self.conv1(x))  # (B, C, h, w)
        found = self.conv3(F.silu(self.conv2(first)))  # (B, C, h, w)
        return (found + x) * (torch.sigmoid(found) - 0.5), first


class SPAN(nn.Module):
    """Pictures in 0..1 to pictures `scale` times as wide and high."""

    mean: Tensor

    def __init__(self, scale: int, channels: int = CHANNELS, blocks: int = BLOCKS) -> None:
        super().__init__()
        self.scale = scale
        self.register_buffer("mean", torch.zeros(1, 3, 1, 1))
        self.head = nn.Conv2d(3, channels, 3, padding=1)
        self.blocks = nn.ModuleList(AttentionBlock(channels) for _ in range(blocks))
        self.tail = nn.Conv2d(channels, channels, 3, padding=1)
        self.merge = nn.Conv2d(4 * channels, channels, 1)
        self.out = nn.Conv2d(channels, 3 * scale**2, 3, padding=1)

    def forward(self, pictures: Tensor) -> Tensor:  # (B, 3, h, w)
        """Shapes: (B, 3, h, w) float32 -> (B, 3, scale h, scale w) float32; the head's weights say in what is computed
        between them, the last convolution is as exact as its own weights."""
        x = (pictures - self.mean) * LEVELS  # (B, 3, h, w)
        head = x = self.head(x.to(self.head.weight.dtype))  # (B, C, h, w)
        answers, firsts = [], []
        for block in self.blocks:
            x, first = block(x)  # (B, C, h, w) twice
            answers.append(x)
            firsts.append(first)
        kept = torch.cat((head, self.tail(x), answers[0], firsts[-1]), dim=1)  # (B, 4C, h, w)
        x = self.merge(kept)  # (B, C, h, w)
        x = self.out(x.to(self.out.weight.dtype))  # (B, 3 scale^2, h, w)
        return F.pixel_shuffle(x, self.scale).float()  # (B, 3, scale h, scale w)
