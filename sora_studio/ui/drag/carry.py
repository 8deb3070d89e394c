"""Beginning a drag: what is carried, with a small picture beside the pointer, where it hides no words."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

WIDE = 96
"""Pixels of the picture."""
SEEN_THROUGH = 0.82
AWAY = 8
"""Pixels between the pointer and the picture, which stands up and left of it: the words stand down and right."""


def carry(source: QWidget, data: QMimeData, image: QImage) -> None:
    """Carry data from a widget; returns when it is let go."""
    drag = QDrag(source)
    drag.setMimeData(data)
    if not image.isNull():
        picture = faint(image, source.devicePixelRatioF())
        size = picture.deviceIndependentSize().toSize()
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(size.width() + AWAY, size.height() + AWAY))
    drag.exec(Qt.DropAction.CopyAction, Qt.DropAction.CopyAction)


def faint(image: QImage, ratio: float) -> QPixmap:
    """A small picture that lets through what lies beneath."""
    small = image.scaledToWidth(round(WIDE * ratio), Qt.TransformationMode.SmoothTransformation)
    small.setDevicePixelRatio(ratio)
    made = QPixmap(small.size())
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setOpacity(SEEN_THROUGH)
    painter.drawImage(0, 0, small)
    painter.end()
    return made
