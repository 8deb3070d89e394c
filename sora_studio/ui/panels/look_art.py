"""A small landscape painted in the manner of a look: the card's picture until the look brings one of its own."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF, QRadialGradient

WIDTH, HEIGHT = 184, 108


@dataclass(frozen=True, slots=True)
class Inks:
    """Sky from top to horizon, the sun, hills from far to near."""

    top: str
    low: str
    sun: str
    hills: tuple[str, str, str]


_INKS = {
    "": Inks("#4a6fb5", "#f3b995", "#fff1d6", ("#8f7fa8", "#5d5684", "#2f2f52")),
    "flat": Inks("#37b6d6", "#37b6d6", "#ffd34e", ("#7ed07a", "#46b06b", "#238a62")),
    "pixel": Inks("#3b3f9e", "#d76fb0", "#ffe27a", ("#7d4fa0", "#4f3a86", "#2a2462")),
    "pencil": Inks("#f2efe8", "#f2efe8", "#ffffff", ("#d8d4cb", "#bfbab0", "#9d988f")),
    "watercolour": Inks("#a9cfe6", "#f6dfd0", "#f4b393", ("#a8c9b4", "#7fae9b", "#5b8f86")),
    "neon": Inks("#0a0820", "#241046", "#ff4fd8", ("#3ef2ff", "#9d5bff", "#ff4fd8")),
    "noir": Inks("#15161a", "#77797f", "#f4f4f2", ("#4a4b50", "#2a2b2f", "#0c0c0e")),
    "papercut": Inks("#f3c98b", "#f3c98b", "#f26b4e", ("#d98a55", "#a85a46", "#6b3640")),
    "oil": Inks("#3f6ea6", "#e7b06a", "#ffe6a3", ("#7d8a4d", "#546a3a", "#2f4429")),
}


@lru_cache(maxsize=64)
def landscape(look: str) -> QImage:
    """The landscape in the manner of a look, painted once; a name nobody painted gets colours of its own."""
    inks = _INKS.get(look) or _colours_of(look)
    if look == "pixel":
        small = _scene(inks, 46, 27)
        return small.scaled(
            WIDTH, HEIGHT, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
        )
    image = _scene(inks, WIDTH, HEIGHT, lines=look == "neon", shadows=look == "papercut")
    if look == "pencil":
        _hatch(image)
    elif look in ("oil", "watercolour"):
        _strokes(image, long=look == "oil")
    return image


def _colours_of(look: str) -> Inks:
    hue = sum(look.encode()) * 47 % 360

    def ink(turn: int, saturation: int, value: int) -> str:
        return QColor.fromHsv((hue + turn) % 360, saturation, value).name()

    return Inks(
        ink(0, 120, 150), ink(40, 90, 235), ink(60, 60, 255), (ink(20, 90, 160), ink(10, 110, 110), ink(0, 130, 70))
    )


def _ridge(index: int, width: int, height: int) -> QPainterPath:
    base = height * (0.56 + 0.14 * index)
    points = [
        QPointF(x, base - height * (0.09 - 0.015 * index) * math.sin(x / width * (5 - index) + index * 2.1))
        for x in range(0, width + 1, 2)
    ]
    path = QPainterPath(QPointF(0, height))
    path.addPolygon(QPolygonF([QPointF(0, height), *points, QPointF(width, height)]))
    return path


def _scene(inks: Inks, width: int, height: int, *, lines: bool = False, shadows: bool = False) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, width > 60)
    sky = QLinearGradient(0, 0, 0, height * 0.7)
    sky.setColorAt(0, QColor(inks.top))
    sky.setColorAt(1, QColor(inks.low))
    painter.fillRect(image.rect(), sky)
    sun = QPointF(width * 0.66, height * 0.42)
    if inks.top != inks.low:
        glow = QRadialGradient(sun, width * 0.34)
        warm = QColor(inks.sun)
        warm.setAlpha(170)
        glow.setColorAt(0, warm)
        warm.setAlpha(0)
        glow.setColorAt(1, warm)
        painter.fillRect(image.rect(), glow)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(inks.sun))
    painter.drawEllipse(sun, height * 0.14, height * 0.14)
    for index, hill in enumerate(inks.hills):
        path = _ridge(index, width, height)
        if lines:
            painter.fillPath(path, QColor(inks.top))
            painter.strokePath(path, QPen(QColor(hill), 2.0))
            continue
        if shadows:
            painter.fillPath(path.translated(-2, -4), QColor(0, 0, 0, 60))
        painter.fillPath(path, QColor(hill))
    painter.end()
    return image


def _hatch(image: QImage) -> None:
    """Pencil lines across the hills and round the sun."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index in range(3):
        path = _ridge(index, image.width(), image.height())
        painter.strokePath(path, QPen(QColor("#4c4944"), 1.1))
        painter.save()
        painter.setClipPath(path)
        painter.setPen(QPen(QColor(70, 66, 60, 90), 0.8))
        for x in range(-120, image.width(), 7 - index * 2):
            painter.drawLine(QPointF(x, image.height()), QPointF(x + 80 + 20 * index, 30))
        painter.restore()
    painter.setPen(QPen(QColor("#4c4944"), 1.1))
    painter.drawEllipse(QPointF(image.width() * 0.66, image.height() * 0.42), 15, 15)
    painter.end()


def _strokes(image: QImage, *, long: bool) -> None:
    """Repaint the picture in strokes of its own colours: short and opaque in oil, wide and thin in water."""
    source = image.copy()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rng = random.Random(4)
    for _ in range(600 if long else 130):
        x, y, turn, light = (rng.random() for _ in range(4))
        at = QPointF(x * (WIDTH - 1), y * (HEIGHT - 1))
        ink = source.pixelColor(at.toPoint()).lighter(round(88 + 26 * light))
        painter.save()
        painter.translate(at)
        painter.rotate(-35 + 50 * turn)
        ink.setAlpha(225 if long else 42)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(-7, -1.9, 14, 3.8) if long else QRectF(-15, -9, 30, 18), 8, 8)
        painter.restore()
    painter.end()
