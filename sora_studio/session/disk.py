"""Whether a disk takes what is written, and why not."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from sora_studio.core.language import tr


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
