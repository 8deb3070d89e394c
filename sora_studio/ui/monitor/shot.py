"""A picture as it is painted: layers over each other, each in its own shape, and two of them with a divider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from sora_studio.ui.theme import colour, pixmap, ui_font


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """An image, how large it is meant to be (which gives its shape) and how much it covers, 0..1."""

    image: QImage
    shape: QSize
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Layers from bottom to top on a black ground of `shape`."""

    layers: tuple[Layer, ...]
    shape: QSize

    def paint(self, painter: QPainter, target: QRect) -> None:
        """Draw into `target`, each layer whole and in the middle."""
        if len(self.layers) != 1 or self.layers[0].opacity < 1 or _placed(self.layers[0], target) != target:
            painter.fillRect(target, Qt.GlobalColor.black)
        for layer in self.layers:
            painter.setOpacity(layer.opacity)
            painter.drawImage(_placed(layer, target), layer.image)
        painter.setOpacity(1.0)


def _placed(layer: Layer, target: QRect) -> QRect:
    size = layer.shape.scaled(target.size(), Qt.AspectRatioMode.KeepAspectRatio)
    # A shape that differs by rounding only fills the target.
    if abs(size.width() - target.width()) <= 2 and abs(size.height() - target.height()) <= 2:
        return target
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(target.center())
    return place


class Side(Enum):
    """What of two shots is seen."""

    WIPE = "both, with a divider"
    A = "A"
    B = "B"

    @property
    def following(self) -> Side:
        """The next choice, round and round."""
        every = list(Side)
        return every[(every.index(self) + 1) % len(every)]


@dataclass(frozen=True, slots=True)
class Wipe:
    """How two shots are shown: which of them, where the divider stands (0..1 of the width), what they are called."""

    names: tuple[str, str] = ("A", "B")
    side: Side = Side.WIPE
    at: float = 0.5

    def moved(self, at: float) -> Wipe:
        """With the divider elsewhere."""
        return replace(self, at=max(0.0, min(1.0, at)))

    def paint(self, painter: QPainter, target: QRect, shots: tuple[Shot, Shot]) -> None:
        """Draw one shot, or both with their border at the divider."""
        if self.side is not Side.WIPE:
            shots[0 if self.side is Side.A else 1].paint(painter, target)
            return
        edge = self._edge(target)
        for shot, left, right in ((shots[0], target.left(), edge), (shots[1], edge, target.right() + 1)):
            painter.save()
            painter.setClipRect(QRect(left, target.top(), right - left, target.height()))
            shot.paint(painter, target)
            painter.restore()

    def paint_marks(self, painter: QPainter, target: QRect) -> None:
        """Draw the names of what is seen, and the divider."""
        if self.side is not Side.B:
            self._name(painter, target, 0)
        if self.side is not Side.A:
            self._name(painter, target, 1)
        if self.side is Side.WIPE:
            _divider(painter, self._edge(target), target)

    def _edge(self, target: QRect) -> int:
        return target.left() + round(target.width() * self.at)

    def _name(self, painter: QPainter, target: QRect, which: int) -> None:
        font = ui_font(12, QFont.Weight.DemiBold)
        metrics, room = QFontMetrics(font), target.width() // 2 - 40
        if room < 60:
            return
        letter = "AB"[which]
        words = self.names[which]
        text = letter if words == letter else f"{letter}   {words}"
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 24, 26)
        box.moveBottom(target.bottom() - 12)
        if which == 0:
            box.moveLeft(target.left() + 12)
        else:
            box.moveRight(target.right() - 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surround", 0.74))
        painter.drawRoundedRect(box, 13, 13)
        painter.setFont(font)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _divider(painter: QPainter, x: int, target: QRect) -> None:
    painter.setPen(QPen(QColor(0, 0, 0, 130), 4))
    painter.drawLine(x, target.top(), x, target.bottom())
    painter.setPen(QPen(Qt.GlobalColor.white, 2))
    painter.drawLine(x, target.top(), x, target.bottom())
    knob = QPointF(x, target.center().y())
    painter.setPen(QPen(QColor(0, 0, 0, 130), 1))
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawEllipse(knob, 13, 13)
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(knob - QPointF(8, 8), pixmap("arrow-left-right", 16, "#17181c", ratio))
