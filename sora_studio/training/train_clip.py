"""Train the contrastive pair: clips and captions, each batch a choice among all its texts. Reads from top to bottom."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from sora_studio.model.clip import SoraCLIPModel
from sora_studio.training import checkpoint
from sora_studio.training.config import CLIPTraining, Run
from sora_studio.training.latents import encode_texts
from sora_studio.training.loop import Log, clock, prepare_device
from sora_studio.training.losses import contrastive_loss
from sora_studio.training.optimisers import Trainer
from sora_studio.training.pool import Stream, workers
from sora_studio.training.samples import draw_casts, draw_choices, draw_shape
from sora_studio.training.sheets import to_tensor
from sora_studio.training.spoiling import misdrawn, spoilt
from sora_studio.training.world.scene import Split


@dataclass(frozen=True, slots=True)
class PairMaker:
    """Makes batch k of clips and text states from (seed, k) alone; picklable. `model` is the pipeline's folder."""

    config: CLIPTraining
    seed: int
    model: Path
    split: Split = "train"

    def __call__(self, number: int) -> dict[str, Any]:
        """Clips (B, F, H, W, 3) uint8, where actors are in their first frames (B, H, W) uint8, and B text states (L, D)
        as int16 views of bf16."""
        rng = np.random.default_rng([self.seed, number, 2])
        shape = draw_shape(rng, self.config.images)
        count = self.config.image_batch if shape.frames == 1 else self.config.batch
        draw = draw_casts if shape.frames == 1 and rng.random() < self.config.named else draw_choices
        examples = draw(rng, shape, count, self.config.alike, self.split)
        states = encode_texts(self.model, [example.caption for example in examples])
        # The tower looks at every other frame only, so no more need to travel.
        taken = [
            (example.frames[:: self.config.frame_step], example.subject[:: self.config.frame_step])
            for example in examples
        ]
        if rng.random() < self.config.spoilt:
            taken = [spoilt(misdrawn(frames, rng), subject, rng) for frames, subject in taken]
        clips, subject = np.stack([frames for frames, _ in taken]), np.stack([subject[0] for _, subject in taken])
        return {"clips": clips, "subject": subject, "states": [own.view(torch.int16).numpy() for own in states]}


def train_clip(config: CLIPTraining, run: Run, folder: Path, start: Path | None = None) -> SoraCLIPModel:
    """Train or resume; returns the network with its averaged weights.

    `folder` is the pipeline with the text tower, `start` the run or pipeline folder to begin a new run with.
    """
    device = prepare_device(run)
    torch.manual_seed(run.seed)
    trainer = Trainer(SoraCLIPModel(**config.model).to(device), config.optimisation, torch.bfloat16)

    saved = checkpoint.load(run.folder)
    if saved is not None:
        checkpoint.check_same(saved["config"], config, run.folder)
        trainer.restore(saved["trainer"])
    elif start is not None:
        trainer.begin_with(checkpoint.starting_weights(start, "clip"))

    log = Log(run.folder)
    with ExitStack() as stack:
        timer = stack.enter_context(clock(run.minutes))
        executor = stack.enter_context(workers(run.workers))
        batches = Stream(PairMaker(config, run.seed, folder), trainer.step, executor, ahead=2 * run.workers)
        while trainer.step < config.optimisation.steps and not timer.stopping():
            logits, seen = forward(trainer.model, next(batches), device)  # (B, B), scalar
            loss = contrastive_loss(logits)
            norm = trainer.update(loss + config.seen_weight * seen)
            found = {"loss": float(loss.detach()), "seen": float(seen.detach()), "right": accuracy(logits)}
            log.note(len(logits), norm=norm, **found)

            if trainer.step % run.log_every == 0:
                log.write(trainer.step)
            if timer.due("save", run.save_minutes):
                checkpoint.save(run.folder, trainer.run_state(config, run.seed))
            if timer.due("sheet", run.sheet_minutes):
                log.write(trainer.step, held_out=measure(averaged_copy(trainer, config), config, run, folder))
        checkpoint.save(run.folder, trainer.run_state(config, run.seed))
    return averaged_copy(trainer, config)


def forward(model: torch.nn.Module, batch: dict[str, Any], device: torch.device) -> tuple[Tensor, Tensor]:
    """Logits (B, B) of every clip with every text, and the cross-entropy of where its actors are."""
    assert isinstance(model, SoraCLIPModel)
    clips = to_tensor(batch["clips"]).to(device)  # (B, 3, F, H, W)
    states = [torch.from_numpy(own).view(torch.bfloat16) for own in batch["states"]]
    padded = pad_sequence(states, batch_first=True).to(device)  # (B, L, D)
    lengths = torch.tensor([len(own) for own in states])
    mask = (torch.arange(padded.shape[1])[None] < lengths[:, None]).to(device)  # (B, L)
    video, seen = model.look(clips.bfloat16())  # (B, J), (B, F, h, w)
    subject = torch.from_numpy(batch["subject"]).to(device).float()[:, None]  # (B, 1, H, W)
    share = F.adaptive_avg_pool2d(subject, seen.shape[2:])  # (B, 1, h, w)
    found = F.binary_cross_entropy_with_logits(seen[:, :1].float(), share)
    return model.logits(video, padded, mask), found


def accuracy(logits: Tensor) -> float:
    """Share of clips whose own text scores highest."""
    return float((logits.argmax(dim=1) == torch.arange(len(logits), device=logits.device)).float().mean())


def averaged_copy(trainer: Trainer, config: CLIPTraining) -> SoraCLIPModel:
    """The network with the averaged weights, in bf16, ready to use."""
    return trainer.averaged_model(SoraCLIPModel(**config.model))


@torch.no_grad()
def measure(model: SoraCLIPModel, config: CLIPTraining, run: Run, folder: Path) -> float:
    """Share of held-out clips whose own text wins among a batch."""
    maker = PairMaker(config, run.seed, folder, split="held_out")
    device = next(model.parameters()).device
    return round(float(np.mean([accuracy(forward(model, maker(k), device)[0]) for k in range(3)])), 3)
