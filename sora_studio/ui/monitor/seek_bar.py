"""The bar under the picture: where the playhead stands in what is shown, and what of it is marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QWidget

from sora_studio.core.language import tr
from sora_studio.core.time import FrameRange
from sora_studio.ui.theme import colour

_EDGE = 14
"""Pixels left and right of the bar, as under the picture."""


class SeekBar(QSlider):
    """A slider over frames. A press anywhere goes there."""

    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("seek_bar")
        self.setAccessibleName(tr("Position"))
        self.setToolTip(tr("Drag to move through what is shown"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(16)
        self._stretch: FrameRange | None = None
        self._held = False
        self.valueChanged.connect(self._moved)

    def show_place(self, frame: int, length: int, stretch: FrameRange | None) -> None:
        """Follow the playhead, in silence."""
        if stretch != self._stretch:
            self._stretch = stretch
            self.update()
        self.blockSignals(True)
        self.setRange(0, max(0, length - 1))
        self.setValue(frame)
        self.blockSignals(False)
        self.setEnabled(length > 1)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, 16)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self.setValue(self._frame(event.position().x()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if self._held:
            self.setValue(self._frame(event.position().x()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = False
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line, its part up to the playhead, the marked range, and a knob."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, x = self.height() / 2, self._x(self.value())
        self._line(painter, _EDGE, self.width() - _EDGE, 4, "line2")
        if self.isEnabled():
            self._line(painter, _EDGE, x, 4, "faint")
        if self._stretch is not None:
            self._line(painter, self._x(self._stretch.start), self._x(self._stretch.stop - 1), 6, "accent")
        if self.isEnabled():
            if self.hasFocus():
                painter.setBrush(colour("accent", 0.4))
                painter.drawEllipse(QRectF(x - 8, middle - 8, 16, 16))
            painter.setBrush(colour("text"))
            painter.drawEllipse(QRectF(x - 5, middle - 5, 10, 10))

    def _line(self, painter: QPainter, left: float, right: float, thick: int, tone: str) -> None:
        painter.setBrush(colour(tone))
        bar = QRectF(left, (self.height() - thick) / 2, max(thick, right - left), thick)
        painter.drawRoundedRect(bar, thick / 2, thick / 2)

    def _x(self, frame: int) -> float:
        return _EDGE + (self.width() - 2 * _EDGE) * frame / max(1, self.maximum())

    def _frame(self, x: float) -> int:
        return round((x - _EDGE) / max(1, self.width() - 2 * _EDGE) * self.maximum())

    def _moved(self, frame: int) -> None:
        self.sought.emit(frame)
