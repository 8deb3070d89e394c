"""One clip on the scene: draws what it is told and says where it was touched. The hand turns touches into edits."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from sora_studio.core.timeline import Clip
from sora_studio.ui.theme import colour
from sora_studio.ui.timeline import clip_paint, take_switch
from sora_studio.ui.timeline.clip_paint import Face
from sora_studio.ui.timeline.metrics import EDGE, Metrics
from sora_studio.ui.timeline.take_switch import Part


class Zone(Enum):
    """The part of a clip under the pointer."""

    HEAD = auto()
    BODY = auto()
    TAIL = auto()


class ClipItem(QGraphicsObject):
    """The picture of a clip. `clip` and `track` mirror the session; a drag shows another place for a while."""

    def __init__(self, clip: Clip, track: int, metrics: Metrics, face: Face) -> None:
        super().__init__()
        self.clip, self.track, self.face = clip, track, face
        self._metrics = metrics
        self._width, self._height = 0, metrics.high(track)
        self.setObjectName(f"clip_{clip.id}")
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.place()

    def boundingRect(self) -> QRectF:
        """The clip's box; nothing is painted outside."""
        return QRectF(0, 0, self._width, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the exposed part."""
        del widget
        size = QSizeF(self._width, self._height)
        clip_paint.draw(painter, size, self.face, QRectF(option.exposedRect), colour("bg"))
        take_switch.draw(painter, size, self.face)

    def show_state(self, clip: Clip, track: int, metrics: Metrics, face: Face) -> None:
        """Take over the session's state, wherever a drag had put the item."""
        moved = clip is not self.clip or (track, metrics) != (self.track, self._metrics)
        self.clip, self.track, self._metrics = clip, track, metrics
        self.set_face(face)
        if moved:
            self.place()

    def relay(self, metrics: Metrics) -> None:
        """Lay the item out by other metrics."""
        self._metrics = metrics
        self.place()

    def restore(self) -> None:
        """Stand where the clip is, wherever a drag had put the item."""
        if self.pos() != QPointF(self._metrics.x(self.clip.start), self._metrics.y(self.track)):
            self.place()

    def set_face(self, face: Face) -> None:
        """Change what is painted."""
        if face is not self.face and face != self.face:
            self.face = face
            self.update()

    def set_flags(self, *, selected: bool | None = None, hovered: bool | None = None, lit: Part | None = None) -> None:
        """Change the marks of selection and pointer."""
        face = self.face
        if selected is not None:
            face = replace(face, selected=selected)
        if hovered is not None:
            face = replace(face, hovered=hovered)
        if lit is not None:
            face = replace(face, lit=lit)
        self.set_face(face)
        self.setZValue(1 if face.selected else 0)

    def place(self, start: int | None = None, stop: int | None = None, track: int | None = None) -> None:
        """Lay the item out at its clip's place, or at another one while it is dragged."""
        left = self._metrics.x(self.clip.start if start is None else start)
        right = self._metrics.x(self.clip.stop if stop is None else stop)
        width = max(2, right - left - 1)
        lane = self.track if track is None else track
        height = self._metrics.high(lane)
        if (width, height) != (self._width, self._height):
            self.prepareGeometryChange()
            self._width, self._height = width, height
        self.setPos(QPointF(left, self._metrics.y(lane)))

    def zone(self, scene_at: QPointF) -> Zone:
        """The part that a scene position touches; the edges of a narrow clip shrink, so that it can still be moved."""
        x = scene_at.x() - self.pos().x()
        edge = min(EDGE, self._width / 4)
        if x < edge:
            return Zone.HEAD
        return Zone.TAIL if x > self._width - edge else Zone.BODY

    def switch_part(self, scene_at: QPointF) -> Part:
        """The part of the switch of takes that a scene position touches."""
        return take_switch.part_at(QSizeF(self._width, self._height), self.face, scene_at - self.pos())

    def switch_centre(self, part: Part) -> QPointF:
        """The scene position of the middle of such a part."""
        return take_switch.parts(QSizeF(self._width, self._height), self.face)[part].center() + self.pos()

    @property
    def width(self) -> int:
        """The painted width in pixels."""
        return self._width
