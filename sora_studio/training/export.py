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
    # What is hardly seen is made quieter than the noise, so that it is decided last, when the scene stands: in latents
    # of equal loudness a young transformer scatters texture over everything (Skorokhodov et al. 2025).
    quieter = vae.visibility().sqrt().reciprocal().tolist()  # (Z,)
    deviation = [spread * factor for spread, factor in zip(deviation, quieter, strict=True)]
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
