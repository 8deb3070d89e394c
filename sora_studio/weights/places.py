"""Where models lie on this machine besides the studio's own folders: the hub's cache, and what ComfyUI uses. Nothing
is copied or changed there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sora_studio.core.errors import BadInput
from sora_studio.weights.layout import DATA, INDEX
from sora_studio.weights.manifest import safe

EXTRA = "extra_model_paths.yaml"
COMFY = (
    "checkpoints",
    "diffusion_models",
    "unet",
    "vae",
    "text_encoders",
    "clip",
    "clip_vision",
    "loras",
    "vae_approx",
)
"""The folders of a ComfyUI model tree that hold what is of use here."""
COMFY_TRANSFORMERS = ("diffusion_models", "unet")
"""Those of them that hold transformers alone."""
DEEP = 3
"""Folders within folders in which single files are looked for."""
LONGEST = 1_000_000
"""Bytes that a file of paths may have."""


def hub_cache() -> Path:
    """The cache of the hub's own programs, as they find it; may not exist."""
    for variable, inside in (("HF_HUB_CACHE", ""), ("HUGGINGFACE_HUB_CACHE", ""), ("HF_HOME", "hub")):
        if value := os.environ.get(variable):
            return Path(value).expanduser() / inside
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "huggingface" / "hub"


def hub_folders(cache: Path) -> Iterator[tuple[Path, str]]:
    """The models of a cache that are in the layout of diffusers: folder of the version in use, and repository."""
    for folder in folders_in(cache):
        author, _, name = folder.name.removeprefix("models--").partition("--")
        if folder.name.startswith("models--") and name and safe(f"{author}/{name}"):
            version = hub_folder(cache, f"{author}/{name}")
            if version is not None:
                yield version, f"{author}/{name}"


def hub_folder(cache: Path, repo: str) -> Path | None:
    """The version in use of a cached model in the layout of diffusers; None when there is none."""
    version = _version(cache / f"models--{repo.replace('/', '--')}")
    return version if version is not None and (version / INDEX).is_file() else None


def diffusers_folders(root: Path) -> Iterator[tuple[Path, str]]:
    """The folders in the layout of diffusers in a folder of models, or in authors' folders of it, with their names; the
    folder itself where it is one."""
    if (root / INDEX).is_file():
        yield root, root.name
        return
    for folder in folders_in(root):
        if (folder / INDEX).is_file():
            yield folder, folder.name
            continue
        for one in folders_in(folder):
            if (one / INDEX).is_file():
                yield one, f"{folder.name}/{one.name}"


def is_comfy(folder: Path) -> bool:
    """Whether a folder is ComfyUI's own or its tree of models."""
    models = folder / "models"
    return (folder / EXTRA).is_file() or any(
        (place / "checkpoints").is_dir() and (place / "loras").is_dir() for place in (folder, models)
    )


def comfy_folders(folder: Path) -> tuple[Path, ...]:
    """The folders in which a ComfyUI looks for models, without doubles. Raises BadInput when its file of further paths
    makes no sense."""
    found = [place / kind for place in (folder, folder / "models") for kind in COMFY]
    if (folder / EXTRA).is_file():
        found += _extra(folder / EXTRA)
    there: dict[Path, Path] = {}
    for place in found:
        if os.path.isdir(place):
            there.setdefault(place.resolve(), place)
    return tuple(there.values())


def single_files(root: Path) -> Iterator[Path]:
    """The single files of weights in a folder of models that may hold a transformer: those of a ComfyUI in its folders
    for them, and otherwise those beside the folders in the layout of diffusers."""
    if is_comfy(root):
        try:
            trees = comfy_folders(root)
        except BadInput:
            trees = ()
        places = [tree for tree in trees if tree.name in COMFY_TRANSFORMERS]
    else:
        places = [root]
    seen: set[Path] = set()
    for place in places:
        for file in _weights_within(place, DEEP):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _weights_within(folder: Path, deep: int) -> Iterator[Path]:
    if (folder / INDEX).is_file():
        return
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    yield from (one for one in inside if one.suffix.lower() in DATA and not one.name.startswith(".") and one.is_file())
    if deep:
        for one in folders_in(folder):
            yield from _weights_within(one, deep - 1)


def _extra(file: Path) -> list[Path]:
    """The folders of an extra_model_paths.yaml."""
    try:
        if file.stat().st_size > LONGEST:
            raise ValueError
        data: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as exc:
        raise BadInput(
            "“{file}” cannot be read, so the folders it names are left out. Correct it or take it away.", file=file
        ) from exc
    found = []
    for section in data.values() if isinstance(data, dict) else ():
        if not isinstance(section, dict):
            continue
        base = section.get("base_path")
        home = file.parent / os.path.expanduser(base) if isinstance(base, str) else file.parent
        for kind in COMFY:
            text = section.get(kind)
            if isinstance(text, str) and "\0" not in text and "\0" not in str(home):
                found += [home / os.path.expanduser(line.strip()) for line in text.splitlines() if line.strip()]
    return found


def _version(folder: Path) -> Path | None:
    """The version of a cached repository that its main branch pointed to last, else the newest."""
    versions = folder / "snapshots"
    try:
        main = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        main = ""
    if main and safe(main) and (versions / main).is_dir():
        return versions / main
    return max(folders_in(versions), key=lambda one: one.stat().st_mtime, default=None)


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder that are not hidden, by name; none where it cannot be read."""
    try:
        inside = [one for one in folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
    except OSError:
        return []
    return sorted(inside, key=lambda one: one.name.casefold())
