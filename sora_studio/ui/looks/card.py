"""A look as a card: its picture with the name under it, framed when it is chosen; it can be dragged onto a clip."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.core.looks import Look
from sora_studio.core.resources import resource
from sora_studio.session import carried
from sora_studio.ui.drag.carry import carry
from sora_studio.ui.drag.mime import to_mime
from sora_studio.ui.panels.look_art import landscape
from sora_studio.ui.pictures import cover
from sora_studio.ui.theme import colour, icon, ui_font


class LookCard(QAbstractButton):
    """A picture with a name under it and a frame when it is chosen; `menu_asked` for what else can be done."""

    menu_asked = Signal(QPoint)
    lit = False
    busy = False

    def __init__(self, name: str, title: str, image: QImage) -> None:
        super().__init__()
        self.look, title = name, tr(title)
        self._image = image
        self._pressed: QPoint | None = None
        self.setObjectName(f"look-{name or 'none'}")
        self.setText(title)
        self.setAccessibleName(tr("Look: {title}", title=title))
        self.setToolTip(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_image(self, image: QImage) -> None:
        """Show another picture."""
        self._image = image
        self.update()

    def set_lit(self, on: bool) -> None:
        """Answer a drag."""
        self.lit = on
        self.update()

    def set_busy(self, on: bool) -> None:
        """Its picture is being painted, or not any more."""
        self.busy = on
        self.update()

    def sizeHint(self) -> QSize:
        """A card of a picture in 16:9 and a line of words."""
        return QSize(84, 78)

    def minimumSizeHint(self) -> QSize:
        """Narrow columns squeeze the picture."""
        return QSize(56, 78)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press may become a drag."""
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the look once the pointer has gone far enough."""
        far = QApplication.startDragDistance()
        if (
            self.look
            and self._pressed is not None
            and (event.position().toPoint() - self._pressed).manhattanLength() >= far
        ):
            self._pressed = None
            self.setDown(False)
            carry(self, to_mime(carried.LookCard(self.look, self.text())), self._image)
            return
        super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu."""
        self.menu_asked.emit(event.globalPos())
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, picture, name, frame."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse() or self.lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent_soft" if self.isChecked() or self.lit else "raised"))
            painter.drawRoundedRect(frame, 8, 8)
        face = QRectF(4, 4, self.width() - 8, self.height() - 28)
        cover(painter, face, self._image, 5)
        if self.busy:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("surround", 0.6))
            painter.drawRoundedRect(face, 5, 5)
            middle = face.center().toPoint()
            icon("loader", "accent2").paint(painter, middle.x() - 9, middle.y() - 9, 18, 18)
        if self.isChecked() or self.hasFocus() or self.lit:
            painter.setPen(QPen(colour("accent" if self.isChecked() and not self.hasFocus() else "accent2"), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 8, 8)
        painter.setFont(ui_font(11))
        painter.setPen(colour("text" if self.isChecked() else "dim"))
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - 8)
        painter.drawText(QRectF(0, self.height() - 22, self.width(), 18), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


def picture_of(look: Look) -> QImage:
    """The look's own picture; where it has none, a landscape painted in its manner."""
    if look.picture:
        image = QImage.fromData(look.picture)
        if not image.isNull():
            return image
    if look.thumbnail:
        try:
            image = QImage(str(resource("looks", look.thumbnail)))
        except StudioError:
            return landscape(look.name)
        if not image.isNull():
            return image
    return landscape(look.name)
