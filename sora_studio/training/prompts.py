"""The fixed prompts that a transformer in training is asked again and again, and their contact sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers.schedulers import FlowMatchEulerDiscreteScheduler

from sora_studio.model.pipeline import SoraPipeline
from sora_studio.model.text import load_text_tower
from sora_studio.model.transformer import SoraTransformer3DModel
from sora_studio.training.latents import load_vae
from sora_studio.training.sheets import moments, write_sheet

PROMPTS = (
    "a red balloon rises over green hills at sunset",
    "a blue fish moves left under water by day",
    "an orange cat stays in the city at night, neon",
    "a yellow car moves right in the desert by day, the camera pans right",
    "a white rabbit bounces in snowy mountains as it snows",
    "a purple butterfly sways in a meadow at dawn, watercolour",
    "a grey elephant moves left in the forest in the fog, pencil sketch",
    "a green rocket rises in space at night, pixel art",
    "a pink umbrella spins on the beach in the rain",
    "a black boat drifts on the sea at sunset, oil painting",
    "a brown house stays in the meadow by day, paper cut-out",
    "a turquoise robot moves right in the city at dawn, black and white film",
)

SHIFT = 2.0
"""Of the sampling schedule, as in training: more of the steps where content is decided."""


def scheduler() -> FlowMatchEulerDiscreteScheduler:
    """The sampler that ships with the weights."""
    return FlowMatchEulerDiscreteScheduler(shift=SHIFT)


def make_pipeline(transformer: SoraTransformer3DModel, folder: Path) -> SoraPipeline:
    """A transformer in training with the encoders of a pipeline folder."""
    tokenizer, text_encoder = load_text_tower(folder)
    pipeline = SoraPipeline(load_vae(folder), text_encoder, tokenizer, transformer, scheduler())
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def write_prompt_sheet(path: Path, transformer: SoraTransformer3DModel, folder: Path, frames: int) -> Path:
    """Generate every prompt: images in rows of four, or clips as strips of six moments."""
    pipeline = make_pipeline(transformer, folder)
    pictures = []
    for k, prompt in enumerate(PROMPTS if frames == 1 else PROMPTS[::2]):
        video = pipeline(
            prompt,
            num_frames=frames,
            num_inference_steps=16,
            guidance_scale=3.0,
            generator=torch.Generator().manual_seed(k),
            output_type="np",
            return_dict=False,
        )[0]  # (1, T, H, W, 3) in 0..1
        pictures.append((video[0] * 255).round().astype(np.uint8))  # (T, H, W, 3)
    if frames == 1:
        return write_sheet(
            path, [[clip[0] for clip in pictures[k : k + 4]] for k in range(0, len(pictures), 4)], scale=2
        )
    return write_sheet(path, [moments(clip, 6) for clip in pictures])
