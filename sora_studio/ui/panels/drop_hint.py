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
        self.setObjectName("dropHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = ""
        self._refused = False
        self.hide()

    def show_over(self, panel: QWidget, text: str, *, refused: bool = False) -> None:
        """Lie over `panel` with `text`."""
        self._text, self._refused = text, refused
        self.setAccessibleName(text)
        window = panel.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.setGeometry(panel.rect().translated(panel.mapTo(window, QPoint(0, 0))))
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Veil, dashes, arrow, sentence."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(colour("err" if self._refused else "accent"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(colour("err_soft" if self._refused else "accent_soft", 0.88))
        painter.drawRoundedRect(frame, 10, 10)
        middle = self.rect().center()
        glyph = icon("circle-x", "err") if self._refused else icon("import", "accent2")
        glyph.paint(painter, middle.x() - 14, middle.y() - 34, 28, 28)
        painter.setFont(ui_font(14))
        painter.setPen(colour("text"))
        words = frame.adjusted(20, 28, -20, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)
        painter.end()
