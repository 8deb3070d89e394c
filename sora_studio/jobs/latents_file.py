"""Latents that are kept as bytes: a safetensors table, read with the same distrust as any file.

On disk a `Mark` says whose they are, so that what does not belong to a run is never taken for its own.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from sora_studio.core.engine import Latents
from sora_studio.core.errors import BadInput
from sora_studio.core.whole import write_whole
from sora_studio.weights.headers import read_header

FORMAT = "sora-studio/latents 1"
"""What a file says it is, and by which rules: others begin anew."""
VALUES = "latents"


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose latents a file holds: a digest of the whole request and its plan, the engine and what tells its weights
    from others, the window of so many, its seed and its steps."""

    request: str
    engine: str
    weights: str
    window: int
    windows: int
    seed: int
    steps: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a window is that was kept."""

    mark: Mark
    step: int
    final: bool


def latents_bytes(latents: Latents, mark: Mark | None = None) -> bytes:
    """Latents as a file or a message."""
    arrays = {VALUES: latents.values, **latents.more}
    notes = {"format": FORMAT, "step": str(latents.step), "final": str(int(latents.final))}
    notes["checksum"] = str(_checksum(arrays, latents.step, final=latents.final))
    if mark is not None:
        notes |= {name: str(value) for name, value in asdict(mark).items()}
    whole = {name: np.require(array, requirements="C") for name, array in arrays.items()}
    data: bytes = save(whole, notes)
    return data


def latents_from(data: bytes) -> Latents:
    """The latents of a message. Raises ValueError for anything else."""
    try:
        arrays = load(data)
    except (KeyError, TypeError, SafetensorError) as exc:
        raise ValueError(str(exc)) from exc
    table = int.from_bytes(data[:8], "little")
    return _latents(arrays, _notes(data[8 : 8 + table]))


def write_latents(path: Path, latents: Latents, mark: Mark) -> None:
    """Write a file so that a crash leaves the former or the new one. Raises OSError."""
    path.parent.mkdir(exist_ok=True)  # not its parents: a project that was removed stays so
    write_whole(path, latents_bytes(latents, mark))


def read_latents(path: Path, mark: Mark) -> Latents:
    """The latents of a file, if they are those of `mark`. Raises BadInput saying why they are not used."""
    standing = read_standing(path)
    if standing.mark != mark:
        raise BadInput("What was kept belongs to another request or other weights, so the clip is made anew.")
    try:
        return _latents(load(path.read_bytes()), read_header(path).metadata)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as exc:
        raise _damaged() from exc


def read_standing(path: Path) -> Standing:
    """How far a kept window is, by its table alone. Raises BadInput saying why the file is not used."""
    try:
        notes = read_header(path).metadata
    except BadInput as exc:
        raise _damaged() from exc
    if notes.get("format") != FORMAT:
        raise BadInput("What was kept comes from another version of the studio, so the clip is made anew.")
    try:
        texts = (notes["request"], notes["engine"], notes["weights"])
        counts = (int(notes[name]) for name in ("window", "windows", "seed", "steps"))
        standing = Standing(Mark(*texts, *counts), int(notes["step"]), notes["final"] == "1")
    except (KeyError, ValueError) as exc:
        raise _damaged() from exc
    mark = standing.mark
    if not (0 <= standing.step <= mark.steps and 0 <= mark.window < mark.windows):
        raise _damaged()
    return standing


def _latents(arrays: dict[str, NDArray[Any]], notes: Mapping[str, str]) -> Latents:
    """Raises ValueError when something is missing or was changed."""
    try:
        step, final, checksum = int(notes["step"]), notes["final"] == "1", int(notes["checksum"])
        values = arrays[VALUES]
    except KeyError as exc:
        raise ValueError("something is missing") from exc
    if checksum != _checksum(arrays, step, final=final) or values.dtype != np.float32:
        raise ValueError("something was changed")
    return Latents(step, values, {name: array for name, array in arrays.items() if name != VALUES}, final)


def _notes(table: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(table).get("__metadata__", {})
    return found


def _checksum(arrays: Mapping[str, NDArray[Any]], step: int, *, final: bool) -> int:
    """Over names, types, shapes and bytes. Memory and disks fail; foul play has nothing to gain here."""
    total = zlib.crc32(f"{step}:{final}".encode())
    for name in sorted(arrays):
        array = arrays[name]
        head = f"{name}:{array.dtype.str}:{array.shape}"
        total = zlib.crc32(array.tobytes(), zlib.crc32(head.encode(), total))
    return total


def _damaged() -> BadInput:
    return BadInput("What was kept is damaged, so the clip is made anew.")
