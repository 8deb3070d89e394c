"""The ruler: timecode ticks and the handle of the playhead. A press or drag on it seeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sora_studio.session.session import Session
from sora_studio.ui.theme import colour, tabular
from sora_studio.ui.timeline.metrics import RULER_HEIGHT, ticks

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView

HEAD = 13
"""Width in pixels of the playhead's handle."""


class Ruler(QWidget):
    """Painted above the tracks, scrolled with them."""

    def __init__(self, session: Session, view: TimelineView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self.dragging = False
        self.setObjectName("timeline_ruler")
        self.setAccessibleName("Time ruler")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click or drag to move the playhead")

    def move_playhead(self, old: int, new: int) -> None:
        """Repaint the two places of the handle."""
        for frame in (old, new):
            x = round(self._view.x_in_view(frame))
            self.update(QRect(x - HEAD, 0, 2 * HEAD, RULER_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ticks and labels of the exposed part, the playhead over them."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour("panel"))
        painter.fillRect(QRect(event.rect().left(), RULER_HEIGHT - 1, event.rect().width(), 1), colour("line"))
        self._ticks(painter, event.rect())
        self._head(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek, and go on while the button is down."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.dragging = True
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub."""
        if self.dragging:
            self._seek(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.dragging = False

    def _seek(self, event: QMouseEvent) -> None:
        frame = max(0, self._view.tracks.metrics.frame(self._view.scene_at(event.position()).x()))
        if frame != self._session.playhead:
            self._session.seek(frame)

    def _ticks(self, painter: QPainter, rect: QRect) -> None:
        rate, metrics = self._session.timeline.rate, self._view.tracks.metrics
        step = ticks(metrics.per_frame, rate)
        origin = self._view.scene_at_origin().x()
        first = max(0, int((rect.left() - 90 + origin) / metrics.per_frame) // step.minor * step.minor)
        last = int((rect.right() + origin) / metrics.per_frame) + 1
        painter.setFont(tabular(10, QFont.Weight.Normal))
        faint, strong, ink = colour("line2"), colour("faint"), colour("dim")
        for frame in range(first, last + 1, step.minor):
            x = metrics.x(frame) - round(origin)
            if frame % step.major:
                painter.fillRect(QRectF(x, RULER_HEIGHT - 6, 1, 5), faint)
                continue
            painter.fillRect(QRectF(x, RULER_HEIGHT - 12, 1, 11), strong)
            painter.setPen(ink)
            painter.drawText(QPointF(x + 5, RULER_HEIGHT - 13), step.label(rate, frame))

    def _head(self, painter: QPainter) -> None:
        x = round(self._view.x_in_view(self._session.playhead)) + 0.5
        if not -HEAD <= x <= self.width() + HEAD:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half, top, bottom = HEAD / 2, 8.5, RULER_HEIGHT - 1.0
        shape = QPainterPath()
        shape.moveTo(x - half + 2, top)
        shape.lineTo(x + half - 2, top)
        shape.quadTo(x + half, top, x + half, top + 2)
        shape.lineTo(x + half, bottom - 8)
        shape.lineTo(x, bottom)
        shape.lineTo(x - half, bottom - 8)
        shape.lineTo(x - half, top + 2)
        shape.quadTo(x - half, top, x - half + 2, top)
        painter.setPen(QPen(QColor(0, 0, 0, 110), 1))
        painter.setBrush(colour("playhead"))
        painter.drawPath(shape)
        painter.fillRect(QRectF(x - 0.5, bottom - 2, 1, 4), colour("playhead"))
