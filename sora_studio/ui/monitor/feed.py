"""Frames of files, decoded on a thread of their own and brought to the window as images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from sora_studio.core.request import Frames
from sora_studio.core.time import Size
from sora_studio.media.scrub import FrameService
from sora_studio.ui.monitor.picture import to_image

Key = tuple[str, int]
"""A file and the index of a frame in it."""

GLIMPSE = 0.03
"""Seconds after which a frame on the way to a far one is shown."""


class FrameFeed(QObject):
    """`arrived` brings the frames last wanted, together; on the way to them, older ones of the same files, so that a
    scrub moves."""

    arrived = Signal(list)
    """A QImage for each frame that was wanted, in that order."""
    _delivered = Signal(str, int, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[Key, ...] = ()
        self._have: dict[Key, QImage] = {}
        self._near: dict[str, QImage] = {}
        self._service = FrameService(self._deliver, glimpse=GLIMPSE)
        self._delivered.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def complete(self) -> bool:
        """Whether exactly what was wanted is shown."""
        return bool(self._wanted) and all(key in self._have for key in self._wanted)

    def want(self, frames: Sequence[Key]) -> None:
        """Ask for the frames to be shown now."""
        keys = tuple(frames)
        if keys == self._wanted:
            return
        self._have = {key: image for key, image in self._have.items() if key in keys}
        paths = {path for path, _ in keys}
        self._near = {path: image for path, image in self._near.items() if path in paths}
        self._wanted = keys
        for path, index in keys:
            if (path, index) in self._have:
                continue
            frame = self._service.cached(path, index)
            if frame is not None:
                self._have[path, index] = to_image(frame)
            else:
                self._service.request(path, index)
        if all(key in self._have for key in keys):
            self._tell()

    def expect(self, path: Path, index: int) -> None:
        """Have a frame decoded that will be wanted soon."""
        if self._service.cached(path, index) is None:
            self._service.request(path, index)

    def nothing(self) -> None:
        """No file is shown now; what still comes is too late."""
        self._wanted, self._have, self._near = (), {}, {}

    def set_largest(self, largest: Size) -> None:
        """Deliver pictures of at most that size, from the one shown now on."""
        self._service.set_largest(largest)
        wanted = self._wanted
        self.nothing()
        self.want(wanted)

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
        if not any(path == wanted for wanted, _ in self._wanted) or all(key in self._have for key in self._wanted):
            return
        if (path, index) in self._wanted:
            self._have[path, index] = image
        self._near[path] = image
        self._tell()

    def _tell(self) -> None:
        """Bring what there is, once there is something of every file."""
        images = [self._have.get(key) or self._near.get(key[0]) for key in self._wanted]
        if images and all(image is not None for image in images):
            self.arrived.emit(images)
