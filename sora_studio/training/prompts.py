"""The fixed prompts that a transformer in training is asked again and again, and their contact sheet."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import torch
from diffusers.schedulers import FlowMatchEulerDiscreteScheduler

from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.reading import read_words
from sora_studio.core.telling import as_picture, in_plain_look, names, tell
from sora_studio.model.clip import SoraCLIPModel
from sora_studio.model.emphasis import textured
from sora_studio.model.movements import moves_called
from sora_studio.model.pipeline import SoraPipeline
from sora_studio.model.text import load_text_tower
from sora_studio.model.transformer import SoraTransformer3DModel
from sora_studio.training.config import FPS
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
    "a yellow star spins over snowy mountains at night",
    "a red train moves left through green hills by day, pixel art",
    "a blue whale drifts under water, watercolour",
    "an orange lantern sways in the forest at night, oil painting",
    "a green turtle moves right on the beach at dawn",
    "a white bird and a red kite rise over the sea by day",
    "a purple mushroom grows in the forest in the rain, paper cut-out",
    "a black dog bounces in the city at sunset",
    "a pink flower sways in a meadow in the wind, the camera zooms in",
    "a turquoise airplane moves right over the desert at sunset, neon",
    "a brown snail stays in a meadow at dawn, pencil sketch",
    "a red ball orbits in space, the camera zooms out",
)
"""What a run is asked again and again, and what the documents show."""

OTHER_WORDS = (
    "a crimson dirigible ascends above grassy knolls at dusk",
    "an azure trout glides leftwards beneath the waves at noon",
    "a feline of amber colour waits downtown past midnight",
    "a golden automobile speeds through the dunes",
    "an ivory hare hops among frosty peaks during a blizzard",
    "a violet moth flutters above a pasture at daybreak",
    "a colossal slate pachyderm wanders through misty woodland",
    "an emerald spaceship lifts off among the galaxies",
    "a rose parasol whirls by the seaside in a drizzle",
    "an ebony sailing vessel floats on the ocean in the evening glow",
    "a chestnut cottage in a grassland at midday",
    "a teal android strolls along the skyscrapers at first light",
)
"""The same kind of scenes in words that no caption uses."""

SHIFT = 3.0
"""Of the sampling schedule, as in training: more of the steps where content is decided."""


def scheduler() -> FlowMatchEulerDiscreteScheduler:
    """The sampler that ships with the weights."""
    return FlowMatchEulerDiscreteScheduler(shift=SHIFT)


def make_pipeline(transformer: SoraTransformer3DModel, folder: Path) -> SoraPipeline:
    """A transformer in training with the encoders of a pipeline folder."""
    tokenizer, text_encoder = load_text_tower(folder)
    clip = SoraCLIPModel.from_pretrained(folder / "clip").eval() if (folder / "clip").is_dir() else None
    pipeline = SoraPipeline(load_vae(folder), text_encoder, tokenizer, transformer, scheduler(), clip)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def write_prompt_sheet(
    path: Path,
    transformer: SoraTransformer3DModel,
    folder: Path,
    frames: int,
    prompts: tuple[str, ...] = PROMPTS[:12],
    steps: int = 16,
) -> Path:
    """Generate every prompt: images in rows of four, or clips as strips of four moments, two beside each other."""
    pipeline = make_pipeline(transformer, folder)
    pictures = []
    for k, prompt in enumerate(prompts):
        book = phrasebook("sora")
        read = read_words(prompt, book)
        video = pipeline(
            prompt,
            num_frames=frames,
            num_inference_steps=steps,
            guidance_scale=5.0,
            names=names(prompt, book),
            as_picture=partial(as_picture, book=book),
            weighted=textured(read.value("look"), in_plain_look(prompt, book)),
            moves=moves_called(read.value("camera"), read.value("motion"), FPS, read.value("weather")),
            generator=torch.Generator().manual_seed(k),
            output_type="np",
            return_dict=False,
        )[0]  # (1, T, H, W, 3) in 0..1
        pictures.append((video[0] * 255).round().astype(np.uint8))  # (T, H, W, 3)
    if frames == 1:
        rows = [[clip[0] for clip in pictures[k : k + 4]] for k in range(0, len(pictures), 4)]
        return write_sheet(path, rows, scale=2)
    strips = [moments(clip, 4) for clip in pictures]
    return write_sheet(path, [[*left, *right] for left, right in zip(strips[::2], strips[1::2], strict=True)])


def write_document_sheets(model: Path, out: Path, frames: int, steps: int) -> tuple[Path, Path]:
    """The two sheets of the model card: prompts in the world's words and in others, told as the studio tells them.
    Returns their paths."""
    told = tuple(tell(prompt, phrasebook("sora")) for prompt in OTHER_WORDS)
    transformer = SoraTransformer3DModel.from_pretrained(model / "transformer", torch_dtype=torch.bfloat16).eval()
    made = [
        write_prompt_sheet(out / name, transformer, model, frames, prompts, steps)
        for name, prompts in (("prompts.jpg", PROMPTS), ("other-words.jpg", told))
    ]
    return made[0], made[1]
