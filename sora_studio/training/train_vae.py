"""Train the autoencoder: crops of renders and photos in, the same crops out. Reads from top to bottom."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor

from sora_studio.model.vae import AutoencoderSora
from sora_studio.training import checkpoint
from sora_studio.training.config import CLIP_FRAMES, Run, VAETraining
from sora_studio.training.crops import CropBatches, held_out_clips, moving_photo_clips
from sora_studio.training.loop import Log, clock, prepare_device, randomness
from sora_studio.training.losses import preview_loss, psnr, vae_loss
from sora_studio.training.optimisers import Trainer
from sora_studio.training.pool import Stream, workers
from sora_studio.training.sheets import moments, to_frames, to_tensor, write_sheet

LINEAR_BATCHES = 24
"""Batches whose patches give the linear path its principal components: some ten thousand patches."""


def train_vae(config: VAETraining, run: Run, start: Path | None = None) -> AutoencoderSora:
    """Train or resume; returns the network with its averaged weights. The run folder holds checkpoint, log and sheets.

    `start` is the run or pipeline folder whose weights a new run begins with.
    """
    device = prepare_device(run)
    torch.manual_seed(run.seed)
    model = AutoencoderSora(**config.model).to(device, memory_format=torch.channels_last)
    saved = checkpoint.load(run.folder)
    if saved is None and start is None:  # principal components reach 25 dB before the first step
        begin_linear(model, CropBatches(config, run.seed))
    trainer = Trainer(model, config.optimisation, torch.bfloat16)
    if saved is not None:
        checkpoint.check_same(saved["config"], config, run.folder)
        trainer.restore(saved["trainer"])
    elif start is not None:
        trainer.begin_with(checkpoint.starting_weights(start, "vae"))

    log = Log(run.folder)
    with ExitStack() as stack:
        timer = stack.enter_context(clock(run.minutes))
        executor = stack.enter_context(workers(run.workers))
        # The number of a batch is the number of its step: that is the whole data position.
        batches = Stream(CropBatches(config, run.seed), trainer.step, executor, ahead=4 * run.workers)
        while trainer.step < config.optimisation.steps and not timer.stopping():
            clips = to_tensor(next(batches)).to(device)  # (B, 3, T, S, S)
            parts = forward(trainer.model, clips, config, randomness(run.seed, trainer.step))
            norm = trainer.update(parts["loss"])
            log.note(len(clips), norm=norm, **{name: float(part.detach()) for name, part in parts.items()})

            if trainer.step % run.log_every == 0:
                log.write(trainer.step, frames=clips.shape[2])
            if timer.due("save", run.save_minutes):
                checkpoint.save(run.folder, trainer.run_state(config, run.seed))
            if timer.due("sheet", run.sheet_minutes):
                averaged = averaged_copy(trainer, config)
                log.write(trainer.step, **measure(averaged, run))
        checkpoint.save(run.folder, trainer.run_state(config, run.seed))
    return averaged_copy(trainer, config)


def begin_linear(model: AutoencoderSora, batches: CropBatches) -> None:
    """Set the linear path from batches that training will not reach, all cut to one length."""
    clips = [to_tensor(batches(10**9 + number)) for number in range(LINEAR_BATCHES)]
    clips = [clip[:, :, :9] for clip in clips if clip.shape[2] >= 9]
    model.begin_linear(torch.cat(clips).to(model.device))


def forward(
    model: torch.nn.Module, clips: Tensor, config: VAETraining, generator: torch.Generator
) -> dict[str, Tensor]:
    """One pass: encode, draw a latent, decode it large and small; returns the loss and its parts."""
    assert isinstance(model, AutoencoderSora)
    folded = model.fold_clip(clips.bfloat16())  # (B*G, P, S/p, S/p)
    with torch.set_grad_enabled(not config.decoder_only and torch.is_grad_enabled()):
        posterior = model.encode_folded(folded, model.latent_frames(clips.shape[2]))
    noise = torch.randn(posterior.mean.shape, generator=generator).to(posterior.mean)  # (B, Z, G, h, w)
    z = posterior.mean + posterior.std * noise  # (B, Z, G, h, w)
    if config.latent_noise:
        level = config.latent_noise * torch.rand(len(z), 1, 1, 1, 1, generator=generator).to(z)
        z = z + level * torch.randn(z.shape, generator=generator).to(z)  # (B, Z, G, h, w)
    again = model.decode_folded(z)  # (B*G, P, S/p, S/p)
    kl = posterior.kl().flatten(1).sum(dim=1)  # (B,): diffusers sums the dimensions of a picture only
    parts = vae_loss(folded, again, kl, kl_weight=config.kl, square_weight=config.square)
    # The latent is cut off: a preview head reads the latent, it must not shape it.
    parts["preview"] = preview_loss(clips, model.decode_preview(z.detach()))
    parts["loss"] = parts["loss"] + config.preview * parts["preview"]
    return parts


def averaged_copy(trainer: Trainer, config: VAETraining) -> AutoencoderSora:
    """The network with the averaged weights, in bf16, ready to use."""
    return trainer.averaged_model(AutoencoderSora(**config.model))


@torch.no_grad()
def measure(model: AutoencoderSora, run: Run) -> dict[str, float]:
    """PSNR on held-out renders and photos in dB, and a sheet of both: originals over reconstructions."""
    device = next(model.parameters()).device
    found: dict[str, float] = {}
    rows = []
    for name, clips in (
        ("psnr", held_out_clips(run.seed, 8, CLIP_FRAMES)),
        ("psnr_photos", moving_photo_clips(run.seed, 6, CLIP_FRAMES)),
    ):
        values = []
        for clip in clips:
            x = to_tensor(clip[None]).to(device)  # (1, 3, T, H, W)
            again = model(x.bfloat16()).sample  # (1, 3, T, H, W)
            values.append(float(psnr(x, again)))
            rows += [moments(clip, 4), moments(to_frames(again)[0], 4)]
        found[name] = round(sum(values) / len(values), 2)
    write_sheet(run.folder / "sheet.png", rows)
    return found
