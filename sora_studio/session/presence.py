"""A mark on the disk while a window is open. One that is left behind says that its window did not end properly."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sora_studio.session import store
from sora_studio.session.processes import lives, this_process
from sora_studio.settings.folders import data_folder
from sora_studio.settings.remembered import read_json, write_json


class Presence:
    """The mark of this process. What cannot be written is forgone: then a crash goes unnoticed."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or data_folder() / "open"
        self._mark = self._folder / f"{os.getpid()}.json"
        self._home: Path | None = None

    def begin(self) -> tuple[Path, ...]:
        """Mark this window as open. Returns the projects of windows that are gone without having ended, oldest first;
        they are told once. Empty projects are not worth telling."""
        gone = sorted((mark for mark in self._folder.glob("*.json") if not _lives(mark)), key=_age)
        left = [_project(mark) for mark in gone]
        for mark in gone:
            with contextlib.suppress(OSError):
                mark.unlink()
        self._write()
        return tuple(dict.fromkeys(home for home in left if home is not None and store.has_project(home)))

    def at(self, home: Path) -> None:
        """The project of this window lives in another folder now."""
        if home != self._home:
            self._home = home
            self._write()

    def end(self) -> None:
        """The window ends properly."""
        with contextlib.suppress(OSError):
            self._mark.unlink(missing_ok=True)

    def _write(self) -> None:
        write_json(self._mark, {**this_process(), "project": str(self._home or "")})


def _lives(mark: Path) -> bool:
    """Whether the process of a mark still runs."""
    data = read_json(mark)
    return isinstance(data, dict) and lives(data)


def _project(mark: Path) -> Path | None:
    data = read_json(mark)
    home = data.get("project") if isinstance(data, dict) else None
    return Path(home) if isinstance(home, str) and home else None


def _age(mark: Path) -> float:
    try:
        return mark.stat().st_mtime
    except OSError:
        return 0.0
