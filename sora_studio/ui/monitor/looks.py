"""A loop of previews: the frames of a forming clip, played at its rate, alone or against a picture of a file."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from sora_studio.core.engine import Preview
from sora_studio.core.media_item import MediaItem
from sora_studio.ui.calm import calmed
from sora_studio.ui.monitor.picture import to_soft_image
from sora_studio.ui.monitor.shot import Layer, Shot
from sora_studio.ui.monitor.view import MonitorView

BEAT_MS = 25
"""How often it looks whether the next frame is due."""


class PreviewLoop(QObject):
    """Plays one preview on the view until it is stopped or handed another."""

    moved = Signal(float)
    """Another frame is due, so many seconds into the medium."""

    def __init__(self, view: MonitorView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._images: tuple[Preview, dict[int, QImage]] | None = None
        self._preview: Preview | None = None
        self._item: MediaItem | None = None
        self._shown: int | None = None
        self._beside: tuple[Shot, bool] | None = None
        self._began = time.monotonic()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        """Whether previews are on the view."""
        return self._beat.isActive()

    def play(self, preview: Preview, item: MediaItem) -> None:
        """Show a preview of a medium, in a loop."""
        self._preview, self._item, self._shown = preview, item, None
        if not self._beat.isActive():
            self._beat.start(BEAT_MS)
        self._tick()

    def put_beside(self, shot: Shot | None, *, first: bool = False) -> None:
        """What the loop is compared with from now on; `first` says on which side."""
        self._beside = None if shot is None else (shot, first)
        if self.running and shot is not None and self._preview is not None and self._item is not None:
            self._show(self._preview, self._item, self._shown or 0)

    def stop(self) -> None:
        """Leave the view alone."""
        self._beat.stop()

    def still(self, preview: Preview, item: MediaItem, seconds: float) -> None:
        """Show the one frame of a preview that belongs to a moment of its medium."""
        self.stop()
        index = int(seconds * float(item.rate.fps)) - preview.start
        self._view.show_image(self._look(preview, max(0, min(len(preview.frames) - 1, index))), shape_of(item))

    def forget(self) -> None:
        """Another medium is looked at."""
        self._images = self._beside = None

    def _tick(self) -> None:
        preview, item = self._preview, self._item
        if preview is None or item is None:
            return
        place = int((time.monotonic() - self._began) * float(item.rate.fps)) % len(preview.frames)
        if place != self._shown:
            self._shown = place
            self.moved.emit((preview.start + place) / float(item.rate.fps))
            self._show(preview, item, place)

    def _show(self, preview: Preview, item: MediaItem, place: int) -> None:
        image = self._look(preview, place)
        if self._beside is None:
            self._view.show_image(image, shape_of(item))
            return
        other, first = self._beside
        forming = Shot((Layer(image, shape_of(item)),), other.shape)
        self._view.show_shot(*((other, forming) if first else (forming, other)))

    def _look(self, preview: Preview, place: int) -> QImage:
        """One frame of a preview; enlarged when it is first shown."""
        if self._images is None or self._images[0] is not preview:
            self._images = (preview, {})
        images = self._images[1]
        if place not in images:
            images[place] = to_soft_image(calmed(preview.frames)[place])
        return images[place]


def shape_of(item: MediaItem) -> QSize:
    """The size of a medium at 100 %."""
    return QSize(item.size.width, item.size.height)
