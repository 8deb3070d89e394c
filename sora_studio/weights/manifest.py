"""What belongs to a fetched model: the files of one commit with their sizes and hashes, written before the first byte,
so that a download goes on where it stood and never mixes two versions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from sora_studio.core.whole import write_whole

NAME = "sora-download.json"
"""The file in the model's folder."""
PIECE = 1 << 22
"""Bytes that are hashed at once."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Part:
    """A file: its path with slashes, its size in bytes, and its hash: SHA-256 where the hub keeps large files, for
    others the hash git gives them (40 digits)."""

    path: str
    size: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a repository's commit that are wanted."""

    repo: str
    commit: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(part.size for part in self.parts)


def safe(path: str) -> bool:
    """Whether a path from elsewhere stays inside the folder it is put into, on every system."""
    parts = path.replace("\\", "/").split("/")
    windows = [PureWindowsPath(part) for part in parts]
    return (
        bool(path)
        and path.isprintable()
        and "\\" not in path
        and not any(part in ("", ".", "..") for part in parts)
        and not PurePosixPath(path).is_absolute()
        and not any(part.drive or part.root for part in windows)
    )


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a model's folder; None when there is none or it makes no sense."""
    try:
        data = json.loads((folder / NAME).read_text(encoding="utf-8"))
        parts = tuple(_part(raw) for raw in data["parts"])
        return Manifest(str(data["repo"]), _matched(_COMMIT, data["commit"]), parts) if parts else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, whole or not at all. Raises OSError."""
    write_whole(folder / NAME, json.dumps(asdict(manifest), indent=1).encode())


def matches(file: Path, part: Part, heard: Callable[[int], None] = lambda _read: None) -> bool:
    """Whether a file holds what its hash says. `heard` is told of the bytes read, and may raise to stop."""
    if len(part.hash) == 64:
        digest = hashlib.sha256()
    else:
        digest = hashlib.sha1(f"blob {part.size}\0".encode(), usedforsecurity=False)  # as git names its files
    try:
        if file.stat().st_size != part.size:
            return False
        with file.open("rb") as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
                heard(len(piece))
    except FileNotFoundError:
        return False
    return digest.hexdigest() == part.hash


def _part(raw: Any) -> Part:
    """A file of a manifest from elsewhere; raises ValueError or TypeError when it makes no sense."""
    path, size = raw["path"], raw["size"]
    if not isinstance(path, str) or not safe(path) or type(size) is not int or size < 0:
        raise ValueError(path)
    return Part(path, size, _matched(_HASH, raw["hash"]))


def _matched(pattern: re.Pattern[str], text: Any) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return str(text)
