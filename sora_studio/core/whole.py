"""Files that are there whole or not at all, after a crash and after the power went."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from sora_studio.core.filenames import LONGEST


def write_whole(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Put `data` in the place of a file; until it returns the former one may be there, and it stays when this fails.
    What need not outlive a cut of power (not `lasting`) does not wait for the disk. Raises OSError."""
    part = beside(path)
    try:
        with part.open("wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    if lasting:
        settle(path.parent)


def beside(path: Path) -> Path:
    """Where `write_whole` lets a file grow: hidden, in the same folder, and with an ending of its own, so that whoever
    lists a folder by endings does not take it for a file that is there."""
    name = f".{path.name}.part"
    if len(os.fsencode(name)) > LONGEST:
        name = f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.part"
    return path.with_name(name)


def settle(folder: Path) -> None:
    """Bring the names in a folder to the disk. A system that knows no such thing does it by itself."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
