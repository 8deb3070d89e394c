"""The relation of moving pictures and language: two towers trained to agree (CLIP, Radford et al. 2021)."""

import math

import torch
import torch.nn.functional as F
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

from sora_studio.model.attention import sinusoid
from sora_studio.model.transformer import masked_mean


class SoraCLIPModel(ModelMixin, ConfigMixin):
    """A small video vision tower and a text head into one joint space.

    A clip is thinned to a few frames and shrunk to a few patches, and all patches attend to each other in space and
    time. Each patch also carries its difference to the frame before, so that motion is seen from the first layer on.

    Args:
        patch_size: pixels of a patch's edge.
        patches_per_frame: a frame is shrunk to about this many patches, its aspect ratio kept.
        max_frames: a longer clip is thinned to this many frames, evenly.
        width: channels of the vision tower.
        num_layers: its blocks.
        num_heads: its attention heads.
        text_dim: channels of the text states.
        joint_dim: channels of the joint space, J.
        position_grid: edge of the learned grid of positions, resized to the frame's patches.
    """

    @register_to_config
    def __init__(
        self,
        *,
        patch_size: int = 16,
        patches_per_frame: int = 48,  # noqa: ARG002 - read from the config
        max_frames: int = 8,  # noqa: ARG002
        width: int = 256,
        num_layers: int = 6,
        num_heads: int = 4,
        text_dim: int = 384,
        joint_dim: int = 256,
        position_grid: int = 8,
    ) -> None:
        super().__init__()
        self.patch_embed = nn.Conv2d(6, width, patch_size, stride=patch_size)
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
        self.video_projection = nn.Linear(2 * width, joint_dim, bias=False)
        self.text_projection = nn.Sequential(
            nn.LayerNorm(text_dim), nn.Linear(text_dim, text_dim), nn.GELU(), nn.Linear(text_dim, joint_dim, bias=False)
        )
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def encode_video(self, x: Tensor) -> Tensor:
        """Clips of any length and size (B, 3, T, H, W) in -1..1 -> unit vectors (B, J)."""
        frames = self._shrink(x)  # (B, F, 3, h*p, w*p)
        change = F.pad(frames.diff(dim=1), (0, 0, 0, 0, 0, 0, 1, 0))  # (B, F, 3, h*p, w*p), zero for the first
        tokens = self.patch_embed(torch.cat([frames, change], dim=2).flatten(0, 1))  # (B*F, D, h, w)
        place = F.interpolate(self.position, tokens.shape[2:], mode="bilinear", align_corners=True)  # (1, D, h, w)
        tokens = (tokens + place).flatten(2).transpose(1, 2)  # (B*F, h*w, D)

        count = frames.shape[1]
        time = torch.linspace(0, 1000, count, device=x.device)  # (F,): from the clip's first to its last frame
        time = self.time_embed(sinusoid(time, self.config.width).to(tokens.dtype))  # (F, D)
        tokens = (tokens.unflatten(0, (-1, count)) + time[:, None]).flatten(1, 2)  # (B, F*h*w, D)
        tokens = torch.cat([self.class_token.expand(tokens.shape[0], -1, -1), tokens], dim=1)  # (B, 1+F*h*w, D)

        for block in self.blocks:
            tokens = block(tokens)  # (B, 1+F*h*w, D)
        tokens = self.norm(tokens)  # (B, 1+F*h*w, D)
        pooled = torch.cat([tokens[:, 0], tokens[:, 1:].mean(dim=1)], dim=-1)  # (B, 2D)
        return F.normalize(self.video_projection(pooled), dim=-1)  # (B, J)

    def encode_text(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Text states (B, L, text_dim) and their mask (B, L) -> unit vectors (B, J)."""
        return F.normalize(self.text_projection(masked_mean(states, mask)), dim=-1)

    def forward(self, video: Tensor, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Similarity of every clip with every text, times the learned scale (at most 100).

        Shapes: (B, 3, T, H, W), (N, L, text_dim), (N, L) -> logits (B, N).
        """
        scale = self.logit_scale.clamp(max=math.log(100)).exp()
        return scale * self.encode_video(video) @ self.encode_text(states, mask).T  # (B, N)

    def _shrink(self, x: Tensor) -> Tensor:
        """At most `max_frames` frames of about `patches_per_frame` patches: (B, 3, T, H, W) -> (B, F, 3, h*p, w*p)."""
        _, _, length, height, width = x.shape
        count = min(length, self.config.max_frames)
        x = x[:, :, torch.linspace(0, length - 1, count, device=x.device).round().long()]  # (B, 3, F, H, W)
        rows = max(1, round(math.sqrt(self.config.patches_per_frame * height / width)))
        columns = max(1, round(self.config.patches_per_frame / rows))
        size = (rows * self.config.patch_size, columns * self.config.patch_size)
        x = x.transpose(1, 2).flatten(0, 1).float()  # (B*F, 3, H, W); antialiasing has no bfloat16 kernel
        x = F.interpolate(x, size, mode="bilinear", antialias=True)  # (B*F, 3, h*p, w*p)
        return x.unflatten(0, (-1, count)).to(self.patch_embed.weight.dtype)
