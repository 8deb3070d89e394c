"""Small pictures of files, and pictures painted so that they fill their place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath

from sora_studio.core.time import Rate, Size
from sora_studio.media.footage import head
from sora_studio.media.probe import probe
from sora_studio.ui.monitor.picture import to_image


def picture_of(path: Path, longest: int = 480) -> QImage:
    """The first frame of an image or video at most `longest` pixels wide or high; raises MediaError."""
    size = probe(path).size
    scale = min(1.0, longest / max(size.width, size.height))
    small = Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))
    return to_image(head(path, Rate(24), 1, small).frames[0])


def cover(painter: QPainter, target: QRectF, image: QImage, radius: float = 0.0) -> None:
    """Paint an image so that it fills `target`, cut at the middle, with round corners."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    if radius:
        path = QPainterPath()
        path.addRoundedRect(target, radius, radius)
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    filled = QSizeF(image.size()).scaled(target.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    place = QRectF(0, 0, filled.width(), filled.height())
    place.moveCenter(target.center())
    painter.drawImage(place, image)
    painter.restore()
