"""Thumbnail strips: read from the media in the background, kept for every clip that shows the same medium."""

from __future__ import annotations

import logging
from collections.abc import Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from sora_studio.core.errors import StudioError
from sora_studio.core.media_item import MediaItem
from sora_studio.core.request import Frames
from sora_studio.core.time import Size
from sora_studio.media.thumbnails import thumbnails
from sora_studio.ui.monitor.picture import to_image

_log = logging.getLogger(__name__)

FEWEST, MOST, PER_SECOND = 8, 40, 1.5
"""Thumbnails of one medium; a strip zoomed in further repeats them."""
SPARE = 32
"""Strips of media that left the timeline and may come back."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Pictures evenly spread over a medium, all of one size; `step` counts up with every new live preview."""

    pictures: tuple[QPixmap, ...]

    def at(self, share: float) -> QPixmap:
        """The picture nearest to a place 0..1 in the medium."""
        last = len(self.pictures) - 1
        return self.pictures[max(0, min(last, int(share * len(self.pictures))))]


def strip_of(frames: Frames | Sequence[QImage], height: int, ratio: float) -> Strip:
    """Frames (T, H, W, 3) or images as pixmaps `height` device-independent pixels high."""
    images = [frame if isinstance(frame, QImage) else to_image(frame) for frame in frames]
    return Strip(tuple(_pixmap(image, height, ratio) for image in images))


def _pixmap(image: QImage, height: int, ratio: float) -> QPixmap:
    if image.height() != round(height * ratio):
        image = image.scaledToHeight(round(height * ratio), Qt.TransformationMode.SmoothTransformation)
    made = QPixmap.fromImage(image)
    made.setDevicePixelRatio(ratio)
    return made


class ThumbStore(QObject):
    """Loads strips in a thread of its own; `loaded` tells of each that has arrived."""

    loaded = Signal(str)
    _arrived = Signal(str, object)

    def __init__(self, height: int, ratio: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._height, self._ratio = height, ratio
        self._strips: dict[str, Strip] = {}
        self._asked: dict[str, Path] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="thumbnails")
        self._closed = False
        self._arrived.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def strip(self, media_id: str) -> Strip | None:
        """The strip of a medium if it has been read."""
        return self._strips.get(media_id)

    def ask(self, item: MediaItem, path: Path) -> None:
        """Read the strip of a medium soon, once."""
        if self._closed or self._asked.get(item.id) == path:
            return
        self._asked[item.id] = path
        high = round(self._height * self._ratio)
        small = Size(max(1, round(high * item.size.aspect)), high)
        wanted = round(PER_SECOND * item.rate.seconds(item.frames))
        count = min(item.frames, max(FEWEST, min(MOST, wanted)))
        future = self._pool.submit(thumbnails, path, count, small)
        future.add_done_callback(lambda done: self._read(item.id, done))

    def keep(self, used: Set[str]) -> None:
        """Let go of the strips of other media, but for those that came last."""
        others = [media_id for media_id in self._strips if media_id not in used]
        for media_id in others[: max(0, len(others) - SPARE)]:
            del self._strips[media_id]
            self._asked.pop(media_id, None)

    def close(self) -> None:
        """Stop reading; what is under way ends by itself."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _read(self, media_id: str, done: Future[Frames]) -> None:
        """On the reader's thread: hand the frames over as images."""
        if self._closed or done.cancelled():
            return
        problem = done.exception()
        if problem is None:
            self._arrived.emit(media_id, [to_image(frame) for frame in done.result()])
        elif isinstance(problem, StudioError | OSError):
            _log.info("no thumbnails of %s: %s", media_id, problem)
        else:
            _log.error("thumbnails of %s failed", media_id, exc_info=problem)

    def _keep(self, media_id: str, images: list[QImage]) -> None:
        if images and not self._closed:
            self._strips[media_id] = strip_of(images, self._height, self._ratio)
            self.loaded.emit(media_id)
