"""The project folder: project.json, written whole or not at all, and the media beside it in media/."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sora_studio.core.errors import Damaged, MediaError, ProjectError, Unwritable
from sora_studio.core.filenames import part_of
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.project import Project, from_data, to_data
from sora_studio.core.whole import settle, write_whole
from sora_studio.media.fingerprint import fingerprint
from sora_studio.session import versions
from sora_studio.session.disk import why
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
            "The folder “{folder}” cannot be made ({why}). Choose another place.", folder=folder, why=why(exc)
        ) from exc


def load(folder: Path) -> Project:
    """The saved project of a folder; raises ProjectError with what to do, Damaged when the file is."""
    return _read(folder / FILE, folder)


def load_version(path: Path, folder: Path) -> Project:
    """The project in a file that belongs to a folder, such as an earlier version of it; raises ProjectError."""
    return _read(path, folder)


def save(project: Project, folder: Path) -> str:
    """Write the project so that a crash leaves the former or the new one, never half of it, and what was there as an
    earlier version. Returns the digest of what was written; raises ProjectError."""
    make_folder(folder)
    path, data = folder / FILE, _bytes(_data(project, folder), 1)
    if digest_of(folder) != (made := _digest(data)) and path.is_file():
        versions.put_by(folder, path)
    _write(path, data)
    return made


def write_unsaved(path: Path, project: Project, folder: Path, notes: dict[str, object]) -> None:
    """Write changes to the project of a folder into a file, with notes beside them; raises ProjectError."""
    _write(path, _bytes({**_data(project, folder), **notes}, None))


def drop_recovery(folder: Path) -> None:
    """Forget changes that lie beside the saved project."""
    with contextlib.suppress(OSError):
        (folder / RECOVERY).unlink(missing_ok=True)


def digest_of(folder: Path) -> str:
    """What tells the saved project of a folder from any other; empty where none can be read."""
    try:
        return _digest((folder / FILE).read_bytes())
    except OSError:
        return ""


def media_path(folder: Path, item: MediaItem) -> Path | None:
    """The file of a medium, None while there is none."""
    path = place_of(folder, item)  # asked of os, which calls a name that no system takes no file
    return path if path is not None and os.path.isfile(path) else None


def place_of(folder: Path, item: MediaItem) -> Path | None:
    """Where the file of a medium is expected, without a look at the disk; None while it is being made."""
    return folder / item.state.path if isinstance(item.state, Ready) else None


def files_of(folder: Path, items: Iterable[MediaItem]) -> dict[str, str]:
    """The media by their files, as `medium_of` finds them."""
    files: dict[str, str] = {}
    for item in items:
        if isinstance(item.state, Ready):
            stored = Path(item.state.path)
            files[str(folder / stored)] = item.id
            if not stored.is_absolute():
                files[f"{stored.parent.name}/{stored.name}"] = item.id
    return files


def medium_of(files: Mapping[str, str], path: str) -> str | None:
    """The medium whose file a recipe names; the project may have been moved since."""
    place = Path(path)
    return files.get(str(place)) or files.get(f"{place.parent.name}/{place.name}")


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
            _copy(path, copy)
        except OSError as exc:
            raise ProjectError(
                "“{name}” cannot be copied to “{target}” ({why}).", name=path.name, target=target, why=why(exc)
            ) from exc


def from_elsewhere(project: Project, folder: Path) -> Project:
    """A project whose media lie in another folder: it names them in full."""

    def placed(item: MediaItem) -> MediaItem:
        path = place_of(folder, item)
        return item if path is None else replace(item, state=Ready(str(path.absolute())))

    return replace(project, media={key: placed(item) for key, item in project.media.items()})


def adopt(path: Path, folder: Path) -> Path:
    """Bring a finished file into the media of a folder, wherever it was made; returns its place. Raises ProjectError;
    then it is where it was."""
    target = folder / MEDIA / path.name
    if target != path:
        try:
            _move(path, target)
        except OSError as exc:
            raise ProjectError(
                "“{name}” cannot be moved to “{folder}” ({why}).", name=path.name, folder=folder, why=why(exc)
            ) from exc
    return target


def made_in(place: Path, project: Project, folder: Path) -> list[tuple[MediaItem, Path]]:
    """The media of a folder's project that were made in another place, with their files there."""
    found = ((item, place_of(folder, item)) for item in project.media.values())
    return [(item, path) for item, path in found if path and path.parent == place / MEDIA and path.is_file()]


def bring(path: Path, folder: Path) -> Path:
    """Copy a finished file into the media of a folder; returns the copy. Raises ProjectError."""
    target = folder / MEDIA / path.name
    try:
        _copy(path, target)
    except OSError as exc:
        raise ProjectError(
            "“{name}” cannot be copied to “{target}” ({why}).", name=path.name, target=folder, why=why(exc)
        ) from exc
    settle(target.parent)
    return target


def _move(path: Path, target: Path) -> None:
    try:
        os.replace(path, target)
    except OSError as exc:
        if exc.errno != errno.EXDEV:
            raise
        _copy(path, target)
        path.unlink()


def _copy(path: Path, target: Path) -> None:
    """A copy that is there whole or not at all, also after a cut of power: what it is of may go then."""
    part = part_of(target)
    try:
        shutil.copy2(path, part)
        settle(part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def project_of(data: object, folder: Path) -> Project:
    """The project of what a file in its folder holds; raises ProjectError. Media outside that are not where they were
    are taken from where they lie seen from the folder, if the files there are the same: both may have been moved. Those
    that were made outside while the folder could not be written have come into it since."""
    for state, mark in _outside(data):
        with contextlib.suppress(OSError, ValueError, MediaError):
            path, near = Path(str(state["path"])), folder / str(state["near"])
            inside = folder / MEDIA / path.name
            if path.is_file():
                continue
            if near.is_file() and mark in ("", fingerprint(near)):
                state["path"] = os.path.normpath(near)
            elif inside.is_file() and mark == fingerprint(inside):
                state["path"] = stored_path(folder, inside)
    return from_data(data)


def _outside(data: object) -> Iterator[tuple[dict[str, object], str]]:
    """The states and fingerprints of media that are said to lie near the folder."""
    media = data.get("media") if isinstance(data, dict) else None
    for entry in media if isinstance(media, list) else ():
        state = entry.get("state") if isinstance(entry, dict) else None
        if isinstance(state, dict) and "near" in state:
            yield state, str(entry.get("fingerprint", ""))


def _data(project: Project, folder: Path) -> dict[str, object]:
    """A project as data, with media outside its folder named from there as well."""
    data = to_data(project)
    for entry in data["media"]:
        state = entry["state"]
        if state["kind"] == "ready" and Path(state["path"]).is_absolute():
            with contextlib.suppress(ValueError):  # another drive
                state["near"] = Path(os.path.relpath(state["path"], folder.absolute())).as_posix()
    return data


def _bytes(data: dict[str, object], indent: int | None) -> bytes:
    # Names of files may hold what is no character; written so, it is JSON's own writing of it and comes back.
    return json.dumps(data, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path, folder: Path) -> Project:
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError as exc:
        raise ProjectError(
            "There is no project in “{folder}”. Choose the folder that holds {file}.", folder=folder, file=FILE
        ) from exc
    except OSError as exc:
        raise ProjectError("The project in “{folder}” cannot be read ({why}).", folder=folder, why=why(exc)) from exc
    except (ValueError, RecursionError) as exc:
        raise Damaged(
            "{name} in “{folder}” is damaged. Put back a copy of it from a backup.", name=path.name, folder=folder
        ) from exc
    return project_of(data, folder)


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as exc:
        raise Unwritable(path.parent, why(exc)) from exc
