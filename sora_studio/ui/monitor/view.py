"""The picture: one painted surface for playback, scrubbing and live denoising, so that all of them look alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.monitor.guides import Guides, paint_guides
from sora_studio.ui.monitor.placement import STEP, Placement
from sora_studio.ui.monitor.shot import Layer, Shot, Side, Wipe
from sora_studio.ui.monitor.words import EMPTY, Message, Pill
from sora_studio.ui.theme import colour

__all__ = ["EMPTY", "Message", "MonitorView", "Pill"]


class MonitorView(QWidget):
    """Shows a picture letterboxed or zoomed, two with a divider, black, or a message.

    The wheel zooms, a drag pans what is larger than the surface, or moves the divider of a comparison.
    """

    full_screen_asked = Signal()
    zoomed = Signal()
    """The scale is another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shot: Shot | None = None
        self._other: Shot | None = None
        self._message: Message | None = None
        self._pill: Pill | None = None
        self._wipe = Wipe()
        self._guides = Guides.NONE
        self._placement = Placement()
        self._grip: QPointF | None = None
        self.setObjectName("monitor_view")
        self.setAccessibleName(tr("Picture"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click on it means the monitor, and leaves a field
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 84)
        self.setMouseTracking(True)
        self.show_message(EMPTY)

    @property
    def image(self) -> QImage | None:
        """The topmost picture shown; None while there are words or black."""
        return self._shot.layers[-1].image if self._shot is not None and self._shot.layers else None

    @property
    def message(self) -> Message | None:
        """The words shown in place of a picture."""
        return self._message

    @property
    def pill(self) -> Pill | None:
        """The label over the picture."""
        return self._pill

    @property
    def wipe(self) -> Wipe | None:
        """How two pictures are shown; None for one."""
        return self._wipe if self._other is not None else None

    @property
    def fitting(self) -> bool:
        """Whether the picture is fitted in."""
        return self._placement.scale is None

    @property
    def scale(self) -> float:
        """View pixels for one of the picture."""
        shape = self._shot.shape if self._shot is not None else self.size()
        return self._placement.scale_in(self.size(), shape) * self.devicePixelRatioF()

    def show_image(self, image: QImage, shape: QSize | None = None) -> None:
        """Show a picture; `shape` is its size at 100 % (the image's own if left out)."""
        size = shape or image.size()
        self.show_shot(Shot((Layer(image, size),), size))

    def show_shot(self, shot: Shot, other: Shot | None = None) -> None:
        """Show layers, or two shots against each other."""
        self._shot, self._other, self._message = shot, other, None
        self.update()

    def show_black(self) -> None:
        """Show a gap."""
        self._shot = self._other = self._message = None
        self.update()

    def show_message(self, message: Message) -> None:
        """Show words."""
        if self._shot is not None or message != self._message:
            self._shot, self._other, self._message = None, None, message
            self.setAccessibleDescription(f"{tr(message.title)}. {tr(message.text)}")
            self.update()

    def set_pill(self, pill: Pill | None) -> None:
        """Change the label over the picture."""
        if pill != self._pill:
            self._pill = pill
            self.update()

    def set_wipe(self, wipe: Wipe) -> None:
        """Change how two pictures are shown."""
        self._wipe = wipe
        self.update()

    def set_guides(self, guides: Guides) -> None:
        """Change the lines over the picture."""
        self._guides = guides
        self.update()

    def set_fitting(self, on: bool) -> None:
        """Fit the picture into the surface, or show it pixel for pixel."""
        self._place(Placement(None if on else 1 / self.devicePixelRatioF()))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller around a point, the middle if left out."""
        if self._shot is not None:
            self._place(
                self._placement.zoomed(factor, at or QRectF(self.rect()).center(), self.size(), self._shot.shape)
            )

    def target(self) -> QRect:
        """Where the picture lies."""
        return self.rect() if self._shot is None else self._placement.target(self.size(), self._shot.shape)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surround, picture or words, label."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour("surround"))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._shot is not None:
            self._paint_picture(painter, self._shot)
        if self._message is not None:
            self._message.paint(painter, self.rect())
        if self._pill is not None:
            self._pill.paint(painter, self.target().intersected(self.rect()))
        if self._message is EMPTY:
            pen = QPen(colour("line2"), 1.5)
            pen.setDashPattern([5, 4])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(14, 14, -14, -14), 10, 10)

    def _paint_picture(self, painter: QPainter, shot: Shot) -> None:
        target = self.target()
        # Pixels that are looked at one by one stay squares.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.fitting or self.scale < 3)
        if self._other is not None:
            self._wipe.paint(painter, target, (shot, self._other))
        else:
            shot.paint(painter, target)
        if self._guides is not Guides.NONE:
            paint_guides(painter, QRectF(target), self._guides)
        if self._other is not None:
            self._wipe.paint_marks(painter, target)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted picture has another scale now."""
        super().resizeEvent(event)
        if self.fitting:
            self.zoomed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        turns = event.angleDelta().y() / 120
        if turns and self._shot is not None:
            self.zoom(STEP**turns, event.position())
            event.accept()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the divider, or of the picture."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        self._grip = event.position()
        if self._wiping(event):
            self._move_divider(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held; show what could be."""
        if self._grip is None:
            self._show_cursor()
        elif self._wiping(event):
            self._move_divider(event.position())
        elif self._shot is not None and self._pans():
            by, self._grip = event.position() - self._grip, event.position()
            self._place(self._placement.panned(by, self.size(), self._shot.shape))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click fills the screen, and back."""
        if not self._wiping(event):
            self.full_screen_asked.emit()
        event.accept()

    def _place(self, placement: Placement) -> None:
        self._placement = placement
        self._show_cursor()
        self.zoomed.emit()
        self.update()

    def _pans(self) -> bool:
        target = self.target()
        return target.width() > self.width() or target.height() > self.height()

    def _wiping(self, event: QMouseEvent) -> bool:
        """Whether the left button moves the divider."""
        left = Qt.MouseButton.LeftButton
        return self.wipe is not None and self.wipe.side is Side.WIPE and left in (event.button(), event.buttons())

    def _move_divider(self, at: QPointF) -> None:
        target = self.target()
        self.set_wipe(self._wipe.moved((at.x() - target.left()) / max(1, target.width())))

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self.wipe is not None and self.wipe.side is Side.WIPE:
            shape = Qt.CursorShape.SplitHCursor
        elif self._shot is not None and self._pans():
            shape = Qt.CursorShape.OpenHandCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
