"""What is given: a first picture, a last picture, a video. Whatever is not given is generated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from sora_studio.core.language import tr
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.controls import Card, SliderRow, row
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.panels.drop_zone import IMAGES, VIDEOS, DropZone


class GivenPanel(Card):
    """Three places for files and how much of the video is kept."""

    refused = Signal(str)

    def __init__(self, draft: DraftState, chooser: FileChooser) -> None:
        super().__init__(tr("Start from"), "givenPanel")
        self._draft, self._chooser = draft, chooser
        self.first = DropZone("firstImage", tr("First image"), tr("PNG, JPEG, WebP"), IMAGES)
        self.last = DropZone("lastImage", tr("Last image"), tr("optional"), IMAGES)
        self.video = DropZone("givenVideo", tr("Video to restyle"), tr("MP4, MOV, WebM, GIF"), VIDEOS)
        self.keep = SliderRow("keep", "Keep", (0, 100, 5), "{:.0f} %")
        self.keep.setToolTip(tr("How much of the video stays as it is"))
        self.body.addLayout(row(self.first, self.last))
        self.body.addWidget(self.video)
        self.body.addWidget(self.keep)
        self._wire(self.first, lambda path: draft.update(first=path))
        self._wire(self.last, lambda path: draft.update(last=path))
        self._wire(self.video, lambda path: draft.update(video=path))
        self.keep.moved.connect(lambda percent: draft.update(strength=percent / 100))
        draft.changed.connect(self._follow)
        self._follow()

    def zones(self) -> tuple[DropZone, ...]:
        """The places in reading order."""
        return self.first, self.last, self.video

    def _wire(self, zone: DropZone, put: Callable[[Path | None], None]) -> None:
        zone.dropped.connect(put)
        zone.cleared.connect(lambda: put(None))
        zone.refused.connect(self.refused.emit)
        zone.clicked.connect(lambda: self._choose(zone))

    def _choose(self, zone: DropZone) -> None:
        listed = " ".join(f"*{kind}" for kind in zone.kinds)
        if path := self._chooser.open_file(self, zone.accessibleName(), f"{zone.accessibleName()} ({listed})"):
            zone.take(path)

    def _follow(self) -> None:
        value = self._draft.value
        self.first.show_file(value.first)
        self.last.show_file(value.last)
        self.video.show_file(value.video)
        self.keep.setVisible(value.video is not None)
        self.keep.set_value(value.strength * 100)
