"""The scene mirrors the session's timeline: items are matched by clip identity and hold no truth of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from sora_studio.core.engine import Preview
from sora_studio.core.media_item import Pending, Ready
from sora_studio.core.timeline import Clip, Gap
from sora_studio.session.session import Session
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.clip_paint import Face
from sora_studio.ui.timeline.faces import Live, can_grow, face_of
from sora_studio.ui.timeline.gap import GapItem
from sora_studio.ui.timeline.ghost import GhostItem, PlusHandle
from sora_studio.ui.timeline.metrics import MARGIN, PLUS, TITLE_HEIGHT, TRACK_HEIGHT, Metrics
from sora_studio.ui.timeline.thumbs import ThumbStore, strip_of

AFTER = 66
"""Pixels behind the last clip when everything is in view."""


class TimelineScene(QGraphicsScene):
    """Clips, ghosts and gaps of one session."""

    def __init__(self, session: Session, thumbs: ThumbStore, ratio: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.metrics = Metrics(tracks=len(session.timeline.tracks))
        self._thumbs, self._ratio = thumbs, ratio
        self._clips: dict[str, ClipItem] = {}
        self._live: dict[str, Live] = {}
        self._missing: dict[str, bool] = {}
        self._phase = 0
        self._hovered: ClipItem | None = None
        self.ghost = GhostItem()
        self.gap = GapItem()
        self.handles = (PlusHandle(before=True), PlusHandle(before=False))
        for item in (self.ghost, self.gap, *self.handles):
            self.addItem(item)
        thumbs.loaded.connect(self._strip_came)
        self.sync()

    # -- following the session ---------------------------------------------------------------------------------

    def sync(self) -> list[ClipItem]:
        """Bring the items to the session's timeline by adding, changing and removing only what differs.

        Returns the items of new clips.
        """
        known = set(self._clips)
        timeline = self.session.timeline
        self.metrics = replace(self.metrics, tracks=len(timeline.tracks))
        self._read_media()
        seen = set()
        for index, track in enumerate(timeline.tracks):
            for clip in track.clips:
                seen.add(clip.id)
                self._show(clip, index)
        for clip_id in self._clips.keys() - seen:
            item = self._clips.pop(clip_id)
            if item is self._hovered:
                self._hovered = None
            self.removeItem(item)
        self.gap.show_gap(None, self.metrics, bridgeable=False)
        self.sync_selection()
        return [item for clip_id, item in self._clips.items() if clip_id not in known]

    def sync_selection(self) -> None:
        """Mark the selected clips and offer handles at the ends of a single one."""
        chosen = set(self.session.selection)
        for clip_id, item in self._clips.items():
            item.set_flags(selected=clip_id in chosen)
        self.place_handles()

    def place_handles(self) -> None:
        """Put the plus handles at the ends of the one selected clip that can grow."""
        chosen = [item for item in map(self._clips.get, self.session.selection) if item is not None]
        item = chosen[0] if len(chosen) == 1 else None
        if item is not None and not can_grow(self.session.project.media.get(item.clip.media)):
            item = None
        for handle in self.handles:
            handle.setVisible(item is not None and not (handle.before and item.clip.offset > 0))
            if item is not None:
                handle.clip_id = item.clip.id
                at = self.metrics.x(item.clip.start) - PLUS if handle.before else self.metrics.x(item.clip.stop)
                handle.setPos(at, self.metrics.y(item.track))

    def set_zoom(self, per_frame: float) -> None:
        """Lay everything out anew at another number of pixels per frame."""
        self.metrics = replace(self.metrics, per_frame=per_frame)
        for item in self._clips.values():
            item.show_state(item.clip, item.track, self.metrics, item.face)
        self.gap.show_gap(None, self.metrics, bridgeable=False)
        self.place_handles()

    def previewed(self, media_id: str, preview: Preview) -> None:
        """Take a preview of a pending medium into its clips."""
        live = self._live.get(media_id, Live())
        strip = strip_of(preview.frames, TRACK_HEIGHT - TITLE_HEIGHT, self._ratio)
        fraction = max(live.fraction, preview.step / max(1, preview.steps))
        self._live[media_id] = replace(live, strip=strip, step=preview.step, steps=preview.steps, fraction=fraction)
        self._refresh(media_id)

    def sync_jobs(self) -> None:
        """Take progress and state words of the jobs into the pending clips."""
        for job in self.session.jobs():
            if job.media_id and self._is_pending(job.media_id):
                live = self._live.get(job.media_id, Live())
                self._live[job.media_id] = replace(
                    live, fraction=job.fraction, words=job.words, step=job.step, steps=job.steps
                )
                self._refresh(job.media_id)

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

    def _read_media(self) -> None:
        """Ask for thumbnails and look for missing files, once a medium."""
        media = self.session.project.media
        for media_id in {clip.media for track in self.session.timeline.tracks for clip in track.clips}:
            item = media.get(media_id)
            if item is None or not isinstance(item.state, Ready):
                self._missing.pop(media_id, None)
                continue
            self._live.pop(media_id, None)
            path = self.session.media_path(media_id)
            self._missing[media_id] = path is None or not path.exists()
            if path is not None and not self._missing[media_id]:
                self._thumbs.ask(item, path)

    def _show(self, clip: Clip, track: int) -> None:
        face = self._face(clip)
        item = self._clips.get(clip.id)
        if item is None:
            item = self._clips[clip.id] = ClipItem(clip, track, self.metrics, face)
            self.addItem(item)
        else:
            item.show_state(clip, track, self.metrics, face)
        item.setToolTip(face.lost or f"{face.name} · {face.length}")

    def _face(self, clip: Clip) -> Face:
        strip = self._thumbs.strip(clip.media)
        live = self._live.get(clip.media, Live())
        face = face_of(self.session.project, clip, strip, live, self._missing.get(clip.media, False))
        old = self._clips.get(clip.id)
        marks = old.face if old else face
        return replace(face, phase=self._phase if face.pending else 0, selected=marks.selected, hovered=marks.hovered)

    def _refresh(self, media_id: str) -> None:
        for item in self._clips.values():
            if item.clip.media == media_id:
                item.set_face(self._face(item.clip))

    def _strip_came(self, media_id: str) -> None:
        self._refresh(media_id)

    def _is_pending(self, media_id: str) -> bool:
        item = self.session.project.media.get(media_id)
        return item is not None and isinstance(item.state, Pending)

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
        return track if top <= at.y() < top + TRACK_HEIGHT else None

    def hover(self, at: QPointF | None) -> None:
        """Answer the pointer: light the clip, the handle or the gap under it."""
        handle = self.handle_at(at) if at else None
        clip = self.clip_at(at) if at and handle is None else None
        for one in self.handles:
            one.set_lit(one is handle)
        if clip is not self._hovered:
            for item, lit in ((self._hovered, False), (clip, True)):
                if item is not None:
                    item.set_flags(hovered=lit)
            self._hovered = clip
        gap = self.gap_at(at) if at and clip is None and handle is None else None
        self.gap.show_gap(gap, self.metrics, bridgeable=gap is not None and self.around(gap) is not None)
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
