"""Pictures of tiles, read on threads of their own: what was asked for last comes first, what is out of sight goes."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.core.time import Size
from sora_studio.media.thumbnails import thumbnails
from sora_studio.ui.monitor.picture import to_image

_log = logging.getLogger(__name__)

READERS = 2 if (os.cpu_count() or 1) > 3 else 1
REST_MS = 60
"""How long the tiles stand still before reading goes on."""
SCREENS = 3
"""Screens full of tiles whose pictures stay in memory (about 140 kB each), or wait to be read: older ones are read anew
when they are seen."""

Key = tuple[str, str]
"""Medium and path: a medium that moved is read again."""


class TileThumbs(QObject):
    """`ready` tells of a medium whose picture has come, or that has none; `problem` then says why."""

    ready = Signal(str)
    _arrived = Signal(object, object, str, bool)

    def __init__(self, size: Size, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._most = SCREENS * 32
        self._kept: OrderedDict[Key, QPixmap] = OrderedDict()
        self._problems: dict[Key, str] = {}
        self._gone: set[Key] = set()
        self._wanted: OrderedDict[Key, Path] = OrderedDict()
        self._reading: set[Key] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="library")
        self._start = QTimer(self, singleShot=True, interval=REST_MS)
        self._start.timeout.connect(self._begin)
        self._arrived.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def set_seen(self, tiles: int) -> None:
        """So many tiles are seen at once."""
        self._most = SCREENS * tiles

    def picture(self, media_id: str, path: Path) -> QPixmap | None:
        """The picture of a medium if it has been read; otherwise it is asked for."""
        key = (media_id, str(path))
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        elif key not in self._problems:
            self._ask(key, path)
        return kept

    def problem(self, media_id: str, path: Path) -> str:
        """Why a medium has no picture; empty while there is no reason."""
        return self._problems.get((media_id, str(path)), "")

    def is_gone(self, media_id: str, path: Path) -> bool:
        """Whether a medium has no picture because its file is not there."""
        return (media_id, str(path)) in self._gone

    def rest(self) -> None:
        """The tiles are moving: begin nothing until they stand still, so that they move smoothly."""
        self._start.start(REST_MS)

    def forget_problems(self) -> None:
        """Look again at what could not be read: it may be there now."""
        self._problems.clear()
        self._gone.clear()

    def close(self) -> None:
        """Stop reading."""
        self._closed = True
        self._start.stop()
        with self._lock:
            self._wanted.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _ask(self, key: Key, path: Path) -> None:
        if self._closed:
            return
        with self._lock:
            if key in self._reading:
                return
            self._wanted[key] = path
            self._wanted.move_to_end(key)
            while len(self._wanted) > self._most:
                self._wanted.popitem(last=False)
        if not self._start.isActive():
            self._start.start(0)

    def _begin(self) -> None:
        with self._lock:
            waiting = min(READERS, len(self._wanted))
        for _ in range(waiting):
            self._pool.submit(self._read_newest)

    def _read_newest(self) -> None:
        """On a reader's thread."""
        with self._lock:
            if not self._wanted:
                return
            key, path = self._wanted.popitem()
            self._reading.add(key)
        image, reason = QImage(), ""
        try:
            image = to_image(thumbnails(path, 1, self._size)[0])
        except StudioError as exc:
            reason = str(exc)
        except Exception:  # noqa: BLE001 - a reader's thread must go on with the next one
            _log.exception("no picture of %s", path)
            reason = tr("“{name}” cannot be read. Convert or export it again.", name=path.name)
        with self._lock:
            self._reading.discard(key)
        if not self._closed:
            self._arrived.emit(key, image, reason, bool(reason) and not path.exists())

    def _go_on(self) -> None:
        """One was read: read the next, unless the tiles are moving."""
        with self._lock:
            waiting = bool(self._wanted)
        if waiting and not self._start.isActive() and not self._closed:
            self._pool.submit(self._read_newest)

    def _keep(self, key: Key, image: QImage, reason: str, gone: bool) -> None:
        if reason:
            self._problems[key] = reason
            (self._gone.add if gone else self._gone.discard)(key)
        else:
            self._kept[key] = QPixmap.fromImage(image)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self.ready.emit(key[0])
        self._go_on()
