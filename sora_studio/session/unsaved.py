"""Changes that are not saved: a file beside the project, or in the data folder of this computer while the project's own
folder cannot be written.

Each says which saved project it follows, so that changes from before a save never come back over it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.errors import ProjectError
from sora_studio.core.project import Project
from sora_studio.session import store
from sora_studio.session.processes import lives, this_process
from sora_studio.settings.folders import data_folder


@dataclass(frozen=True, slots=True)
class Spot:
    """Whose changes they are: the folder of the project, and the digest of what is saved there."""

    folder: Path
    follows: str

    @property
    def beside(self) -> Path:
        """The file in the project's folder."""
        return self.folder / store.RECOVERY

    @property
    def aside(self) -> Path:
        """The file on this computer."""
        return aside(self.folder) / store.RECOVERY


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Changes that were found. `follows` is None in files of older programs, which do not say it; `step` counts what
    was kept since the save."""

    path: Path
    project: Project
    follows: str | None
    step: int


def aside(folder: Path) -> Path:
    """The folder on this computer for a project whose own folder cannot be written; may not exist yet."""
    name = hashlib.sha256(str(folder.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return data_folder() / "unsaved" / name


def keep(project: Project, spot: Spot, path: Path, step: int) -> None:
    """Write changes into one of the two files; raises ProjectError."""
    notes = {"follows": spot.follows, "step": step, "folder": str(spot.folder.absolute()), **this_process()}
    if path == spot.aside:
        store.make_folder(path.parent)
    store.write_unsaved(path, project, spot.folder, notes)


def found(folder: Path, follows: str) -> tuple[Unsaved, ...]:
    """The changes to the project of a folder in which `follows` is saved, newest first. A folder that was moved is
    known by what is saved in it."""
    notes = ((path, _notes(path)) for path in _asides())
    paths = [path for path, said in notes if _belongs(said, folder, follows)]
    read = (_read(path, folder) for path in (folder / store.RECOVERY, *paths))
    return tuple(sorted((one for one in read if one is not None), key=lambda one: one.step, reverse=True))


def left_aside() -> tuple[Path, ...]:
    """The folders of projects of which changes are kept on this computer because they could not be written, but for
    those that another window has open."""
    notes = [_notes(path) for path in _asides()]
    said = (one.get("folder") for one in notes if one.get("pid") == os.getpid() or not lives(one))
    return tuple(Path(folder) for folder in said if isinstance(folder, str) and folder)


def drop(spot: Spot) -> None:
    """Forget changes that are kept on this computer."""
    for path in [path for path in _asides() if _belongs(_notes(path), spot.folder, spot.follows)]:
        drop_aside(path)


def drop_aside(path: Path) -> None:
    """Forget the changes in a file of this computer; media that lie beside it stay."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        for place in (path.parent / store.MEDIA, path.parent):
            place.rmdir()


def drop_media(paths: Iterable[Path]) -> None:
    """Remove files made on this computer that lie in their project's folder now, and their folders once empty."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            for place in (path.parent, path.parent.parent):
                place.rmdir()


def _belongs(said: dict[str, object], folder: Path, follows: str) -> bool:
    home = said.get("folder")
    if home == str(folder.absolute()):
        return True
    return bool(follows) and said.get("follows") == follows and not store.has_project(Path(str(home)))


def _asides() -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted((data_folder() / "unsaved").glob(f"*/{store.RECOVERY}"))


def _notes(path: Path) -> dict[str, object]:
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _read(path: Path, folder: Path) -> Unsaved | None:
    if not path.is_file():
        return None
    try:
        said = json.loads(path.read_bytes())
        project = store.project_of(said, folder)
        follows, step = said.get("follows"), said.get("step", 0)
    except (OSError, ValueError, RecursionError, ProjectError):
        return None
    return Unsaved(path, project, follows if isinstance(follows, str) else None, step if isinstance(step, int) else 0)
