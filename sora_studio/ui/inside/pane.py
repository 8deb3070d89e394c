"""One picture of the Inside view, with attention as light over it and the grid of tokens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.theme import colour, icon

Cell = tuple[int, int]
"""A token's place in a frame: y, x."""


class InsidePane(QWidget):
    """Shows what it is given. `pointed` tells the token under the pointer, None when it left."""

    pointed = Signal(object)

    def __init__(self, name: str, title: str, about: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setToolTip(about)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image: QImage | None = None
        self._heat: QImage | None = None
        self._grid: Cell | None = None
        self._lines = False
        self._cell: Cell | None = None

    def sizeHint(self) -> QSize:
        """Three of them side by side fit a small screen."""
        return QSize(392, 236)

    def minimumSizeHint(self) -> QSize:
        """Large enough to see a token."""
        return QSize(220, 130)

    @property
    def image(self) -> QImage | None:
        """The picture that is shown."""
        return self._image

    @property
    def heat(self) -> QImage | None:
        """The light over it."""
        return self._heat

    def show_picture(self, image: QImage | None, heat: QImage | None, grid: Cell | None, *, lines: bool) -> None:
        """A picture, the light over it (None: none), the tokens along height and width, and whether to draw them."""
        self._image, self._heat, self._grid, self._lines = image, heat, grid, lines
        self.update()

    def mark(self, cell: Cell | None) -> None:
        """Outline a token."""
        if cell != self._cell:
            self._cell = cell
            self.update()

    def place(self) -> QRectF:
        """Where the picture lies."""
        if self._image is None:
            return QRectF(self.rect())
        fitted = QSizeF(self._image.size()).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        spare_x, spare_y = self.width() - fitted.width(), self.height() - fitted.height()
        return QRectF(QPointF(spare_x / 2, spare_y / 2), fitted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the token under the pointer."""
        place, at = self.place(), event.position()
        if self._grid is None or self._image is None or not place.contains(at):
            self.pointed.emit(None)
            return
        rows, columns = self._grid
        row = min(rows - 1, int((at.y() - place.top()) / place.height() * rows))
        column = min(columns - 1, int((at.x() - place.left()) / place.width() * columns))
        self.pointed.emit((row, column))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self.pointed.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, light, grid, and the token pointed at."""
        del event
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("surround"))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
            self._paint_empty(painter)
        else:
            place = self.place()
            painter.drawImage(place, self._image)
            if self._heat is not None:
                painter.drawImage(place, self._heat)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            self._paint_grid(painter, place)
        painter.end()

    def _paint_empty(self, painter: QPainter) -> None:
        middle = self.rect().center()
        icon("hourglass", "faint").paint(painter, middle.x() - 10, middle.y() - 24, 20, 20)
        painter.setPen(QColor("#8a90a0"))  # on the dark surround in both themes
        painter.drawText(self.rect().adjusted(0, 16, 0, 16), Qt.AlignmentFlag.AlignCenter, tr("Not there yet"))

    def _paint_grid(self, painter: QPainter, place: QRectF) -> None:
        if self._grid is None:
            return
        rows, columns = self._grid
        across, down = place.width() / columns, place.height() / rows
        if self._lines:
            for pen in (QPen(QColor(0, 0, 0, 110), 3), QPen(QColor(255, 255, 255, 150), 1)):
                painter.setPen(pen)
                for column in range(1, columns):
                    x = place.left() + column * across
                    painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
                for row in range(1, rows):
                    y = place.top() + row * down
                    painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
        if self._cell is not None:
            row, column = self._cell
            box = QRectF(place.left() + column * across, place.top() + row * down, across, down)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(QColor(0, 0, 0, 200), 4), QPen(colour("accent2"), 2)):
                painter.setPen(pen)
                painter.drawRect(box)
