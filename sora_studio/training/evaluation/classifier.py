"""The attribute classifier: what a clip shows, read from its pixels. Trained on real renders, never on generated clips.

It is a measuring instrument: whatever it can't read on real renders it can't be trusted with on generated clips, so
`sora-studio eval` prints its own accuracy first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor, nn

from sora_studio.core.errors import BadInput
from sora_studio.model.attention import sinusoid
from sora_studio.model.clip import FOLD, Block
from sora_studio.model.vae import channel_norm
from sora_studio.training.evaluation.labels import CLASSES, MOVING, STANDING
from sora_studio.training.sheets import to_tensor

PICTURES = 5
"""Pictures of a clip whose answers are averaged, the first and the last among them. What spins stands on its feet in
those and on its head in between: of 600 real renders they tell 99.7 % of the subjects and 96 % of what spins, five
moments between the ends 97.3 and 68 (a one-off script)."""

CLOSE = 64
"""Pixels of the edge of the square in which the actor is looked at closely."""

QUESTIONS = 4
"""What the reader of movement looks for in each frame; it finds out itself what is worth asking."""

COORDINATES = 4
"""Across and down, and their squares."""

MIXING = 2
"""Transformer blocks that read over time."""


class Eye(nn.Module):
    """Reads one picture: convolutions at a quarter of its size and coarser, then questions that look for answers.

    Each question attends to all places. Beside it stands what is seen where the actor is, and where that is: the
    renderer knows, so it can be taught.
    """

    def __init__(self, channels: int, widths: Sequence[int], layers: Sequence[int], questions: int, heads: int) -> None:
        super().__init__()
        width = widths[-1]
        self.fold = nn.Conv2d(channels * FOLD**2, widths[0], 1)
        self.levels = nn.ModuleList(
            [nn.Sequential(*(Block(own) for _ in range(n))) for own, n in zip(widths, layers, strict=True)]
        )
        self.shrink = nn.ModuleList([nn.Conv2d(a, b, 2, stride=2) for a, b in pairwise(widths)])
        self.place = nn.Linear(COORDINATES, width)
        self.where = nn.Linear(width, 1)
        self.actor = nn.Linear(width + COORDINATES + 1, questions * width)
        self.questions = nn.Parameter(torch.randn(questions, width) * 0.02)
        self.look = nn.MultiheadAttention(width, heads, batch_first=True)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes: (N, channels, H, W) -> answers (N, Q, D), and logits of the actor's presence (N, h, w)."""
        h = F.pixel_unshuffle(x, FOLD).contiguous(memory_format=torch.channels_last)  # (N, channels*16, H/4, W/4)
        h = self.levels[0](self.fold(h))  # (N, C0, H/4, W/4)
        for shrink, level in zip(self.shrink, self.levels[1:], strict=True):
            h = level(shrink(h))  # (N, Ci, half, half)
        grid = _coordinates(h)  # (P, 4)
        seen = channel_norm(h).flatten(2).transpose(1, 2)  # (N, P, D)
        where = self.where(seen)  # (N, P, 1)
        share = where.float().sigmoid()  # (N, P, 1)
        total = share.sum(dim=1)  # (N, 1)
        actor = (share.to(seen.dtype) * torch.cat([seen, grid.expand(len(seen), -1, -1)], dim=2)).sum(dim=1)
        actor = torch.cat([actor / (total + 0.1).to(seen.dtype), (total / len(grid)).to(seen.dtype)], dim=1)
        places = seen + self.place(grid)  # (N, P, D)
        questions = self.questions.expand(len(places), -1, -1)  # (N, Q, D)
        answers = questions + self.look(questions, places, places, need_weights=False)[0]  # (N, Q, D)
        answers = answers + self.actor(actor).unflatten(1, (questions.shape[1], -1))  # (N, Q, D)
        return answers, where[..., 0].unflatten(1, (h.shape[2], h.shape[3]))


class AttributeClassifier(ModelMixin, ConfigMixin):
    """Three readers: one looks around in small pictures, one looks closely at the actor, one watches for movement.

    The first finds the actor; what it is then fills the second one's view, whatever its size and place were.

    Args:
        widths: channels of the readers of small pictures, at an eighth and a sixteenth of the full size.
        layers: their residual blocks at each.
        close_widths: channels of the reader that looks closely.
        close_layers: its residual blocks.
        moments: frames of a clip that movement is read from, each beside its difference to the frame before.
        num_heads: attention heads.
    """

    @register_to_config
    def __init__(
        self,
        *,
        widths: Sequence[int] = (64, 128),
        layers: Sequence[int] = (1, 2),
        close_widths: Sequence[int] = (64, 160),
        close_layers: Sequence[int] = (2, 3),
        moments: int = 9,  # noqa: ARG002 - read from the config
        num_heads: int = 4,
    ) -> None:
        super().__init__()
        around, close = widths[-1], close_widths[-1]
        self.around = Eye(3, widths, layers, len(STANDING), num_heads)
        self.close = Eye(3, close_widths, close_layers, len(STANDING), num_heads)
        self.norm = nn.LayerNorm(around + close)
        self.heads = nn.ModuleList([nn.Linear(around + close, len(CLASSES[name])) for name in STANDING])

        self.move_eye = Eye(6, widths, layers, QUESTIONS, num_heads)
        self.time = nn.Linear(around, around)
        self.mix = nn.ModuleList(
            [
                nn.TransformerEncoderLayer(
                    around, num_heads, 3 * around, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
                )
                for _ in range(MIXING)
            ]
        )
        self.move_norm = nn.LayerNorm(around)
        self.move_heads = nn.ModuleList([nn.Linear(QUESTIONS * around, len(CLASSES[name])) for name in MOVING])

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Log-probabilities of each attribute's values: (B, 3, T, H, W) in -1..1 -> (B, values) by attribute.

        H and W are multiples of 16; a clip of one frame is not asked how it moves.
        """
        chosen = _evenly(x.shape[2], PICTURES)  # (F,)
        pictures = x[:, :, chosen].transpose(1, 2).flatten(0, 1)  # (B*F, 3, H, W)
        found = {
            name: logits.float().log_softmax(dim=1).unflatten(0, (-1, len(chosen))).mean(dim=1)  # (B, values)
            for name, logits in self.read_pictures(pictures)[0].items()
        }
        if x.shape[2] > 1:
            small = F.avg_pool2d(x.flatten(1, 2), 2).unflatten(1, x.shape[1:3])  # (B, 3, T, H/2, W/2)
            found |= {name: logits.float().log_softmax(dim=1) for name, logits in self.read_movement(small)[0].items()}
        return found

    def read_pictures(
        self, x: Tensor, presence: Tensor | None = None, jitter: Tensor | None = None
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Logits of what single pictures show, and of where the actor is.

        Args:
            x: (N, 3, H, W) in -1..1.
            presence: (N, H/16, W/16) in 0..1, where to look closely; NaN for where the actor is seen to be.
            jitter: (N, 3) how far that look misses: across and down as shares of its reach, and its log size.

        Returns:
            (N, values) by attribute, and (N, H/16, W/16).
        """
        around, where = self.around(F.avg_pool2d(x, 2))  # (N, Q, D), (N, H/16, W/16)
        seen = where.detach().float().sigmoid()  # (N, H/16, W/16)
        seen = seen if presence is None else torch.where(presence.isnan(), seen, presence)
        close = self.close(crop(x, seen, jitter))[0]  # (N, Q, D')
        read = self.norm(torch.cat([around, close], dim=2))  # (N, Q, D+D')
        return {name: head(read[:, k]) for k, (name, head) in enumerate(zip(STANDING, self.heads, strict=True))}, where

    def read_movement(self, x: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Logits of how clips at half size move, and of where the actor is in the frames that were read.

        Shapes: (B, 3, T, H/2, W/2) -> (B, values) by attribute, (B, F, H/16, W/16).
        """
        chosen = self.moments(x.shape[2])  # (F,)
        frames = x[:, :, chosen]  # (B, 3, F, H/2, W/2)
        change = frames - x[:, :, (chosen - 1).clamp(min=0)]  # (B, 3, F, H/2, W/2)
        # Movement is faint beside pictures; twice as loud it is heard from the first step on.
        pairs = torch.cat([frames, 2 * change], dim=1).transpose(1, 2).flatten(0, 1)  # (B*F, 6, H/2, W/2)
        answers, where = self.move_eye(pairs)  # (B*F, Q, D), (B*F, H/16, W/16)
        answers = answers.unflatten(0, (-1, len(chosen)))  # (B, F, Q, D)
        moments = torch.linspace(0, 1000, len(chosen), device=x.device)  # (F,): from the first to the last frame
        time = self.time(sinusoid(moments, answers.shape[3]).to(answers.dtype))  # (F, D)
        tokens = (answers + time[:, None]).flatten(1, 2)  # (B, F*Q, D)
        for block in self.mix:
            tokens = block(tokens)  # (B, F*Q, D)
        read = self.move_norm(tokens).unflatten(1, answers.shape[1:3]).mean(dim=1).flatten(1)  # (B, Q*D)
        found = {name: head(read) for name, head in zip(MOVING, self.move_heads, strict=True)}
        return found, where.unflatten(0, (-1, len(chosen)))

    def moments(self, length: int) -> Tensor:
        """Indices of the frames of a clip that movement is read from, (F,)."""
        return _evenly(length, self.config.moments)


def _evenly(length: int, count: int) -> Tensor:
    """Indices of at most `count` of `length` frames, from the first to the last: (F,)."""
    return torch.linspace(0, length - 1, min(length, count)).round().long()


def _coordinates(x: Tensor) -> Tensor:
    """Where the middle of each place is: (N, C, h, w) -> (h*w, 4): across and down in -1..1, and their squares."""
    down, across = torch.meshgrid(
        *((2 * torch.arange(n, device=x.device) + 1) / n - 1 for n in x.shape[2:]), indexing="ij"
    )
    return torch.stack([across, down, across**2, down**2], dim=-1).flatten(0, 1).to(x.dtype)


def crop(x: Tensor, presence: Tensor, jitter: Tensor | None = None) -> Tensor:
    """A square around the actor, brought to one size.

    Shapes: (N, 3, H, W), where the actor is (N, h, w) in 0..1, (N, 3) -> (N, 3, CLOSE, CLOSE).
    """
    height, width = x.shape[2:]
    weight = presence.flatten(1)[..., None]  # (N, P, 1)
    total = weight.sum(dim=1)  # (N, 1)
    centre = (weight * _coordinates(presence[:, None])[:, :2].float()).sum(dim=1) / (total + 0.05)  # (N, 2)
    # A square of the actor's area, and room for what is long and thin.
    side = (total[:, 0] / weight.shape[1] * height * width).sqrt()  # (N,) in pixels
    reach = (0.85 * side + 6).clamp(14, height / 2)  # (N,)
    if jitter is not None:
        reach = reach * jitter[:, 2].exp()
    scale = torch.stack([2 * reach / width, 2 * reach / height], dim=1)  # (N, 2)
    if jitter is not None:
        centre = centre + scale * jitter[:, :2]
    matrix = torch.cat([torch.diag_embed(scale), centre[..., None]], dim=2)  # (N, 2, 3)
    grid = F.affine_grid(matrix, [len(x), 3, CLOSE, CLOSE], align_corners=False)
    return F.grid_sample(x.float(), grid, padding_mode="border", align_corners=False).to(x.dtype)


@torch.inference_mode()
def read(model: AttributeClassifier, clips: Sequence[NDArray[np.uint8]], batch: int = 16) -> list[dict[str, str]]:
    """What each clip (T, H, W, 3) shows, by attribute; clips of one shape."""
    found: list[dict[str, str]] = []
    for start in range(0, len(clips), batch):
        x = to_tensor(np.stack(clips[start : start + batch])).to(model.device, model.dtype)  # (B, 3, T, H, W)
        chosen = {name: own.argmax(dim=1).tolist() for name, own in model(x).items()}
        found += [{name: CLASSES[name][numbers[k]] for name, numbers in chosen.items()} for k in range(len(x))]
    return found


def load_classifier(folder: Path) -> AttributeClassifier:
    """The classifier saved in a folder, in bf16. Raises BadInput when there is none that can be read."""
    try:
        model: AttributeClassifier = AttributeClassifier.from_pretrained(folder, dtype=torch.bfloat16)
    except (OSError, ValueError, RuntimeError, SafetensorError) as exc:
        raise BadInput(
            f"There is no attribute classifier in {folder}. Train one with “sora-studio train classifier” and write it "
            "with “sora-studio train export classifier”."
        ) from exc
    return model.to(memory_format=torch.channels_last).eval()
