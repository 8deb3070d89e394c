"""What a studio that was killed leaves behind: processes, shared memory, the queue, projects and their media."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from sora_studio.cli.soak.words import State, state_of
from sora_studio.core.errors import ProjectError, StudioError
from sora_studio.core.media_item import Ready
from sora_studio.core.project import Project
from sora_studio.jobs.queue_store import JobRow, QueueStore
from sora_studio.media.decode import VideoReader
from sora_studio.session import opening, store, versions
from sora_studio.settings.folders import HOME_VARIABLE

MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux shows shared memory
PATIENCE = 20.0
"""Seconds in which everything that belonged to a studio must be gone."""


def family(home: Path, since: float) -> list[psutil.Process]:
    """All processes that studios of a home have started since a time, whoever is their parent now."""
    return list(_with_home(str(home), since - 1))


def _with_home(home: str, since: float) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.create_time() > since and process.environ().get(HOME_VARIABLE) == home:
                yield process
        except (psutil.Error, OSError):
            continue


def segments(processes: list[psutil.Process]) -> set[str]:
    """Shared memory that processes hold now; Linux alone tells."""
    found: set[str] = set()
    if sys.platform != "linux":
        return found
    for process in processes:
        try:
            maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        found |= {part.rsplit("/", 1)[1] for part in maps.split() if part.startswith(f"{MEMORY}/psm_")}
    return found


def left_alive(home: Path, since: float, but: int) -> list[psutil.Process]:
    """Processes, `but` for one, that outlive their studio by more than patience allows; they are ended."""
    until = time.monotonic() + PATIENCE
    while (there := [one for one in family(home, since) if one.pid != but]) and time.monotonic() < until:
        time.sleep(0.05)
    for process in there:
        process.kill()
    return there


def left_in_memory(names: set[str]) -> set[str]:
    """Segments that nobody gave back."""
    return {name for name in names if (MEMORY / name).exists()}


def found_again(home: str) -> State | None:
    """The project as the next studio would find it; None when it cannot be read."""
    try:
        project = opening.read(Path(home)).project
    except ProjectError:
        return None
    return state_of(project, home)


def queued(file: Path) -> tuple[JobRow, ...] | None:
    """The jobs in a queue's file, which stays as it is; None when it cannot be read."""
    if not file.exists():
        return ()
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(f"{file}{ending}", folder)
        try:
            store = QueueStore(Path(folder) / file.name)
        except StudioError:
            return None
        rows = None if store.notice else store.rows()
        store.close()
        return rows


def without_file(home: str) -> list[str]:
    """Finished media whose file is not there."""
    return [] if (project := _project(home)) is None else _missing(project, Path(home))


def unreadable(home: str) -> list[str]:
    """Finished media whose file cannot be decoded to its last frame, with why."""
    folder, found = Path(home), []
    project = _project(home)
    for key, item in () if project is None else project.media.items():
        path = store.media_path(folder, item)
        if path is None:
            continue
        try:
            with VideoReader(path) as reader:
                frames = sum(1 for _ in reader.frames())
        except StudioError as exc:
            found.append(f"{key}: {exc}")
            continue
        if frames != item.frames:
            found.append(f"{key} has {frames} frames instead of {item.frames}")
    return found


def count_versions(home: str) -> int:
    """The earlier versions of a project."""
    return len(versions.versions(Path(home)))


def damaged_versions(home: str) -> list[str]:
    """Earlier versions of a project that cannot be read, or that name a file that is not there."""
    folder, found = Path(home), []
    for version in versions.versions(folder):
        try:
            missing = _missing(store.load_version(version.path, folder), folder)
        except ProjectError as exc:
            found.append(f"{version.path}: {exc}")
            continue
        found += [f"the file of {key} in {version.path}" for key in missing]
    return found


def _missing(project: Project, folder: Path) -> list[str]:
    return [
        key
        for key, item in project.media.items()
        if isinstance(item.state, Ready) and store.media_path(folder, item) is None
    ]


def _project(home: str) -> Project | None:
    try:
        return opening.read(Path(home)).project
    except ProjectError:
        return None
