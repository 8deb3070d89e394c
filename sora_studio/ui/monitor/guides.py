"""Lines over the picture: thirds, and the areas that every screen shows."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from sora_studio.core.language import mark

ACTION, TITLE = 0.93, 0.90
"""Safe action and safe title area, as parts of width and height (SMPTE ST 2046-1)."""


class Guides(Enum):
    """What is drawn; the value is how it is called."""

    NONE = mark("no guides")
    THIRDS = mark("thirds")
    SAFE = mark("safe areas")
    BOTH = mark("thirds and safe areas")

    @property
    def following(self) -> Guides:
        """The next choice, round and round."""
        every = list(Guides)
        return every[(every.index(self) + 1) % len(every)]


def paint_guides(painter: QPainter, picture: QRectF, guides: Guides) -> None:
    """Draw the guides over a picture, light with a dark edge so that they are seen on anything."""
    shapes: list[QRectF | QLineF] = []
    if guides in (Guides.THIRDS, Guides.BOTH):
        for part in (1 / 3, 2 / 3):
            x, y = picture.left() + picture.width() * part, picture.top() + picture.height() * part
            shapes.append(QLineF(x, picture.top(), x, picture.bottom()))
            shapes.append(QLineF(picture.left(), y, picture.right(), y))
    if guides in (Guides.SAFE, Guides.BOTH):
        for part in (ACTION, TITLE):
            area = QRectF(0, 0, picture.width() * part, picture.height() * part)
            area.moveCenter(picture.center())
            shapes.append(area)
        middle, arm = picture.center(), min(picture.width(), picture.height()) * 0.03
        shapes.append(QLineF(middle - QPointF(arm, 0), middle + QPointF(arm, 0)))
        shapes.append(QLineF(middle - QPointF(0, arm), middle + QPointF(0, arm)))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor(0, 0, 0, 110), 3), (QColor(255, 255, 255, 190), 1)):
        painter.setPen(QPen(colour, width))
        for shape in shapes:
            if isinstance(shape, QLineF):
                painter.drawLine(shape)
            else:
                painter.drawRect(shape)
    painter.restore()
