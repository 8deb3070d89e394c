"""Train the diffusion transformer: mostly images first, then clips with every task. Reads from top to bottom."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sora_studio.model.canvas import canvas_from_latents
from sora_studio.model.transformer import SoraTransformer3DModel, patchify
from sora_studio.training import checkpoint
from sora_studio.training.config import LATENT_PIXEL, DiTTraining, Run
from sora_studio.training.few_steps import Teacher, draw_levels, draw_scales, few_step_loss, guided_flow
from sora_studio.training.latents import Chunk, ChunkMaker, caption_means, encode_texts, fingerprint
from sora_studio.training.loop import Log, clock, prepare_device, randomness
from sora_studio.training.losses import (
    change_loss,
    flow_loss,
    forward_process,
    level_weight,
    moving_loss,
    sample_sigma,
    seen_loss,
)
from sora_studio.training.optimisers import Trainer
from sora_studio.training.pool import Stream, workers
from sora_studio.training.prompts import write_prompt_sheet

BINS = 8
"""Noise levels at which the loss is reported, evenly over 0..1."""

POOL = "pool.pt"


def train_dit(config: DiTTraining, run: Run, folder: Path, start: Path | None = None) -> SoraTransformer3DModel:
    """Train or resume; returns the network with its averaged weights.

    Args:
        config: the diet.
        run: the run folder, which holds checkpoint, log and sheets, and the limits.
        folder: the pipeline whose VAE and text tower make the latents and the text states.
        start: run folder of an earlier stage, or pipeline folder, whose weights a new run begins with.
    """
    device = prepare_device(run)
    torch.manual_seed(run.seed)
    model = SoraTransformer3DModel(**config.model).to(device)
    saved = checkpoint.load(run.folder)
    begun = first_weights(model, run, folder, start) if saved is None else {}
    trainer = Trainer(model, config.optimisation, torch.bfloat16)

    if saved is not None:
        checkpoint.check_same(saved["config"], config, run.folder)
        trainer.restore(saved["trainer"])
    else:
        trainer.begin_with(begun)
    trainer.hold_all_but(config.only)

    log = Log(run.folder)
    (nothing,) = encode_texts(folder, [""])  # (2, D): the states of "no prompt"
    teacher = Teacher(averaged_copy(trainer, config), nothing.to(device)) if config.few_steps is not None else None
    with ExitStack() as stack:
        timer = stack.enter_context(clock(run.minutes))
        executor = stack.enter_context(workers(run.workers))
        pool = Pool(config, Stream(ChunkMaker(config, run.seed, folder), 0, executor, ahead=4 * run.workers))
        pool.fill(trainer.step, checkpoint.load(run.folder, POOL), fingerprint(folder))
        while trainer.step < config.optimisation.steps and not timer.stopping():
            batch = pool.draw(np.random.default_rng([run.seed, trainer.step, 1]), trainer.step, nothing).to(device)
            generator = randomness(run.seed, trainer.step)
            if teacher is not None and is_few_step(config, trainer.step):
                teacher.network.load_state_dict(trainer.averaged())
                losses = forward_few(trainer.model, teacher, batch, config, generator)  # (B,)
                noted = {"loss_draft": float(losses.detach().mean())}
            else:
                flow, change, seen, moves, sigma = forward(model, batch, config, generator)  # (B,) each
                weight = level_weight(sigma, config.full_weight)  # (B,)
                told = config.seen_weight * seen + config.moves_weight * moves  # (B,)
                losses = (flow + config.change_weight * change) * weight + told  # (B,)
                parts = {"loss": flow, "change": change, "seen": seen, "moves": moves}
                noted = {name: float(part.detach().mean()) for name, part in parts.items()}
                noted |= by_level(flow.detach(), sigma)
            norm = trainer.update(losses.mean())
            log.note(len(losses), norm=norm, **noted)

            if trainer.step % run.log_every == 0:
                log.write(trainer.step, frames=batch.strengths.shape[1])
            if timer.due("save", run.save_minutes):
                save(trainer, config, run, pool, folder)
            if timer.due("sheet", run.sheet_minutes):
                frames = 1 if config.stage == "images" else batch.strengths.shape[1]
                write_prompt_sheet(
                    run.folder / f"sheet-{trainer.step}.png", averaged_copy(trainer, config), folder, frames
                )
        save(trainer, config, run, pool, folder)
    return averaged_copy(trainer, config)


def first_weights(model: SoraTransformer3DModel, run: Run, folder: Path, start: Path | None) -> dict[str, Tensor]:
    """The weights of `start` that a new run begins with; in which directions captions differ is measured for `model`
    when they don't know it."""
    weights = checkpoint.starting_weights(start, "transformer") if start is not None else {}
    if not any(name.startswith("text_sense.") for name in weights):
        model.text_sense.whiten(caption_means(folder, run.seed).to(model.device))
    return weights


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one step learns from; fields as in `Chunk`, text states padded."""

    latents: Tensor  # (B, Z, G, h, w)
    canvas: Tensor  # (B, Z, G, h, w)
    strengths: Tensor  # (B, T)
    subject: Tensor  # (B, G, h, w)
    outline: Tensor  # (B, G, c*h, c*w)
    offset: Tensor  # (B, 2, G, h, w) places from the subject's middle, see `offsets`
    moves: Tensor  # (B, 2, G, h/2, w/2)
    states: Tensor  # (B, L, D)
    mask: Tensor  # (B, L)

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        return Batch(*(getattr(self, item.name).to(device) for item in fields(self)))


class Pool:
    """The newest `window` chunks of the stream. Step k may use chunks up to k + head_start; one is added each step.

    Which chunks are in it at a step is a matter of numbers alone, so a resumed run finds the same pool.
    """

    def __init__(self, config: DiTTraining, stream: Stream[dict[str, Any]]) -> None:
        self.config = config
        self.stream = stream
        self.chunks: deque[tuple[int, Chunk]] = deque(maxlen=config.window)

    def fill(self, step: int, saved: dict[str, Any] | None, mark: str) -> None:
        """Bring the pool to where it was before `step`, from saved chunks if they were made by the same encoders."""
        first = max(0, step + self.config.head_start - self.config.window)
        known = saved["chunks"] if saved is not None and saved["mark"] == mark else {}
        self.stream.position = first
        while self.stream.position in known and self.stream.position < step + self.config.head_start:
            number = self.stream.position
            self.chunks.append((number, Chunk.unpack_saved(known[number])))
            self.stream.position += 1

    def draw(self, rng: np.random.Generator, step: int, nothing: Tensor) -> Batch:
        """The batch of a step: a random chunk decides the shape, all chunks of that shape give the examples.

        Some image steps take close-ups: more examples for the same work, and in each of them mostly the subject.
        """
        while self.stream.position <= step + self.config.head_start:
            number = self.stream.position
            self.chunks.append((number, Chunk.unpack(next(self.stream))))
        shape = self.chunks[int(rng.integers(len(self.chunks)))][1].shape
        places = [(chunk, k) for _, chunk in self.chunks if chunk.shape == shape for k in range(len(chunk.latents))]
        close = shape[1] == 1 and rng.random() < self.config.close_share
        count = self.config.close_batch if close else self.config.batch(shape[1], shape[2] * shape[3] * LATENT_PIXEL**2)
        chosen = [places[int(k)] for k in rng.choice(len(places), count, replace=len(places) < count)]
        dropped = rng.random(count) < self.config.drop_caption
        texts = [nothing if drop else chunk.states[k] for (chunk, k), drop in zip(chosen, dropped, strict=True)]
        longest = max(len(text) for text in texts)
        states = torch.zeros(count, longest, nothing.shape[1], dtype=nothing.dtype)  # (B, L, D)
        mask = torch.zeros(count, longest, dtype=torch.bool)  # (B, L)
        for row, text in enumerate(texts):
            states[row, : len(text)] = text
            mask[row, : len(text)] = True
        side = self.config.close_side
        places_inside = offsets(torch.stack([chunk.subject[k] for chunk, k in chosen]))  # (B, 2, G, h, w)
        windows = [close_up(chunk.subject[k], side, rng) if close else WHOLE for chunk, k in chosen]
        seen = [(chunk, k, window) for (chunk, k), window in zip(chosen, windows, strict=True)]
        return Batch(
            torch.stack([chunk.latents[k][window] for chunk, k, window in seen]),
            torch.stack([chunk.canvas[k][window] for chunk, k, window in seen]),
            torch.stack([chunk.strengths[k] for chunk, k in chosen]),
            torch.stack([chunk.subject[k][window] for chunk, k, window in seen]),
            torch.stack([chunk.outline[k][enlarged(window, self.config.cells)] for chunk, k, window in seen]),
            torch.stack([own[window] for own, window in zip(places_inside, windows, strict=True)]),
            torch.stack([chunk.moves[k][enlarged(window, 0.5)] for chunk, k, window in seen]),
            states,
            mask,
        )


def offsets(subject: Tensor) -> Tensor:
    """Where latent pixels are from the middle of the subject, across and down, in units of the root of its area.

    Shapes: (B, G, h, w) bool -> (B, 2, G, h, w) float32, within -2..2; zero in frames without a subject.
    """
    weight = subject.float()  # (B, G, h, w)
    area = weight.sum(dim=(2, 3), keepdim=True)  # (B, G, 1, 1)
    down, across = torch.meshgrid(*(torch.arange(float(n)) for n in subject.shape[2:]), indexing="ij")  # (h, w) each
    away = [
        (axis - (weight * axis).sum(dim=(2, 3), keepdim=True) / area.clamp(min=1)) / area.clamp(min=1).sqrt()
        for axis in (across, down)
    ]  # (B, G, h, w) each
    return torch.stack(away, dim=1).clamp(-2, 2) * (area > 0)[:, None]


Window = tuple[Any, slice, slice]

WHOLE: Window = (..., slice(None), slice(None))
"""The whole of a latent."""


def enlarged(window: Window, scale: float) -> Window:
    """The same window of what is so many times as large: cells, or, halved, tokens."""
    rows, columns = (
        slice(*(None if edge is None else int(edge * scale) for edge in (s.start, s.stop))) for s in window[1:]
    )
    return (..., rows, columns)


def close_up(subject: Tensor, side: int, rng: np.random.Generator) -> Window:
    """A square window of a latent, `side` wide and cut between patches, around a place that the subject holds.

    Args:
        subject: (1, h, w) bool; where it is empty, any place will do.
        side: even number of latent pixels.
        rng: decides the place.
    """
    height, width = subject.shape[1:]
    held = subject[0].nonzero()  # (n, 2)
    if len(held):
        row, column = held[int(rng.integers(len(held)))].tolist()
    else:
        row, column = int(rng.integers(height)), int(rng.integers(width))
    top = min(max(0, row - side // 2), height - side) // 2 * 2
    left = min(max(0, column - side // 2), width - side) // 2 * 2
    return (..., slice(top, top + side), slice(left, left + side))


def conditions(batch: Batch, config: DiTTraining, generator: torch.Generator) -> dict[str, Tensor]:
    """Everything the transformer is told besides the noisy latent and its level."""
    groups = batch.latents.shape[2]
    per_group = (batch.strengths.shape[1] - 1) // (groups - 1) if groups > 1 else config.frames_per_group
    canvas, strength = canvas_from_latents(batch.canvas.float(), batch.strengths, per_group, generator)
    return {
        "canvas": canvas.bfloat16(),
        "strength": strength.bfloat16(),
        "encoder_hidden_states": batch.states,
        "encoder_attention_mask": batch.mask,
    }


def forward(
    model: SoraTransformer3DModel, batch: Batch, config: DiTTraining, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """One pass: noise the latents, predict the velocity, compare.

    Returns, (B,) each: the losses of the flow and of its changes, how badly the stream knows where the subject is and
    what moves (0 for images), and sigma.
    """
    data = batch.latents.float()  # (B, Z, G, h, w)
    shift = config.shift if data.shape[2] == 1 else config.clip_shift
    sigma = sample_sigma(len(data), generator, shift=shift, spread=config.spread).to(data.device)  # (B,)
    noise = torch.randn(data.shape, generator=generator).to(data.device)  # (B, Z, G, h, w)
    noisy = forward_process(data, noise, sigma)  # (B, Z, G, h, w)
    told = conditions(batch, config, generator)
    stream: list[Tensor] = []
    with model.seeing_block.register_forward_hook(lambda _module, _inputs, x: stream.append(x)):
        velocity = model(hidden_states=noisy.bfloat16(), timestep=sigma, return_dict=False, **told)[0]  # as data
    weight = 1 + (config.subject_weight - 1) * batch.subject.float()  # (B, G, h, w)
    patch = model.config.patch_size
    outline = patchify(batch.outline[:, None], patch * model.config.outline)  # (B, S, n)
    offset = patchify(batch.offset, patch).unflatten(2, (2, -1)).mean(dim=3)  # (B, S, 2)
    seen = seen_loss(*model.see(stream[0]), outline, offset)  # (B,)
    moves = moving_loss(model.moving(stream[0]), patchify(batch.moves, 1)) * (data.shape[2] > 1)  # (B,)
    return flow_loss(velocity, data, noise, weight), change_loss(velocity, data, noise), seen, moves, sigma


def is_few_step(config: DiTTraining, step: int) -> bool:
    """Whether a step teaches the few-step mode: every n-th, so that a resumed run does the same."""
    return config.few_steps is not None and step % round(1 / config.few_steps.share) == 0


def forward_few(
    model: torch.nn.Module,
    teacher: Teacher,
    batch: Batch,
    config: DiTTraining,
    generator: torch.Generator,
) -> Tensor:
    """One pass of the few-step mode: the teacher leads the way in several steps, the network follows in one: (B,)."""
    assert config.few_steps is not None
    data = batch.latents.float()  # (B, Z, G, h, w)
    levels = draw_levels(len(data), config.few_steps, generator).to(data.device)  # (B, n+1)
    scale = draw_scales(len(data), config.few_steps, generator).to(data.device)  # (B,)
    noise = torch.randn(data.shape, generator=generator).to(data.device)  # (B, Z, G, h, w)
    start = forward_process(data, noise, levels[:, 0])  # (B, Z, G, h, w)
    told = conditions(batch, config, generator)
    end = guided_flow(teacher, start, levels, scale, told)  # (B, Z, G, h, w)
    velocity = model(hidden_states=start.bfloat16(), timestep=levels[:, 0], guidance=scale, return_dict=False, **told)[
        0
    ]  # (B, Z, G, h, w)
    weight = 1 + (config.subject_weight - 1) * batch.subject.float()  # (B, G, h, w)
    return few_step_loss(velocity, start, end, levels, weight)


def by_level(losses: Tensor, sigma: Tensor) -> dict[str, float]:
    """Mean loss of the clips in each eighth of the noise levels that occurred."""
    levels = (sigma * BINS).long().clamp(max=BINS - 1)  # (B,)
    return {f"loss_{int(level)}": float(losses[levels == level].mean()) for level in levels.unique()}


def save(trainer: Trainer, config: DiTTraining, run: Run, pool: Pool, folder: Path) -> None:
    """Write the checkpoint and, as a saving of time only, the pool."""
    checkpoint.save(run.folder, trainer.run_state(config, run.seed))
    chunks = {number: chunk.saved() for number, chunk in pool.chunks}
    checkpoint.save(run.folder, {"mark": fingerprint(folder), "chunks": chunks}, POOL)


def averaged_copy(trainer: Trainer, config: DiTTraining) -> SoraTransformer3DModel:
    """The network with the averaged weights, in bf16, ready to use."""
    return trainer.averaged_model(SoraTransformer3DModel(**config.model))
