"""From a run to the pipeline folder that ships: averaged weights as bf16 safetensors in the layout of diffusers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import diffusers
import torch

from sora_studio.model.clip import SoraCLIPModel
from sora_studio.model.transformer import SoraTransformer3DModel
from sora_studio.model.vae import AutoencoderSora
from sora_studio.training import checkpoint
from sora_studio.training.evaluation.classifier import AttributeClassifier
from sora_studio.training.latents import measure_latents
from sora_studio.training.prompts import scheduler

PARTS = {
    "vae": ("sora_studio.model.vae", "AutoencoderSora"),
    "transformer": ("sora_studio.model.transformer", "SoraTransformer3DModel"),
    "clip": ("sora_studio.model.clip", "SoraCLIPModel"),
    "text_encoder": ("transformers", "BertModel"),
    "tokenizer": ("transformers", "BertTokenizer"),
    "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler"),
}

LOUDEST = 5.0
"""Deviation of the latent channel that shows most, where noise has 1. The mean colour of a place then shows through
noise of 0.8 and its texture through 0.1, so that either has noise levels of its own in which it is decided."""


def write_index(folder: Path) -> Path:
    """Write model_index.json for the parts that the folder holds by now."""
    index: dict[str, object] = {"_class_name": "SoraPipeline", "_diffusers_version": diffusers.__version__}
    for part, place in PARTS.items():
        index[part] = list(place) if (folder / part).is_dir() else [None, None]
    path = folder / "model_index.json"
    path.write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    return path


def export_vae(run: Path, folder: Path, *, clips: int = 96) -> Path:
    """Write the autoencoder with the statistics of its latents, which the transformer's inputs are normalised by."""
    saved = checkpoint.require(run)
    vae = _loaded(AutoencoderSora(**saved["config"]["model"]), saved)
    mean, deviation = measure_latents(vae.bfloat16().eval(), saved["seed"], clips)
    vae.register_to_config(latents_mean=mean, latents_std=deviation)
    # A unit of every channel then changes the picture equally, as in the picture itself, so that noise drowns the fine
    # before the coarse and what is hardly seen is decided last, when the scene stands. In latents of equal loudness a
    # young transformer scatters texture over everything (Skorokhodov et al. 2025).
    seen = vae.visibility().tolist()  # (Z,)
    deviation = [spread * max(seen) / (own * LOUDEST) for spread, own in zip(deviation, seen, strict=True)]
    vae.register_to_config(latents_std=deviation)
    vae.save_pretrained(folder / "vae")
    write_index(folder)
    return folder / "vae"


def export_dit(run: Path, folder: Path) -> Path:
    """Write the transformer and the scheduler it was trained for."""
    saved = checkpoint.require(run)
    _loaded(SoraTransformer3DModel(**saved["config"]["model"]), saved).save_pretrained(folder / "transformer")
    scheduler().save_pretrained(folder / "scheduler")
    write_index(folder)
    return folder / "transformer"


def export_clip(run: Path, folder: Path) -> Path:
    """Write the contrastive pair."""
    saved = checkpoint.require(run)
    _loaded(SoraCLIPModel(**saved["config"]["model"]), saved).save_pretrained(folder / "clip")
    write_index(folder)
    return folder / "clip"


def export_classifier(run: Path, folder: Path) -> Path:
    """Write the attribute classifier: config and weights in a folder of its own, since no pipeline holds it."""
    saved = checkpoint.require(run)
    _loaded(AttributeClassifier(**saved["config"]["model"]), saved).save_pretrained(folder)
    return folder


def _loaded(model: Any, saved: dict[str, Any]) -> Any:
    model.load_state_dict(saved["trainer"]["average"])
    return model.to(torch.bfloat16).eval()
