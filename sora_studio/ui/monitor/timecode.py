"""Timecode in figures that do not dance: each digit has its own cell. A click makes it a field to type a place into."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.theme import colour, tabular


class Timecode(QWidget):
    """The place of the playhead and the length. Painted, because a label would lay out every frame."""

    typed = Signal(str)
    """What was typed, to be read with `core.timecode.frame_of`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._whole = "00:00:00:00", "00:00:00:00"
        self._strong, self._faint = tabular(14, QFont.Weight.DemiBold), tabular(12, QFont.Weight.Normal)
        self.setObjectName("timecode")
        self.setAccessibleName(tr("Timecode"))
        self.setToolTip(
            tr("Hours : minutes : seconds : frames, and the length.\nClick to type a place; +12 goes 12 on.")
        )
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.field = QLineEdit(self)
        self.field.setObjectName("timecode_field")
        self.field.setAccessibleName(tr("Go to timecode"))
        self.field.setFont(self._strong)
        self.field.hide()
        self.field.returnPressed.connect(self._take)
        self.field.installEventFilter(self)

    @property
    def text(self) -> str:
        """The place shown."""
        return self._now

    def show_time(self, now: str, whole: str) -> None:
        """Show a place and a length."""
        if (now, whole) != (self._now, self._whole):
            longer = len(now + whole) != len(self._now + self._whole)
            self._now, self._whole = now, whole
            self.setAccessibleDescription(tr("{now} of {whole}", now=now, whole=whole))
            if longer:
                self.updateGeometry()
            self.update()

    def edit(self) -> None:
        """Type a place."""
        self.field.setGeometry(0, 0, min(self.width(), 124), self.height())
        self.field.setText(self._now)
        self.field.selectAll()
        self.field.show()
        self.field.setFocus()

    def sizeHint(self) -> QSize:
        """Room for the figures."""
        strong, faint = QFontMetricsF(self._strong), QFontMetricsF(self._faint)
        return QSize(round(_wide(strong, self._now) + _wide(faint, " / " + self._whole)) + 4, 26)

    def minimumSizeHint(self) -> QSize:
        """Never less than the figures need."""
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Type a place."""
        self.edit()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw figure by figure."""
        del event
        painter = QPainter(self)
        x = self._draw(painter, 0.0, self._now, self._strong, "text")
        self._draw(painter, x, " / " + self._whole, self._faint, "faint")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape, or going elsewhere, leaves the field as if nothing had been typed."""
        if watched is self.field:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # while the field is open every key is text
                return True
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape:
                    self._leave()
                    return True
            elif event.type() == QEvent.Type.FocusOut:
                self.field.hide()
        return super().eventFilter(watched, event)

    def _take(self) -> None:
        text = self.field.text()
        self._leave()
        if text.strip():
            self.typed.emit(text)

    def _leave(self) -> None:
        self.field.hide()
        self.field.clearFocus()

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
    return metrics.horizontalAdvance("0" if sign.isdigit() else ":" if sign == ";" else sign)


def _wide(metrics: QFontMetricsF, text: str) -> float:
    return sum(_cell(metrics, sign) for sign in text)
