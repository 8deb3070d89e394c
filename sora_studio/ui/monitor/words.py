"""Words over the surface: a message in place of a picture, and the small label of a forming one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from sora_studio.core.language import mark, tr
from sora_studio.ui.theme import DARK, colour, pixmap, tabular, ui_font


def time_left(seconds: float | None) -> str:
    """Seconds in words."""
    if seconds is None:
        return ""
    if seconds < 1:
        return tr("almost done")
    if seconds < 90:
        return tr("{seconds:.0f} s left", seconds=seconds)
    return tr("{value:.0f} min left", value=seconds / 60)


_RISE = 58
"""Pixels from the middle of a message up to the top of its icon."""


@dataclass(frozen=True, slots=True)
class Message:
    """Words in place of a picture."""

    icon: str
    title: str
    text: str
    tone: str = "dim"

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Icon, title and text in the middle; a low surface has no room for the icon."""
        centre = QPointF(area.center())
        room = max(120, min(area.width() - 48, 460))
        if area.height() >= 2 * _RISE:
            ratio = painter.device().devicePixelRatioF()
            tone = DARK[self.tone]  # the surround is dark in both themes
            painter.drawPixmap(centre + QPointF(-16, -_RISE), pixmap(self.icon, 32, tone, ratio))
        painter.setFont(ui_font(15, QFont.Weight.DemiBold))
        light = colour("text").lightness() > 128
        painter.setPen(colour("text") if light else Qt.GlobalColor.white)
        middle = Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRectF(centre.x() - room / 2, centre.y() - 14, room, 24), middle, tr(self.title))
        painter.setFont(ui_font(12))
        painter.setPen(colour("dim") if light else Qt.GlobalColor.lightGray)
        below = QRectF(centre.x() - room / 2, centre.y() + 14, room, 80)
        painter.drawText(below, middle | Qt.TextFlag.TextWordWrap, tr(self.text))


@dataclass(frozen=True, slots=True)
class Pill:
    """The small label over the picture; `fraction` 0..1 draws progress under the words, None none."""

    text: str
    fraction: float | None = None
    live: bool = True

    def paint(self, painter: QPainter, target: QRect) -> None:
        """In the upper left corner, the progress along the lower edge."""
        font = tabular(12, QFont.Weight.DemiBold)
        wide = QFontMetrics(font).horizontalAdvance(self.text) + 28 + 16
        box = QRectF(target.left() + 14, target.top() + 14, wide, 30)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surround", 0.74))
        painter.drawRoundedRect(box, 15, 15)
        painter.setBrush(colour("accent" if self.live else "faint"))
        painter.drawEllipse(QPointF(box.left() + 17, box.center().y()), 4, 4)
        painter.setFont(font)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(box.adjusted(30, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text)
        if self.fraction is not None:
            track = QRectF(target.left(), target.bottom() - 2, target.width(), 3)
            painter.fillRect(track, colour("surround", 0.7))
            track.setWidth(track.width() * max(0.0, min(1.0, self.fraction)))
            painter.fillRect(track, colour("accent"))


EMPTY = Message(
    "clapperboard",
    mark("Nothing here yet"),
    mark("Type a prompt and press Ctrl+Enter, or drop a picture here"),
    "accent2",
)
NO_CLIP = Message("film", mark("No clip is open"), mark("Select a clip, or double-click one in the library"), "accent2")
NOT_LIVE = Message(
    "radio", mark("Nothing is being made"), mark("Press Ctrl+Enter and watch the picture form here"), "accent2"
)
