"""What is kept of a soak, so that a fault can be understood: each word of the studios, each kill, and the files."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

HISTORY, ERRORS = "history.jsonl", "errors.txt"
MOST = 12
"""Faults of which the files are copied."""
_SMALL = frozenset(
    (".json", ".jsonl", ".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".log", ".txt", ".toml", ".lock", ".part")
)


class Evidence:
    """Writes the history of a soak, and copies what lies on its disks when there is a fault."""

    def __init__(self, folder: Path, places: Sequence[Path]) -> None:
        """`folder` takes the history, `places` are what is copied from."""
        self._folder, self._places = folder, places
        self._begun = time.monotonic()
        self._history: IO[str] = (folder / HISTORY).open("w", encoding="utf-8")
        self._copies = 0
        self.kept: Path | None = None
        """Where copies lie; None until there are some."""

    def note(self, kind: str, value: object) -> None:
        """One line of the history."""
        self._history.write(json.dumps([round(time.monotonic() - self._begun, 3), kind, value]) + "\n")

    def copy(self, why: str) -> None:
        """Copy projects with their unsaved changes and versions, the queue with its log, and what was said so far; a
        list of all files stands for media."""
        self.note("fault", why)
        if self._copies >= MOST:
            return
        self._copies += 1
        self.kept = self.kept or Path(tempfile.mkdtemp(prefix="sora-soak-faults-"))
        target = self.kept / f"{self._copies:02}"
        target.mkdir()
        (target / "fault.txt").write_text(why, encoding="utf-8")
        self._save_history(target)
        for place in self._places:
            files = sorted(path for path in place.rglob("*") if path.is_file())
            lines = (f"{_bytes(path):>12} {path}" for path in files)
            (target / f"{place.name}.txt").write_text("\n".join(lines), encoding="utf-8", errors="backslashreplace")
            for path in files:
                if path.suffix in _SMALL:
                    _copy(path, target / place.name / path.relative_to(place))

    def close(self) -> None:
        """The soak is over: the whole history lies beside the copies."""
        self._history.flush()
        if self.kept is not None:
            self._save_history(self.kept)
        self._history.close()

    def _save_history(self, target: Path) -> None:
        self._history.flush()
        for name in (HISTORY, ERRORS):
            _copy(self._folder / name, target / name)


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _copy(path: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    except OSError:  # it went meanwhile
        pass
