"""The network: a small Sora (VAE, diffusion transformer, text tower, CLIP) as a diffusers pipeline."""

import diffusers

from sora_studio.model.canvas import GivenFrames, canvas_and_strength, canvas_from_latents, fold_strengths
from sora_studio.model.clip import SoraCLIPModel
from sora_studio.model.pipeline import SoraPipeline, SoraPipelineOutput
from sora_studio.model.text import dropped_tokens, encode_prompts, load_text_tower, token_count
from sora_studio.model.transformer import SoraTransformer3DModel
from sora_studio.model.vae import AutoencoderSora

__all__ = [
    "AutoencoderSora",
    "GivenFrames",
    "SoraCLIPModel",
    "SoraPipeline",
    "SoraPipelineOutput",
    "SoraTransformer3DModel",
    "canvas_and_strength",
    "canvas_from_latents",
    "dropped_tokens",
    "encode_prompts",
    "fold_strengths",
    "load_text_tower",
    "register",
    "token_count",
]


def register() -> None:
    """Let `DiffusionPipeline.from_pretrained` find `SoraPipeline`: it looks for names in diffusers."""
    diffusers.SoraPipeline = SoraPipeline
