"""The scene mirrors the session's timeline: items are matched by clip identity and hold no truth of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from sora_studio.core.language import tr
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Gap, Timeline, Track
from sora_studio.session.session import Session
from sora_studio.ui.timeline.bubble import BubbleItem
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.clip_paint import Face
from sora_studio.ui.timeline.dissolve import Bows
from sora_studio.ui.timeline.faces import Faces, can_grow, duration
from sora_studio.ui.timeline.gap import GapItem
from sora_studio.ui.timeline.ghost import GhostItem, PlusHandle
from sora_studio.ui.timeline.heights import Heights
from sora_studio.ui.timeline.metrics import MARGIN, PLUS, Metrics
from sora_studio.ui.timeline.picked import PickedItem

AFTER = 66
"""Pixels behind the last clip when everything is in view."""


class TimelineScene(QGraphicsScene):
    """Clips, ghosts and gaps of one session."""

    def __init__(self, session: Session, faces: Faces, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.faces = session, faces
        self.heights = Heights(session.viewing)
        self.metrics = Metrics(lanes=self.heights.lanes(session.timeline))
        self._clips: dict[str, ClipItem] = {}
        self._facts: dict[str, tuple[object, ...]] = {}
        self.bows = Bows(self)
        self._previewed: set[str] = set()
        self._phase = 0
        self._hovered: ClipItem | None = None
        self.ghost = GhostItem()
        self.gap = GapItem()
        self.picked = PickedItem()
        self.handles = (PlusHandle(before=True), PlusHandle(before=False))
        self.bubble = BubbleItem()
        for item in (self.ghost, self.gap, self.picked, self.bubble, *self.handles):
            self.addItem(item)
        faces.changed.connect(self._refresh)
        self.sync()

    # -- following the session ---------------------------------------------------------------------------------

    def sync(self) -> list[ClipItem]:
        """Bring the items to the session's timeline by adding, changing and removing only what differs.

        Returns the items of new clips.
        """
        known = set(self._clips)
        timeline = self.session.timeline
        lanes = self.heights.lanes(timeline)
        if lanes != self.metrics.lanes:
            self.metrics = replace(self.metrics, lanes=lanes)
        self.faces.read_media()
        seen = set()
        for index, track in enumerate(timeline.tracks):
            for clip in track.clips:
                seen.add(clip.id)
                self._show(clip, index, track)
        for clip_id in known - seen:
            item = self._clips.pop(clip_id)
            self._facts.pop(clip_id, None)
            if item is self._hovered:
                self._hovered = None
            self.removeItem(item)
        self._previewed.clear()
        self.bows.show(timeline, self.metrics)
        self.gap.show_gap(None, self.metrics, bridgeable=False)
        self.sync_selection()
        return [item for clip_id, item in self._clips.items() if clip_id not in known]

    def sync_selection(self) -> None:
        """Mark the selected clips and offer handles at the ends of a single one."""
        chosen = set(self.session.selection)
        for clip_id, item in self._clips.items():
            if item.face.selected != (clip_id in chosen):
                item.set_flags(selected=clip_id in chosen)
        self.place_handles()

    def place_handles(self) -> None:
        """Put the plus handles at the ends of the one selected clip that can grow."""
        self.picked.follow(self.session, self.metrics)
        chosen = [item for item in map(self._clips.get, self.session.selection) if item is not None]
        item = chosen[0] if len(chosen) == 1 else None
        if item is not None and not can_grow(self.session, item.clip):
            item = None
        for handle in self.handles:
            handle.setVisible(item is not None and not (handle.before and item.clip.offset > 0))
            if item is not None:
                handle.clip_id = item.clip.id
                at = self.metrics.x(item.clip.start) - PLUS if handle.before else self.metrics.x(item.clip.stop)
                handle.stand(at, self.metrics.y(item.track), self.metrics.high(item.track))

    def set_zoom(self, per_frame: float) -> None:
        """Lay everything out anew at another number of pixels per frame."""
        self.metrics = replace(self.metrics, per_frame=per_frame)
        self._lay_out()
        self.gap.show_gap(None, self.metrics, bridgeable=False)
        self.place_handles()

    def set_height(self, track: int, high: int) -> None:
        """Give a track another height."""
        self.heights.set(self.session.timeline.tracks[track], high)
        self._new_lanes()

    def move_divider(self, by: float) -> None:
        """Give the video tracks `by` pixels of the audio tracks' height, or the other way round."""
        self.heights.share(self.session.timeline, by)
        self._new_lanes()

    def _new_lanes(self) -> None:
        self.metrics = replace(self.metrics, lanes=self.heights.lanes(self.session.timeline))
        self._lay_out()

    def _lay_out(self) -> None:
        for item in self._clips.values():
            item.relay(self.metrics)
        self.bows.show(self.session.timeline, self.metrics)
        self.gap.show_gap(None, self.metrics, bridgeable=False)
        self.place_handles()

    def preview(self, timeline: Timeline) -> None:
        """Show what an edit would make of the clips in view, while a drag lasts; `sync` or `end_preview` ends it."""
        changed = set()
        seen = _in_view(self)
        for index, track in enumerate(timeline.tracks):
            now = self.session.timeline.tracks[index]
            if track is now:
                continue
            own = {clip.id: clip for clip in now.clips}
            for clip in track.clips:
                before, item = own.get(clip.id), self._clips.get(clip.id)
                if item is None or before is clip:
                    continue
                if _meets(clip, seen) or (before is not None and _meets(before, seen)):
                    changed.add(clip.id)
                    face = item.face if _same_picture(item.clip, clip) else self._marked(clip, track)
                    item.show_state(clip, index, self.metrics, face)
        self._restore(self._previewed - changed)
        self._previewed = changed
        self.bows.show(timeline, self.metrics)
        for handle in self.handles:
            handle.setVisible(False)

    def end_preview(self) -> None:
        """Show the clips as they are."""
        self._restore(self._previewed)
        self._previewed = set()
        self.bows.show(self.session.timeline, self.metrics)

    def _restore(self, clip_ids: set[str]) -> None:
        timeline = self.session.timeline
        for clip_id in clip_ids:
            if timeline.has(clip_id):
                index, clip = timeline.find(clip_id)
                self._clips[clip_id].show_state(clip, index, self.metrics, self._marked(clip, timeline.tracks[index]))

    def tick(self) -> None:
        """Move the live pictures of pending clips on by one."""
        self._phase += 1
        for item in self._clips.values():
            if item.face.pending:
                item.set_face(replace(item.face, phase=self._phase))

    @property
    def has_pending(self) -> bool:
        """Whether anything moves by itself."""
        return any(item.face.pending for item in self._clips.values())

    def _show(self, clip: Clip, index: int, track: Track) -> None:
        """Bring one item up to date; one that looks as before is left alone."""
        facts = (*self.faces.facts(clip, track), index, self.metrics)
        item = self._clips.get(clip.id)
        if item is not None and clip.id not in self._previewed and self._facts.get(clip.id) == facts:
            item.restore()
            return
        self._facts[clip.id] = facts
        face = self._marked(clip, track)
        if item is None:
            item = self._clips[clip.id] = ClipItem(clip, index, self.metrics, face)
            self.addItem(item)
        else:
            item.show_state(clip, index, self.metrics, face)
        taken = " · " + tr("Take {number} of {count}", number=face.takes[0], count=face.takes[1]) if face.takes else ""
        item.setToolTip(face.lost or f"{face.name} · {face.length}{taken}")

    def _marked(self, clip: Clip, track: Track) -> Face:
        face = self.faces.face(clip, track)
        old = self._clips.get(clip.id)
        marks = old.face if old else face
        phase = self._phase if face.pending else 0
        return replace(face, phase=phase, selected=marks.selected, hovered=marks.hovered, lit=marks.lit)

    def _refresh(self, media_id: str) -> None:
        for item in self._clips.values():
            if item.clip.media == media_id:
                item.set_face(self._marked(item.clip, self.session.timeline.tracks[item.track]))

    # -- finding things ----------------------------------------------------------------------------------------

    def item(self, clip_id: str) -> ClipItem | None:
        """The item of a clip."""
        return self._clips.get(clip_id)

    def clip_items(self) -> Iterator[ClipItem]:
        """All clips, in no order."""
        return iter(self._clips.values())

    def clip_at(self, at: QPointF) -> ClipItem | None:
        """The clip under a scene position."""
        track = self.track_at(at)
        if track is None:
            return None
        clip = self.session.timeline.at(track, int(at.x() // self.metrics.per_frame))
        return self._clips.get(clip.id) if clip else None

    def handle_at(self, at: QPointF) -> PlusHandle | None:
        """The plus handle under a scene position."""
        return next((one for one in self.handles if one.isVisible() and one.sceneBoundingRect().contains(at)), None)

    def gap_at(self, at: QPointF) -> Gap | None:
        """The gap under a scene position."""
        track = self.track_at(at)
        if track is None or at.x() < 0:
            return None
        frame = at.x() / self.metrics.per_frame
        return next((gap for gap in self.session.timeline.gaps(track) if gap.start <= frame < gap.stop), None)

    def track_at(self, at: QPointF) -> int | None:
        """The track under a scene position; None between tracks."""
        track = self.metrics.track(at.y())
        top = self.metrics.y(track)
        return track if top <= at.y() < top + self.metrics.high(track) else None

    def hover(self, at: QPointF | None) -> None:
        """Answer the pointer: light the clip, the handle or the gap under it."""
        handle = self.handle_at(at) if at else None
        self.bows.hover(at)
        clip = self.clip_at(at) if at and handle is None else None
        for one in self.handles:
            one.set_lit(one is handle)
        if clip is not self._hovered:
            for item, lit in ((self._hovered, False), (clip, True)):
                if item is not None:
                    item.set_flags(hovered=lit, lit="")
            self._hovered = clip
        if clip is not None and at is not None:
            clip.set_flags(lit=clip.switch_part(at))
        gap = self.gap_at(at) if at and clip is None and handle is None else None
        bridgeable = gap is not None and self.around(gap) is not None
        length = duration(self.session.timeline.rate.seconds(len(gap))) if gap else ""
        self.gap.show_gap(gap, self.metrics, bridgeable=bridgeable, length=length)
        self.gap.set_lit(self.gap.button(at) if at else "")

    def around(self, gap: Gap) -> tuple[str, str] | None:
        """The identities of the clips on both sides of a gap, if there are two."""
        clips = self.session.timeline.tracks[gap.track].clips
        left = next((clip.id for clip in clips if clip.stop == gap.start), None)
        right = next((clip.id for clip in clips if clip.start == gap.stop), None)
        return (left, right) if left and right else None

    def extent(self, wide: float, high: float, left: float = 0.0) -> QRectF:
        """The rectangle to scroll over, for a viewport of the given size; `left` pixels more before frame zero."""
        start = -MARGIN - left
        end = self.metrics.x(self.session.timeline.length) + AFTER + wide * 0.5
        return QRectF(start, -4, max(end - start, wide), max(self.metrics.height + 8, high))


def _in_view(scene: TimelineScene) -> FrameRange:
    """The frames that a view shows, at least."""
    boxes = [view.mapToScene(view.viewport().rect()).boundingRect() for view in scene.views()]
    left = min((box.left() for box in boxes), default=0.0)
    right = max((box.right() for box in boxes), default=0.0)
    first = max(0, scene.metrics.frame(left) - 1)
    return FrameRange(first, max(first, scene.metrics.frame(right) + 2))


def _meets(clip: Clip, span: FrameRange) -> bool:
    return clip.start < span.stop and clip.stop > span.start


def _same_picture(one: Clip, other: Clip) -> bool:
    """Whether two values of a clip look alike wherever they stand."""
    return (one.length, one.offset, one.speed, one.media) == (other.length, other.offset, other.speed, other.media)
