"""A folder in the layout of diffusers, read and checked before anything in it is loaded. Needs no torch.

Weights are read from safetensors alone: the older formats (.bin, .pt, .ckpt) are pickles, which run whatever program
somebody put into them. Nor is code of a checkpoint's own ever run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.weights.fingerprint import file_fingerprint, folder_fingerprint
from sora_studio.weights.layout import INDEX, PICKLES, Config, check_shards, read_index, read_json

LIBRARIES = ("diffusers", "transformers", "ltx2")  # the last one is a folder of diffusers

WITHOUT_WEIGHTS = ("Scheduler", "Tokenizer", "Processor", "Extractor", "Guidance")
"""Words in the names of classes that have no weights."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a folder says of itself: its index, and the configuration of each of its parts."""

    folder: Path
    index: Config
    configs: dict[str, Config]
    variant: str | None = None
    """The middle of the weights' file names, such as "fp16", when there are none without."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Parts whose weights are read from a single file elsewhere, in place of the folder's own."""

    @property
    def name(self) -> str:
        """What the artist calls it: its file, or its folder."""
        return self.files["transformer"].stem if self.files else self.folder.name

    @property
    def fingerprint(self) -> str:
        """What tells its weights from others; empty when something cannot be read."""
        prints = [folder_fingerprint(self.folder), *(file_fingerprint(file) for file in self.files.values())]
        if len(prints) == 1 or not all(prints):
            return prints[0] if len(prints) == 1 else ""
        return hashlib.sha256("".join(prints).encode()).hexdigest()[:40]

    @property
    def pipeline(self) -> str:
        """The class of diffusers that it was saved from."""
        return str(self.index["_class_name"])

    def config(self, part: str) -> Config:
        """The configuration of a part; empty when there is none."""
        return self.configs.get(part, {})

    def has(self, part: str) -> bool:
        """Whether the part is there."""
        return part in self.configs

    @property
    def disk_bytes(self) -> int:
        """Bytes of all files."""
        own = (file for file in self.folder.rglob("*") if file.is_file())
        return sum(file.stat().st_size for file in (*own, *self.files.values()))

    @property
    def weight_bytes(self) -> int:
        """Bytes of the weights that are loaded."""
        return sum(file.stat().st_size for part in self.configs for file in self.weights(part))

    def weights(self, part: str) -> list[Path]:
        """The files of weights that are loaded for a part; none for one that has no weights."""
        return [self.files[part]] if part in self.files else _weights(self.folder / part, self.variant)


def read_checkpoint(folder: Path, without: tuple[str, ...] = ()) -> Checkpoint:
    """Read a folder; parts that it may be `without` need no weights. Raises BadInput saying what is missing or not
    trusted, and what to do."""
    index = read_index(folder) if (folder / INDEX).is_file() else _no_index(folder)
    parts = {
        name: value
        for name, value in index.items()
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], str)
    }
    for name, (library, kind) in parts.items():
        if name not in without:
            _check_part(folder, name, library, kind)
    return Checkpoint(folder, index, {name: _config(folder, name) for name in parts}, _variant(folder, tuple(parts)))


def _no_index(folder: Path) -> Config:
    """Say what the folder is instead."""
    if not folder.is_dir():
        raise BadInput("“{name}” is no folder with a model.", name=folder)
    if any(folder.glob("*.safetensors")) or any(folder.glob("*.gguf")):
        raise BadInput(
            "“{name}” holds single files of weights. Name one of them, or a folder in the layout of diffusers, which "
            "has a “{file}”.",
            name=folder.name,
            file=INDEX,
        )
    raise BadInput(
        "“{name}” is no model in the layout of diffusers: it has no “{file}”. Choose the folder that holds that file.",
        name=folder.name,
        file=INDEX,
    )


def _check_part(folder: Path, name: str, library: str, kind: str) -> None:
    """Refuse a part that brings its own code, has only pickled weights, or lacks its weights."""
    if library not in LIBRARIES:
        raise BadInput(
            "“{name}” names code of its own for “{part}” ({library}). Only parts of {known} are run: choose a version "
            "of the model that needs nothing else.",
            name=folder.name,
            part=name,
            library=library,
            known=", ".join(LIBRARIES[:2]),
        )
    place = folder / name
    if Path(name).name != name:
        raise BadInput("“{name}” points outside its own folder. It is not loaded.", name=folder.name)
    if any(word in kind for word in WITHOUT_WEIGHTS):
        return
    if not any(place.glob("*.safetensors")):
        if place.is_dir() and any(file.suffix in PICKLES for file in place.iterdir()):
            raise BadInput(
                "The weights of “{part}” in “{name}” are pickles, which can run any program when they are opened, so "
                "they are not loaded. Get the model with .safetensors files.",
                part=name,
                name=folder.name,
            )
        raise BadInput(
            "The weights of “{part}” in “{name}” are missing. Download the model again.", part=name, name=folder.name
        )
    for index in place.glob("*.safetensors.index*.json"):
        check_shards(folder, index)


def _config(folder: Path, part: str) -> Config:
    place = Path(part) / "config.json"
    return read_json(folder, place) if (folder / place).is_file() else {}


def _variant(folder: Path, parts: tuple[str, ...]) -> str | None:
    """The variant to load: none where the plain weights are complete."""
    needed: set[str] = set()
    for part in parts:
        variants = {_variant_of(file.name) for file in (folder / part).glob("*.safetensors")}
        if "" not in variants:
            needed |= variants
    return min(needed) if needed else None


def _variant_of(name: str) -> str:
    """The "fp16" of "model.fp16-00001-of-00002.safetensors"; empty without one."""
    return re.sub(r"-\d{5}-of-\d{5}", "", name.removesuffix(".safetensors")).partition(".")[2]


def _weights(place: Path, variant: str | None) -> list[Path]:
    """The files of weights that are loaded from a part's folder."""
    files = list(place.glob("*.safetensors"))
    chosen = [file for file in files if _variant_of(file.name) == (variant or "")]
    return chosen or [file for file in files if not _variant_of(file.name)]
