"""The switch on a clip that has several takes: which one is shown of how many, between two arrows."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from sora_studio.ui.theme import colour, tabular
from sora_studio.ui.timeline.clip_paint import INSET, Face, title_icon
from sora_studio.ui.timeline.metrics import TITLE_HEIGHT

Part = Literal["", "previous", "menu", "next"]
"""What of the switch is touched."""

_GLYPHS: dict[Part, str] = {"previous": "chevron-left", "next": "chevron-right"}
HIGH, ARROW, BELOW = 18.0, 18.0, 7.0


def parts(size: QSizeF, face: Face) -> dict[Part, QRectF]:
    """Where its parts lie on a clip of `size` pixels; nothing where there is one take or too little room. A clip too
    narrow for the arrows shows the number alone."""
    if not face.takes or size.height() < TITLE_HEIGHT + HIGH + BELOW:
        return {}
    words = QFontMetrics(_figures()).horizontalAdvance(text(face)) + 6.0
    top, room = size.height() - HIGH - BELOW, size.width() - 2 * INSET
    if room < words:
        return {}
    if room < words + 2 * ARROW:
        return {"menu": QRectF(INSET, top, words, HIGH)}
    return {
        "previous": QRectF(INSET, top, ARROW, HIGH),
        "menu": QRectF(INSET + ARROW, top, words, HIGH),
        "next": QRectF(INSET + ARROW + words, top, ARROW, HIGH),
    }


def part_at(size: QSizeF, face: Face, at: QPointF) -> Part:
    """The part at a place of the clip."""
    return next((name for name, box in parts(size, face).items() if box.contains(at)), "")


def text(face: Face) -> str:
    """Which take of how many."""
    return "{}/{}".format(*face.takes) if face.takes else ""


def draw(painter: QPainter, size: QSizeF, face: Face) -> None:
    """Paint it over the clip's pictures."""
    boxes = parts(size, face)
    if not boxes:
        return
    whole = QRectF()
    for box in boxes.values():
        whole = whole.united(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(14, 15, 20, 205))
    painter.drawRoundedRect(whole, HIGH / 2, HIGH / 2)
    ratio = painter.device().devicePixelRatioF()
    for name, box in boxes.items():
        if name == face.lit:
            painter.setBrush(colour("accent", 0.75))
            painter.drawRoundedRect(box, HIGH / 2, HIGH / 2)
        if name in _GLYPHS:
            painter.drawPixmap(box.center() - QPointF(6, 6), title_icon(_GLYPHS[name], ratio))
    painter.setFont(_figures())
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(boxes["menu"], Qt.AlignmentFlag.AlignCenter, text(face))


@lru_cache(maxsize=1)
def _figures() -> QFont:
    return tabular(10, QFont.Weight.DemiBold)
