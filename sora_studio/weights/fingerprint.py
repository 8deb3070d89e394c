"""What tells a folder of weights from others, without reading all of it: sizes, tables, and a sample of every file."""

from __future__ import annotations

import hashlib
from pathlib import Path

SAMPLES, SAMPLE = 16, 4096
"""Pieces of a file that are read, evenly over it, and bytes of each; its beginning, with the table, is read whole."""
HEAD = 1 << 16


def folder_fingerprint(folder: Path) -> str:
    """40 hexadecimal digits over the names, sizes and samples of a folder's files of weights and configuration; the
    same wherever the folder lies. Empty when something cannot be read: then nothing is known to fit."""
    digest = hashlib.sha256()
    try:
        files = sorted(path for path in folder.rglob("*") if path.suffix in (".safetensors", ".gguf", ".json"))
        for path in files:
            digest.update(f"{path.relative_to(folder).as_posix()}:{_sample(path)};".encode())
    except OSError:
        return ""
    return digest.hexdigest()[:40]


def file_fingerprint(path: Path) -> str:
    """The same of one file."""
    try:
        return hashlib.sha256(_sample(path).encode()).hexdigest()[:40]
    except OSError:
        return ""


def _sample(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        digest = hashlib.sha256(file.read(HEAD))
        for place in range(1, SAMPLES + 1):
            file.seek(max(0, size * place // SAMPLES - SAMPLE))
            digest.update(file.read(SAMPLE))
    return f"{size}-{digest.hexdigest()}"
