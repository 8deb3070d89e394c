"""What is not there yet: the dashed area that a dragged edge leaves behind it, and the handle that offers it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.theme import colour, pixmap, tabular
from sora_studio.ui.timeline.metrics import PLUS, TRACK_HEIGHT


class GhostItem(QGraphicsItem):
    """A dashed area with an icon and a sentence: what will be made (or put) here on release."""

    def __init__(self) -> None:
        super().__init__()
        self._width, self._height = 0.0, float(TRACK_HEIGHT)
        self._text = ""
        self._icon = "sparkles"
        self._tone = "accent"
        self._anchor_left = True
        self.setZValue(5)
        self.setVisible(False)

    def show_area(self, area: QRectF, text: str, *, grows_left: bool = False) -> None:
        """Show a generation over a scene rectangle; the text keeps to the end that the pointer holds."""
        self._anchor_left = not grows_left
        self._show(area, text, "sparkles", "accent")

    def show_drop(self, area: QRectF, text: str, *, refused: bool) -> None:
        """Show where dropped files will lie, or why they cannot."""
        self._anchor_left = True
        self._show(area, text, *(("circle-x", "err") if refused else ("import", "accent")))

    @property
    def text(self) -> str:
        """The sentence on the area; empty while hidden."""
        return self._text if self.isVisible() else ""

    def _show(self, area: QRectF, text: str, icon: str, tone: str) -> None:
        self.prepareGeometryChange()
        self._width, self._text, self._icon, self._tone = max(2.0, area.width()), text, icon, tone
        self._height = area.height()
        self.setPos(area.topLeft())
        self.setVisible(True)
        self.update()

    def boundingRect(self) -> QRectF:
        """The area, and the label where it does not fit inside."""
        room = self._label_width() + 8
        if room <= self._width:
            return QRectF(-1, 0, self._width + 2, self._height)
        left = -1 if self._anchor_left else self._width - room
        return QRectF(left, 0, room + 2, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the dashed area and its label."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1, 1, self._width - 2, self._height - 2)
        if box.width() > 0:
            pen = QPen(colour(self._tone), 1.5)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.setBrush(colour(self._tone, 0.20))
            painter.drawRoundedRect(box, 6, 6)
        self._label(painter)

    def _label_width(self) -> float:
        return QFontMetrics(_label_font()).horizontalAdvance(self._text) + 42

    def _label(self, painter: QPainter) -> None:
        """A pill, inside the area when there is room, else reaching over its neighbour."""
        wide = self._label_width()
        fits = wide + 8 <= self._width
        x = (self._width - wide) / 2 if fits else 4.0 if self._anchor_left else self._width - wide - 4
        pill = QRectF(x, self._height / 2 - 13, wide, 26)
        if not fits:
            painter.setPen(QPen(colour(self._tone), 1))
            painter.setBrush(colour("bg", 0.92))
            painter.drawRoundedRect(pill, 13, 13)
        tone = "accent2" if self._tone == "accent" else self._tone
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(QPointF(pill.left() + 11, pill.center().y() - 8), pixmap(self._icon, 16, tone, ratio))
        painter.setPen(colour(tone))
        painter.setFont(_label_font())
        painter.drawText(pill.adjusted(33, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)


class PlusHandle(QGraphicsItem):
    """A small dashed handle outside the end of the selected clip: click or drag it to generate more."""

    def __init__(self, *, before: bool) -> None:
        super().__init__()
        self.before = before
        self.lit = False
        self.clip_id = ""
        self._height = float(TRACK_HEIGHT)
        self.setZValue(4)
        self.setVisible(False)
        self.setToolTip(
            tr("Generate what comes before: click for two seconds, or drag")
            if before
            else tr("Generate what comes next: click for two seconds, or drag")
        )

    def stand(self, x: float, y: float, high: float) -> None:
        """Stand beside a clip of that height."""
        if high != self._height:
            self.prepareGeometryChange()
            self._height = high
        self.setPos(x, y)

    def set_lit(self, lit: bool) -> None:
        """Answer the pointer."""
        if lit != self.lit:
            self.lit = lit
            self.update()

    def boundingRect(self) -> QRectF:
        """The handle's box."""
        return QRectF(0, 0, PLUS, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the dashed tab and its plus."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(2.5, 9, PLUS - 5, self._height - 18)
        path = QPainterPath()
        path.addRoundedRect(box, 5, 5)
        painter.fillPath(path, colour("bg", 0.85))
        pen = QPen(colour("accent2" if self.lit else "accent"), 1.3)
        pen.setDashPattern([3, 2.4])
        painter.setPen(pen)
        painter.setBrush(colour("accent", 0.42 if self.lit else 0.18))
        painter.drawPath(path)
        solid = QPen(colour("text" if self.lit else "accent2"), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(solid)
        centre = box.center()
        painter.drawLine(centre - QPointF(4.5, 0), centre + QPointF(4.5, 0))
        painter.drawLine(centre - QPointF(0, 4.5), centre + QPointF(0, 4.5))


def _label_font() -> QFont:
    return tabular(12, QFont.Weight.DemiBold)
