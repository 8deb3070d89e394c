"""Files on their way into the library: looked into beside the window, taken in one by one, each refusal told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.session.intake import Found, look_into
from sora_studio.session.session import Notice, Session
from sora_studio.ui.async_jobs import spawn

BATCH = 16
"""Files that are taken in at once: a project of thousands is not written anew for each."""
MOST_REFUSALS = 3
"""Refusals that are told one by one; more are counted."""


class Intake(QObject):
    """Takes files into the project without holding up the window; `taken` names the media when all are there."""

    taken = Signal(list)
    progressed = Signal(int, int)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def take(self, paths: Iterable[Path], then: Callable[[list[str]], None] | None = None) -> None:
        """Look into files, and into folders all the way down; `then` is called with the media's identities."""
        spawn(self._take(list(paths), then), self._failed)

    async def _take(self, paths: list[Path], then: Callable[[list[str]], None] | None) -> None:
        session = self._session
        home = (session.project.name, session.folder)
        files = await asyncio.to_thread(_unfolded, paths)
        ids: list[str] = []
        refused: list[str] = []
        for first in range(0, len(files), BATCH):
            self.progressed.emit(first + 1, len(files))
            found, reasons = await asyncio.to_thread(_looked_into, files[first : first + BATCH])
            refused += reasons
            if (session.project.name, session.folder) != home:
                return  # another project was opened meanwhile
            ids += session.take_in(*found)
        for text in refused[:MOST_REFUSALS]:
            session.noticed.emit(Notice("error", text))
        if len(refused) > MOST_REFUSALS:
            more = len(refused) - MOST_REFUSALS
            session.noticed.emit(
                Notice("error", tr("{more} more files are no pictures or videos and were left out.", more=more))
            )
        if not files:
            session.noticed.emit(Notice("error", tr("There are no files in that folder. Drop pictures or videos.")))
        self.taken.emit(ids)
        if then is not None and ids:
            then(ids)

    def _failed(self, error: BaseException) -> None:
        self._session.noticed.emit(
            Notice("error", tr("The files could not be taken in ({error}). Try again.", error=error))
        )


def _unfolded(paths: list[Path]) -> list[Path]:
    """Files as they are, folders as the readable files in them."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            for root, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                files += [Path(root, name) for name in sorted(names) if not name.startswith(".")]
        else:
            files.append(path)
    return files


def _looked_into(files: list[Path]) -> tuple[list[Found], list[str]]:
    """The readable ones among files, and why the others are not."""
    found, reasons = [], []
    for path in files:
        try:
            found.append(look_into(path))
        except StudioError as exc:
            reasons.append(str(exc))
    return found, reasons
