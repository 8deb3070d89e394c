"""The relation of moving pictures and language: two towers trained to agree (CLIP, Radford et al. 2021)."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

from sora_studio.model.attention import sinusoid
from sora_studio.model.transformer import masked_mean
from sora_studio.model.vae import channel_norm

FOLD = 4
"""Pixels of a patch's edge that become channels at once."""


class Block(nn.Module):
    """Two 3x3 convolutions beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        for parameter in self.conv2.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: (N, C, h, w) -> (N, C, h, w)."""
        return x + self.conv2(F.silu(self.conv1(channel_norm(x))))


class Stem(nn.Sequential):
    """Pictures (N, channels, 16h, 16w) to patches (N, D, h, w) by convolutions, which learn shapes from far fewer
    pictures than a linear map of patches does (early convolutions, Xiao et al. 2021)."""

    def __init__(self, channels: int, widths: Sequence[int], layers: Sequence[int]) -> None:
        super().__init__(nn.PixelUnshuffle(FOLD), nn.Conv2d(channels * FOLD**2, widths[0], 1))
        for (own, following), count in zip(pairwise(widths), layers, strict=True):
            self.extend([Block(own) for _ in range(count)])
            self.append(nn.Conv2d(own, following, 2, stride=2))


class SoraCLIPModel(ModelMixin, ConfigMixin):
    """A small video vision tower and a text head into one joint space.

    A clip is thinned to a few frames and shrunk to a few patches of 16 pixels, and all patches attend to each other in
    space and time. Each patch also carries its difference to the frame before, so that motion is seen from the first
    layer on. What stands out of a picture is a few patches of many: the tower says which, and reads them once more.

    Args:
        patches_per_frame: a frame is shrunk to about this many patches, its aspect ratio kept.
        max_frames: a longer clip is thinned to this many frames, evenly.
        width: channels of the vision tower.
        stem_widths: channels of its convolutions at a quarter and an eighth of the picture.
        stem_layers: their residual blocks.
        num_layers: its transformer blocks.
        num_heads: its attention heads.
        text_dim: channels of the text states.
        joint_dim: channels of the joint space, J.
        position_grid: edge of the learned grid of positions, resized to the frame's patches.
    """

    @register_to_config
    def __init__(
        self,
        *,
        patches_per_frame: int = 84,  # noqa: ARG002 - read from the config
        max_frames: int = 8,  # noqa: ARG002
        width: int = 256,
        stem_widths: Sequence[int] = (64, 128),
        stem_layers: Sequence[int] = (2, 3),
        num_layers: int = 6,
        num_heads: int = 4,
        text_dim: int = 384,
        joint_dim: int = 256,
        position_grid: int = 8,
    ) -> None:
        super().__init__()
        self.stem = Stem(6, (*stem_widths, width), stem_layers)
        self.position = nn.Parameter(torch.randn(1, width, position_grid, position_grid) * 0.02)
        self.time_embed = nn.Linear(width, width)
        self.class_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.blocks = nn.ModuleList(
            [
                nn.TransformerEncoderLayer(
                    width, num_heads, 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
                )
                for _ in range(num_layers)
            ]
        )
        self.norm = nn.LayerNorm(width)
        self.seen = nn.Linear(width, 1)
        self.video_projection = nn.Linear(2 * width, joint_dim, bias=False)
        self.subject_projection = nn.Linear(width, joint_dim, bias=False)
        self.text_projection = nn.Sequential(
            nn.LayerNorm(text_dim), nn.Linear(text_dim, text_dim), nn.GELU(), nn.Linear(text_dim, joint_dim, bias=False)
        )
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    @property
    def patch_size(self) -> int:
        """Pixels of a patch's edge."""
        return int(FOLD * 2 ** len(self.config.stem_widths))

    def encode_video(self, x: Tensor) -> Tensor:
        """Clips of any length and size (B, 3, T, H, W) in -1..1 -> unit vectors (B, J)."""
        return self.look(x)[0]

    def look(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and logits of what stands out being in a patch of a frame: -> (B, J), (B, F, h, w)."""
        frames = self._shrink(x)  # (B, F, 3, 16h, 16w)
        change = F.pad(frames.diff(dim=1), (0, 0, 0, 0, 0, 0, 1, 0))  # (B, F, 3, 16h, 16w), zero for the first
        pairs = torch.cat([frames, change], dim=2).flatten(0, 1)  # (B*F, 6, 16h, 16w)
        tokens = self.stem(pairs.contiguous(memory_format=torch.channels_last))  # (B*F, D, h, w)
        grid = tokens.shape[2:]
        place = F.interpolate(self.position, grid, mode="bilinear", align_corners=True)  # (1, D, h, w)
        tokens = (tokens + place).flatten(2).transpose(1, 2)  # (B*F, h*w, D)

        count = frames.shape[1]
        time = torch.linspace(0, 1000, count, device=x.device)  # (F,): from the clip's first to its last frame
        time = self.time_embed(sinusoid(time, self.config.width).to(tokens.dtype))  # (F, D)
        tokens = (tokens.unflatten(0, (-1, count)) + time[:, None]).flatten(1, 2)  # (B, F*h*w, D)
        tokens = torch.cat([self.class_token.expand(tokens.shape[0], -1, -1), tokens], dim=1)  # (B, 1+F*h*w, D)

        for block in self.blocks:
            tokens = block(tokens)  # (B, 1+F*h*w, D)
        tokens = self.norm(tokens)  # (B, 1+F*h*w, D)
        seen = self.seen(tokens[:, 1:])  # (B, F*h*w, 1)
        share = seen.float().sigmoid()  # (B, F*h*w, 1)
        share = (share / (share.sum(dim=1, keepdim=True) + 1)).to(tokens.dtype)  # (B, F*h*w, 1)
        subject = (share * tokens[:, 1:]).sum(dim=1)  # (B, D)
        pooled = torch.cat([tokens[:, 0], tokens[:, 1:].mean(dim=1)], dim=-1)  # (B, 2D)
        joint = self.video_projection(pooled) + self.subject_projection(subject)  # (B, J)
        return F.normalize(joint, dim=-1), seen[..., 0].unflatten(1, (count, *grid))

    def encode_text(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Text states (B, L, text_dim) and their mask (B, L) -> unit vectors (B, J)."""
        return F.normalize(self.text_projection(masked_mean(states, mask)), dim=-1)

    def forward(self, video: Tensor, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Similarity of every clip with every text, times the learned scale (at most 100).

        Shapes: (B, 3, T, H, W), (N, L, text_dim), (N, L) -> logits (B, N).
        """
        return self.logits(self.encode_video(video), states, mask)

    def logits(self, video: Tensor, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """The same of clips already encoded: (B, J), (N, L, text_dim), (N, L) -> (B, N)."""
        scale = self.logit_scale.clamp(max=math.log(100)).exp()
        return scale * video @ self.encode_text(states, mask).T  # (B, N)

    def _shrink(self, x: Tensor) -> Tensor:
        """At most `max_frames` frames of about `patches_per_frame` patches: (B, 3, T, H, W) -> (B, F, 3, h*p, w*p)."""
        _, _, length, height, width = x.shape
        count = min(length, self.config.max_frames)
        x = x[:, :, torch.linspace(0, length - 1, count, device=x.device).round().long()]  # (B, 3, F, H, W)
        rows = max(1, round(math.sqrt(self.config.patches_per_frame * height / width)))
        columns = max(1, round(self.config.patches_per_frame / rows))
        size = (rows * self.patch_size, columns * self.patch_size)
        x = x.transpose(1, 2).flatten(0, 1).float()  # (B*F, 3, H, W); antialiasing has no bfloat16 kernel
        x = F.interpolate(x, size, mode="bilinear", antialias=True)  # (B*F, 3, h*p, w*p)
        return x.unflatten(0, (-1, count)).to(self.class_token.dtype)
