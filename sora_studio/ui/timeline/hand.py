"""The hand on the tracks: decides what a press begins, keeps the gesture going and scrolls along with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer

from sora_studio.session.draft import Draft
from sora_studio.ui.attempt import attempt
from sora_studio.ui.timeline.clip_item import Zone
from sora_studio.ui.timeline.drag import BandDrag, Edge, EdgeDrag, Gesture, MoveDrag
from sora_studio.ui.timeline.gap import BRIDGE, CLOSE

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView

SCROLL_ZONE = 28
"""Pixels from the sides within which a drag scrolls the tracks."""


class Hand(QObject):
    """Positions come in viewport pixels; gestures work in scene pixels."""

    def __init__(self, view: TimelineView, draft: Callable[[], Draft]) -> None:
        super().__init__(view)
        self._view, self._scene, self._session, self._draft = view, view.tracks, view.tracks.session, draft
        self._gesture: Gesture | None = None
        self._last = QPointF()
        self._blade = False
        self.snapping = True
        self.blade_at: int | None = None
        self.extra_left = 0.0
        """Pixels of room made before frame zero for a ghost that grows there."""
        self._scroller = QTimer(self)
        self._scroller.setInterval(16)
        self._scroller.timeout.connect(self._scroll)

    @property
    def busy(self) -> bool:
        """Whether a drag is under way."""
        return self._gesture is not None

    @property
    def line(self) -> int | None:
        """The frame a drag has snapped to."""
        return self._gesture.line if self._gesture else None

    @property
    def band(self) -> QRectF | None:
        """The rubber band in scene pixels."""
        return self._gesture.band if isinstance(self._gesture, BandDrag) else None

    @property
    def blade(self) -> bool:
        """Whether a press splits instead of moving."""
        return self._blade

    def set_blade(self, on: bool) -> None:
        """Take up the blade, or put it down."""
        self._blade = on
        self._move_blade(None)
        self._view.viewport().setCursor(Qt.CursorShape.SplitHCursor if on else Qt.CursorShape.ArrowCursor)

    def press(self, at: QPointF, *, adding: bool) -> None:
        """Begin what lies under the pointer; `adding` keeps the selection there was."""
        if self._gesture is not None:
            return
        scene_at = self._view.scene_at(at)
        if self._press_button(scene_at):
            return
        self._last = at
        self._gesture = self._begin(scene_at, adding)
        if self._gesture is not None:
            self._scroller.start()

    def move(self, at: QPointF) -> None:
        """Go on with the gesture, or answer the pointer."""
        self._last = at
        if self._gesture is not None:
            self._drag()
            return
        scene_at = self._view.scene_at(at)
        self._scene.hover(scene_at)
        self._move_blade(self._scene.metrics.frame(scene_at.x()) if self._blade else None)
        self._view.viewport().setCursor(self._cursor(scene_at))

    def release(self, at: QPointF) -> None:
        """Do what the gesture showed."""
        if self._gesture is not None:
            self._last = at
            self._drag()
            self._end(cancelled=False)

    def cancel(self) -> bool:
        """Give up a drag; false when there was none."""
        if self._gesture is None:
            return False
        self._end(cancelled=True)
        return True

    def check(self) -> None:
        """Give up a drag whose clips are gone."""
        if self._gesture and not all(self._session.timeline.has(one) for one in self._gesture.clips):
            self._end(cancelled=True)

    def leave(self) -> None:
        """The pointer is gone."""
        if self._gesture is None:
            self._scene.hover(None)
        self._move_blade(None)

    def _press_button(self, at: QPointF) -> bool:
        """The buttons of a gap and the blade act on the press."""
        gap = self._scene.gap
        name = gap.button(at)
        if name == CLOSE:
            self._view.close_asked.emit(gap.gap)
        elif name == BRIDGE:
            self._view.bridge_asked.emit(gap.gap)
        elif self._blade:
            item, frame = self._scene.clip_at(at), self._scene.metrics.frame(at.x())
            if item is not None and item.clip.start < frame < item.clip.stop:
                self._session.select(item.clip.id)
                attempt(self._session, lambda: self._session.split(frame))
        else:
            return False
        return True

    def _begin(self, at: QPointF, adding: bool) -> Gesture | None:
        scene, session = self._scene, self._session
        handle = scene.handle_at(at)
        item = scene.item(handle.clip_id) if handle else scene.clip_at(at)
        if item is None:
            return BandDrag(scene, at, keep=adding)
        if handle is not None:
            edge = Edge(before=handle.before, snap=self.snapping, generate=True)
            return EdgeDrag(scene, item, at, self._draft, edge)
        chosen = session.selection
        if adding and item.clip.id in chosen:
            session.select(*(one for one in chosen if one != item.clip.id))
            return None
        if item.clip.id not in chosen:
            session.select(*(chosen if adding else ()), item.clip.id)
        zone = item.zone(at)
        if zone is Zone.BODY:
            return MoveDrag(scene, item, at, snap=self.snapping, alone=not adding)
        return EdgeDrag(scene, item, at, self._draft, Edge(before=zone is Zone.HEAD, snap=self.snapping))

    def _drag(self) -> None:
        if self._gesture is None:
            return
        old = self._gesture.line
        self._gesture.move(self._view.scene_at(self._last))
        if self._gesture.line != old:
            self._view.repaint_line(old)
            self._view.repaint_line(self._gesture.line)
        if isinstance(self._gesture, BandDrag):
            self._view.viewport().update()

    def _end(self, *, cancelled: bool) -> None:
        gesture, self._gesture = self._gesture, None
        self._scroller.stop()
        self.extra_left = 0.0
        if gesture is not None:
            if cancelled:
                gesture.cancel()
            else:
                gesture.release()
        self._view.fit_scene()
        self._view.viewport().update()

    def _scroll(self) -> None:
        """Near a side, scroll and drag on; before frame zero room is made for a ghost."""
        wide, x = self._view.viewport().width(), self._last.x()
        by = min(0.0, x - SCROLL_ZONE) if x < SCROLL_ZONE else max(0.0, x - wide + SCROLL_ZONE)
        if not by or self._gesture is None or not self._gesture.moving:
            return
        bar, step = self._view.horizontalScrollBar(), round(max(-24.0, min(24.0, by / 3)))
        if bar.value() + step < bar.minimum() and self._scene.ghost.isVisible():
            self.extra_left -= step
            self._view.fit_scene()
        bar.setValue(bar.value() + step)
        self._drag()

    def _cursor(self, at: QPointF) -> Qt.CursorShape:
        if self._blade:
            return Qt.CursorShape.SplitHCursor
        if self._scene.handle_at(at) or self._scene.gap.button(at):
            return Qt.CursorShape.PointingHandCursor
        item = self._scene.clip_at(at)
        if item is None or item.zone(at) is Zone.BODY:
            return Qt.CursorShape.ArrowCursor
        return Qt.CursorShape.SizeHorCursor

    def _move_blade(self, frame: int | None) -> None:
        if frame != self.blade_at:
            self._view.repaint_line(self.blade_at)
            self.blade_at = frame
            self._view.repaint_line(frame)
