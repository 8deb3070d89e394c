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
            raise MediaError(f"“{path.name}” is a folder. Choose a picture or a video in it.")
        if path.exists() and not path.is_file():
            raise MediaError(f"“{path.name}” is not a file. Choose a picture or a video.")
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError(f"“{path.name}” is empty. Copy or download the file again.")
    except FileNotFoundError as exc:
        raise MediaError(f"“{path.name}” is not there any more. Find the file or remove it from the project.") from exc
    except PermissionError as exc:
        raise MediaError(f"“{path.name}” may not be read. Change the permissions of the file.") from exc
    except (OSError, ValueError) as exc:
        raise MediaError(f"“{path.name}” cannot be opened ({_detail(exc)}). Copy it to another place.") from exc


def unreadable(path: Path, exc: BaseException | None = None) -> MediaError:
    """The error of a file whose contents make no sense."""
    if isinstance(exc, MemoryError):
        return MediaError(f"“{path.name}” does not fit into memory. Make it smaller first.")
    return MediaError(
        f"“{path.name}” is damaged or not a picture or video that can be read. Convert or export it again."
    )


def check_writable(path: Path, *, folder: bool = False) -> None:
    """Raise OutputError unless a file (or a new folder) can be made at `path`."""
    home = path.parent
    if not path.name:
        raise OutputError("A file needs a name. Choose one.")
    try:
        if not home.exists():
            raise OutputError(f"The folder “{home}” does not exist. Make it or choose another one.")
        if not home.is_dir():
            raise OutputError(f"“{home}” is not a folder. Choose another place.")
        if folder and path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise OutputError(f"“{path.name}” is there already. Choose the name of a new folder.")
        if path.is_dir() and not folder:
            raise OutputError(f"“{path}” is a folder. Choose a file name.")
        if not os.access(home, os.W_OK | os.X_OK):
            raise OutputError(f"Nothing may be written in “{home}”. Choose another folder.")
    except (OSError, ValueError) as exc:
        raise unwritable(path, exc) from exc


def unwritable(path: Path, exc: BaseException) -> OutputError:
    """The error of a failed write."""
    number = getattr(exc, "errno", None)
    if number in _NO_SPACE:
        return OutputError(f"The disk is full: “{path.name}” was not written. Free some space or choose another disk.")
    if number in _READ_ONLY:
        return OutputError(f"Nothing may be written in “{path.parent}”. Choose another folder.")
    if number == errno.EFBIG:
        return OutputError(f"“{path.name}” grew larger than this disk allows. Choose another disk or a smaller size.")
    if number in (errno.ENOENT, errno.ENOTDIR):
        return OutputError(f"The folder “{path.parent}” is not there any more. Make it or choose another one.")
    if number == errno.ENAMETOOLONG:
        return OutputError("The file name is too long. Choose a shorter one.")
    return OutputError(f"“{path.name}” could not be written ({_detail(exc)}). Choose another place or format.")


def _detail(exc: BaseException) -> str:
    return str(getattr(exc, "strerror", None) or exc).strip().rstrip(".")
