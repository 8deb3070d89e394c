"""What tells a file from another one wherever it lies: its length and a digest of its first and last bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sora_studio.core.errors import MediaError

SAMPLE = 1 << 20
"""Bytes read at either end: whole for pictures, and quick for films of any length."""


def fingerprint(path: Path) -> str:
    """`length-digest` of a file, 40 hexadecimal digits; two films that differ anywhere in their headers, first or last
    MiB have different ones. Raises MediaError when the file cannot be read."""
    try:
        with path.open("rb") as file:
            length = file.seek(0, 2)
            file.seek(0)
            digest = hashlib.sha256(file.read(SAMPLE))
            file.seek(max(SAMPLE, length - SAMPLE))
            digest.update(file.read(SAMPLE))
    except OSError as exc:
        raise MediaError(
            "“{name}” cannot be read ({why}). Copy it to another place.", name=path.name, why=exc.strerror
        ) from exc
    return f"{length}-{digest.hexdigest()[:40]}"


def length_of(mark: str) -> int:
    """The bytes a fingerprint stands for; -1 when it is none."""
    head = mark.partition("-")[0]
    return int(head) if head.isdecimal() else -1
