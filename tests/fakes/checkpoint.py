"""The folder of an open model as the catalogue sees it: configurations, and files that stand for weights."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

PARTS = {
    "scheduler": ["diffusers", "UniPCMultistepScheduler"],
    "text_encoder": ["transformers", "UMT5EncoderModel"],
    "tokenizer": ["transformers", "T5TokenizerFast"],
    "transformer": ["diffusers", "WanTransformer3DModel"],
    "transformer_2": [None, None],
    "vae": ["diffusers", "AutoencoderKLWan"],
}
SMALL_WAN = {"_class_name": "WanTransformer3DModel", "in_channels": 16, "out_channels": 16}


LARGE: dict[str, dict[str, tuple[int, ...]]] = {
    "text_encoder": {f"block.{number}.layer.weight": (4096, 60_000) for number in range(24)},
    "transformer": {
        f"blocks.{number}.{name}": shape
        for number in range(30)
        for name, shape in {"q": (1536, 1536), "k": (1536, 1536), "up": (8960, 1536), "down": (1536, 8960)}.items()
    },
    "vae": {"decoder.conv_in.weight": (127_000_000,)},
}
"""Tensors like those of Wan 2.1 1.3B, by part: 5.9, 1 and 0.13 billion numbers in bf16."""


def paper_weights(folder: Path, parts: dict[str, dict[str, tuple[int, ...]]]) -> None:
    """Give a model's parts tables of tensors, and files as long as they say, which take no room on the disk."""
    for file in folder.glob("*/model.safetensors"):
        file.unlink()
    for part, tensors in parts.items():
        table, end = {}, 0
        for name, shape in tensors.items():
            size = 2 * math.prod(shape)
            table[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [end, end + size]}
            end += size
        head = json.dumps(table).encode()
        with (folder / part / "model.safetensors").open("wb") as file:
            file.write(struct.pack("<Q", len(head)) + head)
            file.truncate(8 + len(head) + end)


def paper_checkpoint(folder: Path, pipeline: str = "WanPipeline", transformer: dict[str, Any] = SMALL_WAN) -> Path:
    """Write a folder that says it is a model. It cannot be loaded."""
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline, **PARTS}))
    for part, (library, _) in PARTS.items():
        if library is not None:
            (folder / part).mkdir()
            (folder / part / "config.json").write_text("{}")
            (folder / part / "model.safetensors").write_bytes(bytes(100))
    (folder / "transformer" / "config.json").write_text(json.dumps(transformer))
    return folder
