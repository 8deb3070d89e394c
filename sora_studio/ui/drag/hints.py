"""How the answer to a drag is shown: beside the pointer over small places, as a veil over large ones."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sora_studio.session.drops import Accept, Offer
from sora_studio.ui.panels.drop_hint import DropHint
from sora_studio.ui.theme import colour, icon, ui_font

WIDEST = 340
"""Pixels of a line of the label; longer sentences break."""
BESIDE = QPoint(18, 20)


class PointerHint(QWidget):
    """A label that goes along with the pointer, in the window it is over; the pointer goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("pointerHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.text, self.refused = "", False
        self.hide()

    def show_at(self, widget: QWidget, place: QPoint, offer: Offer) -> None:
        """Say what will happen, at a place of a widget."""
        window = widget.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.text, self.refused = offer.text, not isinstance(offer, Accept)
        self.setAccessibleName(self.text)
        words = self._words(WIDEST)
        self.resize(words.width() + 48, words.height() + 18)
        at = widget.mapTo(window, place) + BESIDE
        at.setX(max(4, min(at.x(), window.width() - self.width() - 4)))
        if at.y() + self.height() > window.height() - 4:
            at.setY(at.y() - self.height() - 2 * BESIDE.y())
        self.move(at)
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, icon, sentence."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = "err" if self.refused else "accent"
        painter.setPen(QPen(colour(tone), 1.2))
        painter.setBrush(colour("err_soft" if self.refused else "accent_soft"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 9, 9)
        glyph = icon("circle-x" if self.refused else "import", "err" if self.refused else "accent2")
        glyph.paint(painter, 12, (self.height() - 16) // 2, 16, 16)
        painter.setFont(_font())
        painter.setPen(colour("text"))
        room = self.rect().adjusted(36, 0, -10, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self.text)
        painter.end()

    def _words(self, widest: int) -> QRect:
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        return QFontMetrics(_font()).boundingRect(QRect(0, 0, widest, 400), int(flags), self.text)


class Hints:
    """The label and the veil of a window; one of them is shown at a time."""

    def __init__(self, window: QWidget) -> None:
        self.pointer = PointerHint(window)
        self.veil = DropHint(window)

    def beside(self, widget: QWidget, position: QPointF, offer: Offer) -> None:
        """Answer beside the pointer, at a position of a widget."""
        self.veil.hide()
        self.pointer.show_at(widget, position.toPoint(), offer)

    def over(self, panel: QWidget, offer: Offer) -> None:
        """Answer over a whole panel."""
        self.pointer.hide()
        self.veil.show_over(panel, offer.text, refused=not isinstance(offer, Accept))

    def hide(self) -> None:
        """The drag went away."""
        self.pointer.hide()
        self.veil.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown; empty while there is none."""
        if self.pointer.isVisible():
            return self.pointer.text
        return self.veil.accessibleName() if self.veil.isVisible() else ""


def _font() -> QFont:
    return ui_font(12, QFont.Weight.DemiBold)
