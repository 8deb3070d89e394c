"""How much of a film has more than eight bits a colour, as far as the headers of its files were read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from sora_studio.core.errors import MediaError
from sora_studio.core.time import FrameRange
from sora_studio.media.probe import depth
from sora_studio.session.session import Session
from sora_studio.ui.async_jobs import spawn


class Depths(QObject):
    """Reads each file once, beside the work; `learned` when there is another answer."""

    learned = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._bits: dict[Path, int] = {}

    def share(self, span: FrameRange) -> float:
        """The part of a range, 0 to 1, that shows files known to have more than eight bits; the others are asked."""
        shown = self._session.files_seen(span)
        if new := {path for _, files in shown for path in files} - self._bits.keys():
            self._bits |= dict.fromkeys(new, 8)
            spawn(self._read(new), lambda _error: None)
        deep = sum(count for count, files in shown if any(self._bits[path] > 8 for path in files))
        return deep / max(1, len(span))

    async def _read(self, paths: Iterable[Path]) -> None:
        self._bits |= await asyncio.to_thread(_read, paths)
        self.learned.emit()


def _read(paths: Iterable[Path]) -> dict[Path, int]:
    found = {}
    for path in paths:
        try:
            found[path] = depth(path)
        except MediaError:
            continue  # the export says what is wrong with it
    return found
