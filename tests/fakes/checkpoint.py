"""The folder of an open model as the catalogue sees it: configurations, and files that stand for weights."""

from __future__ import annotations

import json
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
