"""Media whose files are gone, and where they are now: pure searching, on any thread."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from sora_studio.core.errors import BadInput, MediaError
from sora_studio.core.language import tr, trn
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.project import Project
from sora_studio.media.fingerprint import fingerprint, length_of
from sora_studio.media.info import MediaInfo
from sora_studio.media.probe import probe
from sora_studio.session import store

MOST_FILES = 200_000
"""Files of a folder that are looked at; more are a disk, not a folder of footage."""


def missing(project: Project, home: Path) -> tuple[MediaItem, ...]:
    """The media of a project whose file is not where it was."""
    return tuple(
        item
        for item in project.media.values()
        if isinstance(item.state, Ready) and store.media_path(home, item) is None
    )


def file_name(item: MediaItem) -> str:
    """The name of a medium's file, whichever system wrote its path."""
    if not isinstance(item.state, Ready):
        return ""
    path = item.state.path
    return PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name


def search(folder: Path, wanted: Iterable[MediaItem]) -> dict[str, Path]:
    """Where missing media lie in a folder and the folders in it, by identity.

    A file is taken for a medium when its fingerprint is the same, whatever its name; for media of older projects, which
    have none, when name, length and size in pixels are the same.
    """
    open_ones = {item.id: item for item in wanted}
    names = {file_name(item) for item in open_ones.values()}
    lengths = {length_of(item.fingerprint) for item in open_ones.values() if item.fingerprint}
    found: dict[str, Path] = {}
    for path in _files(folder):
        if not open_ones:
            break
        try:
            if path.name not in names and path.stat().st_size not in lengths:
                continue
            mark = fingerprint(path)
        except (OSError, MediaError):
            continue
        for item in [item for item in open_ones.values() if _same(item, path, mark)]:
            found[item.id] = path
            del open_ones[item.id]
    return found


def check(item: MediaItem, path: Path) -> None:
    """Raise BadInput, with what to do, unless a file the artist points at is the one a medium was."""
    info = probe(path)
    if item.fingerprint and fingerprint(path) == item.fingerprint:
        return
    if not _alike(item, info):
        raise BadInput(
            "“{file}” is not “{name}”: it has {found} of {size} instead of {wanted} of {wanted_size}. "
            "Choose the file itself, or import this one as a new medium.",
            file=path.name,
            name=item.name,
            found=_extent(1 if info.still else info.frames),
            size=info.size,
            wanted=_extent(item.frames),
            wanted_size=item.size,
        )


def _extent(frames: int) -> str:
    return tr("a picture") if frames == 1 else trn("{count} frame", "{count} frames", frames)


def _same(item: MediaItem, path: Path, mark: str) -> bool:
    if item.fingerprint:
        return item.fingerprint == mark
    if path.name != file_name(item):
        return False
    try:
        return _alike(item, probe(path))
    except MediaError:
        return False


def _alike(item: MediaItem, info: MediaInfo) -> bool:
    return (info.frames, info.size) == (item.frames, item.size)


def _files(folder: Path) -> Iterable[Path]:
    seen = 0
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            seen += 1
            if seen > MOST_FILES:
                return
            yield Path(root, name)
