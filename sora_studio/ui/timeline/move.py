"""Moving clips along the tracks and between them; a single one that comes onto a cut may be put between its clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF

from sora_studio.core.edits import Shift
from sora_studio.core.language import tr
from sora_studio.core.laying import free
from sora_studio.session.drops import CUT_WORDS
from sora_studio.session.places import Cut
from sora_studio.ui.attempt import attempt
from sora_studio.ui.timeline.bubble import delta
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.drag import REACH, THRESHOLD, snapper
from sora_studio.ui.timeline.scene import TimelineScene

OnCut = Callable[[str, Cut, QPointF], None]
"""Asks what becomes of a clip that was let go on a cut, at a scene position."""


@dataclass(frozen=True, slots=True)
class Grab:
    """How clips are taken up: with snapping, as copies (Alt), whether a click without a drag selects the clip alone,
    and who is asked on a cut; None moves it there like anywhere."""

    snap: bool
    copy: bool = False
    alone: bool = True
    on_cut: OnCut | None = None


class MoveDrag:
    """Moves the selected clips, and what belongs to them, in time and between tracks of the grabbed clip's kind."""

    def __init__(self, scene: TimelineScene, grabbed: ClipItem, at: QPointF, grab: Grab) -> None:
        self.line: int | None = None
        self._scene, self._grabbed, self._from, self._grab = scene, grabbed, at, grab
        timeline = scene.session.timeline
        self._chosen = tuple(one for one in scene.session.selection if timeline.has(one)) or (grabbed.clip.id,)
        self.clips: tuple[str, ...] = free(timeline, self._chosen)
        self._items = [item for item in map(scene.item, self.clips) if item is not None]
        self._kind = scene.metrics.lanes[grabbed.track].kind
        self._snapper = snapper(scene, () if grab.copy else self.clips, active=grab.snap)
        self._by, self._rows, self.moving = 0, 0, False
        self._cut: Cut | None = None
        self._at = at

    def move(self, at: QPointF) -> None:
        """Show the clips at the place they would take."""
        delta_at = at - self._from
        if not self.moving and delta_at.manhattanLength() < THRESHOLD:
            return
        self.moving, self._at = True, at
        scene, metrics, clip = self._scene, self._scene.metrics, self._grabbed.clip
        lanes = scene.session.timeline.of_kind(self._kind)
        rows = metrics.track(at.y(), self._kind) - self._grabbed.track
        going = [item.track for item in self._items if item.track in lanes]
        self._rows = max(lanes[0] - min(going), min(lanes[-1] - max(going), rows))
        snapped = self._snapper.clip(clip.start + metrics.frame(delta_at.x()), clip.length)
        self._cut = self._cut_near(at, snapped.frame)
        frame, line = (self._cut.frame, self._cut.frame) if self._cut else (snapped.frame, snapped.line)
        earliest = min(item.clip.start for item in self._items)
        self._by = max(-earliest, frame - clip.start)
        self.line = line if self._by == frame - clip.start else None
        self._show(at)

    def release(self) -> None:
        """Move or copy, as one step; on a cut ask first."""
        self._restore()
        session = self._scene.session
        if not self.moving:
            if self._grab.alone:
                session.select(self._grabbed.clip.id)
            return
        if self._cut is not None and self._grab.on_cut is not None:
            self._grab.on_cut(self._grabbed.clip.id, self._cut, self._at)
            return
        if (self._by, self._rows) == (0, 0):
            return
        shift = Shift(self._by, self._rows, self._kind)
        verb = session.duplicate if self._grab.copy else session.move_many
        attempt(session, lambda: verb(self._chosen, shift))

    def cancel(self) -> None:
        """Put the clips back."""
        self._restore()

    def _cut_near(self, at: QPointF, start: int) -> Cut | None:
        """The cut between two other pictures under the pointer, else the one at which the clip would begin."""
        if self._grab.on_cut is None or self._grab.copy or len(self._chosen) > 1 or self._kind == "audio":
            return None
        index = self._grabbed.track + self._rows
        track, x = self._scene.session.timeline.tracks[index], self._scene.metrics.x
        if track.locked:
            return None
        cuts = [
            Cut(index, left.stop, left.id, right.id)
            for left, right in zip(track.clips, track.clips[1:], strict=False)
            if left.stop == right.start and not {left.id, right.id} & set(self.clips)
        ]
        near = [cut for cut in cuts if self._grab.snap and abs(x(cut.frame) - at.x()) <= REACH]
        return next(iter(near), None) or next((cut for cut in cuts if cut.frame == start), None)

    def _show(self, at: QPointF) -> None:
        scene, lanes = self._scene, self._scene.session.timeline.of_kind(self._kind)
        for item in self._items:
            item.setZValue(3)
            item.setOpacity(0.85)
            track = item.track + self._rows if item.track in lanes else item.track
            item.place(item.clip.start + self._by, item.clip.stop + self._by, track)
        for handle in scene.handles:
            handle.setVisible(False)
        moved = delta(scene.session.timeline.rate, self._by)
        copied = tr("Copy") + "  " if self._grab.copy else ""
        scene.bubble.show_at(at, tr(CUT_WORDS) if self._cut else f"{copied}{moved}")

    def _restore(self) -> None:
        self._scene.bubble.setVisible(False)
        for item in self._items:
            item.setOpacity(1.0)
            item.place()
            item.set_flags()
        self._scene.sync_selection()
