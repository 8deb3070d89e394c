"""Files that are there whole or not at all, after a crash and after the power went."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from sora_studio.core.language import tr


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` in the place of a file; until it returns the former one may be there. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    settle(path.parent)


def settle(folder: Path) -> None:
    """Bring the names in a folder to the disk. A system that knows no such thing does it by itself."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def is_writable(folder: Path) -> bool:
    """Whether files may be made in a folder. One that is full or gone counts as writable: that may pass."""
    probe = folder / f".write-{os.getpid()}"
    try:
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except OSError as exc:
        return exc.errno not in (errno.EROFS, errno.EACCES, errno.EPERM)
    with contextlib.suppress(OSError):
        probe.unlink()
    return True


def why(exc: OSError) -> str:
    """What a system says of a file, in the artist's words where there are some."""
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return tr("the disk is full")
    if exc.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return tr("it is write-protected")
    if exc.errno == errno.ENOENT:
        return tr("its folder is gone")
    return str(exc.strerror or exc).lower()
