"""The empty stretch under the pointer, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sora_studio.core.language import mark, tr
from sora_studio.core.timeline import Gap
from sora_studio.ui.theme import colour, pixmap, ui_font
from sora_studio.ui.timeline.metrics import TRACK_HEIGHT, Metrics

CLOSE, BRIDGE, FILL = "close", "bridge", "fill"
_TEXT = {CLOSE: mark("Close gap"), BRIDGE: mark("Bridge"), FILL: mark("Fill")}
_ICON = {CLOSE: "unfold-horizontal", BRIDGE: "git-merge", FILL: "sparkles"}
_WORDS = {
    CLOSE: mark("Close the gap: what follows moves up"),
    BRIDGE: mark("Bridge the gap with a clip generated from both neighbours"),
    FILL: mark("Fill the gap with a clip generated from the prompt"),
}


class GapItem(QGraphicsItem):
    """Shown over one gap at a time: its length, and buttons that fill, bridge and close it."""

    def __init__(self) -> None:
        super().__init__()
        self.gap: Gap | None = None
        self.bridgeable = False
        self._width, self._height = 0.0, float(TRACK_HEIGHT)
        self._lit, self._length, self._sound = "", "", False
        self.setZValue(2)
        self.setVisible(False)

    def show_gap(self, gap: Gap | None, metrics: Metrics, *, bridgeable: bool, length: str = "") -> None:
        """Show a gap with its length in words, or none. Only gaps between pictures can be filled."""
        if gap == self.gap and (gap is None or self._width == metrics.x(gap.stop) - metrics.x(gap.start)):
            return
        self.prepareGeometryChange()
        self.gap, self.bridgeable, self._lit, self._length = gap, bridgeable, "", length
        self._sound = gap is not None and metrics.lanes[gap.track].kind == "audio"
        self.setVisible(gap is not None)
        if gap is not None:
            left, right = metrics.x(gap.start), metrics.x(gap.stop)
            self._width, self._height = right - left, metrics.high(gap.track)
            self.setPos(left, metrics.y(gap.track))
        self.update()

    def button(self, scene_at: QPointF) -> str:
        """The button at a scene position: "close", "bridge", "fill" or nothing."""
        if self.gap is None:
            return ""
        at = scene_at - self.pos()
        return next((name for name, box in self.buttons() if box.contains(at)), "")

    def centre(self, name: str) -> QPointF:
        """The scene position of a button's middle."""
        return next(box.center() for found, box in self.buttons() if found == name) + self.pos()

    def set_lit(self, name: str) -> None:
        """Light the button under the pointer."""
        if name != self._lit:
            self._lit = name
            self.setToolTip(tr(_WORDS.get(name, "")))
            self.update()

    def boundingRect(self) -> QRectF:
        """The gap's box."""
        return QRectF(0, 0, self._width, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the outline and the buttons."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colour("line2"), 1.2)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(colour("raised", 0.45))
        painter.drawRoundedRect(self.boundingRect().adjusted(1, 1, -1, -1), 6, 6)
        buttons = self.buttons()
        for name, box in buttons:
            self._button(painter, name, box)
        top = min((box.top() for _, box in buttons), default=self._height / 2 + 8)
        if top >= 14 and QFontMetrics(_font()).horizontalAdvance(self._length) + 8 < self._width:
            painter.setFont(_font())
            painter.setPen(colour("dim"))
            painter.drawText(QRectF(0, 0, self._width, top), Qt.AlignmentFlag.AlignCenter, self._length)

    def buttons(self) -> list[tuple[str, QRectF]]:
        """Side by side with words, else icons, else one above the other, as the gap's width allows."""
        names = [CLOSE] if self._sound else [FILL, BRIDGE, CLOSE] if self.bridgeable else [FILL, CLOSE]
        metrics = QFontMetrics(_font())
        for words in (True, False):
            widths = [metrics.horizontalAdvance(tr(_TEXT[name])) + 36 if words else 26.0 for name in names]
            total = sum(widths) + 6 * (len(names) - 1)
            if total + 12 <= self._width:
                x = (self._width - total) / 2
                boxes = []
                for name, wide in zip(names, widths, strict=True):
                    boxes.append((name, QRectF(x, self._height / 2 - 13, wide, 26)))
                    x += wide + 6
                return boxes
        if self._width >= 28 and self._height < 28 * len(names):
            names = [names[-1]]
        if self._width >= 28:
            top = self._height / 2 - (28 * len(names) - 2) / 2
            return [(name, QRectF(self._width / 2 - 12, top + 28 * row, 24, 26)) for row, name in enumerate(names)]
        return []

    def _button(self, painter: QPainter, name: str, box: QRectF) -> None:
        lit = name == self._lit
        tone = "line2" if name == CLOSE else "accent"
        painter.setPen(QPen(colour("accent2" if lit else tone), 1))
        painter.setBrush(colour("raised2" if lit else "raised"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 13, 13)
        ink = "text" if name == CLOSE else "accent2"
        ratio = painter.device().devicePixelRatioF()
        wide = box.width() > 30
        x = box.left() + 10 if wide else box.center().x() - 7
        painter.drawPixmap(QPointF(x, box.center().y() - 7), pixmap(_ICON[name], 14, ink, ratio))
        if wide:
            painter.setFont(_font())
            painter.setPen(colour(ink))
            painter.drawText(box.adjusted(29, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, tr(_TEXT[name]))


def _font() -> QFont:
    return ui_font(11, QFont.Weight.Medium)
