"""What weights of phrases do with the weights that ship, as CLIP sees it. Figures:

python -m pytest -m slow -s tests/model/test_phrase_weights.py
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sora_studio.core.emphasis import spoken
from sora_studio.core.resources import resource
from sora_studio.engines.catalog import BUILT_IN, capabilities
from sora_studio.model import SoraPipeline, encode_prompts
from sora_studio.model.emphasis import Weighted

PROMPTS = (
    "a red balloon rises over green hills (at sunset:{})",
    "a white boat sails on the sea (in the fog:{})",
    "a blue car drives along a road (at night:{})",
    "a yellow flower in a garden, (watercolour painting:{})",
    "a house in the forest (while snow falls:{})",
    "a green tree by a lake, (pixel art:{})",
    "a red car in the city, (glowing neon art:{})",
    "an orange fish swims in the sea, (pencil sketch:{})",
)
"""One picture each, at two seeds in a draft."""

WEIGHTS = (0.4, 1.0, 1.8)


def score(pipe: SoraPipeline, prompt: str, steps: int, seed: int) -> float:
    """How much more a picture looks like its weighted phrase than like those of the others, to CLIP."""
    phrases = [one[one.index("(") + 1 : one.index(":")] for one in PROMPTS]
    said, leanings = spoken(prompt)
    frames = pipe(
        said,
        num_frames=1,
        num_inference_steps=steps,
        guidance_scale=capabilities(BUILT_IN).guidance,
        weighted=[Weighted(leaning.without, leaning.push) for leaning in leanings],
        generator=torch.Generator().manual_seed(seed),
        output_type="pt",
    ).frames  # (1, 1, 3, H, W)
    states, mask = encode_prompts(pipe.tokenizer, pipe.text_encoder, phrases)
    assert pipe.clip is not None
    texts = pipe.clip.encode_text(states.to(pipe.clip.dtype), mask)  # (N, J)
    near = (texts @ pipe.clip.encode_video((frames.transpose(1, 2) * 2 - 1).to(pipe.clip.dtype))[0]).float()  # (N,)
    own = next(k for k, phrase in enumerate(phrases) if phrase in said)
    return float(near[own] - (near.sum() - near[own]) / (len(phrases) - 1))


@pytest.mark.slow
@pytest.mark.parametrize("steps", [capabilities(BUILT_IN).steps, capabilities(BUILT_IN).draft_steps])
@torch.inference_mode()
def test_a_phrase_is_seen_the_more_the_more_it_weighs(steps: int) -> None:
    pipe = SoraPipeline.from_pretrained(resource("model"), local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    seeds = range(1 if steps > 8 else 2)
    means = []
    for weight in WEIGHTS:
        scores = [score(pipe, prompt.format(weight), steps, seed) for prompt in PROMPTS for seed in seeds]
        means.append(float(np.mean(scores)))
        print(f"\n{steps} steps, weight {weight}: {means[-1]:.3f}", end="")
    assert means == sorted(means)
    assert means[2] - means[0] > 0.05
