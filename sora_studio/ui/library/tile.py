"""How a tile of the library is painted: the picture, what marks it, its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from sora_studio.core.language import tr
from sora_studio.core.library import kind_of
from sora_studio.core.media_item import MediaItem, Pending
from sora_studio.ui.library.facts import seconds_text
from sora_studio.ui.theme import colour, per_theme, pixmap, tabular, ui_font

WORDS = 22
"""Pixels of the line under the picture."""
PAD = 4


@dataclass(frozen=True, slots=True)
class Look:
    """What a tile shows besides its medium: the picture, or in a word why there is none; how far it is made (0..1)."""

    picture: QPixmap | None = None
    problem: str = ""
    made: float | None = None


class TileDelegate(QStyledItemDelegate):
    """Paints media; `look` is asked for each that is seen."""

    def __init__(self, item: Callable[[QModelIndex | QPersistentModelIndex], MediaItem], parent: QWidget) -> None:
        super().__init__(parent)
        self._item = item
        self.look: Callable[[MediaItem], Look] = lambda _item: Look()
        self.tile = QSize(132, 100)

    def set_width(self, width: int) -> None:
        """Tiles of another width: 16:9 and a line of words."""
        self.tile = QSize(width, round((width - 2 * PAD) * 9 / 16) + 2 * PAD + WORDS)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All tiles are of one size."""
        del option, index
        return self.tile

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, picture, marks, name."""
        item = self._item(index)
        look = self.look(item)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        tile = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent_soft" if chosen else "raised"))
            painter.drawRoundedRect(tile, 8, 8)
        face = QRectF(tile.left() + PAD, tile.top() + PAD, tile.width() - 2 * PAD, tile.height() - WORDS - 2 * PAD)
        self._face(painter, face, item, look)
        if chosen:
            self._frame(painter, tile, "accent2" if state & QStyle.StateFlag.State_HasFocus else "accent")
        elif state & QStyle.StateFlag.State_HasFocus:
            self._frame(painter, tile, "faint")
        painter.setFont(ui_font(11))
        painter.setPen(colour("text" if chosen else "dim"))
        room = QRectF(tile.left() + PAD + 2, tile.bottom() - WORDS, tile.width() - 2 * PAD - 4, WORDS - 2)
        words = painter.fontMetrics().elidedText(item.name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.restore()

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Renaming begins with the whole name chosen."""
        super().setEditorData(editor, index)
        if isinstance(editor, QLineEdit):
            editor.setAccessibleName(tr("Name"))
            editor.selectAll()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The field lies over the name."""
        del index
        area = option.rect
        editor.setGeometry(area.left() + 1, area.bottom() - WORDS - 5, area.width() - 2, WORDS + 5)

    def _face(self, painter: QPainter, face: QRectF, item: MediaItem, look: Look) -> None:
        path = QPainterPath()
        path.addRoundedRect(face, 5, 5)
        painter.fillPath(path, colour("surround"))
        if look.picture is not None:
            painter.save()
            painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
            painter.drawPixmap(face, look.picture, QRectF(look.picture.rect()))
            painter.restore()
        else:
            broken = bool(look.problem)
            glyph = "loader" if isinstance(item.state, Pending) else _GLYPHS[kind_of(item)]
            glyph = "triangle-alert" if broken else glyph
            side = 20
            ratio = painter.device().devicePixelRatioF()
            place = face.center() - QPointF(side / 2, side / 2)
            painter.drawPixmap(place, _glyph(glyph, side, colour("warn" if broken else "faint").name(), ratio))
        self._marks(painter, face, item, look)

    def _marks(self, painter: QPainter, face: QRectF, item: MediaItem, look: Look) -> None:
        ratio = painter.device().devicePixelRatioF()
        right = face.right() - 5
        for glyph, shown in (("star", item.starred), ("sparkles", item.generated_from is not None)):
            if shown:
                box = QRectF(right - 18, face.top() + 5, 18, 18)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(0, 0, 0, 150))
                painter.drawRoundedRect(box, 5, 5)
                tone = "#f2b457" if glyph == "star" else "#ffffff"
                painter.drawPixmap(box.topLeft() + QPointF(3, 3), _glyph(glyph, 12, tone, ratio))
                right -= 21
        said = _said(item, look)
        if said:
            font = tabular(10, QFont.Weight.DemiBold)
            wide = QFontMetrics(font).horizontalAdvance(said) + 10
            box = QRectF(face.right() - wide - 5, face.bottom() - 21, wide, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 165))
            painter.drawRoundedRect(box, 4, 4)
            painter.setFont(font)
            painter.setPen(Qt.GlobalColor.white)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)
        if look.made is not None:
            bar = QRectF(face.left(), face.bottom() - 3, face.width(), 3)
            painter.fillRect(bar, QColor(0, 0, 0, 150))
            bar.setWidth(bar.width() * max(0.0, min(1.0, look.made)))
            painter.fillRect(bar, colour("accent"))

    def _frame(self, painter: QPainter, tile: QRectF, tone: str) -> None:
        painter.setPen(QPen(colour(tone), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(tile, 8, 8)


_GLYPHS = {"video": "film", "image": "image", "sound": "music"}


@per_theme
@lru_cache(maxsize=64)
def _glyph(name: str, side: int, tone: str, ratio: float) -> QPixmap:
    """Icons are drawn from their outlines: once is enough for thousands of tiles."""
    return pixmap(name, side, tone, ratio)


def _said(item: MediaItem, look: Look) -> str:
    """The small label: how long, or what is wrong."""
    if look.problem:
        return look.problem
    if isinstance(item.state, Pending):
        return tr("Making")
    return "" if kind_of(item) == "image" else seconds_text(item)
