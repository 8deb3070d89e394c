"""The hand on the tracks: decides what a press begins, keeps the gesture going and scrolls along with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal

from sora_studio.session.draft import Draft
from sora_studio.ui.attempt import attempt
from sora_studio.ui.timeline.clip_item import ClipItem, Zone
from sora_studio.ui.timeline.divider import DividerDrag
from sora_studio.ui.timeline.drag import BandDrag, Edge, EdgeDrag, Gesture, LockedDrag
from sora_studio.ui.timeline.metrics import DIVIDER
from sora_studio.ui.timeline.move import Grab, MoveDrag, OnOthers
from sora_studio.ui.timeline.tools import Tool
from sora_studio.ui.timeline.trial import TrialDrag, dissolve_trial, trial_of

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView

SCROLL_ZONE = 28
"""Pixels from the sides within which a drag scrolls the tracks."""


_ANYWHERE = (Tool.BLADE, Tool.FORWARD)
"""Tools whose pointer shows on empty ground too."""


class Hand(QObject):
    """Positions come in viewport pixels; gestures work in scene pixels."""

    tool_taken = Signal()

    def __init__(self, view: TimelineView, draft: Callable[[], Draft]) -> None:
        super().__init__(view)
        self._view, self._scene, self._session, self._draft = view, view.tracks, view.tracks.session, draft
        self._gesture: Gesture | None = None
        self._last = QPointF()
        self.tool = Tool.SELECT
        self.snapping = True
        self.on_others: OnOthers | None = None
        """Asked what becomes of clips that are moved or copied onto others; the window sets it."""
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
    def carried(self) -> tuple[str, ...]:
        """The clips that a drag moves; none while nothing moves."""
        return self._gesture.clips if isinstance(self._gesture, MoveDrag) and self._gesture.moving else ()

    def take(self, tool: Tool) -> None:
        """Take up a tool."""
        self.tool = tool
        self._move_blade(None)
        self._view.viewport().setCursor(tool.cursor)
        self.tool_taken.emit()

    def press(self, at: QPointF, *, adding: bool = False, copying: bool = False) -> None:
        """Begin what lies under the pointer; `adding` keeps the selection there was, `copying` drags copies."""
        if self._gesture is not None:
            return
        scene_at = self._view.scene_at(at)
        if self.press_switch(at) or self._press_button(scene_at):
            return
        self._last = at
        self._gesture = self._begin(scene_at, adding, copying)
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
        blade = self.tool is Tool.BLADE
        self._move_blade(self._scene.metrics.frame(scene_at.x()) if blade else None)
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

    def press_switch(self, at: QPointF) -> bool:
        """The switch of a clip's takes acts on the press; false when it was not touched."""
        scene_at = self._view.scene_at(at)
        item = self._scene.clip_at(scene_at) if self.tool is Tool.SELECT else None
        part = item.switch_part(scene_at) if item is not None else ""
        if item is None or not part:
            return False
        self._session.select(item.clip.id)
        self._view.take_asked.emit(item.clip.id, part)
        return True

    def _press_button(self, at: QPointF) -> bool:
        """The buttons of a gap, the blade and the divider between pictures and sound act on the press."""
        gap = self._scene.gap
        name = gap.button(at)
        if name:
            self._view.gap_asked.emit(name, gap.gap)
        elif self.tool is Tool.BLADE:
            item, frame = self._scene.clip_at(at), self._scene.metrics.frame(at.x())
            if item is not None and item.clip.start < frame < item.clip.stop:
                self._session.select(item.clip.id)
                attempt(self._session, lambda: self._session.split(frame))
        else:
            return False
        return True

    def _begin(self, at: QPointF, adding: bool, copying: bool) -> Gesture | None:
        scene, session = self._scene, self._session
        if self._on_divider(at):
            return DividerDrag(self._view, at)
        if self.tool is Tool.FORWARD:
            return self._forward(at, adding)
        bow = scene.bows.at(at)
        if bow is not None and bow.grip(at):
            return TrialDrag(scene, at, dissolve_trial(scene, bow, at), snap=False)
        handle = scene.handle_at(at)
        item = scene.item(handle.clip_id) if handle else scene.clip_at(at)
        if item is None:
            return BandDrag(scene, at, keep=adding)
        if handle is not None:
            edge = Edge(before=handle.before, snap=self.snapping, generate=True)
            return EdgeDrag(scene, item, at, self._draft, edge)
        if not self._choose(item, adding):
            return None
        if session.timeline.tracks[item.track].locked:
            return LockedDrag(scene, item, at)
        trial = trial_of(scene, item, at, self.tool)
        if trial is not None:
            return TrialDrag(scene, at, trial, snap=self.snapping)
        zone = item.zone(at)
        if zone is Zone.BODY or copying:
            return MoveDrag(scene, item, at, Grab(self.snapping, copying, not adding, self.on_others))
        return EdgeDrag(scene, item, at, self._draft, Edge(before=zone is Zone.HEAD, snap=self.snapping))

    def _choose(self, item: ClipItem, adding: bool) -> bool:
        """Select the pressed clip; false when that took it out of the selection."""
        chosen, clip_id = self._session.selection, item.clip.id
        if adding and clip_id in chosen:
            self._session.select(*(one for one in chosen if one != clip_id))
            return False
        if clip_id not in chosen:
            self._session.select(*(chosen if adding else ()), clip_id)
        return True

    def _forward(self, at: QPointF, one_track: bool) -> Gesture | None:
        """Take up everything from a place on; with Shift or Ctrl on one track only. Locked tracks stay."""
        scene, timeline = self._scene, self._session.timeline
        pressed = scene.clip_at(at)
        frame = pressed.clip.start if pressed else scene.metrics.frame(at.x())
        lane = scene.metrics.track(at.y())
        chosen = [
            clip
            for index, clip in timeline.clips()
            if clip.start >= frame and not timeline.tracks[index].locked and (index == lane or not one_track)
        ]
        self._session.select(*(clip.id for clip in chosen))
        first = min(chosen, key=lambda clip: clip.start, default=None)
        grabbed = pressed if pressed and pressed.clip in chosen else scene.item(first.id) if first else None
        return MoveDrag(scene, grabbed, at, Grab(self.snapping, alone=False, ask=self.on_others)) if grabbed else None

    def _on_divider(self, at: QPointF) -> bool:
        divider = self._scene.metrics.divider
        return divider is not None and abs(at.y() - divider) <= DIVIDER / 2

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
        if self._on_divider(at):
            return Qt.CursorShape.SplitVCursor
        item = self._scene.clip_at(at)
        switch = item.switch_part(at) if item is not None and self.tool is Tool.SELECT else ""
        if self._scene.handle_at(at) or self._scene.gap.button(at) or switch:
            return Qt.CursorShape.PointingHandCursor
        bow = self._scene.bows.at(at)
        if bow is not None and bow.grip(at):
            return Qt.CursorShape.SizeHorCursor
        if self.tool is not Tool.SELECT:
            return self.tool.cursor if item or self.tool in _ANYWHERE else Qt.CursorShape.ArrowCursor
        if item is None or item.zone(at) is Zone.BODY or self._session.timeline.tracks[item.track].locked:
            return Qt.CursorShape.ArrowCursor
        return Qt.CursorShape.SizeHorCursor

    def _move_blade(self, frame: int | None) -> None:
        if frame != self.blade_at:
            self._view.repaint_line(self.blade_at)
            self.blade_at = frame
            self._view.repaint_line(frame)
