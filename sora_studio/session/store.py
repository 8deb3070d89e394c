"""The project folder: project.json, written whole or not at all, and the media beside it in media/."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sora_studio.core.errors import ProjectError
from sora_studio.core.language import tr
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.project import Project, from_data, to_data
from sora_studio.settings.folders import data_folder

FILE = "project.json"
RECOVERY = "project.unsaved.json"
"""Changes since the last save; there only after a crash."""
MEDIA = "media"
KEPT = "kept"
"""What clips leave behind on the way: a folder each, by medium and seed."""


def has_project(folder: Path) -> bool:
    """Whether a project lies in the folder."""
    return (folder / FILE).is_file() or (folder / RECOVERY).is_file()


def untitled_folder() -> Path:
    """A new folder for a project that was not saved anywhere yet; raises ProjectError when it cannot be made."""
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
    folder, count = data_folder() / "projects" / f"Untitled {stamp}", 1
    while folder.exists():
        count += 1
        folder = folder.with_name(f"Untitled {stamp} ({count})")
    make_folder(folder)
    return folder


def make_folder(folder: Path) -> None:
    """Make the folder of a project and its media folder; raises ProjectError."""
    try:
        (folder / MEDIA).mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ProjectError(
            "The folder “{folder}” cannot be made ({why}). Choose another place.", folder=folder, why=_why(exc)
        ) from exc


def load(folder: Path) -> Project:
    """The saved project of a folder; raises ProjectError with what to do."""
    return _read(folder / FILE, folder)


def load_recovery(folder: Path) -> Project | None:
    """Changes that were never saved, None when there are none or they cannot be read."""
    path = folder / RECOVERY
    if not path.is_file():
        return None
    try:
        return _read(path, folder)
    except ProjectError:
        return None


def save(project: Project, folder: Path) -> None:
    """Write the project so that a crash leaves the former or the new one, never half of it; raises ProjectError."""
    make_folder(folder)
    _write(folder / FILE, project)
    drop_recovery(folder)


def save_recovery(project: Project, folder: Path) -> None:
    """Write changes beside the saved project; raises ProjectError."""
    _write(folder / RECOVERY, project)


def drop_recovery(folder: Path) -> None:
    """Forget changes that were not saved."""
    with contextlib.suppress(OSError):
        (folder / RECOVERY).unlink(missing_ok=True)


def media_path(folder: Path, item: MediaItem) -> Path | None:
    """The file of a medium, None while there is none."""
    path = place_of(folder, item)  # asked of os, which calls a name that no system takes no file
    return path if path is not None and os.path.isfile(path) else None


def place_of(folder: Path, item: MediaItem) -> Path | None:
    """Where the file of a medium is expected, without a look at the disk; None while it is being made."""
    return folder / item.state.path if isinstance(item.state, Ready) else None


def has_media(folder: Path) -> bool:
    """Whether something was made or kept in the folder, if only in part."""
    places = (place for place in (folder / MEDIA, folder / KEPT) if place.is_dir())
    return any(path for place in places for path in place.iterdir() if not path.name.startswith("."))


def remove(folder: Path) -> None:
    """Delete the folder of an untitled project."""
    shutil.rmtree(folder, ignore_errors=True)


def stored_path(folder: Path, path: Path) -> str:
    """How a project names a file: relative inside its folder, so that the folder can be moved, absolute outside."""
    path, folder = path.absolute(), folder.absolute()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def copy_media(project: Project, source: Path, target: Path) -> None:
    """Copy the media inside one project folder into another, and what clips left behind on the way; raises
    ProjectError when the disk is full."""
    make_folder(target)
    with contextlib.suppress(OSError, shutil.Error):  # there is none, or what cannot be copied is made again
        shutil.copytree(source / KEPT, target / KEPT, dirs_exist_ok=True)
    for item in project.media.values():
        path = media_path(source, item)
        inside = Path(os.path.relpath(path, source)) if path is not None and path.is_relative_to(source) else None
        if path is None or inside is None or ".." in inside.parts:  # a project from elsewhere may say anything
            continue
        copy = target / inside
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            part = copy.with_name(f".{copy.name}.part")
            shutil.copy2(path, part)
            os.replace(part, copy)
        except OSError as exc:
            raise ProjectError(
                "“{name}” cannot be copied to “{target}” ({why}).", name=path.name, target=target, why=_why(exc)
            ) from exc


def from_elsewhere(project: Project, folder: Path) -> Project:
    """A project whose media lie in another folder: it names them in full."""

    def placed(item: MediaItem) -> MediaItem:
        path = place_of(folder, item)
        return item if path is None else replace(item, state=Ready(str(path.absolute())))

    return replace(project, media={key: placed(item) for key, item in project.media.items()})


def adopt(path: Path, folder: Path) -> Path:
    """Bring a finished file into the media of a folder, wherever it was made; returns its place."""
    target = folder / MEDIA / path.name
    if target != path:
        try:
            shutil.move(path, target)
        except OSError as exc:
            raise ProjectError(
                "“{name}” cannot be moved to “{folder}” ({why}).", name=path.name, folder=folder, why=_why(exc)
            ) from exc
    return target


def _read(path: Path, folder: Path) -> Project:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ProjectError(
            "There is no project in “{folder}”. Choose the folder that holds {file}.", folder=folder, file=FILE
        ) from exc
    except OSError as exc:
        raise ProjectError("The project in “{folder}” cannot be read ({why}).", folder=folder, why=_why(exc)) from exc
    except (ValueError, RecursionError) as exc:
        raise ProjectError(
            "{name} in “{folder}” is damaged. Put back a copy of it from a backup.", name=path.name, folder=folder
        ) from exc
    return from_data(data)


def _write(path: Path, project: Project) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        # Names of files may hold what is no character; written so, it is JSON's own writing of it and comes back.
        with part.open("w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump(to_data(project), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise ProjectError(
            "The project cannot be saved in “{folder}” ({why}). Save it elsewhere.", folder=path.parent, why=_why(exc)
        ) from exc


def _why(exc: OSError) -> str:
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return tr("the disk is full")
    return str(exc.strerror or exc).lower()
