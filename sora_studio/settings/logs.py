"""The studio's log: files that take turns, and beside them where a crash in native code happened.

What the worker prints comes through the window's process, so one file tells what happened in order.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from sora_studio.settings.folders import data_folder

FILE = "studio.log"
CRASHES = "crashes.log"
SIZE = 1_000_000
"""Bytes of a file before the next one begins, and at which the file of crashes begins anew."""
TURNS = 3
"""Older files that are kept."""

log = logging.getLogger("sora_studio")


def logs_folder() -> Path:
    """The folder of the logs; may not exist yet."""
    return data_folder() / "logs"


class Logs:
    """Writes the log from `begin` to `end`. A folder that cannot be written is no reason not to start."""

    def __init__(self, folder: Path | None = None, size: int = SIZE) -> None:
        self._folder, self._size = folder or logs_folder(), size
        self._handler: logging.Handler | None = None
        self._crashes: IO[str] | None = None
        self._hook = sys.excepthook

    def begin(self) -> None:
        """Log from now on, errors that nobody caught too."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handler = _Turning(self._folder / FILE, maxBytes=self._size, backupCount=TURNS, encoding="utf-8")
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
            self._handler = handler
            log.addHandler(handler)
            log.setLevel(logging.INFO)
            crashes = self._folder / CRASHES
            large = crashes.is_file() and crashes.stat().st_size > self._size
            self._crashes = crashes.open("w" if large else "a", encoding="utf-8")
            faulthandler.enable(self._crashes)
        self._hook, sys.excepthook = sys.excepthook, self._uncaught

    def end(self) -> None:
        """Close the files."""
        sys.excepthook = self._hook
        if self._crashes is not None:
            faulthandler.disable()
            self._crashes.close()
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("nobody caught this", exc_info=(kind, error, trace))
        self._hook(kind, error, trace)


class _Turning(RotatingFileHandler):
    """A log that cannot be written, on a full disk for instance, is forgone."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say nothing."""


def newest_lines(count: int, folder: Path | None = None) -> list[str]:
    """The last lines of the log and, behind them, of the file of crashes; oldest first."""
    place = folder or logs_folder()
    files = [place / f"{FILE}.{turn}" for turn in range(TURNS, 0, -1)] + [place / FILE]
    return [*_lines(files)[-count:], *_lines([place / CRASHES])[-count:]]


def _lines(files: list[Path]) -> list[str]:
    lines: list[str] = []
    for file in files:
        with contextlib.suppress(OSError):
            lines += file.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines
