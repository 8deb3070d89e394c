"""The figures of a drag, beside the pointer: how far in timecode, and what comes of it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sora_studio.core.time import Rate
from sora_studio.ui.theme import colour, tabular

HIGH = 24


class BubbleItem(QGraphicsItem):
    """A pill over everything else."""

    def __init__(self) -> None:
        super().__init__()
        self._text, self._refused, self._width = "", False, 0.0
        self.setZValue(9)
        self.setVisible(False)

    @property
    def text(self) -> str:
        """The figures; empty while hidden."""
        return self._text if self.isVisible() else ""

    def show_at(self, at: QPointF, text: str, *, refused: bool = False) -> None:
        """Show figures above a scene position."""
        if (text, refused) != (self._text, self._refused):
            self.prepareGeometryChange()
            self._text, self._refused = text, refused
            self._width = QFontMetrics(_font()).horizontalAdvance(text) + 22
        self.setPos(at + QPointF(12, -HIGH - 6))
        self.setVisible(True)
        self.update()

    def boundingRect(self) -> QRectF:
        """The pill's box."""
        return QRectF(-1, -1, self._width + 2, HIGH + 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The pill."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, 0.5, self._width - 1, HIGH - 1)
        painter.setPen(QPen(colour("warn" if self._refused else "line2"), 1))
        painter.setBrush(colour("raised", 0.97))
        painter.drawRoundedRect(box, HIGH / 2, HIGH / 2)
        painter.setFont(_font())
        painter.setPen(colour("warn" if self._refused else "text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)


def delta(rate: Rate, frames: int) -> str:
    """A difference as timecode with its sign, without leading zeros of hours: +00:12."""
    text = rate.timecode(abs(frames)).replace(";", ":")
    while text.startswith("00:") and text.count(":") > 1:
        text = text[3:]
    return f"{'-' if frames < 0 else '+'}{text}"


@lru_cache(maxsize=1)
def _font() -> QFont:
    return tabular(11, QFont.Weight.DemiBold)
