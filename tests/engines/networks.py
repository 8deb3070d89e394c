"""What the networks of the catalogue's models weigh, from their classes at real sizes on the meta device:

    python -m tests.engines.networks resources/models/networks.toml

so that it can be said what a model needs before it is fetched. Sizes are those of the published configurations; where
diffusers' own defaults are such, nothing is written here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder

from sora_studio.core.forecast import Part
from sora_studio.weights.shapes import part_of_shapes

HEAD = """# What the networks of the catalogue's models weigh: numbers in all tensors, in the largest block and in the
# largest tensor, how many blocks there are, how wide the stream between them is, and how wide it becomes within.
# Written by: python -m tests.engines.networks resources/models/networks.toml
"""
SMALL = {"num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 30}
SHOWN = {"in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120}
WIDE_LTX = {"attention_head_dim": 128, "cross_attention_dim": 4096, "num_layers": 48}
VAE_095 = {
    "block_out_channels": (128, 256, 512, 1024, 2048),
    "decoder_block_out_channels": (256, 512, 1024),
    "layers_per_block": (4, 6, 6, 2, 2),
    "decoder_layers_per_block": (5, 5, 5, 5),
    "spatio_temporal_scaling": (True,) * 4,
    "decoder_spatio_temporal_scaling": (True,) * 3,
    "decoder_inject_noise": (False,) * 4,
    "downsample_type": ("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
    "upsample_residual": (True,) * 3,
    "upsample_factor": (2,) * 3,
    "down_block_types": ("LTXVideo095DownBlock3D",) * 4,
    "timestep_conditioning": True,
    "encoder_causal": True,
    "decoder_causal": False,
}
VAE_22 = {
    "base_dim": 160,
    "decoder_base_dim": 256,
    "z_dim": 48,
    "is_residual": True,
    "in_channels": 12,
    "out_channels": 12,
    "patch_size": 2,
    "latents_mean": [0.0] * 48,
    "latents_std": [1.0] * 48,
}
COG_VAE = {
    "latent_channels": 16,
    "block_out_channels": (128, 256, 256, 512),
    "layers_per_block": 3,
    "down_block_types": ("CogVideoXDownBlock3D",) * 4,
    "up_block_types": ("CogVideoXUpBlock3D",) * 4,
}
T5_XXL = {
    "d_model": 4096,
    "d_kv": 64,
    "d_ff": 10240,
    "num_layers": 24,
    "num_heads": 64,
    "feed_forward_proj": "gated-gelu",
}
LLAMA = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128320,
}
CLIP_L = {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12}
VISION_L = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "image_size": 336,
    "patch_size": 14,
}
VISION_H = VISION_L | {
    "hidden_size": 1280,
    "intermediate_size": 5120,
    "num_hidden_layers": 32,
    "image_size": 224,
}
SIGLIP = {
    "hidden_size": 1152,
    "intermediate_size": 4304,
    "num_hidden_layers": 27,
    "num_attention_heads": 16,
    "image_size": 384,
    "patch_size": 14,
}
QWEN = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
}
GEMMA = {
    "hidden_size": 3840,
    "intermediate_size": 15360,
    "num_hidden_layers": 48,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 256,
    "vocab_size": 262208,
}


def _diffuser(kind: str, **config: Any) -> Callable[[], Any]:
    return lambda: getattr(diffusers, kind)(**config)


def _encoder(kind: str, config: str, **sizes: Any) -> Callable[[], Any]:
    return lambda: getattr(transformers, kind)(getattr(transformers, config)(**sizes))


def _wan(kind: str = "WanTransformer3DModel", **config: Any) -> Callable[[], Any]:
    return _diffuser(kind, **config)


NETWORKS: dict[str, Callable[[], Any]] = {
    "wan-1.3b": _wan(**SMALL),
    "wan-14b": _wan(),
    "wan-14b-shown": _wan(**SHOWN),
    "wan-14b-ends": _wan(**SHOWN, pos_embed_seq_len=514),
    "wan-14b-2.2": _wan(in_channels=36),
    "wan-5b": _wan(num_attention_heads=24, ffn_dim=14336, num_layers=30, in_channels=48, out_channels=48),
    "wan-vace-1.3b": _wan("WanVACETransformer3DModel", **SMALL, vace_layers=[*range(0, 30, 2)]),
    "wan-vace-14b": _wan("WanVACETransformer3DModel", vace_layers=[*range(0, 40, 5)]),
    "wan-vae": _diffuser("AutoencoderKLWan"),
    "wan-vae-2.2": _diffuser("AutoencoderKLWan", **VAE_22),
    "umt5-xxl": _encoder("UMT5EncoderModel", "UMT5Config", **T5_XXL, vocab_size=256384),
    "clip-h": _encoder("CLIPVisionModel", "CLIPVisionConfig", **VISION_H),
    "skyreels-1.3b": _diffuser("SkyReelsV2Transformer3DModel", **SMALL),
    "skyreels-14b": _diffuser("SkyReelsV2Transformer3DModel", num_attention_heads=40, ffn_dim=13824, num_layers=40),
    "ltx-2b": _diffuser("LTXVideoTransformer3DModel"),
    "ltx-13b": _diffuser("LTXVideoTransformer3DModel", **WIDE_LTX),
    "ltx-vae": _diffuser("AutoencoderKLLTXVideo"),
    "ltx-vae-0.9.5": _diffuser("AutoencoderKLLTXVideo", **VAE_095),
    "t5-xxl": _encoder("T5EncoderModel", "T5Config", **T5_XXL, vocab_size=32128),
    "ltx2-19b": _diffuser("LTX2VideoTransformer3DModel"),
    "ltx2-22b": _diffuser("LTX2VideoTransformer3DModel", gated_attn=True, cross_attn_mod=True),
    "ltx2-vae": _diffuser("AutoencoderKLLTX2Video"),
    "ltx2-audio-vae": _diffuser("AutoencoderKLLTX2Audio"),
    "ltx2-vocoder": lambda: LTX2Vocoder(),
    "ltx2-connectors": lambda: LTX2TextConnectors(),
    "gemma-3-12b": lambda: transformers.Gemma3ForConditionalGeneration(
        transformers.Gemma3Config(
            text_config=GEMMA, vision_config=SIGLIP | {"image_size": 896, "vision_use_head": False}
        )
    ),
    "hunyuan": _diffuser("HunyuanVideoTransformer3DModel"),
    "hunyuan-vae": _diffuser("AutoencoderKLHunyuanVideo"),
    "llama-3-8b": _encoder("LlamaModel", "LlamaConfig", **LLAMA),
    "llava-llama-3-8b": lambda: transformers.LlavaForConditionalGeneration(
        transformers.LlavaConfig(
            text_config=transformers.LlamaConfig(**LLAMA), vision_config=transformers.CLIPVisionConfig(**VISION_L)
        )
    ),
    "clip-l": _encoder("CLIPTextModel", "CLIPTextConfig", **CLIP_L),
    "hunyuan-1.5": _diffuser("HunyuanVideo15Transformer3DModel"),
    "hunyuan-1.5-vae": _diffuser("AutoencoderKLHunyuanVideo15"),
    "qwen-2.5-vl-7b": _encoder("Qwen2_5_VLTextModel", "Qwen2_5_VLTextConfig", **QWEN),
    "byt5-small": _encoder(
        "T5EncoderModel",
        "T5Config",
        d_model=1472,
        d_kv=64,
        d_ff=3584,
        num_layers=12,
        num_heads=6,
        feed_forward_proj="gated-gelu",
        vocab_size=1510,
    ),
    "siglip": _encoder("SiglipVisionModel", "SiglipVisionConfig", **SIGLIP),
    "cog-2b": _diffuser("CogVideoXTransformer3DModel"),
    "cog-5b": _diffuser(
        "CogVideoXTransformer3DModel", num_attention_heads=48, num_layers=42, use_rotary_positional_embeddings=True
    ),
    "cog-5b-shown": _diffuser(
        "CogVideoXTransformer3DModel",
        num_attention_heads=48,
        num_layers=42,
        in_channels=32,
        use_rotary_positional_embeddings=True,
        use_learned_positional_embeddings=True,
    ),
    "cog-vae": _diffuser("AutoencoderKLCogVideoX", **COG_VAE),
}


def weighed(name: str) -> Part:
    """A network by the shapes of its class."""
    with torch.device("meta"):
        network = NETWORKS[name]()
    kept = {**dict(network.named_parameters()), **dict(network.named_buffers())}  # what two layers share counts once
    saved = network.state_dict()
    return part_of_shapes(name, {key: tuple(tensor.shape) for key, tensor in kept.items() if key in saved})


def table() -> str:
    """All of them as TOML."""
    found = [HEAD]
    for name in NETWORKS:
        part = weighed(name)
        fields = ("parameters", "block", "leaf", "blocks", "width", "wide")
        found.append("\n".join((f'["{name}"]', *(f"{field} = {getattr(part, field)}" for field in fields), "")))
    return "\n".join(found)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(table(), encoding="utf-8")
