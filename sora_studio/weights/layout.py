"""A folder in the layout of diffusers, read before anything in it is loaded: its index, and where its weights lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeGuard

from sora_studio.core.errors import BadInput

INDEX = "model_index.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
"""Endings of weights that run whatever program somebody put into them; none is ever opened."""
DATA = (".safetensors", ".gguf")
"""Endings of weights that are read as data."""

Config = dict[str, Any]


def read_index(folder: Path) -> Config:
    """What a folder says of itself; `_class_name` is the pipeline that it was saved from. Raises BadInput."""
    index = read_json(folder, Path(INDEX))
    kind = index.get("_class_name")
    if not isinstance(kind, str) or not kind.isidentifier():
        raise BadInput(
            "“{file}” in “{name}” does not name a pipeline. Download the model again.", file=INDEX, name=folder.name
        )
    return index


def check_shards(folder: Path, index: Path) -> None:
    """Refuse an index of a part's weights that names files elsewhere, or such as are not there. Raises BadInput."""
    table = read_json(folder, index.relative_to(folder)).get("weight_map")
    for name in table.values() if isinstance(table, dict) else [None]:
        if not _beside(name):
            raise BadInput("“{name}” points outside its own folder. It is not loaded.", name=folder.name)
        if not (index.parent / name).is_file():
            raise BadInput(
                "“{file}” is missing in “{name}”. Download the model again.",
                file=f"{index.parent.name}/{name}",
                name=folder.name,
            )


def read_json(folder: Path, name: Path) -> Config:
    """A file of a folder that holds an object. Raises BadInput."""
    try:
        data = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise _unreadable(folder, name) from exc
    if not isinstance(data, dict):
        raise _unreadable(folder, name)
    return data


def _beside(name: object) -> TypeGuard[str]:
    """Whether this is a file of weights in the same folder, on every system."""
    return isinstance(name, str) and name.endswith(".safetensors") and Path(name).name == name and "\\" not in name


def _unreadable(folder: Path, name: Path) -> BadInput:
    return BadInput("“{file}” in “{name}” cannot be read. Download the model again.", file=name, name=folder.name)
