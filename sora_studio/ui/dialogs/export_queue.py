"""Films to be written, one after the other, beside the work. Each is the timeline as it was when it was asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from sora_studio.core.errors import BadInput, Cancelled, StudioError
from sora_studio.core.language import tr
from sora_studio.media.export import ExportSettings
from sora_studio.session.exporting import Render
from sora_studio.session.session import Session
from sora_studio.ui.async_jobs import spawn


@dataclass(slots=True)
class Wanted:
    """A film in the queue."""

    path: Path
    render: Render
    stop: threading.Event = field(default_factory=threading.Event)


class ExportQueue(QObject):
    """Writes one film at a time. `ended` says in words how the last one went; nothing is left of a stopped one."""

    changed = Signal()
    progressed = Signal(int, int)
    """Frames written and to be written of the running one."""
    written = Signal(Path)
    ended = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._running: Wanted | None = None
        self._waiting: list[Wanted] = []
        # Frames are counted on the thread that writes; the signal brings the count to the window's.
        self._counted.connect(self.progressed, Qt.ConnectionType.QueuedConnection)

    _counted = Signal(int, int)

    @property
    def running(self) -> Path | None:
        """The file being written."""
        return self._running.path if self._running else None

    @property
    def waiting(self) -> tuple[Path, ...]:
        """The files to come, in order."""
        return tuple(one.path for one in self._waiting)

    def add(self, settings: ExportSettings) -> None:
        """Write the timeline as it is now when its turn comes; raises BadInput for a file that is in the queue."""
        if settings.path in (self.running, *self.waiting):
            raise BadInput(tr("“{file}” is being written already. Choose another name.", file=settings.path.name))
        self._waiting.append(Wanted(settings.path, self._session.prepare_export(settings)))
        self._next()

    def stop(self) -> None:
        """End the running one within a frame."""
        if self._running is not None:
            self._running.stop.set()

    def drop(self, path: Path) -> None:
        """Take a waiting one out."""
        self._waiting = [one for one in self._waiting if one.path != path]
        self.changed.emit()

    def _next(self) -> None:
        if self._running is None and self._waiting:
            self._running = self._waiting.pop(0)
            spawn(self._write(self._running), self._failed)
        self.changed.emit()

    async def _write(self, wanted: Wanted) -> None:
        progress: Callable[[int, int], None] = self._counted.emit
        try:
            path = await asyncio.to_thread(wanted.render, progress, wanted.stop.is_set)
        except asyncio.CancelledError:
            wanted.stop.set()  # the thread ends within a frame and removes what it wrote
            raise
        self._finish(tr("Written to {written}", written=path))
        self.written.emit(path)
        self._next()

    def _failed(self, error: BaseException) -> None:
        match error:
            case Cancelled():
                self._finish(tr("Cancelled. Nothing was written."))
            case StudioError():
                self._finish(str(error))
            case _:
                self._finish(tr("The export failed for a reason that is not known. Try another format or folder."))
        self._next()
        if not isinstance(error, StudioError):
            raise error

    def _finish(self, words: str) -> None:
        self._running = None
        self.ended.emit(words)
