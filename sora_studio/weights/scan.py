"""Says of every file of weights in a folder what it is, and why it cannot be used where that is so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.weights_file import OnDisk, Origin
from sora_studio.weights import places
from sora_studio.weights.headers import Header, read_header
from sora_studio.weights.layout import DATA, PICKLES, check_shards, read_index
from sora_studio.weights.recognise import PICTURES, SINGLE, is_scaled, numbers_of, recognise
from sora_studio.weights.shelf import INCOMPLETE

MOST = 20_000
"""Files that are looked at in one folder."""
DEEPEST = 6
"""Folders within folders that are looked into."""

Stop = Callable[[], bool]


def scan_all(folders: Sequence[Path], stop: Stop = lambda: False) -> Iterator[OnDisk]:
    """Everything in the folders of models, of which the first is the studio's own, and in the hub's cache."""
    for number, folder in enumerate(folders):
        yield from scan(folder, "folder" if number else "library", stop)
    yield from scan_hub(places.hub_cache(), stop)


def scan(folder: Path, origin: Origin, stop: Stop = lambda: False) -> Iterator[OnDisk]:
    """Everything of use in a folder of the artist's: models in the layout of diffusers, and single files; of a ComfyUI
    the trees it uses. Ends early when `stop` says so."""
    if places.is_comfy(folder):
        yield from _comfy(folder, stop)
        return
    whole = list(places.diffusers_folders(folder))
    for path, name in whole:
        if stop():
            return
        yield pipeline(path, name, origin)
    yield from _files(folder, origin, {path.resolve() for path, _ in whole}, stop)


def scan_hub(cache: Path, stop: Stop = lambda: False) -> Iterator[OnDisk]:
    """The models of the hub's cache."""
    for path, name in places.hub_folders(cache):
        if stop():
            return
        yield pipeline(path, name, "hub")


def pipeline(folder: Path, name: str, origin: Origin) -> OnDisk:
    """A folder in the layout of diffusers."""
    size = sum(_size(file) for file in folder.rglob("*"))
    found = OnDisk(folder, name, origin, "pipeline", size)
    try:
        kind = str(read_index(folder)["_class_name"])
        for file in folder.glob("*/*.index*.json"):
            check_shards(folder, file)
        for file in folder.glob("*/*.safetensors"):
            read_header(file)
    except BadInput as exc:
        return replace(found, reason=str(exc))
    return replace(found, family=kind.removesuffix("Pipeline"))


def look(path: Path, origin: Origin) -> OnDisk:
    """What one file is."""
    found = OnDisk(path, path.name, origin, "unknown", _size(path))
    if path.suffix.lower() in PICKLES:
        words = tr(
            "A pickle: it can run any program when it is opened, so it is not. Get the model as .safetensors or .gguf."
        )
        return replace(found, reason=words)
    try:
        header = read_header(path)
    except BadInput as exc:
        return replace(found, reason=str(exc))
    known = recognise(header)
    return replace(
        found,
        role=known.role,
        family=known.family,
        numbers=numbers_of(header),
        parameters=header.parameters,
        reason=_against(known.role, known.family, header),
    )


def _against(role: str, family: str, header: Header) -> str:
    """What speaks against using a file whose table is sound; empty when nothing does."""
    if role == "unknown":
        return tr("What this file is could not be told from the names in it.")
    if family in PICTURES and role in ("transformer", "checkpoint"):
        return tr("A model for single pictures. The studio makes films.")
    if role in ("transformer", "checkpoint") and is_scaled(header):
        return tr("Its 8-bit numbers have scales of their own, which are not read yet. Take a 16-bit or GGUF file.")
    if role == "checkpoint" or (role == "transformer" and family not in SINGLE):
        return tr("Such a single file is recognised, but not run. Get the model from the catalogue, or as a folder.")
    return ""


def _comfy(folder: Path, stop: Stop) -> Iterator[OnDisk]:
    try:
        trees = places.comfy_folders(folder)
    except BadInput as exc:
        file = folder / places.EXTRA
        yield OnDisk(file, file.name, "comfy", "unknown", _size(file), reason=str(exc))
        trees = tuple(folder / inside / kind for inside in ("", "models") for kind in places.COMFY)
    seen: set[Path] = set()
    for tree in trees:
        for one in _files(tree, "comfy", set(), stop):
            if one.path.resolve() not in seen:
                seen.add(one.path.resolve())
                yield one


def _files(folder: Path, origin: Origin, without: set[Path], stop: Stop) -> Iterator[OnDisk]:
    """The single files in a folder. Links are followed, rings are not."""
    seen: set[Path] = set()
    count = 0
    for base, folders, names in os.walk(folder, followlinks=True):
        place = Path(base)
        real = place.resolve()
        deep = len(place.relative_to(folder).parts)
        if real in seen or real in without or deep > DEEPEST:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            path = place / name
            if path.suffix.lower() not in (*DATA, *PICKLES) or name.startswith(".") or name.endswith(INCOMPLETE):
                continue
            count += 1
            if stop() or count > MOST:
                return
            yield look(path, origin)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
