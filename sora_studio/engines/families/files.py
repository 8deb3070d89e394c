"""Single files of a transformer (safetensors or GGUF) as engines: they run with the other parts of a folder in the
layout of diffusers. Which family a file is of, and how large its network is, is told by its table. Needs no torch."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.language import mark, tr
from sora_studio.engines.families.checkpoint import Checkpoint, read_checkpoint
from sora_studio.engines.families.family import Family
from sora_studio.engines.families.hunyuan import HunyuanVideo
from sora_studio.engines.families.known import Found, found_of
from sora_studio.engines.families.ltx import LTX
from sora_studio.engines.families.ltx2 import LTX2
from sora_studio.engines.families.wan import Wan
from sora_studio.weights.headers import Header, Tensor, read_header
from sora_studio.weights.layout import Config
from sora_studio.weights.recognise import bare, is_scaled, recognise

Table = Mapping[str, Tensor]
"""The tensors of a file, without what programs put before their names."""
Fit = Callable[[Table, Checkpoint], Config | None]
"""The configuration of a file's network when it runs with the other parts of a folder; None when it does not."""

_EXPERT = re.compile(r"high(?=[-_ ]?noise)", re.I)
_OTHER = re.compile(r"low(?=[-_ ]?noise)", re.I)
NOISE = {"high": mark("high"), "low": mark("low")}
BOUNDARY = {True: 0.9, False: 0.875}
"""Share of the noise levels from which the first of two experts of Wan 2.2 is asked, by whether it is shown pictures:
as in the authors' folders."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the files of a family are read."""

    family: Family
    fit: Fit
    pipeline: str = ""
    """The pipeline that the file runs in, where that is another than the folder's."""


def find_file(path: Path, engine: str, folders: Iterable[Path]) -> Found:
    """What a file runs as, with the parts of the first of the folders that has those for it. Raises BadInput in words
    when it is no transformer that is read, or when what it needs beside it is missing."""
    header = read_header(path)
    known = recognise(header)
    reading = _READINGS.get(known.family) if known.role == "transformer" else None
    if reading is None:
        raise BadInput(
            "“{name}” holds no transformer that runs from a single file. These do: {known}.",
            name=path.name,
            known=", ".join(_READINGS),
        )
    _check(path, header)
    experts = _experts(path)
    table = {bare(name): tensor for name, tensor in header.tensors.items()}
    for folder in folders:
        try:
            parts = read_checkpoint(folder, without=("transformer", "transformer_2"))
        except BadInput:
            continue
        config = reading.fit(table, parts) if parts.pipeline in reading.family.pipelines else None
        if config is not None:
            return found_of(_joined(parts, reading, config, experts), engine)
    raise BadInput(
        "“{name}” is the transformer of a model of {family} alone. A folder in the layout of diffusers with the other "
        "parts for it (text encoder, VAE) is missing: get a model of {family} of the same kind from the catalogue.",
        name=path.name,
        family=known.family,
    )


def _check(path: Path, header: Header) -> None:
    """Refuse numbers that cannot be read here."""
    if is_scaled(header):
        raise BadInput(
            "The 8-bit numbers of “{name}” have scales of their own, which are not read. Take a 16-bit or GGUF file.",
            name=path.name,
        )
    if header.form == "gguf" and importlib.util.find_spec("gguf") is None:
        raise BadInput("“{name}” needs the library “gguf”, which is not installed. Install it.", name=path.name)


def _experts(path: Path) -> dict[str, Path]:
    """The files of the networks: of two experts for high and low noise both, told by their names."""
    for mine, theirs, first in ((_EXPERT, "low", True), (_OTHER, "high", False)):
        if not mine.search(path.name):
            continue
        other = _partner(path, mine, theirs)
        if other is None:
            raise BadInput(
                "“{name}” is one of two experts, and the one for {which} noise is missing beside it. Get both.",
                name=path.name,
                which=tr(NOISE[theirs]),
            )
        return {"transformer": path if first else other, "transformer_2": other if first else path}
    return {"transformer": path}


def _partner(path: Path, mine: re.Pattern[str], theirs: str) -> Path | None:
    """The file of the other expert: beside this one, or in a folder that is called so beside this one's."""
    name = mine.sub(lambda said: _like(said[0], theirs), path.name)
    folder = mine.sub(lambda said: _like(said[0], theirs), path.parent.name)
    return next((one for one in (path.parent / name, path.parent.parent / folder / name) if one.is_file()), None)


def is_second(path: Path) -> bool:
    """Whether a file is the second of two experts, which is no engine of its own."""
    return _OTHER.search(path.name) is not None and _partner(path, _OTHER, "high") is not None


def _like(pattern: str, word: str) -> str:
    """A word in the capitals of another."""
    if pattern.isupper():
        return word.upper()
    return word.capitalize() if pattern[0].isupper() else word


def _joined(parts: Checkpoint, reading: _Reading, config: Config, experts: Mapping[str, Path]) -> Checkpoint:
    """A folder's other parts with the networks of files in place of its own."""
    kind = ["diffusers", str(config["_class_name"])]
    index = {**parts.index, "_class_name": reading.pipeline or parts.pipeline}
    index |= dict.fromkeys(experts, kind)
    configs = {name: value for name, value in parts.configs.items() if not name.startswith("transformer")}
    configs |= dict.fromkeys(experts, config)
    if isinstance(reading.family, Wan):
        index["transformer_2"] = kind if "transformer_2" in experts else [None, None]
        shown = config["in_channels"] != config["out_channels"]
        told = parts.index.get("boundary_ratio") if parts.has("transformer_2") else None
        index["boundary_ratio"] = (told or BOUNDARY[shown]) if "transformer_2" in experts else None
    return replace(parts, index=index, configs=configs, files=dict(experts))


def _count(table: Table, *lists: str) -> int:
    """How many blocks the first of some lists that is there has."""
    for name in lists:
        numbers = {key.split(".")[1] for key in table if key.startswith(f"{name}.")}
        if numbers:
            return len(numbers)
    return 0


def _shape(table: Table, *names: str) -> tuple[int, ...]:
    """The shape of the first of some tensors that is there; empty when none is."""
    return next((table[name].shape for name in names if name in table), ())


def _wan(table: Table, parts: Checkpoint) -> Config | None:
    """Any size of network runs with the text encoder and the VAE that it was made with."""
    own = parts.config("transformer")
    patch, words = _shape(table, "patch_embedding.weight"), _shape(table, *_WAN["words"])
    out, feed = _shape(table, *_WAN["out"]), _shape(table, *_WAN["feed"])
    eye, seen = _shape(table, *_WAN["eye"]), _shape(table, *_WAN["seen"])
    if len(patch) != 5 or len(words) != 2 or not out or not feed:
        return None
    head = int(own.get("attention_head_dim") or 128)
    channels = out[0] // (patch[2] * patch[3] * patch[4])
    text, vae = parts.config("text_encoder"), parts.config("vae")
    suits = (text.get("d_model"), vae.get("z_dim", 16)) == (words[1], channels) and patch[0] % head == 0
    if not suits or (eye and not parts.has("image_encoder")):
        return None
    found: Config = {
        **{key: value for key, value in own.items() if key in _WAN_KEPT},
        "_class_name": "WanTransformer3DModel",
        "patch_size": list(patch[2:]),
        "num_attention_heads": patch[0] // head,
        "attention_head_dim": head,
        "in_channels": patch[1],
        "out_channels": channels,
        "text_dim": words[1],
        "ffn_dim": feed[0],
        "num_layers": _count(table, "blocks"),
        "image_dim": eye[0] if eye else None,
        "added_kv_proj_dim": patch[0] if eye else None,
        "pos_embed_seq_len": seen[1] if seen else None,
    }
    hints, hinted = _count(table, "vace_blocks"), _shape(table, "vace_patch_embedding.weight")
    if hints:
        told, every = own.get("vace_layers") or [], found["num_layers"] // hints
        layers = told if len(told) == hints else [every * number for number in range(hints)]
        found |= {"_class_name": "WanVACETransformer3DModel", "vace_layers": layers, "vace_in_channels": hinted[1]}
    return found


_WAN = {
    "words": ("text_embedding.0.weight", "condition_embedder.text_embedder.linear_1.weight"),
    "out": ("head.head.weight", "proj_out.weight"),
    "feed": ("blocks.0.ffn.0.weight", "blocks.0.ffn.net.0.proj.weight"),
    "eye": ("img_emb.proj.0.weight", "condition_embedder.image_embedder.norm1.weight"),
    "seen": ("img_emb.emb_pos", "condition_embedder.image_embedder.pos_embed"),
}
"""Tensors that tell the sizes of Wan's networks, as the authors and as diffusers call them."""
_WAN_KEPT = ("freq_dim", "cross_attn_norm", "qk_norm", "eps", "rope_max_seq_len")


def _ltx(table: Table, parts: Checkpoint) -> Config | None:
    """VAEs of LTX differ from version to version, so the folder's own network must be as large."""
    own = parts.config("transformer")
    into = _shape(table, "patchify_proj.weight", "proj_in.weight")
    wide = int(own.get("num_attention_heads", 0)) * int(own.get("attention_head_dim", 0))
    same = into == (wide, own.get("in_channels")) and _count(table, "transformer_blocks") == own.get("num_layers")
    return own if same else None


def _hunyuan(table: Table, parts: Checkpoint) -> Config | None:
    """What it does with a picture is not seen in the file, so the folder's own network must be as large."""
    own = parts.config("transformer")
    into = _shape(table, "img_in.proj.weight", "x_embedder.proj.weight")
    wide = int(own.get("num_attention_heads", 0)) * int(own.get("attention_head_dim", 0))
    double = _count(table, "double_blocks", "transformer_blocks") == own.get("num_layers")
    single = _count(table, "single_blocks", "single_transformer_blocks") == own.get("num_single_layers")
    return own if into[:2] == (wide, own.get("in_channels")) and double and single else None


_READINGS: dict[str, _Reading] = {
    "Wan": _Reading(Wan(), _wan, "WanPipeline"),
    "Wan VACE": _Reading(Wan(), _wan, "WanVACEPipeline"),
    "LTX-Video": _Reading(LTX(), _ltx),
    "LTX-2": _Reading(LTX2(), _ltx),
    "HunyuanVideo": _Reading(HunyuanVideo(), _hunyuan),
}
"""By what `recognise` calls the family."""
