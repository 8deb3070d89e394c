"""Moving clips, or copies of them, along the tracks and between them; on other clips it is asked what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF

from sora_studio.core.edits import Shift
from sora_studio.core.inlays import Going, Met, landing, runs_over
from sora_studio.core.language import tr
from sora_studio.core.laying import free
from sora_studio.session.drops import CUT_WORDS, OTHERS_WORDS
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.timeline.bubble import delta
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.drag import REACH, THRESHOLD, snapper
from sora_studio.ui.timeline.scene import TimelineScene

OnOthers = Callable[[Going, Met, QPointF], None]
"""Asks what becomes of clips that were let go on others or on a cut, at a scene position."""


def land(session: Session, going: Going, ask: OnOthers | None, at: QPointF) -> None:
    """Move clips, or put copies of them, as one step; `ask` first when others lie there. None overwrites them."""
    met = landing(session.timeline, going)
    if met == "free" or ask is None:
        session.overwrite_going(going)
    else:
        ask(going, met, at)


@dataclass(frozen=True, slots=True)
class Grab:
    """How clips are taken up: with snapping, as copies (Alt), whether a click without a drag selects the clip alone,
    and who is asked when they come onto others; None overwrites those."""

    snap: bool
    copy: bool = False
    alone: bool = True
    ask: OnOthers | None = None


class MoveDrag:
    """Moves the selected clips, and what belongs to them, in time and between tracks of the grabbed clip's kind."""

    def __init__(self, scene: TimelineScene, grabbed: ClipItem, at: QPointF, grab: Grab) -> None:
        self.line: int | None = None
        self._scene, self._grabbed, self._from, self._grab = scene, grabbed, at, grab
        timeline = scene.session.timeline
        chosen = (one for one in scene.session.selection if timeline.has(one))
        self._chosen = tuple(dict.fromkeys((grabbed.clip.id, *chosen)))
        self.clips: tuple[str, ...] = free(timeline, self._chosen)
        self._items = [item for item in map(scene.item, self.clips) if item is not None]
        self._kind = scene.metrics.lanes[grabbed.track].kind
        self._snapper = snapper(scene, () if grab.copy else self.clips, active=grab.snap)
        self._own = frozenset(() if grab.copy else self.clips)
        self._by, self._rows, self.moving = 0, 0, False
        self._on_cut = False
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
        first = min(item.clip.start for item in self._items if item.track == self._grabbed.track)
        cut = self._cut_near(at, first + snapped.frame - clip.start)
        self._on_cut = cut is not None
        by, line = (snapped.frame - clip.start, snapped.line) if cut is None else (cut - first, cut)
        self._by = max(-min(item.clip.start for item in self._items), by)
        self.line = line if self._by == by else None
        self._show(at)

    def release(self) -> None:
        """Move or copy, as one step; on others ask first."""
        self._restore()
        session = self._scene.session
        if not self.moving and self._grab.alone:
            session.select(self._grabbed.clip.id)
        elif self.moving and (self._by, self._rows) != (0, 0):
            going = Going(self._chosen, Shift(self._by, self._rows, self._kind), self._grab.copy)
            attempt(session, lambda: land(session, going, self._grab.ask, self._at))

    def cancel(self) -> None:
        """Put the clips back."""
        self._restore()

    def _cut_near(self, at: QPointF, start: int) -> int | None:
        """The cut between two other pictures under the pointer, else the one at which the clips would begin."""
        if self._grab.ask is None or self._kind == "audio":
            return None
        track, x = self._scene.session.timeline.tracks[self._grabbed.track + self._rows], self._scene.metrics.x
        if track.locked:
            return None
        cuts = [
            left.stop
            for left, right in zip(track.clips, track.clips[1:], strict=False)
            if left.stop == right.start and not {left.id, right.id} & self._own
        ]
        near = [cut for cut in cuts if self._grab.snap and abs(x(cut) - at.x()) <= REACH]
        return next(iter(near), None) if near else next((cut for cut in cuts if cut == start), None)

    @property
    def _going_to(self) -> Iterator[tuple[ClipItem, int]]:
        """The items and the tracks they would come to."""
        lanes = self._scene.session.timeline.of_kind(self._kind)
        return ((item, item.track + self._rows if item.track in lanes else item.track) for item in self._items)

    def _words(self) -> str:
        timeline = self._scene.session.timeline
        spans = ((track, item.clip.range.shifted(self._by)) for item, track in self._going_to)
        if self._on_cut:
            return tr(CUT_WORDS)
        if self._grab.ask and (self._by or self._rows) and runs_over(timeline, spans, self._own):
            return tr(OTHERS_WORDS)
        copied = tr("Copy") + "  " if self._grab.copy else ""
        return f"{copied}{delta(timeline.rate, self._by)}"

    def _show(self, at: QPointF) -> None:
        for item, track in self._going_to:
            item.setZValue(3)
            item.setOpacity(0.85)
            item.place(item.clip.start + self._by, item.clip.stop + self._by, track)
        for handle in self._scene.handles:
            handle.setVisible(False)
        self._scene.bubble.show_at(at, self._words())

    def _restore(self) -> None:
        self._scene.bubble.setVisible(False)
        for item in self._items:
            item.setOpacity(1.0)
            item.place()
            item.set_flags()
        self._scene.sync_selection()
