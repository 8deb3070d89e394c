"""Why a path cannot be read or written, in words that say what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sora_studio.core.errors import MediaError, OutputError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}


def check_readable(path: Path) -> None:
    """Raise MediaError unless `path` is a file with bytes in it that may be read."""
    try:
        if path.is_dir():
            raise MediaError("“{name}” is a folder. Choose a picture or a video in it.", name=path.name)
        if path.exists() and not path.is_file():
            raise MediaError("“{name}” is not a file. Choose a picture or a video.", name=path.name)
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError("“{name}” is empty. Copy or download the file again.", name=path.name)
    except FileNotFoundError as exc:
        raise MediaError(
            "“{name}” is not there any more. Find the file or remove it from the project.", name=path.name
        ) from exc
    except PermissionError as exc:
        raise MediaError("“{name}” may not be read. Change the permissions of the file.", name=path.name) from exc
    except (OSError, ValueError) as exc:
        raise MediaError(
            "“{name}” cannot be opened ({why}). Copy it to another place.", name=path.name, why=_detail(exc)
        ) from exc


def unreadable(path: Path, exc: BaseException | None = None) -> MediaError:
    """The error of a file whose contents make no sense."""
    if isinstance(exc, MemoryError):
        return MediaError("“{name}” does not fit into memory. Make it smaller first.", name=path.name)
    return MediaError(
        "“{name}” is damaged or not a picture or video that can be read. Convert or export it again.", name=path.name
    )


def check_writable(path: Path, *, folder: bool = False) -> None:
    """Raise OutputError unless a file (or a new folder) can be made at `path`."""
    home = path.parent
    if not path.name:
        raise OutputError("A file needs a name. Choose one.")
    try:
        if not home.exists():
            raise OutputError("The folder “{folder}” does not exist. Make it or choose another one.", folder=home)
        if not home.is_dir():
            raise OutputError("“{folder}” is not a folder. Choose another place.", folder=home)
        if folder and path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise OutputError("“{name}” is there already. Choose the name of a new folder.", name=path.name)
        if path.is_dir() and not folder:
            raise OutputError("“{path}” is a folder. Choose a file name.", path=path)
        if not os.access(home, os.W_OK | os.X_OK):
            raise OutputError("Nothing may be written in “{folder}”. Choose another folder.", folder=home)
    except (OSError, ValueError) as exc:
        raise unwritable(path, exc) from exc


def unwritable(path: Path, exc: BaseException) -> OutputError:
    """The error of a failed write."""
    number = getattr(exc, "errno", None)
    if number in _NO_SPACE:
        return OutputError(
            "The disk is full: “{name}” was not written. Free some space or choose another disk.", name=path.name
        )
    if number in _READ_ONLY:
        return OutputError("Nothing may be written in “{folder}”. Choose another folder.", folder=path.parent)
    if number == errno.EFBIG:
        return OutputError(
            "“{name}” grew larger than this disk allows. Choose another disk or a smaller size.", name=path.name
        )
    if number in (errno.ENOENT, errno.ENOTDIR):
        return OutputError(
            "The folder “{folder}” is not there any more. Make it or choose another one.", folder=path.parent
        )
    if number == errno.ENAMETOOLONG:
        return OutputError("The file name is too long. Choose a shorter one.")
    return OutputError(
        "“{name}” could not be written ({why}). Choose another place or format.", name=path.name, why=_detail(exc)
    )


def _detail(exc: BaseException) -> str:
    return str(getattr(exc, "strerror", None) or exc).strip().rstrip(".")
