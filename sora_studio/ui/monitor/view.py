"""The picture: one painted surface for playback, scrubbing and live denoising, so that all of them look alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sora_studio.ui.theme import colour, pixmap, tabular, ui_font


@dataclass(frozen=True, slots=True)
class Message:
    """Words in place of a picture."""

    icon: str
    title: str
    text: str
    tone: str = "dim"


@dataclass(frozen=True, slots=True)
class Pill:
    """The small label over the picture; `fraction` 0..1 draws progress under the words, None none."""

    text: str
    fraction: float | None = None
    live: bool = True


EMPTY = Message(
    "clapperboard", "Nothing here yet", "Type a prompt and press Ctrl+Enter, or drop a picture here", "accent2"
)
DROP = Message("import", "Drop to add", "The files go to the end of the first track", "accent2")


class MonitorView(QWidget):
    """Shows an image letterboxed, black, or a message; takes dropped files."""

    dropped = Signal(list)
    full_screen_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._shape: QSize | None = None
        self._message: Message | None = EMPTY
        self._pill: Pill | None = None
        self._hot = False
        self.fitting = True
        self.setObjectName("monitor_view")
        self.setAccessibleName("Picture")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 135)
        self.setAcceptDrops(True)

    @property
    def image(self) -> QImage | None:
        """The picture shown; None while there are words or black."""
        return self._image

    @property
    def message(self) -> Message | None:
        """The words shown in place of a picture."""
        return self._message

    @property
    def pill(self) -> Pill | None:
        """The label over the picture."""
        return self._pill

    def show_image(self, image: QImage, shape: QSize | None = None) -> None:
        """Show a picture; `shape` is its size at 100 % (the image's own if left out)."""
        self._image, self._shape, self._message = image, shape or image.size(), None
        self.update()

    def show_black(self) -> None:
        """Show a gap."""
        self._image, self._message = None, None
        self.update()

    def show_message(self, message: Message) -> None:
        """Show words."""
        if self._image is not None or message != self._message:
            self._image, self._message = None, message
            self.setAccessibleDescription(f"{message.title}. {message.text}")
            self.update()

    def set_pill(self, pill: Pill | None) -> None:
        """Change the label over the picture."""
        if pill != self._pill:
            self._pill = pill
            self.update()

    def set_fitting(self, on: bool) -> None:
        """Fit the picture into the surface, or show it pixel for pixel."""
        self.fitting = on
        self.update()

    def target(self) -> QRect:
        """Where the picture lies."""
        if self._image is None or self._shape is None:
            return self.rect()
        size = self._shape
        if self.fitting:
            size = self._shape.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            (self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surround, picture or words, label, and the answer to a drag."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour("surround"))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is not None:
            painter.drawImage(self.target(), self._image)
        if self._hot:
            painter.fillRect(self.rect(), colour("surround", 0.7))
            self._words(painter, DROP)
        elif self._message is not None:
            self._words(painter, self._message)
        if self._pill is not None:
            self._label(painter, self._pill)
        if self._hot or self._message is EMPTY:
            pen = QPen(colour("accent" if self._hot else "line2"), 1.5)
            pen.setDashPattern([5, 4])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(14, 14, -14, -14), 10, 10)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click fills the screen, and back."""
        self.full_screen_asked.emit()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files from outside."""
        if _files(event):
            event.acceptProposedAction()
            self._set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They went away."""
        del event
        self._set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the files on."""
        self._set_hot(False)
        paths = _files(event)
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _set_hot(self, on: bool) -> None:
        self._hot = on
        self.update()

    def _words(self, painter: QPainter, message: Message) -> None:
        centre = QPointF(self.rect().center())
        room = max(120, min(self.width() - 48, 460))
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(centre + QPointF(-16, -58), pixmap(message.icon, 32, message.tone, ratio))
        painter.setFont(ui_font(15, QFont.Weight.DemiBold))
        painter.setPen(colour("text") if colour("text").lightness() > 128 else Qt.GlobalColor.white)
        middle = Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRectF(centre.x() - room / 2, centre.y() - 14, room, 24), middle, message.title)
        painter.setFont(ui_font(12))
        painter.setPen(colour("dim") if colour("text").lightness() > 128 else Qt.GlobalColor.lightGray)
        below = QRectF(centre.x() - room / 2, centre.y() + 14, room, 80)
        painter.drawText(below, middle | Qt.TextFlag.TextWordWrap, message.text)

    def _label(self, painter: QPainter, pill: Pill) -> None:
        font = tabular(12, QFont.Weight.DemiBold)
        wide = QFontMetrics(font).horizontalAdvance(pill.text) + 28 + 16
        target = self.target().intersected(self.rect())
        box = QRectF(target.left() + 14, target.top() + 14, wide, 30)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surround", 0.74))
        painter.drawRoundedRect(box, 15, 15)
        painter.setBrush(colour("accent" if pill.live else "faint"))
        painter.drawEllipse(QPointF(box.left() + 17, box.center().y()), 4, 4)
        painter.setFont(font)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(box.adjusted(30, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, pill.text)
        if pill.fraction is not None:
            track = QRectF(target.left(), target.bottom() - 2, target.width(), 3)
            painter.fillRect(track, colour("surround", 0.7))
            track.setWidth(track.width() * max(0.0, min(1.0, pill.fraction)))
            painter.fillRect(track, colour("accent"))


def _files(event: QDropEvent) -> list[Path]:
    data = event.mimeData()
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
