"""The names of the tracks, left of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sora_studio.session.session import Session
from sora_studio.ui.theme import colour, pixmap, ui_font
from sora_studio.ui.timeline.ground import label_font
from sora_studio.ui.timeline.metrics import RULER_HEIGHT, TRACK_HEIGHT

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView


class TrackHeaders(QWidget):
    """Painted beside the tracks, scrolled with them."""

    def __init__(self, session: Session, view: TimelineView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self.setObjectName("track_headers")
        self.setAccessibleName("Track names")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A cell a track, with its name and what it carries."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        above = self._view.scene_at_origin().y()
        painter.setClipRect(0, RULER_HEIGHT, self.width(), self.height() - RULER_HEIGHT)
        metrics, ratio = self._view.tracks.metrics, self.devicePixelRatioF()
        for index, track in enumerate(self._session.timeline.tracks):
            cell = QRectF(0, metrics.y(index) - above + RULER_HEIGHT, self.width() - 4, TRACK_HEIGHT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("raised"))
            painter.drawRoundedRect(cell, 6, 6)
            painter.drawPixmap(round(cell.center().x() - 7), round(cell.top() + 13), pixmap("film", 14, "faint", ratio))
            painter.setPen(colour("text"))
            painter.setFont(label_font())
            name = QRectF(cell.left(), cell.top() + 31, cell.width(), 18)
            painter.drawText(name, Qt.AlignmentFlag.AlignCenter, track.name)
        painter.setFont(ui_font(11))
