"""What a file of weights is, by the names in its table, as the authors' releases and diffusers write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sora_studio.core.weights_file import Role
from sora_studio.weights.headers import Header, Tensor

PREFIXES = ("model.diffusion_model.", "diffusion_model.", "transformer.", "model.")
"""What programs put before the names of a transformer."""
LORA = ("lora_A", "lora_B", "lora_down", "lora_up", "hada_w1_a", "lokr_w1", "lokr_w1_a", "diff_b")
"""Parts of names that only adapters have."""
ARCHITECTURES = {
    "wan": "Wan", "ltxv": "LTX-Video", "hyvid": "HunyuanVideo", "cosmos": "Cosmos", "flux": "Flux", "sd1": "SD 1",
    "sdxl": "SDXL", "sd3": "SD 3", "qwen_image": "Qwen-Image", "lumina2": "Lumina",
}  # fmt: skip
"""What GGUF files of diffusion models call their architecture."""
CLIP_EYE = "vision_model.encoder.layers.0.self_attn.q_proj.weight"
SINGLE = frozenset({"Wan", "Wan VACE", "LTX-Video", "LTX-2", "HunyuanVideo"})
"""Families whose transformers run from single files, with the other parts of a folder."""
PICTURES = frozenset({"Flux", "SD", "SD 1", "SDXL", "SD 3", "Qwen-Image", "Lumina", "Z-Image", "AuraFlow"})
"""Families that make single pictures."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A role and, where it is known, a family."""

    role: Role
    family: str = ""


@dataclass(frozen=True, slots=True)
class _Sign:
    """A family's transformer: all of these names are there, and none of those."""

    family: str
    names: tuple[str, ...]
    without: tuple[str, ...] = ()


TRANSFORMERS = (
    _Sign("Wan VACE", ("vace_blocks.0.before_proj.weight",)),
    _Sign("Wan VACE", ("vace_blocks.0.proj_in.weight",)),
    _Sign("Helios", ("patch_short.weight", "patch_long.weight")),
    _Sign("Wan", ("head.modulation", "patch_embedding.weight")),
    _Sign("Wan", ("condition_embedder.time_embedder.linear_1.weight", "blocks.0.attn1.to_q.weight")),
    _Sign("LTX-2", ("audio_patchify_proj.weight",)),
    _Sign("LTX-2", ("audio_proj_in.weight", "proj_in.weight")),
    _Sign("LTX-Video", ("patchify_proj.weight", "transformer_blocks.0.attn1.to_q.weight")),
    _Sign("LTX-Video", ("proj_in.weight", "time_embed.linear.weight", "transformer_blocks.0.attn1.to_q.weight")),
    _Sign("FramePack", ("clean_x_embedder.proj.weight",)),
    _Sign("HunyuanVideo 1.5", ("byt5_in.fc1.weight",)),
    _Sign("HunyuanVideo 1.5", ("context_embedder_2.linear_1.weight",)),
    _Sign("HunyuanVideo", ("txt_in.individual_token_refiner.blocks.0.adaLN_modulation.1.bias",)),
    _Sign("HunyuanVideo", ("context_embedder.token_refiner.refiner_blocks.0.attn.to_q.weight",)),
    _Sign("CogVideoX", ("patch_embed.text_proj.weight", "transformer_blocks.0.norm1.linear.weight")),
    _Sign("Mochi", ("blocks.0.attn.qkv_x.weight",)),
    _Sign("Mochi", ("pos_frequencies", "time_embed.pooler.to_q.weight")),
    _Sign("Kandinsky 5", ("time_embeddings.in_layer.weight", "text_embeddings.in_layer.weight")),
    _Sign("SANA-Video", ("caption_norm.weight", "patch_embedding.weight")),
    _Sign("MiniMax-H3", ("token_refiner.blocks.0.attn.qkv_proj.weight",)),
    _Sign("SANA", ("blocks.0.cross_attn.q_linear.weight",)),
    _Sign("Flux", ("double_blocks.0.img_attn.norm.key_norm.scale",)),
    _Sign("SD 3", ("joint_blocks.0.context_block.adaLN_modulation.1.bias",)),
    _Sign("SD", ("input_blocks.0.0.weight",)),
    _Sign("AuraFlow", ("double_layers.0.attn.w1q.weight",)),
    _Sign("Lumina", ("cap_embedder.0.weight",)),
    _Sign("Z-Image", ("layers.0.adaLN_modulation.0.weight",)),
)
OTHERS: tuple[tuple[Role, _Sign], ...] = (
    ("vae", _Sign("Wan", ("decoder.middle.0.residual.0.gamma", "encoder.conv1.weight"))),
    ("vae", _Sign("Wan", ("decoder.mid_block.resnets.0.norm1.gamma", "quant_conv.weight"))),
    ("vae", _Sign("HunyuanVideo 1.5", ("decoder.mid_block.resnets.0.norm1.gamma",))),
    ("vae", _Sign("LTX-Video", ("per_channel_statistics.mean-of-means",))),
    ("vae", _Sign("LTX-Video", ("decoder.last_scale_shift_table",))),
    ("vae", _Sign("HunyuanVideo", ("encoder.conv_in.conv.weight", "decoder.conv_in.conv.weight", "quant_conv.weight"))),
    ("vae", _Sign("CogVideoX", ("decoder.norm_out.conv_y.conv.weight",))),
    ("vae", _Sign("LTX-Video", ("encoder.conv_in.conv.weight", "decoder.conv_in.conv.weight"))),
    ("vae", _Sign("Mochi", ("encoder.proj_in.weight", "decoder.proj_out.weight"))),
    ("vae", _Sign("", ("encoder.conv_in.weight", "decoder.conv_in.weight"))),
    ("vae", _Sign("", ("encoder.conv1.weight", "decoder.conv1.weight"))),
    ("preview", _Sign("TAEHV", ("decoder.1.weight", "decoder.7.conv.weight"))),
    ("preview", _Sign("TAESD", ("decoder.layers.0.weight", "encoder.layers.0.weight"))),
    ("vision", _Sign("CLIP", (CLIP_EYE,), ("text_model.final_layer_norm.weight",))),
    ("vision", _Sign("CLIP", ("visual.transformer.resblocks.0.attn.in_proj_weight",))),
    ("vision", _Sign("CLIP", ("visual.transformer.0.attn.to_qkv.weight",))),
    ("text", _Sign("CLIP", ("text_model.encoder.layers.0.self_attn.q_proj.weight",))),
    ("text", _Sign("UMT5", ("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",))),
    ("text", _Sign("UMT5", ("blocks.1.pos_embedding.embedding.weight", "token_embedding.weight"))),
    ("text", _Sign("T5", ("encoder.block.0.layer.0.SelfAttention.q.weight",))),
    ("text", _Sign("T5", ("enc.blk.0.attn_q.weight",))),
    ("text", _Sign("", ("model.layers.0.self_attn.q_proj.weight",))),
    ("text", _Sign("", ("model.language_model.layers.0.self_attn.q_proj.weight",))),
    ("text", _Sign("", ("language_model.model.layers.0.self_attn.q_proj.weight",))),
    ("text", _Sign("", ("layers.0.self_attn.q_proj.weight",))),
)  # fmt: skip
INSIDE: tuple[tuple[str, Role], ...] = (
    ("vae.", "vae"),
    ("first_stage_model.", "vae"),
    ("text_encoders.", "text"),
    ("cond_stage_model.", "text"),
    ("conditioner.", "text"),
)
"""Parts that only a whole model in one file has beside its transformer."""


def recognise(header: Header) -> Recognised:
    """What a file is; the role is "unknown" where no sign is known."""
    names = header.tensors.keys()
    if _is_lora(names):
        return Recognised("lora", _lora_family(names))
    if family := ARCHITECTURES.get(header.metadata.get("general.architecture", "")):
        return Recognised("transformer", _finer(family, names))
    own = {bare(name) for name in names}
    transformer = next((sign.family for sign in TRANSFORMERS if _holds(sign, own)), None)
    if transformer is not None:
        whole = any(name.startswith(prefix) for prefix, _ in INSIDE for name in names)
        return Recognised("checkpoint" if whole else "transformer", transformer)
    plain = set(names) | {name.split(".", 1)[1] for name in names if name.startswith(("vae.", "first_stage_model."))}
    for role, sign in OTHERS:
        if _holds(sign, plain):
            return Recognised(role, sign.family)
    return Recognised("unknown")


def numbers_of(header: Header) -> str:
    """The type that most numbers of a file have."""
    counts: Counter[str] = Counter()
    for tensor in header.tensors.values():
        counts[tensor.dtype] += _count(tensor)
    return counts.most_common(1)[0][0] if counts else ""


def is_scaled(header: Header) -> bool:
    """Whether its 8-bit numbers come with scales beside them, which have to be multiplied in."""
    return any(name.endswith((".scale_weight", ".weight_scale")) or name == "scaled_fp8" for name in header.tensors)


def _count(tensor: Tensor) -> int:
    count = 1
    for side in tensor.shape:
        count *= side
    return count


def _holds(sign: _Sign, names: set[str]) -> bool:
    return all(name in names for name in sign.names) and not any(name in names for name in sign.without)


def bare(name: str) -> str:
    """A name without what programs put before it."""
    for prefix in PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _is_lora(names: Iterable[str]) -> bool:
    return any(part in LORA for name in names for part in name.split("."))


def _lora_family(names: Iterable[str]) -> str:
    """By the blocks it changes; the signs are those of the transformers, written with dots or underscores."""
    for name in names:
        text = name.replace("lora_unet_", "").replace("_", ".")
        if "double.blocks" in text or "single.blocks" in text:
            return "HunyuanVideo"
        if "blocks" in text and ("self.attn" in text or "cross.attn" in text or "ffn" in text) and "norm1" not in text:
            return "Wan"
        if "audio" in text and "transformer.blocks" in text:
            return "LTX-2"
    return ""


def _finer(family: str, names: Iterable[str]) -> str:
    """VACE and LTX-2 go by their parents' names in GGUF files."""
    if family == "Wan" and any(name.startswith("vace_blocks.") for name in names):
        return "Wan VACE"
    if family == "LTX-Video" and any(name.startswith("audio_") for name in names):
        return "LTX-2"
    return family
