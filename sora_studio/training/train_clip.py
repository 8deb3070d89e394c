"""Train the contrastive pair: clips and captions, each batch a choice among all its texts. Reads from top to bottom."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
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
from sora_studio.training.samples import draw_choices, draw_shape
from sora_studio.training.sheets import to_tensor
from sora_studio.training.world.scene import Split


@dataclass(frozen=True, slots=True)
class PairMaker:
    """Makes batch k of clips and text states from (seed, k) alone; picklable. `model` is the pipeline's folder."""

    config: CLIPTraining
    seed: int
    model: Path
    split: Split = "train"

    def __call__(self, number: int) -> dict[str, Any]:
        """Clips (B, F, H, W, 3) uint8 and B text states (L, D) as int16 views of bf16."""
        rng = np.random.default_rng([self.seed, number, 2])
        shape = draw_shape(rng, self.config.images)
        count = self.config.image_batch if shape.frames == 1 else self.config.batch
        examples = draw_choices(rng, shape, count, self.config.alike, self.split)
        states = encode_texts(self.model, [example.caption for example in examples])
        # The tower looks at every other frame only, so no more need to travel.
        clips = np.stack([example.frames[:: self.config.frame_step] for example in examples])
        return {"clips": clips, "states": [own.view(torch.int16).numpy() for own in states]}


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
            logits = forward(trainer.model, next(batches), device)  # (B, B)
            loss = contrastive_loss(logits)
            norm = trainer.update(loss)
            log.note(len(logits), loss=float(loss.detach()), norm=norm, right=accuracy(logits))

            if trainer.step % run.log_every == 0:
                log.write(trainer.step)
            if timer.due("save", run.save_minutes):
                checkpoint.save(run.folder, trainer.run_state(config, run.seed))
            if timer.due("sheet", run.sheet_minutes):
                log.write(trainer.step, held_out=measure(averaged_copy(trainer, config), config, run, folder))
        checkpoint.save(run.folder, trainer.run_state(config, run.seed))
    return averaged_copy(trainer, config)


def forward(model: torch.nn.Module, batch: dict[str, Any], device: torch.device) -> Tensor:
    """Logits (B, B) of every clip with every text."""
    clips = to_tensor(batch["clips"]).to(device)  # (B, 3, F, H, W)
    states = [torch.from_numpy(own).view(torch.bfloat16) for own in batch["states"]]
    padded = pad_sequence(states, batch_first=True).to(device)  # (B, L, D)
    lengths = torch.tensor([len(own) for own in states])
    mask = (torch.arange(padded.shape[1])[None] < lengths[:, None]).to(device)  # (B, L)
    logits: Tensor = model(clips.bfloat16(), padded, mask)  # (B, B)
    return logits


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
    return round(float(np.mean([accuracy(forward(model, maker(k), device)) for k in range(3)])), 3)
