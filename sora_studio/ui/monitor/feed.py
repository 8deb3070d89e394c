"""Frames of files, decoded on a thread of their own and brought to the window as images."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from sora_studio.core.request import Frames
from sora_studio.media.scrub import FrameService
from sora_studio.ui.monitor.picture import to_image


class FrameFeed(QObject):
    """`arrived` brings the frame last wanted; on the way to it, older ones of the same file, so that a scrub moves."""

    arrived = Signal(QImage)
    _delivered = Signal(str, int, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[str, int] | None = None
        self._shown: tuple[str, int] | None = None
        self._service = FrameService(self._deliver)
        self._delivered.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def want(self, path: Path, index: int) -> None:
        """Ask for the frame to be shown now."""
        key = (str(path), index)
        if key == self._wanted:
            return
        self._wanted = key
        frame = self._service.cached(path, index)
        if frame is not None:
            self._shown = key
            self.arrived.emit(to_image(frame))
        else:
            self._service.request(path, index)

    def expect(self, path: Path, index: int) -> None:
        """Have a frame decoded that will be wanted soon."""
        if self._service.cached(path, index) is None:
            self._service.request(path, index)

    def nothing(self) -> None:
        """No file is shown now; what still comes is too late."""
        self._wanted = self._shown = None

    def forget(self, path: Path) -> None:
        """A file was written anew."""
        self._service.forget(path)
        self.nothing()

    def close(self) -> None:
        """End the thread."""
        self._service.close()

    def _deliver(self, path: str, index: int, frame: Frames) -> None:
        """On the decoder's thread."""
        self._delivered.emit(path, index, to_image(frame))

    def _take(self, path: str, index: int, image: QImage) -> None:
        if self._wanted is None or path != self._wanted[0] or self._shown == self._wanted:
            return
        self._shown = (path, index)
        self.arrived.emit(image)
