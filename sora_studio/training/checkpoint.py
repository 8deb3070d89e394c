"""Checkpoints that resume to the bit: weights, averages, optimiser, step, seed, random state, data position, config.

A checkpoint is private to its run folder. It is written beside and renamed into place, so that a crash leaves the
last good one.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from sora_studio.core.errors import BadInput, OutputError, StudioError

FILE = "checkpoint.pt"


def plain(value: object) -> Any:
    """A config as dicts, lists, numbers and text, which a checkpoint can hold and be read back without running code."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def save(folder: Path, state: dict[str, Any], name: str = FILE) -> Path:
    """Write `state` (tensors, numbers, text) atomically; raises OutputError when the folder can't take it."""
    path = folder / name
    beside = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as exc:
        raise OutputError(f"The checkpoint {path} cannot be written: {exc}.") from exc
    return path


def load(folder: Path, name: str = FILE) -> dict[str, Any] | None:
    """The state saved in `folder`, or None when there is none. Tensors only, no code is run.

    Raises BadInput for a file that is no checkpoint.
    """
    path = folder / name
    if not path.is_file():
        return None
    try:
        return dict(torch.load(path, map_location="cpu", weights_only=True))
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError) as exc:
        raise BadInput(f"The checkpoint {path} cannot be read. Remove it, or choose another --run folder.") from exc


def require(folder: Path) -> dict[str, Any]:
    """The state saved in `folder`; raises BadInput when there is none."""
    state = load(folder)
    if state is None:
        raise BadInput(f"There is no checkpoint in {folder}. Give the folder of a run that has been saved.")
    return state


def starting_weights(start: Path, part: str) -> dict[str, torch.Tensor]:
    """Weights by name that a new run begins with: averaged ones of a run folder, or those of a pipeline's `part`.

    Raises BadInput when `start` is neither.
    """
    file = start / part / "diffusion_pytorch_model.safetensors"
    if not file.is_file():
        return dict(require(start)["trainer"]["average"])
    try:
        return load_file(file)
    except (SafetensorError, OSError) as exc:
        raise BadInput(f"The weights {file} cannot be read ({exc}). Choose another folder for --start.") from exc


def check_same(saved: object, wanted: object, folder: Path) -> None:
    """Raise StudioError when a run is resumed with a config other than the one it was started with."""
    before, now = plain(saved), plain(wanted)
    for config in (before, now):
        if config["optimisation"]["schedule"] == "constant":  # its length changes no step, so a run may grow longer
            del config["optimisation"]["steps"]
    if before != now:
        raise StudioError(
            f"The run in {folder} was started with other settings. Use the same ones, or another --run folder."
        )
