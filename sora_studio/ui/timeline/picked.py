"""The gap or cut that is picked, or lies under the playhead: what the inspector offers verbs for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sora_studio.core.spots import Cut, Spot
from sora_studio.core.timeline import Timeline
from sora_studio.session.session import Session
from sora_studio.ui.theme import colour
from sora_studio.ui.timeline.metrics import Metrics

REACH = 5
"""Pixels on both sides of a cut that its mark covers."""


class PickedItem(QGraphicsItem):
    """A frame around the place. It takes no clicks."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QRectF()
        self.setZValue(1.2)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setVisible(False)

    def follow(self, session: Session, metrics: Metrics) -> None:
        """Frame the place that is meant now, or nothing."""
        spot = session.picked
        box = QRectF() if spot is None else _box(spot, session.timeline, metrics)
        if box != self._box:
            self.prepareGeometryChange()
            self._box = box
            self.setVisible(not box.isNull())
            self.update()

    def boundingRect(self) -> QRectF:
        """The framed box."""
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A line in the colour of selected clips."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent2"), 2))
        painter.setBrush(colour("accent", 0.14))
        painter.drawRoundedRect(self._box.adjusted(1, 1, -1, -1), 5, 5)


def _box(spot: Spot, timeline: Timeline, metrics: Metrics) -> QRectF:
    if isinstance(spot, Cut):
        track, right = timeline.find(spot.right)
        x = metrics.x(right.start)
        return QRectF(x - REACH, metrics.y(track), 2 * REACH, metrics.high(track))
    return metrics.area(spot.track, spot.start, spot.stop)
