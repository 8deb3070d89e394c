"""Train the attribute classifier on real renders: which of its values each attribute has. Reads from top to bottom."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from sora_studio.core.request import Frames
from sora_studio.training import checkpoint
from sora_studio.training.config import BUCKETS, CLIP_FRAMES, FPS, Bucket, ClassifierTraining, Run
from sora_studio.training.crops import HELD_OUT_PHOTOS
from sora_studio.training.evaluation.classifier import AttributeClassifier
from sora_studio.training.evaluation.labels import CLASSES, MOVING, STANDING, UNSEEN, as_labels, photo_values, values_of
from sora_studio.training.loop import Log, clock, prepare_device, randomness
from sora_studio.training.optimisers import Trainer
from sora_studio.training.pool import Stream, workers
from sora_studio.training.samples import load_photos_once
from sora_studio.training.sheets import to_tensor
from sora_studio.training.spoiling import spoilt
from sora_studio.training.world.photos import render_photo, sample_photo_scene
from sora_studio.training.world.render import render
from sora_studio.training.world.scene import sample_scene

Kind: TypeAlias = Literal["pictures", "clips"]

MOMENTS = 2
"""Pictures taken from one scene in a batch of pictures: setting a scene up costs more than a frame of it."""


PATTERN: tuple[Kind, ...] = ("pictures", "clips", "pictures", "clips", "pictures")
"""The kinds of batches, over and over."""


@dataclass(frozen=True, slots=True)
class Span:
    """Frames of a take and frames a second."""

    frames: int
    fps: float


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """frames (T, H, W, 3); actor (T, H, W), 1 where the actor is; labels, one an attribute."""

    frames: Frames
    actor: NDArray[np.uint8]
    labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabelledBatches:
    """Makes batch k of pictures, or of clips at half size, with their labels from (seed, k) alone; picklable.

    A batch holds the renders of `reuse` groups, and each group is in as many batches; of every five batches three are
    pictures, which have three times the attributes to teach. The latest groups are remembered, so that each is
    rendered once.
    """

    config: ClassifierTraining
    seed: int

    def __call__(self, number: int) -> dict[str, NDArray[Any]]:
        """Clips (B, T, H, W, 3) uint8, where the actor is (B, T, h, w) as shares of 255 at a sixteenth of the picture's
        size, and labels (B, attributes): of STANDING if T is 1, else of MOVING."""
        rng = np.random.default_rng([self.seed, number, 3])
        turn, place = divmod(number, len(PATTERN))
        kind = PATTERN[place]
        newest = turn * PATTERN.count(kind) + PATTERN[:place].count(kind)
        count = (self.config.image_batch if kind == "pictures" else self.config.batch) // self.config.reuse
        shots = [
            replace(shot, frames=frames, actor=actor)
            for group in range(newest, newest + self.config.reuse)
            for shot in render_group((self.seed, group), kind, count, self.config.photo_share)
            for frames, actor in [spoilt(shot.frames, shot.actor, rng)]
        ]
        return {
            "clips": np.stack([shot.frames for shot in shots]),
            "actor": np.stack([_shrunk(shot.actor) for shot in shots]),
            "labels": np.stack([shot.labels for shot in shots]),
        }


def _shrunk(masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Masks (T, H, W) of 0 and 1 as shares of 255 on the grid of the answers, (T, h, w)."""
    grid = (BUCKETS[0][0] // 16, BUCKETS[0][1] // 16)
    return np.stack([cv2.resize(255 * mask, grid, interpolation=cv2.INTER_AREA) for mask in masks])


@lru_cache(maxsize=16)
def render_group(seed: tuple[int, int], kind: Kind, count: int, photo_share: float) -> tuple[Shot, ...]:
    """The renders of a group: moments of some scenes, or clips at half size."""
    rng = np.random.default_rng([*seed, 4 if kind == "pictures" else 5])
    wide, high = BUCKETS[0]
    shots: list[Shot] = []
    if kind == "pictures":
        while len(shots) < count:
            taken = _take(rng, photo_share, (wide, high), Span(MOMENTS, 1.5), STANDING)
            shots += [Shot(taken.frames[k : k + 1], taken.actor[k : k + 1], taken.labels) for k in range(MOMENTS)]
    else:
        while len(shots) < count:
            shots.append(_take(rng, photo_share, (wide // 2, high // 2), Span(CLIP_FRAMES, FPS), MOVING))
    return tuple(shots)


def _take(rng: np.random.Generator, photo_share: float, size: Bucket, span: Span, names: tuple[str, ...]) -> Shot:
    """One training scene with one actor, or a moving photo."""
    photos = _photos()
    if photos and rng.random() < photo_share:
        photo = sample_photo_scene(rng, sorted(photos))
        taken = render_photo(photo, photos[photo.photo], size=size, frames=span.frames, fps=span.fps)
        return Shot(taken.frames, taken.subject, as_labels(photo_values(photo), names))
    scene = sample_scene(rng, actors=1)
    if names is STANDING:
        scene = replace(scene, loops=False)
    taken = render(scene, size=size, frames=span.frames, fps=span.fps)
    return Shot(taken.frames, taken.subject, as_labels(values_of(scene), names))


def _photos() -> dict[str, Frames]:
    return {name: picture for name, picture in load_photos_once().items() if name not in HELD_OUT_PHOTOS}


def train_classifier(config: ClassifierTraining, run: Run, start: Path | None = None) -> AttributeClassifier:
    """Train or resume; returns the network with its averaged weights.

    `start` is the run folder whose averaged weights a new run begins with, or the folder of an exported classifier.
    """
    device = prepare_device(run)
    torch.manual_seed(run.seed)
    model = AttributeClassifier(**config.model).to(device, memory_format=torch.channels_last)
    trainer = Trainer(model, config.optimisation, torch.bfloat16)

    saved = checkpoint.load(run.folder)
    if saved is not None:
        checkpoint.check_same(saved["config"], config, run.folder)
        trainer.restore(saved["trainer"])
    elif start is not None:
        trainer.begin_with(checkpoint.starting_weights(start, ""))

    log = Log(run.folder)
    with ExitStack() as stack:
        timer = stack.enter_context(clock(run.minutes))
        executor = stack.enter_context(workers(run.workers))
        batches = Stream(LabelledBatches(config, run.seed), trainer.step, executor, ahead=3 * run.workers)
        while trainer.step < config.optimisation.steps and not timer.stopping():
            batch = next(batches)
            clips = to_tensor(batch["clips"]).to(device)  # (B, 3, T, H, W)
            labels = torch.from_numpy(batch["labels"]).to(device)  # (B, 8)
            actor = torch.from_numpy(batch["actor"]).to(device).float() / 255  # (B, T, h, w)
            logits, where, seen = forward(trainer.model, clips, actor, randomness(run.seed, trainer.step))
            loss = attribute_loss(logits, labels, config.subject_weight) + F.binary_cross_entropy_with_logits(
                where.float(), seen
            )
            norm = trainer.update(loss)
            kind = "pictures" if clips.shape[2] == 1 else "clips"
            log.note(len(clips), norm=norm, **{kind: float(loss.detach())}, **shares(right(logits, labels)))

            if trainer.step % run.log_every == 0:
                log.write(trainer.step)
            if timer.due("save", run.save_minutes):
                checkpoint.save(run.folder, trainer.run_state(config, run.seed))
            if timer.due("sheet", run.sheet_minutes):
                log.write(trainer.step, **measure(averaged_copy(trainer, config), run.seed))
        checkpoint.save(run.folder, trainer.run_state(config, run.seed))
    return averaged_copy(trainer, config)


def forward(
    model: torch.nn.Module, clips: Tensor, actor: Tensor, generator: torch.Generator
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """What pictures show, or how clips at half size move, and where the actor was read to be and where it is.

    Half of the pictures are looked at closely where the actor is, half where it is seen to be, as when measuring.
    Shapes: (B, 3, T, H, W), (B, T, h, w) in 0..1 -> (B, values) by attribute, (B, F, h, w) logits, (B, F, h, w).
    """
    assert isinstance(model, AttributeClassifier)
    if clips.shape[2] > 1:
        logits, where = model.read_movement(clips.bfloat16())
        return logits, where, actor[:, model.moments(clips.shape[2])]
    count = len(clips)
    jitter = (torch.rand(count, 3, generator=generator) - 0.5) * torch.tensor([0.4, 0.4, 0.5])  # (B, 3)
    seen = torch.rand(count, 1, 1, generator=generator).to(actor) < 0.5  # (B, 1, 1)
    presence = actor[:, 0].masked_fill(seen, torch.nan)  # (B, h, w)
    logits, where = model.read_pictures(clips[:, :, 0].bfloat16(), presence, jitter.to(actor))
    return logits, where[:, None], actor


def attribute_loss(logits: dict[str, Tensor], labels: Tensor, subject_weight: float = 1.0) -> Tensor:
    """Weighed mean of the attributes' cross-entropies; what can't be seen doesn't count: n x (B, values), (B, n)."""
    parts, weights = [], []
    for (name, own), wanted in zip(logits.items(), labels.unbind(dim=1), strict=True):
        total = F.cross_entropy(own.float(), wanted, ignore_index=UNSEEN, reduction="sum")
        weights.append(subject_weight if name == "subject" else 1.0)
        parts.append(weights[-1] * total / (wanted != UNSEEN).sum().clamp(min=1))
    return torch.stack(parts).sum() / sum(weights)


def right(logits: dict[str, Tensor], labels: Tensor) -> dict[str, tuple[int, int]]:
    """Right answers and answers wanted of each attribute."""
    counts = {}
    for (name, own), wanted in zip(logits.items(), labels.unbind(dim=1), strict=True):
        asked = wanted != UNSEEN  # (B,)
        counts[name] = int((own.argmax(dim=1) == wanted)[asked].sum()), int(asked.sum())
    return counts


def shares(counts: dict[str, tuple[int, int]]) -> dict[str, float]:
    """Accuracy of each attribute that was asked for."""
    return {name: round(good / asked, 4) for name, (good, asked) in counts.items() if asked}


def averaged_copy(trainer: Trainer, config: ClassifierTraining) -> AttributeClassifier:
    """The network with the averaged weights, in bf16, ready to use."""
    return trainer.averaged_model(AttributeClassifier(**config.model)).to(memory_format=torch.channels_last)


@torch.inference_mode()
def measure(model: AttributeClassifier, seed: int, clips: int = 96) -> dict[str, float]:
    """Accuracy on held-out clips at full size, an attribute, as `sora-studio eval` will find it."""
    rng = np.random.default_rng([seed, 81])
    totals: dict[str, tuple[int, int]] = dict.fromkeys(CLASSES, (0, 0))
    for _ in range(clips):
        scene = sample_scene(rng, split="held_out", actors=1)
        x = to_tensor(render(scene, size=BUCKETS[0], frames=CLIP_FRAMES, fps=FPS).frames[None])  # (1, 3, T, H, W)
        found = model(x.to(model.device, model.dtype))
        for name, value in values_of(scene).items():
            good, asked = totals[name]
            totals[name] = good + (int(found[name].argmax()) == CLASSES[name].index(value)), asked + 1
    return {f"held_out_{name}": round(good / max(1, asked), 3) for name, (good, asked) in totals.items()}
