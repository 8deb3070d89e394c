"""The view over the tracks: paints ground and playhead, and turns pointer, wheel and keys into gestures."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from sora_studio.core.language import tr
from sora_studio.core.timeline import Clip
from sora_studio.session.draft import Draft
from sora_studio.ui.timeline import ground
from sora_studio.ui.timeline.hand import Hand
from sora_studio.ui.timeline.headers import TrackHeaders
from sora_studio.ui.timeline.metrics import HEADER_WIDTH, MARGIN, RULER_HEIGHT, zoomed
from sora_studio.ui.timeline.ruler import Ruler
from sora_studio.ui.timeline.scene import AFTER, TimelineScene

STRIP = 9
"""Pixels repainted on either side of the playhead when it moves."""


class TimelineView(QGraphicsView):
    """The tracks with ruler and headers around them."""

    zoom_changed = Signal(float)
    gap_asked = Signal(str, object)
    """A button of a Gap was pressed: its name and the gap."""
    take_asked = Signal(str, str)
    """The switch of a clip's takes was pressed: the clip, and "previous", "next" or "menu"."""
    menu_asked = Signal(QPoint, QPointF)

    def __init__(self, scene: TimelineScene, draft: Callable[[], Draft], parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.tracks, self._session = scene, scene.session
        self.setObjectName("timeline_view")
        self.setAccessibleName(tr("Timeline tracks"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setViewportMargins(HEADER_WIDTH, RULER_HEIGHT, 0, 0)
        self.ruler = Ruler(self._session, self)
        self.headers = TrackHeaders(self._session, self)
        self._playhead = self._session.playhead
        self.hand = Hand(self, draft)
        self.horizontalScrollBar().valueChanged.connect(lambda _value: self._scrolled())
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._scrolled())
        self.fit_scene()

    # -- zoom and place ----------------------------------------------------------------------------------------

    @property
    def per_frame(self) -> float:
        """The zoom in pixels per frame."""
        return self.tracks.metrics.per_frame

    def zoom(self, per_frame: float, anchor: float | None = None) -> None:
        """Zoom so that the frame under viewport x `anchor` stays there (the playhead, else the middle, if left out)."""
        per_frame = zoomed(per_frame, 1.0)
        if anchor is None:
            seen = self.x_in_view(self._session.playhead)
            anchor = seen if 0 <= seen <= self.viewport().width() else self.viewport().width() / 2
        frame = self.scene_at(QPointF(anchor, 0)).x() / self.per_frame
        self.tracks.set_zoom(per_frame)
        self.fit_scene()
        self._scroll_to(frame * per_frame - anchor)
        self.viewport().update()
        self.ruler.update()
        self.zoom_changed.emit(per_frame)

    def fit(self) -> None:
        """Zoom so that the whole timeline is seen."""
        length = max(self._session.timeline.length, self._session.timeline.rate.frames(5))
        room = max(100, self.viewport().width() - MARGIN - AFTER - 2)
        self.zoom(room / length, 0)
        self._scroll_to(self.sceneRect().left())

    def zoom_to(self, start: int, stop: int) -> None:
        """Zoom so that a stretch of frames fills the view."""
        room = max(100, self.viewport().width() - 2 * MARGIN)
        self.zoom(room / max(1, stop - start), 0)
        self._scroll_to(self.tracks.metrics.x(start) - MARGIN)

    def follow(self, frame: int) -> None:
        """Move the playhead; turn the page when it runs out of the view, bring it to the middle when it jumps."""
        old, self._playhead = self._playhead, frame
        self.repaint_line(old)
        self.repaint_line(frame)
        self.ruler.move_playhead(old, frame)
        x, wide = self.x_in_view(frame), self.viewport().width()
        if not self.hand.busy and not self.ruler.dragging and not 0 <= x <= wide - 12:
            runs = 0 < frame - old <= self._session.timeline.rate.fps
            self._scroll_to(self.tracks.metrics.x(frame) - wide * (0.08 if runs else 0.5))

    def reveal(self, clip: Clip) -> None:
        """Scroll as little as brings a clip into view."""
        if self.hand.busy:
            return
        margin, wide = 40, self.viewport().width()
        left, right = self.x_in_view(clip.start) - margin, self.x_in_view(clip.stop) + margin
        bar = self.horizontalScrollBar()
        if left < 0 or right - left > wide:
            bar.setValue(bar.value() + round(left))
        elif right > wide:
            bar.setValue(bar.value() + round(right - wide))

    def x_in_view(self, frame: float) -> float:
        """The viewport x of a frame."""
        return self.tracks.metrics.x(frame) - self.scene_at(QPointF(0, 0)).x()

    def scene_at(self, at: QPointF) -> QPointF:
        """A viewport position in the scene, without rounding to whole pixels."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(at)

    def scene_at_origin(self) -> QPointF:
        """The scene position of the viewport's top left corner."""
        return self.scene_at(QPointF(0, 0))

    def refresh(self) -> None:
        """The timeline has another length or other tracks."""
        self.hand.check()
        self.fit_scene()
        self.headers.sync()
        self.ruler.update()
        self.viewport().update()

    def relaid(self) -> None:
        """The tracks have other heights."""
        self.fit_scene()
        self.headers.sync()
        self.viewport().update()

    def fit_scene(self) -> None:
        """Let the scroll bars reach everything."""
        port = self.viewport().size()
        rect = self.tracks.extent(port.width(), port.height(), self.hand.extra_left)
        if rect != self.sceneRect():
            self.tracks.setSceneRect(rect)
            self.setSceneRect(rect)
            self.headers.place()

    def _scroll_to(self, scene_x: float) -> None:
        bar = self.horizontalScrollBar()
        bar.setValue(round(scene_x))

    def _scrolled(self) -> None:
        self.ruler.update()
        self.headers.place()

    def repaint_line(self, frame: int | None) -> None:
        """Repaint the strip around a frame."""
        if frame is not None:
            x = round(self.x_in_view(frame))
            self.viewport().update(QRect(x - STRIP, 0, 2 * STRIP, self.viewport().height()))

    # -- painting ----------------------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The ground of the tracks."""
        ground.tracks(painter, QRectF(rect), self.tracks.metrics)
        if not self._session.timeline.length and not self.tracks.ghost.isVisible():
            ground.invitation(painter, self.mapToScene(self.viewport().rect()).boundingRect(), self.tracks.metrics)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Playhead, snap line, blade line and rubber band."""
        whole, x = QRectF(rect), self.tracks.metrics.x
        for frame, tone in ((self.hand.line, "accent2"), (self.hand.blade_at, "warn"), (self._playhead, "playhead")):
            if frame is not None:
                ground.line(painter, x(frame), whole, tone)
        if self.hand.band is not None:
            ground.band(painter, self.hand.band)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep ruler and headers at their sides."""
        super().resizeEvent(event)
        port = self.viewport().geometry()
        self.ruler.setGeometry(port.left(), port.top() - RULER_HEIGHT, port.width(), RULER_HEIGHT)
        self.headers.setGeometry(port.left() - HEADER_WIDTH, port.top() - RULER_HEIGHT, HEADER_WIDTH, self.height())
        self.fit_scene()
        self.headers.place()

    # -- pointer -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin what lies under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            copying = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            self.hand.press(event.position(), adding=bool(event.modifiers() & both), copying=copying)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or answer the pointer."""
        self.hand.move(event.position())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do what the gesture showed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.hand.release(event.position())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Bring the playhead to the start of the clip, so that the monitor shows it; two quick presses of the switch of
        takes are two."""
        if event.button() == Qt.MouseButton.LeftButton and self.hand.press_switch(event.position()):
            event.accept()
            return
        item = self.tracks.clip_at(self.scene_at(event.position()))
        if item is not None:
            self._session.seek(item.clip.start)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone: nothing is lit."""
        del event
        self.hand.leave()

    def event(self, event: QEvent) -> bool:
        """During a drag Escape belongs to it, before any shortcut."""
        mine = event.type() == QEvent.Type.ShortcutOverride and self.hand.busy
        if mine and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up a drag; all other keys are actions."""
        event.setAccepted(event.key() == Qt.Key.Key_Escape and self.hand.cancel())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms at the pointer; a plain wheel goes along the time axis, with Shift over the tracks."""
        angle = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(self.per_frame * 1.0018 ** (angle.y() or angle.x()), event.position().x())
        else:
            upright = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            pixels = event.pixelDelta() if not event.pixelDelta().isNull() else angle * 0.75
            along = pixels.x() if abs(pixels.x()) > abs(pixels.y()) else pixels.y()
            bar = self.verticalScrollBar() if upright else self.horizontalScrollBar()
            bar.setValue(bar.value() - round(along))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what lies under the pointer, and select it."""
        at = self.scene_at(QPointF(event.pos()))
        item = self.tracks.clip_at(at)
        if item is not None and item.clip.id not in self._session.selection:
            self._session.select(item.clip.id)
        self.menu_asked.emit(event.globalPos(), at)
        event.accept()
