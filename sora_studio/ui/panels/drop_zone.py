"""A place for a file: drop one (ui/drag/wiring.py), click to choose one, Delete to empty it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy

from sora_studio.core.language import mark, tr
from sora_studio.ui.async_jobs import spawn
from sora_studio.ui.panels.controls import tool_button
from sora_studio.ui.pictures import cover, picture_of
from sora_studio.ui.theme import colour, icon, ui_font

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
VIDEOS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif")
NO_VIDEO = mark("{name} is not a video. {title} takes {listed}.")
NO_PICTURE = mark("{name} is not a picture. {title} takes {listed}.")


class DropZone(QPushButton):
    """Shows the file it holds; `dropped` is a file of a fitting type, `refused` a sentence why one is not."""

    dropped = Signal(Path)
    cleared = Signal()
    refused = Signal(str)
    seen = Signal(int, int)
    """Width and height of the picture that is held."""

    def __init__(self, name: str, title: str, hint: str, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(tr("{hint}. Drop a file here or press Enter to choose one", hint=hint))
        self.setToolTip(tr("{title}: drop a file here or click to choose one", title=title))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("takesDelete", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(88)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.kinds, self._title, self._hint = kinds, title, hint
        self._glyph = "film" if ".mp4" in kinds else "image-plus"
        self._hot = False
        self._file: Path | None = None
        self._image: QImage | None = None
        self._clear = tool_button(f"{name}Clear", "x", tr("Remove {name}", name=title.lower()), size=12)
        self._clear.setIcon(icon("x", "#ffffff"))  # on a dark ground in both themes
        self._clear.setParent(self)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.clicked.connect(self.cleared.emit)
        self._clear.hide()

    @property
    def file(self) -> Path | None:
        """The file that is held."""
        return self._file

    def show_file(self, path: Path | None) -> None:
        """Hold a file and read its picture in the background; None empties the place."""
        if path == self._file:
            return
        self._file, self._image = path, None
        self._clear.setVisible(path is not None)
        self.setAccessibleDescription(tr("Holds {name}. Delete removes it", name=path.name) if path else self._hint)
        self.update()
        if path:
            spawn(self._read(path), lambda error: self.refused.emit(str(error)))

    def take(self, path: Path) -> bool:
        """Accept a file by its type, or say why not."""
        if path.suffix.lower() not in self.kinds:
            listed = ", ".join(kind[1:].upper() for kind in self.kinds[:4])
            form = NO_VIDEO if ".mp4" in self.kinds else NO_PICTURE
            self.refused.emit(tr(form, name=path.name, title=self._title, listed=listed))
            return False
        self.dropped.emit(path)
        return True

    async def _read(self, path: Path) -> None:
        image = await asyncio.to_thread(picture_of, path)
        if path == self._file:
            self._image = image
            self.update()
            self.seen.emit(image.width(), image.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace empty the place."""
        if self._file and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the remove button in the corner."""
        super().resizeEvent(event)
        self._clear.resize(20, 20)
        self._clear.move(self.width() - 26, 6)

    def sizeHint(self) -> QSize:
        """Narrow on its own: the column decides."""
        return QSize(120, 88)

    def minimumSizeHint(self) -> QSize:
        """Room for the title."""
        return QSize(96, 88)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when enabled or disabled."""
        super().changeEvent(event)
        self.update()

    def set_hot(self, hot: bool) -> None:
        """Answer a drag."""
        self._hot = hot
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The file's picture with the title on it, or an invitation."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self._file:
            self._paint_held(painter, frame)
        else:
            self._paint_empty(painter, frame)
        if self._hot or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent2"), 1.5))
            painter.drawRoundedRect(frame, 8, 8)
        painter.end()

    def _paint_held(self, painter: QPainter, frame: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surround"))
        painter.drawRoundedRect(frame, 8, 8)
        if self._image is not None:
            cover(painter, frame, self._image, 8)
        shade = QLinearGradient(0, frame.bottom() - 44, 0, frame.bottom())
        shade.setColorAt(0, QColor(0, 0, 0, 0))
        shade.setColorAt(1, QColor(0, 0, 0, 210))
        path = QPainterPath()
        path.addRoundedRect(frame, 8, 8)
        painter.fillPath(path, shade)
        painter.setPen(QColor("#ffffff"))
        painter.setFont(ui_font(11))
        words = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(frame.width()) - 16)
        painter.drawText(frame.adjusted(9, 0, -8, -7), Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 150))
        painter.drawRoundedRect(QRectF(self._clear.geometry()), 6, 6)

    def _paint_empty(self, painter: QPainter, frame: QRectF) -> None:
        painter.setPen(QPen(colour("faint" if self.underMouse() else "line2"), 1.2, Qt.PenStyle.DashLine))
        painter.setBrush(colour("accent_soft" if self._hot else "bg"))
        painter.drawRoundedRect(frame, 8, 8)
        middle = round(frame.center().x())
        icon(self._glyph, "accent2" if self._hot else "dim").paint(painter, QRect(middle - 9, 14, 18, 18))
        painter.setFont(ui_font(12))
        painter.setPen(colour("text"))
        painter.drawText(QRectF(2, 38, self.width() - 4, 18), Qt.AlignmentFlag.AlignCenter, self._title)
        painter.setFont(ui_font(11))
        painter.setPen(colour("faint"))
        painter.drawText(QRectF(2, 56, self.width() - 4, 18), Qt.AlignmentFlag.AlignCenter, self._hint)
