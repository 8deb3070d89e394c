"""What lies behind and over the clips: the tracks' ground, lines through time, the rubber band."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from sora_studio.core.language import mark, tr
from sora_studio.ui.theme import colour, pixmap, ui_font
from sora_studio.ui.timeline.metrics import Metrics

INVITATION = mark("Type a prompt and press Ctrl+Enter, or drop videos and pictures here")


def tracks(painter: QPainter, rect: QRectF, metrics: Metrics) -> None:
    """The ground of every track that meets `rect`, darker than the panel between them."""
    painter.fillRect(rect, colour("panel"))
    for lane in metrics.lanes:
        row = QRectF(rect.left(), lane.top, rect.width(), lane.high).intersected(rect)
        if not row.isEmpty():
            painter.fillRect(row, colour("bg"))
    if metrics.divider is not None:
        painter.fillRect(QRectF(rect.left(), metrics.divider - 0.5, rect.width(), 1).intersected(rect), colour("line2"))
    if rect.left() < 0:
        painter.fillRect(QRectF(-1, 0, 1, metrics.height).intersected(rect), colour("line"))


def invitation(painter: QPainter, seen: QRectF, metrics: Metrics) -> None:
    """The next act, written on the lowest track of an empty timeline."""
    font, words = ui_font(12), tr(INVITATION)
    wide = QFontMetrics(font).horizontalAdvance(words) + 28
    row = QRectF(seen.left(), metrics.y(0), seen.width(), metrics.high(0))
    left = max(row.left() + 16, row.center().x() - wide / 2)
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(QPointF(left, row.center().y() - 8), pixmap("sparkles", 16, "faint", ratio))
    painter.setFont(font)
    painter.setPen(colour("faint"))
    painter.drawText(row.adjusted(left - row.left() + 28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)


def line(painter: QPainter, x: float, rect: QRectF, tone: str) -> None:
    """A line through time at scene x, over the height of `rect`, with a soft edge that shows on any picture."""
    if not rect.left() - 3 <= x <= rect.right() + 3:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(x - 1.0, rect.top(), 3.0, rect.height()), colour("surround", 0.55))
    painter.fillRect(QRectF(x, rect.top(), 1.0, rect.height()), colour(tone))


def band(painter: QPainter, box: QRectF) -> None:
    """The rubber band."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour("accent2"), 1))
    painter.setBrush(colour("accent", 0.16))
    painter.drawRoundedRect(box, 2, 2)


def label_font() -> QFont:
    """The font of track names."""
    return ui_font(11, QFont.Weight.DemiBold)
