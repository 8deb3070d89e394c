"""What a press on the tracks turns into. A gesture shows what it will do while it lasts and edits once, at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF

from sora_studio.core.language import tr
from sora_studio.core.timeline import Timeline
from sora_studio.core.trims import trim_head, trim_tail
from sora_studio.session.draft import Draft
from sora_studio.ui.attempt import attempt
from sora_studio.ui.timeline.bubble import delta
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.faces import can_grow, duration, remaining
from sora_studio.ui.timeline.scene import TimelineScene
from sora_studio.ui.timeline.snap import NO_SNAP, Snapper

THRESHOLD = 4.0
"""Pixels a press may wander before it is a drag."""
REACH = 9.0
"""Pixels within which an edge snaps."""
CLICK_SECONDS = 2.0
"""What a click on a plus handle generates."""
SHORTEST = 0.2
"""Seconds past the media from which a drag asks for a generation: less is an unsteady hand."""


class Gesture(Protocol):
    """A drag in progress. `line` is the frame it has snapped to, `clips` the identities it needs to go on."""

    line: int | None
    clips: tuple[str, ...]
    moving: bool

    def move(self, at: QPointF) -> None:
        """The pointer is at a scene position."""
        ...

    def release(self) -> None:
        """The button came up: do it."""
        ...

    def cancel(self) -> None:
        """Show everything as it was."""
        ...


def snapper(scene: TimelineScene, moving: tuple[str, ...], *, active: bool) -> Snapper:
    """Targets for a drag: every cut but those of the clips that move, markers, marks, the playhead, and the start."""
    if not active:
        return NO_SNAP
    timeline = scene.session.timeline
    own = set(moving)
    cuts = {edge for _, clip in timeline.clips() if clip.id not in own for edge in (clip.start, clip.stop)}
    places = {marker.frame for marker in timeline.markers}
    places |= {mark for mark in (timeline.mark_in, timeline.mark_out) if mark is not None}
    return Snapper({0, scene.session.playhead, *cuts, *places}, REACH / scene.metrics.per_frame)


class LockedDrag:
    """What a drag on a locked track gets: the reason why nothing moves."""

    def __init__(self, scene: TimelineScene, item: ClipItem, at: QPointF) -> None:
        self.line: int | None = None
        self.clips: tuple[str, ...] = (item.clip.id,)
        self.moving = False
        self._scene, self._from = scene, at
        self._name = scene.session.timeline.tracks[item.track].name

    def move(self, at: QPointF) -> None:
        """Say it."""
        if self.moving or (at - self._from).manhattanLength() >= THRESHOLD:
            self.moving = True
            self._scene.bubble.show_at(at, tr("Track {name} is locked", name=self._name), refused=True)

    def release(self) -> None:
        """Nothing has happened."""
        self._scene.bubble.setVisible(False)

    def cancel(self) -> None:
        """Nothing has happened."""
        self._scene.bubble.setVisible(False)


@dataclass(frozen=True, slots=True)
class Edge:
    """Which edge is dragged, whether it snaps, and whether it generates at once (a plus handle) or trims first."""

    before: bool
    snap: bool
    generate: bool = False


class EdgeDrag:
    """Trims a clip by its edge; past its media a ghost grows that will be generated."""

    def __init__(
        self, scene: TimelineScene, item: ClipItem, at: QPointF, draft: Callable[[], Draft], edge: Edge
    ) -> None:
        self.line: int | None = None
        self.clips: tuple[str, ...] = (item.clip.id,)
        self._scene, self._item, self._from, self._draft, self._edge = scene, item, at, draft, edge
        # The item shows other values while it is dragged.
        self._clip = item.clip
        self._snapper = snapper(scene, (item.clip.id,), active=edge.snap)
        self._trim, self._grow, self._shown, self.moving = 0, 0, 0, False

    @property
    def seconds(self) -> float:
        """How much the ghost asks for."""
        return float(self._grow / self._scene.session.timeline.rate.fps)

    def move(self, at: QPointF) -> None:
        """Show the trimmed clip and, past its media, the ghost."""
        delta = at.x() - self._from.x()
        if not self.moving and abs(delta) < THRESHOLD:
            return
        self.moving = True
        clip = self._clip
        origin = clip.start if self._edge.before else clip.stop
        snapped = self._snapper.edge(origin + self._scene.metrics.frame(delta))
        # Outward is positive, at either end.
        out = (origin - snapped.frame) if self._edge.before else (snapped.frame - origin)
        least, most, beyond = self._limits()
        self._trim = 0 if self._edge.generate else max(least, min(out, most))
        self._grow = max(0, out - self._trim) if beyond and out > 0 else 0
        if self.seconds < SHORTEST:
            self._grow = 0
        self.line = snapped.line if self._trim + self._grow == out else None
        self._show(at)

    def release(self) -> None:
        """Trim, then ask for what lies beyond."""
        trim, seconds, moved = self._trim, self.seconds, self.moving
        self.cancel()
        session, clip, before = self._scene.session, self._clip, self._edge.before
        if self._edge.generate and not moved:
            seconds = CLICK_SECONDS
        if trim:
            edit = session.trim_head if before else session.trim_tail
            attempt(session, lambda: edit(clip.id, -trim if before else trim))
        if seconds > 0:
            attempt(session, lambda: session.extend(clip.id, seconds, self._draft(), before=before))

    def cancel(self) -> None:
        """Put the edge back."""
        self._scene.ghost.setVisible(False)
        self._scene.bubble.setVisible(False)
        self._scene.end_preview()
        self._item.place()
        self._item.set_flags()
        self._scene.sync_selection()

    def _limits(self) -> tuple[int, int, bool]:
        """How far the edge goes inward (negative) and outward within the media, and whether more may be generated."""
        scene, clip = self._scene, self._clip
        project = scene.session.project
        left, right = scene.session.timeline.neighbours(clip.id)
        if self._edge.before:
            media = clip.handles(project.extent(clip.media))[0]
            room = clip.start - (left.stop if left else 0)
        else:
            media = remaining(project, clip)
            room = right.start - clip.stop if right else 1 << 40
        beyond = can_grow(scene.session, clip) and (media <= room or self._edge.generate)
        return 1 - clip.length, min(media, room), beyond

    def _trial(self) -> Timeline:
        """The timeline as the trim would leave it."""
        scene, clip = self._scene, self._clip
        edit, by = (trim_head, -self._trim) if self._edge.before else (trim_tail, self._trim)
        return edit(scene.session.timeline, clip.id, by, scene.session.project.extent)

    def _show(self, at: QPointF) -> None:
        scene, item, clip = self._scene, self._item, self._clip
        for handle in scene.handles:
            handle.setVisible(False)
        before = self._edge.before
        if self._trim != self._shown:
            self._shown = self._trim
            scene.preview(self._trial())
        item.setZValue(3)
        start = clip.start - self._trim if before else clip.start
        stop = clip.stop if before else clip.stop + self._trim
        if not self._grow:
            scene.ghost.setVisible(False)
            rate = scene.session.timeline.rate
            words = f"{delta(rate, -self._trim if before else self._trim)}   {duration(rate.seconds(stop - start))}"
            scene.bubble.show_at(at, words)
            return
        scene.bubble.setVisible(False)
        left, right = (start - self._grow, start) if before else (stop, stop + self._grow)
        text = tr("Generate {duration}", duration=duration(self.seconds))
        scene.ghost.show_area(scene.metrics.area(item.track, left, right), text, grows_left=before)


class BandDrag:
    """Selects what a rubber band touches; `band` is for the view to draw."""

    def __init__(self, scene: TimelineScene, at: QPointF, *, keep: bool) -> None:
        self.line: int | None = None
        self.clips: tuple[str, ...] = ()
        self.band: QRectF | None = None
        self._scene, self._from = scene, at
        self._before = scene.session.selection
        self._kept = self._before if keep else ()
        self.moving = False

    def move(self, at: QPointF) -> None:
        """Grow the band and select what it meets."""
        if self.band is None and (at - self._from).manhattanLength() < THRESHOLD:
            return
        self.moving = True
        self.band = QRectF(self._from, at).normalized()
        hit = [item.clip for item in self._scene.clip_items() if item.sceneBoundingRect().intersects(self.band)]
        ids = tuple(clip.id for clip in sorted(hit, key=lambda clip: clip.start))
        chosen = tuple(dict.fromkeys((*self._kept, *ids)))
        if chosen != self._scene.session.selection:
            self._scene.session.select(*chosen)

    def release(self) -> None:
        """A click without a band selects nothing."""
        if self.band is None and not self._kept:
            self._scene.session.select()
            self._scene.session.pick(self._scene.gap_at(self._from))
        self.band = None

    def cancel(self) -> None:
        """Bring the former selection back."""
        self.band = None
        self._scene.session.select(*self._before)
