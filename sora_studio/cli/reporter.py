"""What a command says: people read standard error, programs read JSON lines on standard output."""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any, TextIO

BAR = 24
"""Characters of the progress bar."""


class Reporter:
    """Speaks to people on `stderr` and, with `json_lines`, to programs on `stdout`."""

    def __init__(self, *, json_lines: bool = False, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self.json_lines = json_lines
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr
        self._lively = self._stderr.isatty()
        self._line = ""
        self._tenth = -1

    @property
    def unicode(self) -> bool:
        """Whether standard output takes every letter."""
        return (self._stdout.encoding or "utf-8").lower().startswith("utf")

    def say(self, text: str) -> None:
        """One line for people."""
        self._clear()
        self._write(f"{text}\n")

    def error(self, message: str) -> None:
        """The sentence that says what happened and what to do."""
        self.say(f"sora-studio: {message}")
        if self.json_lines:
            self.event("error", message=message)

    def event(self, kind: str, **values: Any) -> None:
        """One JSON object on a line of standard output."""
        self.print(json.dumps({"event": kind, **values}))

    def print(self, text: str) -> None:
        """One line of the result itself, on standard output."""
        self._clear()
        encoding = self._stdout.encoding or "utf-8"
        self._stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        self._stdout.flush()

    def progress(self, step: int, steps: int, seconds: float, left: float | None, words: str) -> None:
        """A step is done: `seconds` went by since the beginning, `left` are to come as far as that is known."""
        if self.json_lines:
            rounded = None if left is None else round(left, 2)
            self.event("progress", step=step, steps=steps, seconds=round(seconds, 2), left=rounded)
        self.bar(step, steps, words, left)

    def bar(self, done: int, total: int, words: str, left: float | None = None) -> None:
        """A bar that is written anew on a terminal; elsewhere a line for each tenth."""
        share = done / max(1, total)
        text = words if left is None else f"{words}, {_duration(left)} left"
        if self._lively:
            full = round(share * BAR)
            line = f"[{'#' * full}{'.' * (BAR - full)}] {text}"[: shutil.get_terminal_size().columns - 1]
            self._write("\r" + line.ljust(len(self._line)))
            self._line = line
        elif not self.json_lines and int(share * 10) != self._tenth:
            self._tenth = int(share * 10)
            self._write(f"{text}\n")

    def close(self) -> None:
        """Leave the terminal on a fresh line."""
        self._clear()

    def _clear(self) -> None:
        if self._line:
            self._write("\r" + " " * len(self._line) + "\r")
            self._line = ""

    def _write(self, text: str) -> None:
        encoding = self._stderr.encoding or "utf-8"
        self._stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self._stderr.flush()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
