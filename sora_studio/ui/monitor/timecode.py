"""Timecode in figures that do not dance: each digit has its own cell."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sora_studio.ui.theme import colour, tabular


class Timecode(QWidget):
    """The place of the playhead and the length of the timeline. Painted, because a label would lay out every frame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._whole = "00:00:00:00", "00:00:00:00"
        self._strong, self._faint = tabular(14, QFont.Weight.DemiBold), tabular(12, QFont.Weight.Normal)
        self.setObjectName("timecode")
        self.setAccessibleName("Timecode")
        self.setToolTip("Hours : minutes : seconds : frames, and the length of the timeline")

    @property
    def text(self) -> str:
        """The place shown."""
        return self._now

    def show_time(self, now: str, whole: str) -> None:
        """Show a place and a length."""
        if (now, whole) != (self._now, self._whole):
            self._now, self._whole = now, whole
            self.setAccessibleDescription(f"{now} of {whole}")
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the figures."""
        strong, faint = QFontMetricsF(self._strong), QFontMetricsF(self._faint)
        return QSize(round(_wide(strong, self._now) + _wide(faint, " / " + self._whole)) + 4, 24)

    def minimumSizeHint(self) -> QSize:
        """Never less than the figures need."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw figure by figure."""
        del event
        painter = QPainter(self)
        x = self._draw(painter, 0.0, self._now, self._strong, "text")
        self._draw(painter, x, " / " + self._whole, self._faint, "faint")

    def _draw(self, painter: QPainter, x: float, text: str, font: QFont, tone: str) -> float:
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(colour(tone))
        for sign in text:
            wide = _cell(metrics, sign)
            painter.drawText(QRectF(x, 0, wide, self.height()), Qt.AlignmentFlag.AlignCenter, sign)
            x += wide
        return x


def _cell(metrics: QFontMetricsF, sign: str) -> float:
    return metrics.horizontalAdvance("0" if sign.isdigit() else sign)


def _wide(metrics: QFontMetricsF, text: str) -> float:
    return sum(_cell(metrics, sign) for sign in text)
