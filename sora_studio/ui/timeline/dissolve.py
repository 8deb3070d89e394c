"""A dissolve on a cut: a bow over both clips whose ends make it longer and shorter."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from sora_studio.core.language import tr
from sora_studio.core.timeline import Dissolve, Timeline
from sora_studio.ui.theme import colour, tabular
from sora_studio.ui.timeline.metrics import TITLE_HEIGHT, Metrics

GRIP = 7
"""Pixels at either end that change the length."""


class DissolveItem(QGraphicsItem):
    """Stands above the two clips; `dissolve`, `track` and `cut` mirror the session."""

    def __init__(self) -> None:
        super().__init__()
        self.dissolve = Dissolve("", "", 2)
        self.track, self.cut, self._sounds = 0, 0, False
        self.lit = False
        self._width, self._height, self._middle = 0, 0, 0
        self.setZValue(1.5)

    def show_state(self, dissolve: Dissolve, track: int, cut: int, metrics: Metrics) -> None:
        """Lay the bow over the cut."""
        left, right = metrics.x(cut - dissolve.before), metrics.x(cut + dissolve.after)
        shape = (max(4, right - left), metrics.high(track) - TITLE_HEIGHT, metrics.x(cut) - left)
        self.dissolve, self.track, self.cut = dissolve, track, cut
        self._sounds = metrics.lanes[track].kind == "audio"
        if shape != (self._width, self._height, self._middle):
            self.prepareGeometryChange()
            self._width, self._height, self._middle = shape
        self.setPos(left, metrics.y(track) + TITLE_HEIGHT)
        said = (
            tr("Crossfade over {length} frames: drag its ends, right-click for more", length=dissolve.length)
            if self._sounds
            else tr("Dissolve over {length} frames: drag its ends, right-click for more", length=dissolve.length)
        )
        self.setToolTip(said)

    def set_lit(self, lit: bool) -> None:
        """Answer the pointer."""
        if lit != self.lit:
            self.lit = lit
            self.update()

    def grip(self, scene_at: QPointF) -> bool:
        """Whether a scene position lies on one of the ends."""
        x = scene_at.x() - self.pos().x()
        edge = min(GRIP, self._width / 3)
        return x <= edge or x >= self._width - edge

    def boundingRect(self) -> QRectF:
        """The bow's box."""
        return QRectF(0, 0, self._width, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Two crossing bows, one going and one coming, on a veil."""
        del option, widget
        box = self.boundingRect().adjusted(0.5, 0.5, -1.5, -1.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent2" if self.lit else "accent", 0.95), 1.2))
        painter.setBrush(colour("bg", 0.62))
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for start, stop in ((box.topLeft(), box.bottomRight()), (box.bottomLeft(), box.topRight())):
            path = QPainterPath(start)
            middle = box.center().x()
            path.cubicTo(QPointF(middle, start.y()), QPointF(middle, stop.y()), stop)
            painter.drawPath(path)
        if box.width() > 64:
            painter.setFont(_font())
            painter.setPen(colour("accent2"))
            name = tr("Crossfade") if self._sounds else tr("Dissolve")
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, name)


class Bows:
    """The dissolves of a scene."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._items: list[DissolveItem] = []

    def show(self, timeline: Timeline, metrics: Metrics) -> None:
        """Bring the items to a timeline."""
        wanted = [(one, index, track) for index, track in enumerate(timeline.tracks) for one in track.dissolves]
        while len(self._items) > len(wanted):
            self._scene.removeItem(self._items.pop())
        while len(self._items) < len(wanted):
            self._items.append(DissolveItem())
            self._scene.addItem(self._items[-1])
        for (dissolve, index, track), item in zip(wanted, self._items, strict=True):
            item.show_state(dissolve, index, track.cut_of(dissolve), metrics)

    def at(self, place: QPointF) -> DissolveItem | None:
        """The dissolve under a scene position."""
        return next((one for one in self._items if one.sceneBoundingRect().contains(place)), None)

    def hover(self, place: QPointF | None) -> None:
        """Light the one under the pointer."""
        for item in self._items:
            item.set_lit(place is not None and item.sceneBoundingRect().contains(place))


def _font() -> QFont:
    return tabular(10, QFont.Weight.Medium)
