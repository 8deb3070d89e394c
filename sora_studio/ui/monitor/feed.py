"""Frames of files, decoded on a thread of their own and brought to the window as images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from sora_studio.core.request import Frames
from sora_studio.core.time import Size
from sora_studio.media.proxy import Proxies
from sora_studio.media.scrub import FrameService
from sora_studio.ui.monitor.picture import to_image

Key = tuple[str, int]
"""A file and the index of a frame in it."""

QUICK_BUDGET = 64 * 1024 * 1024
"""Bytes of frames of small copies that are kept at hand."""
REST_MS = 120
"""How long a hand must rest on a frame of a film that is slow to seek in before the film itself is asked for it."""
BACK = 4
"""Frames from one that was shown to one before it with which a clip plays backwards."""
GLIMPSE = 0.03
"""Seconds after which a frame on the way to a far one is shown."""


class FrameFeed(QObject):
    """`arrived` brings the frames last wanted, together; on the way to them, older ones of the same files, so that a
    scrub moves."""

    arrived = Signal(list)
    """A QImage for each frame that was wanted, in that order."""
    _delivered = Signal(str, int, QImage)
    _quick_delivered = Signal(str, int, QImage)

    def __init__(self, parent: QObject | None = None, proxies: Proxies | None = None) -> None:
        super().__init__(parent)
        self._proxies = proxies
        self._quick: FrameService | None = None
        self._films: dict[str, str] = {}
        self._quickly: dict[Key, QImage] = {}
        self._last: dict[str, int] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._sharpen)
        self._quick_delivered.connect(self._take_quick, Qt.ConnectionType.QueuedConnection)
        self._wanted: tuple[Key, ...] = ()
        self._have: dict[Key, QImage] = {}
        self._near: dict[str, QImage] = {}
        self._service = FrameService(self._deliver, glimpse=GLIMPSE)
        self._delivered.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def complete(self) -> bool:
        """Whether exactly the frames that were wanted are shown, be it from a small copy."""
        return bool(self._wanted) and all(key in self._have or key in self._quickly for key in self._wanted)

    def want(self, frames: Sequence[Key]) -> None:
        """Ask for the frames to be shown now."""
        keys = tuple(frames)
        if keys == self._wanted:
            return
        self._have = {key: image for key, image in self._have.items() if key in keys}
        self._quickly = {key: image for key, image in self._quickly.items() if key in keys}
        paths = {path for path, _ in keys}
        self._near = {path: image for path, image in self._near.items() if path in paths}
        self._wanted = keys
        for path, index in keys:
            if (path, index) in self._have:
                continue
            frame = self._service.cached(path, index)
            if frame is not None:
                self._have[path, index] = to_image(frame)
                if 0 < self._last.get(path, index) - index <= BACK:
                    self._service.look_back(path, index)
            elif not self._ask_copy(path, index):
                self._service.request(path, index)
            self._last[path] = index
        if self.complete:
            self._tell()

    def expect(self, path: Path, index: int) -> None:
        """Have a frame decoded that will be wanted soon."""
        if self._service.cached(path, index) is None:
            self._service.request(path, index)

    def nothing(self) -> None:
        """No file is shown now; what still comes is too late."""
        self._wanted, self._have, self._near, self._quickly = (), {}, {}, {}
        self._rest.stop()

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
        """End the threads."""
        self._rest.stop()
        if self._proxies is not None:
            self._proxies.close()
        self._service.close()
        if self._quick is not None:
            self._quick.close()

    def _deliver(self, path: str, index: int, frame: Frames) -> None:
        """On the decoder's thread."""
        self._delivered.emit(path, index, to_image(frame))

    def _take(self, path: str, index: int, image: QImage) -> None:
        if not any(path == wanted for wanted, _ in self._wanted) or all(key in self._have for key in self._wanted):
            return
        if (path, index) in self._wanted:
            self._have[path, index] = image
        elif any(key[0] == path for key in self._quickly):
            return  # the small copy shows the very frame
        self._near[path] = image
        self._tell()

    def _ask_copy(self, path: str, index: int) -> bool:
        """Ask the small copy for a frame the hand jumped to; the film itself is asked when the hand rests."""
        stepped = index - self._last.get(path, index) in (1, 2)
        copy = None if self._proxies is None else self._proxies.of(Path(path))
        if copy is None or stepped:
            return False
        self._films[str(copy)] = path
        if self._quick is None:
            self._quick = FrameService(self._deliver_quick, QUICK_BUDGET)
        frame = self._quick.cached(copy, index)
        if frame is not None:
            self._quickly[path, index] = to_image(frame)
        else:
            self._quick.request(copy, index)
        self._rest.start(REST_MS)
        return True

    def _sharpen(self) -> None:
        """The hand rests: bring the film's own frames."""
        for path, index in self._wanted:
            if (path, index) not in self._have:
                self._service.request(path, index)

    def _deliver_quick(self, path: str, index: int, frame: Frames) -> None:
        """On the thread of the copies."""
        self._quick_delivered.emit(path, index, to_image(frame))

    def _take_quick(self, copy: str, index: int, image: QImage) -> None:
        key = (self._films.get(copy, ""), index)
        if key in self._wanted and key not in self._have:
            self._quickly[key] = image
            self._tell()

    def _tell(self) -> None:
        """Bring what there is, once there is something of every file."""
        images = [self._have.get(key) or self._quickly.get(key) or self._near.get(key[0]) for key in self._wanted]
        if images and all(image is not None for image in images):
            self.arrived.emit(images)
