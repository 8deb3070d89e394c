"""Chunks of examples as the transformer takes them: VAE latents and text states, made once and used several times."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from sora_studio.core.request import Frames
from sora_studio.model.canvas import hold
from sora_studio.model.text import encode_prompts, load_text_tower
from sora_studio.model.vae import AutoencoderSora
from sora_studio.training.config import BUCKETS, CLIP_FRAMES, FPS, LATENT_PIXEL, SMALL, DiTTraining
from sora_studio.training.samples import Example, Shape, draw_examples, draw_shape
from sora_studio.training.sheets import to_tensor
from sora_studio.training.world.captions import any_caption
from sora_studio.training.world.render import render
from sora_studio.training.world.scene import sample_scene

CAPTIONS = 2048
"""Captions whose means say in which directions texts differ: some for each of the text states' dimensions."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """n encoded examples of one shape. Everything is a tensor, so that checkpoints can hold it.

    Attributes:
        latents: (n, Z, G, h, w) bf16, normalised.
        canvas: (n, Z, G, h, w) bf16, normalised latents of the canvas, held, before strengths act on them.
        strengths: (n, T) float32.
        subject: (n, G, h, w) bool, where an actor is in the latent.
        outline: (n, G, c*h, c*w) bool, the same in cells, `DiTTraining.cells` along the edge of a latent pixel.
        moves: (n, 2, G, h/2, w/2) float32, how the picture moves, see `moves_of`.
        states: n text states (L, D) bf16 of different lengths.
    """

    latents: Tensor
    canvas: Tensor
    strengths: Tensor
    subject: Tensor
    outline: Tensor
    moves: Tensor
    states: tuple[Tensor, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """What examples of one batch must share: (Z, G, h, w)."""
        return tuple(self.latents.shape[1:])

    def pack(self) -> dict[str, Any]:
        """Plain arrays, cheap to send between processes."""
        return {
            "latents": self.latents.view(torch.int16).numpy(),
            "canvas": self.canvas.view(torch.int16).numpy(),
            "strengths": self.strengths.numpy(),
            "subject": self.subject.numpy(),
            "outline": self.outline.numpy(),
            "moves": self.moves.numpy(),
            "states": [states.view(torch.int16).numpy() for states in self.states],
        }

    def saved(self) -> dict[str, Any]:
        """As tensors in a dict, for a checkpoint."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def unpack_saved(cls, saved: dict[str, Any]) -> Chunk:
        """The inverse of `saved`."""
        return cls(**{**saved, "states": tuple(saved["states"])})

    @classmethod
    def unpack(cls, packed: dict[str, Any]) -> Chunk:
        """The inverse of `pack`."""

        def bf16(array: Any) -> Tensor:
            return torch.from_numpy(array).view(torch.bfloat16)

        return cls(
            bf16(packed["latents"]),
            bf16(packed["canvas"]),
            torch.from_numpy(packed["strengths"]),
            torch.from_numpy(packed["subject"]),
            torch.from_numpy(packed["outline"]),
            torch.from_numpy(packed["moves"]),
            tuple(bf16(states) for states in packed["states"]),
        )


@dataclass(frozen=True, slots=True)
class ChunkMaker:
    """Makes chunk k from (seed, k) alone; picklable, so that it runs in a worker. `model` is the pipeline's folder."""

    config: DiTTraining
    seed: int
    model: Path

    def __call__(self, number: int) -> dict[str, Any]:
        """Chunk `number`, packed. A chunk feeds one step if it is used `reuse` times, so a step asks for one chunk."""
        rng = np.random.default_rng([self.seed, number, self.config.stage == "clips"])
        shape = draw_shape(rng, self.config.images)
        if shape.frames > 1 and rng.random() < self.config.small_share:
            shape = Shape(shape.frames, SMALL[BUCKETS.index(shape.size)])
        count = max(1, round(self.config.batch(shape.frames, shape.size[0] * shape.size[1]) / self.config.reuse))
        tasks, photos, often = self.config.tasks, self.config.photo_share, self.config.often
        examples = draw_examples(rng, shape, count, tasks, photos, often)
        return encode(examples, self.model, self.config.cells).pack()


@lru_cache(maxsize=1)
def load_vae(folder: Path) -> AutoencoderSora:
    """The trained autoencoder of a pipeline folder, in bf16."""
    vae: AutoencoderSora = AutoencoderSora.from_pretrained(folder / "vae", torch_dtype=torch.bfloat16)
    return vae.to(memory_format=torch.channels_last).eval()


@lru_cache(maxsize=1)
def _text(folder: Path) -> tuple[Any, Any]:
    return load_text_tower(folder, torch.bfloat16)


def fingerprint(folder: Path) -> str:
    """A mark of the encoders in a pipeline folder: cached latents and states of others must not be used."""
    digest = hashlib.blake2s()
    for part in ("vae/config.json", "vae/diffusion_pytorch_model.safetensors", "text_encoder/config.json"):
        digest.update((folder / part).read_bytes())
    return digest.hexdigest()


@torch.no_grad()
def encode_texts(folder: Path, texts: list[str]) -> tuple[Tensor, ...]:
    """Text states (L, D) bf16 of each text, without padding."""
    states, mask = encode_prompts(*_text(folder), texts)
    return tuple(own[keep].bfloat16() for own, keep in zip(states, mask, strict=True))


def caption_means(folder: Path, seed: int, count: int = CAPTIONS) -> Tensor:
    """Means of the text states of `count` captions of random scenes, (count, D) float32."""
    rng = np.random.default_rng([seed, 83])
    found: list[Tensor] = []
    while len(found) < count:
        scenes = [sample_scene(rng) for _ in range(min(64, count - len(found)))]
        captions = [any_caption(scene, rng) for scene in scenes]
        found += [states.float().mean(dim=0) for states in encode_texts(folder, captions)]
    return torch.stack(found)


@torch.no_grad()
def encode(examples: list[Example], folder: Path, cells: int = 1) -> Chunk:
    """Examples of one shape as a chunk, outlines in so many cells along the edge of a latent pixel.

    The mean of the latent's distribution is taken: its spread is small.
    """
    vae = load_vae(folder)

    def latents(clips: Tensor) -> Tensor:
        return vae.normalise(vae.encode(clips.bfloat16(), return_dict=False)[0].mode()).contiguous()

    strengths = torch.from_numpy(np.stack([example.strengths for example in examples]))  # (n, T)
    target = latents(to_tensor(np.stack([example.frames for example in examples])))  # (n, Z, G, h, w)
    canvas = torch.zeros_like(target)
    some = strengths.amax(dim=1) > 0  # (n,)
    if bool(some.any()):
        given = to_tensor(np.stack([example.given for example in examples]))[some]  # (m, 3, T, H, W)
        canvas[some] = latents(hold(given, strengths[some]))
    masks = torch.from_numpy(np.stack([example.subject for example in examples]))  # (n, T, H, W)
    states = encode_texts(folder, [example.caption for example in examples])
    moves = np.stack([moves_of(example.frames, target.shape[2]) for example in examples])  # (n, 2, G, h/2, w/2)
    groups, height, width = target.shape[2:]
    subject = fold_mask(masks, (groups, height, width))  # (n, G, h, w)
    outline = fold_mask(masks, (groups, cells * height, cells * width), 0.5)  # (n, G, c*h, c*w)
    return Chunk(target, canvas, strengths, subject, outline, torch.from_numpy(moves), states)


def fold_mask(masks: Tensor, size: Sequence[int], least: float = 0.1) -> Tensor:
    """Where a place of size (G, h, w) holds more than a share of the subject: (n, T, H, W) uint8 -> (n, G, h, w)."""
    groups, height, width = size
    frames = (masks.shape[1] - 1) // max(1, groups - 1) if groups > 1 else 1
    padded = torch.cat([masks[:, :1].expand(-1, frames - 1, -1, -1), masks], dim=1)  # (n, G*f, H, W)
    share = F.adaptive_avg_pool3d(padded[:, None].float(), (groups, height, width))[:, 0]  # (n, G, h, w)
    return share > least


def moves_of(frames: Frames, groups: int) -> NDArray[np.float32]:
    """Where the pictures of a clip move, across and down in quarters of a latent pixel a frame, at most four.

    Optical flow in the middle of each latent frame's time (Kroeger et al. 2016), found at half size.

    Args:
        frames: (T, H, W, 3) uint8.
        groups: G latent frames.

    Returns:
        (2, G, H/16, W/16); 0 if there is one frame only.
    """
    count, height, width = frames.shape[:3]
    grid = (width // (2 * LATENT_PIXEL), height // (2 * LATENT_PIXEL))
    moves = np.zeros((2, groups, grid[1], grid[0]), np.float32)
    if count == 1:
        return moves
    span = (count - 1) // (groups - 1)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    for group in range(groups):
        first = max(0, (group - 1) * span + span // 2)
        pair = [
            cv2.resize(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            for frame in frames[first : first + 2]
        ]
        start = np.zeros((height // 2, width // 2, 2), np.float32)
        way = cv2.resize(finder.calc(pair[0], pair[1], start), grid, interpolation=cv2.INTER_AREA)  # half pixels
        moves[:, group] = np.moveaxis(way, 2, 0)
    return np.clip(moves * (2 * 4 / LATENT_PIXEL), -4, 4)


@torch.no_grad()
def measure_latents(vae: AutoencoderSora, seed: int, clips: int) -> tuple[list[float], list[float]]:
    """Mean and deviation of each latent channel over rendered clips: what `normalise` needs."""
    rng = np.random.default_rng([seed, 79])
    values = []
    for k in range(clips):
        clip = render(sample_scene(rng), size=BUCKETS[k % len(BUCKETS)], frames=CLIP_FRAMES, fps=FPS).frames
        z = vae.encode(to_tensor(clip[None]).to(vae.dtype), return_dict=False)[0].mode()  # (1, Z, G, h, w)
        values.append(z[0].float().flatten(1))  # (Z, G*h*w)
    together = torch.cat(values, dim=1)  # (Z, N)
    return together.mean(dim=1).tolist(), together.std(dim=1).tolist()
