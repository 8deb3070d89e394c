"""What is left behind by a studio that was killed: processes, shared memory, and the project on the disk."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from sora_studio.cli.soak.words import State, state_of
from sora_studio.core.errors import ProjectError
from sora_studio.session import opening, store
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


def left_alive(home: Path, since: float) -> list[psutil.Process]:
    """Processes that outlive their studio by more than patience allows; they are ended."""
    until = time.monotonic() + PATIENCE
    while (there := family(home, since)) and time.monotonic() < until:
        time.sleep(0.05)
    for process in there:
        process.kill()
    return there


def left_in_memory(names: set[str]) -> set[str]:
    """Segments that nobody gave back."""
    return {name for name in names if (MEMORY / name).exists()}


def found_again(home: str) -> State | None:
    """The project as the next studio would find it; None when it cannot be read."""
    folder = Path(home)
    try:
        project = opening.read(folder).project
    except ProjectError:
        return None
    return state_of(project, home, kept=True)


def without_file(home: str) -> list[str]:
    """Finished media whose file is not there."""
    folder = Path(home)
    project = opening.read(folder).project
    state = state_of(project, home, kept=True)
    return [
        key
        for key, item in project.media.items()
        if state.media[key] == "ready" and store.media_path(folder, item) is None
    ]
