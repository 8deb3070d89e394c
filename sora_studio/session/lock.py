"""A file in the folder of an open project, so that a second window does not write over the first.

It names a process and its machine. One whose process is gone from this machine is stale and taken over; of another
machine's process nothing can be known. A folder that cannot be written needs no lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from pathlib import Path

from sora_studio.core.errors import InUse
from sora_studio.session.processes import lives, this_process
from sora_studio.settings.remembered import read_json

FILE = "project.lock"
WRITTEN = 5.0
"""Seconds after which a lock that says nothing is one whose window died while it wrote."""


def take(folder: Path) -> None:
    """Lock a folder for this process, again if it has it. Raises InUse when another window has it."""
    path = folder / FILE
    mine = json.dumps({**this_process(), "host": socket.gethostname(), "folder": _place(folder)})
    for _ in range(3):
        try:
            lock = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        except FileExistsError:
            said = _read(path)
            if _holds(said, path):
                _refuse(said, folder)
            if _is_mine(said, folder):
                return
            _clear(path, said)
            continue
        except OSError:
            return
        try:
            os.write(lock, mine.encode())
        except OSError:  # a full disk: an empty lock would look like a dead window's
            with contextlib.suppress(OSError):
                path.unlink()
        finally:
            os.close(lock)
        return


def is_held(folder: Path) -> bool:
    """Whether another window that may live has a folder open."""
    return _holds(_read(folder / FILE), folder / FILE) if (folder / FILE).exists() else False


def release(folder: Path) -> None:
    """Let go of a folder if this process has it."""
    if _is_mine(_read(folder / FILE), folder):
        with contextlib.suppress(OSError):
            (folder / FILE).unlink()


def _refuse(said: dict[str, object] | None, folder: Path) -> None:
    host = said.get("host") if said is not None else None
    if said is None or _is_here(said):
        raise InUse(
            "“{name}” is open in another window of the studio. Go on there, or open a copy of it here.",
            folder=folder,
            name=folder.name,
        )
    raise InUse(
        "“{name}” is open on the machine “{host}”. Close it there, or open a copy of it here. If it is open nowhere, "
        "delete “{file}” in its folder.",
        folder=folder,
        name=folder.name,
        host=host,
        file=FILE,
    )


def _holds(said: dict[str, object] | None, path: Path) -> bool:
    """Whether a lock is another window's that may live."""
    if said is None:
        try:
            return abs(time.time() - path.stat().st_mtime) < WRITTEN  # one from the future: the clock was wrong
        except OSError:
            return False
    if not _is_here(said):
        return True
    if said.get("pid") == os.getpid() or said.get("folder") != _place(path.parent):
        return False  # the second: the folder was copied while it was open
    return lives(said)


def _is_mine(said: dict[str, object] | None, folder: Path) -> bool:
    return (
        said is not None and _is_here(said) and said.get("pid") == os.getpid() and said.get("folder") == _place(folder)
    )


def _place(folder: Path) -> str:
    return str(folder.resolve())


def _is_here(said: dict[str, object]) -> bool:
    return said.get("host") == socket.gethostname()


def _clear(path: Path, stale: dict[str, object] | None) -> None:
    """Take a stale lock away, unless another window was quicker and it is its own now."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        os.replace(path, aside)
        if _read(aside) == stale:
            aside.unlink()
        else:
            os.replace(aside, path)


def _read(path: Path) -> dict[str, object] | None:
    said = read_json(path)
    return said if isinstance(said, dict) else None
