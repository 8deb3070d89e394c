"""Waveforms: read from the media in the background, kept for every clip that shows the same sound, and painted."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QLineF, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from sora_studio.core.errors import StudioError
from sora_studio.media.waveform import Peaks, cached_peaks
from sora_studio.settings.folders import cache_folder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """The peaks of a medium."""

    peaks: Peaks

    def columns(self, start: float, stop: float, count: int) -> list[float]:
        """The loudest peak, 0..1, of each of `count` equal stretches from `start` to `stop` (0..1 of the medium)."""
        whole = len(self.peaks)
        if not whole or count < 1:
            return [0.0] * count
        edges = np.linspace(start * whole, stop * whole, count + 1)
        if edges[-1] < edges[0]:
            edges = edges[::-1]
        first = np.clip(edges[:-1].astype(int), 0, whole - 1)
        last = np.clip(np.ceil(edges[1:]).astype(int), first + 1, whole)
        span = int((last - first).max())
        steps = np.minimum(first[:, None] + np.arange(span)[None, :], last[:, None] - 1)
        levels = self.peaks[steps].max(axis=1) / 255.0
        return [float(level) for level in (levels[::-1] if stop < start else levels)]


class WaveStore(QObject):
    """Loads waveforms in a thread of its own; `loaded` tells of each that has arrived."""

    loaded = Signal(str)
    _arrived = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waves: dict[str, Wave] = {}
        self._asked: set[tuple[str, Path]] = set()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="waveforms")
        self._closed = False
        self._arrived.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def wave(self, media_id: str) -> Wave | None:
        """The waveform of a medium if it has been read."""
        return self._waves.get(media_id)

    def ask(self, media_id: str, path: Path) -> None:
        """Read the waveform of a medium soon, once."""
        if self._closed or (media_id, path) in self._asked:
            return
        self._asked.add((media_id, path))
        future = self._pool.submit(cached_peaks, path, cache_folder() / "waveforms")
        future.add_done_callback(lambda done: self._read(media_id, done))

    def close(self) -> None:
        """Stop reading; what is under way ends by itself."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _read(self, media_id: str, done: Future[Peaks]) -> None:
        """On the reader's thread."""
        if self._closed or done.cancelled():
            return
        problem = done.exception()
        if problem is None:
            self._arrived.emit(media_id, done.result())
        elif isinstance(problem, StudioError | OSError):
            _log.info("no waveform of %s: %s", media_id, problem)
        else:
            _log.error("waveform of %s failed", media_id, exc_info=problem)

    def _keep(self, media_id: str, peaks: Peaks) -> None:
        if not self._closed:
            self._waves[media_id] = Wave(peaks)
            self.loaded.emit(media_id)


def draw_wave(painter: QPainter, area: QRectF, levels: list[float], left: int, gain: float) -> None:
    """Paint peaks as upright lines, one a pixel from x `left` on, around the middle of `area`; `gain` in decibels."""
    middle, reach = area.center().y(), area.height() / 2 - 2
    scale = 10 ** (gain / 20)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(190, 238, 226, 210), 1))
    lines = []
    for column, level in enumerate(levels):
        high = max(0.5, min(1.0, level * scale) * reach)
        lines.append(QLineF(left + column, middle - high, left + column, middle + high))
    painter.drawLines(lines)


def columns_shown(area: QRectF, exposed: QRectF) -> tuple[int, int]:
    """First and last+1 pixel column of `area` that has to be painted."""
    left = max(int(area.left()), int(exposed.left()))
    right = min(int(area.right()), int(exposed.right()) + 1)
    return left, max(left, right)
