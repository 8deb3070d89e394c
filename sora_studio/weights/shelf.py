"""A folder of models on a drive: what lies there whole, what is on its way, what is missing of it, and what goes.

A model lies at `author/name`. Until every file of it is there and checked it lies in `.arriving`, so that no engine
ever meets half a model.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.open_model import gigabytes
from sora_studio.weights.manifest import NAME, Manifest, Part, matches, read_manifest

ARRIVING = ".arriving"
INCOMPLETE = ".incomplete"
"""The ending of a file that is not whole."""


@dataclass(frozen=True, slots=True)
class Held:
    """A fetched model in a folder of models: `there` of `total` bytes."""

    repo: str
    root: Path
    folder: Path
    there: int
    total: int

    @property
    def whole(self) -> bool:
        """Whether it can be used."""
        return self.folder.parent.name != ARRIVING


def home(root: Path, repo: str) -> Path:
    """Where a model lies when it is whole."""
    return root.joinpath(*repo.split("/"))


def arriving(root: Path, repo: str) -> Path:
    """Where a model lies until it is whole."""
    return root / ARRIVING / repo.replace("/", "--")


def held(root: Path, repo: str) -> Held | None:
    """A model in a folder, whole or on its way; None when nothing of it is there."""
    for folder in (home(root, repo), arriving(root, repo)):
        manifest = read_manifest(folder)
        if manifest is not None and manifest.repo.casefold() == repo.casefold():
            return Held(manifest.repo, root, folder, there(folder, manifest), manifest.total)
    return None


def find(roots: Iterable[Path], repo: str) -> Held | None:
    """A model in any of some folders; a whole one before others."""
    here = [one for root in roots if (one := held(root, repo)) is not None]
    return max(here, key=lambda one: one.whole, default=None)


def require(roots: Iterable[Path], repo: str) -> Held:
    """A model in any of some folders. Raises BadInput when nothing of it is there."""
    one = find(roots, repo)
    if one is None:
        raise BadInput("Nothing of “{name}” lies in the model folders.", name=repo)
    return one


def all_held(root: Path) -> tuple[Held, ...]:
    """Everything that was fetched into a folder."""
    found = []
    for listing in sorted(root.glob(f"*/*/{NAME}")):
        manifest = read_manifest(listing.parent)
        one = held(root, manifest.repo) if manifest else None
        if one is not None and one.folder == listing.parent:
            found.append(one)
    return tuple(found)


def there(folder: Path, manifest: Manifest) -> int:
    """Bytes that need not be fetched any more."""
    return sum(_size(folder, part) for part in manifest.parts)


def missing(folder: Path, manifest: Manifest) -> tuple[Part, ...]:
    """The files that are not whole, in order."""
    return tuple(part for part in manifest.parts if not _finished(folder, part))


def check(one: Held, heard: Callable[[int], None] = lambda _read: None) -> tuple[str, ...]:
    """The files of a model that are damaged or missing, by reading all of it. `heard` is told of the bytes read, and
    may raise to stop."""
    manifest = _manifest(one)
    return tuple(part.path for part in manifest.parts if not matches(one.folder / part.path, part, heard))


def set_back(one: Held, bad: tuple[str, ...]) -> None:
    """Take damaged files away, so that fetching the model again brings only those. Raises OutputError."""
    target = arriving(one.root, one.repo)
    try:
        for path in bad:
            (one.folder / path).unlink(missing_ok=True)
        if one.whole:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(one.folder, target)
    except OSError as exc:
        raise _unwritable(one.folder, exc) from exc


def remove(one: Held) -> int:
    """Delete a model. Returns the bytes of the drive that are free now. Raises OutputError."""
    freed = occupied(one.folder)
    try:
        shutil.rmtree(one.folder)
        arriving(one.root, one.repo).with_suffix(".lock").unlink(missing_ok=True)
    except OSError as exc:
        raise _unwritable(one.folder, exc) from exc
    for empty in (one.folder.parent, one.root / ARRIVING):
        with contextlib.suppress(OSError):
            empty.rmdir()  # goes only when nothing is left in it
    return freed


def occupied(folder: Path) -> int:
    """Bytes of the drive that go free with a folder: a file with another name elsewhere stays."""
    count = 0
    for file in folder.rglob("*"):
        if file.is_symlink() or not file.is_file():
            continue
        entry = file.stat()
        if entry.st_nlink == 1:
            blocks: int | None = getattr(entry, "st_blocks", None)  # Windows has none
            count += entry.st_size if blocks is None else blocks * 512
    return count


def room(root: Path) -> int:
    """Free bytes on the drive of a folder, which need not exist yet."""
    place = next(folder for folder in (root.absolute(), *root.absolute().parents) if folder.exists())
    return shutil.disk_usage(place).free


def no_room(root: Path, wanted: int, free: int) -> BadInput:
    """What is said when a model does not fit."""
    return BadInput(
        "There is no room: {wanted} are still to come, and the drive of “{root}” has {free} free. Free {lack} there, "
        "or choose a model folder on another drive. What was fetched is kept.",
        wanted=gigabytes(wanted),
        root=root,
        free=gigabytes(free),
        lack=gigabytes(max(0, wanted - free)),
    )


def _manifest(one: Held) -> Manifest:
    manifest = read_manifest(one.folder)
    if manifest is None:
        raise BadInput("“{name}” is gone from “{root}”. Fetch it again.", name=one.repo, root=one.root)
    return manifest


def _finished(folder: Path, part: Part) -> bool:
    file = folder / part.path
    try:  # a check beside this may set the file aside at any moment
        return file.stat().st_size == part.size and file.is_file()
    except OSError:
        return False


def _size(folder: Path, part: Part) -> int:
    """Bytes of a file that are there, at most as many as it has."""
    if _finished(folder, part):
        return part.size
    try:
        return min((folder / (part.path + INCOMPLETE)).stat().st_size, part.size)
    except OSError:
        return 0


def _unwritable(folder: Path, exc: OSError) -> OutputError:
    return OutputError(
        "“{folder}” cannot be changed ({why}). Close programs that use the model and try again.",
        folder=folder,
        why=exc.strerror or exc,
    )
