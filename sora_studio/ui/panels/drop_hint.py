"""Says over a panel what will happen to the files that hover above it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sora_studio.ui.theme import colour, icon, ui_font


class DropHint(QWidget):
    """A veil with a sentence; the pointer goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("dropHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = ""
        self.hide()

    def show_over(self, panel: QWidget, text: str) -> None:
        """Lie over `panel` with `text`."""
        self._text = text
        self.setAccessibleName(text)
        self.setGeometry(panel.rect().translated(panel.mapTo(self._window, QPoint(0, 0))))
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Veil, dashes, arrow, sentence."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(colour("accent"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(colour("accent_soft", 0.88))
        painter.drawRoundedRect(frame, 10, 10)
        middle = self.rect().center()
        icon("import", "accent2").paint(painter, middle.x() - 14, middle.y() - 34, 28, 28)
        painter.setFont(ui_font(14))
        painter.setPen(colour("text"))
        painter.drawText(frame.adjusted(0, 28, 0, 0), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
