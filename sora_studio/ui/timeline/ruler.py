"""The ruler: timecode ticks, the playhead's handle, markers and the marked range. A press or drag on it seeks; markers
and the ends of the range are dragged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sora_studio.core.language import tr
from sora_studio.core.timeline import Marker, Timeline
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.theme import colour, tabular
from sora_studio.ui.timeline import marks
from sora_studio.ui.timeline.marks import Held
from sora_studio.ui.timeline.metrics import RULER_HEIGHT, ticks

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView

HEAD = 13
"""Width in pixels of the playhead's handle."""


class Ruler(QWidget):
    """Painted above the tracks, scrolled with them."""

    marker_asked = Signal(object)
    """A Marker to be named."""

    def __init__(self, session: Session, view: TimelineView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self.dragging = False
        self._held: Held | None = None
        self.setObjectName("timeline_ruler")
        self.setAccessibleName(tr("Time ruler"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)

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
        marks.paint_range(painter, self._timeline(), self._view.x_in_view)
        self._ticks(painter, event.rect())
        marks.paint_markers(painter, self._timeline(), self._view.x_in_view, self.width())
        self._head(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a marker or an end of the range; elsewhere seek, and go on while the button is down."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._held = self._under(event.position())
        if self._held is None:
            self.dragging = True
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub, or show where what is held would go."""
        if self.dragging:
            self._seek(event)
        elif self._held is not None:
            self._held = replace(self._held, frame=self._frame(event.position()), moved=True)
            self.update()
        else:
            self._answer(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay there."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.dragging = False
        held, self._held = self._held, None
        if held is not None and held.moved:
            attempt(self._session, lambda: self._put(held))
        elif held is not None:
            self._session.seek(held.frame)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Name a marker."""
        self._held = None
        self._ask(event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A right click on a marker names it."""
        self._ask(QPointF(event.pos()))
        event.accept()

    def _ask(self, at: QPointF) -> None:
        held = self._under(at)
        marker = self._marker(held.name) if held else None
        if marker is not None:
            self.marker_asked.emit(marker)

    def _timeline(self) -> Timeline:
        """The timeline as it would be after what is held has come down."""
        timeline, held = self._session.timeline, self._held
        return held.applied(timeline) if held is not None and held.moved else timeline

    def _put(self, held: Held) -> None:
        """Make the edit that a drag has shown."""
        line = held.applied(self._session.timeline)
        marker = next((one for one in line.markers if one.id == held.name), None)
        if marker is not None:
            self._session.put_marker(marker)
        else:
            self._session.mark_range(line.mark_in, line.mark_out)

    def _marker(self, name: str) -> Marker | None:
        return next((one for one in self._session.timeline.markers if one.id == name), None)

    def _under(self, at: QPointF) -> Held | None:
        return marks.under(self._session.timeline, at, self._view.x_in_view)

    def _answer(self, at: QPointF) -> None:
        held = self._under(at)
        marker = self._marker(held.name) if held else None
        on_mark = held is not None and marker is None
        self.setCursor(Qt.CursorShape.SizeHorCursor if on_mark else Qt.CursorShape.PointingHandCursor)
        if marker is not None:
            named = marker.name or tr("Marker")
            self.setToolTip(
                tr(
                    "{named} at {timecode}: double-click to name it",
                    named=named,
                    timecode=self._session.timeline.rate.timecode(marker.frame),
                )
            )
        else:
            self.setToolTip(
                tr("Drag to change the marked range") if on_mark else tr("Click or drag to move the playhead")
            )

    def _frame(self, at: QPointF) -> int:
        return max(0, self._view.tracks.metrics.frame(self._view.scene_at(at).x()))

    def _seek(self, event: QMouseEvent) -> None:
        frame = self._frame(event.position())
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
            painter.drawText(QPointF(x + 9, RULER_HEIGHT - 13), step.label(rate, frame))

    def _head(self, painter: QPainter) -> None:
        x = round(self._view.x_in_view(self._session.playhead)) + 0.5
        if not -HEAD <= x <= self.width() + HEAD:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half, top, bottom = HEAD / 2, RULER_HEIGHT - 21.5, RULER_HEIGHT - 1.0
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
