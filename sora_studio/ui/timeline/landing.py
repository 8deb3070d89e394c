"""Where a drag would land on the tracks: which cut, edge, gap, clip or stretch is meant; the ghost that shows it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from sora_studio.core.timeline import Clip, Track
from sora_studio.session.carried import Thing
from sora_studio.session.drops import Accept, Act, Offer
from sora_studio.session.editing import STILL_SECONDS
from sora_studio.session.places import Cut, Edge, Hole, OnClip, OnTimeline, Place, Row
from sora_studio.ui.timeline.drag import snapper
from sora_studio.ui.timeline.faces import duration
from sora_studio.ui.timeline.view import TimelineView

NEAR = 9
"""Pixels around a cut or an edge in which it is meant."""
MADE_SECONDS = 2
WORDS = 110
"""Pixels on either side of the middle that the words of a ghost need."""


class Landing:
    """Answers for a view of the tracks; `things` are what is carried."""

    def __init__(self, view: TimelineView) -> None:
        self._view, self._scene = view, view.tracks
        self.things: tuple[Thing, ...] = ()

    def place_at(self, position: QPointF) -> Place:
        """The place under a position of the viewport."""
        at, line = self._view.scene_at(position), self._scene.session.timeline
        index = self._scene.metrics.track(at.y())
        track, x = line.tracks[index], self._scene.metrics.x
        for left, right in zip(track.clips, track.clips[1:], strict=False):
            if left.stop == right.start and abs(x(left.stop) - at.x()) <= NEAR:
                return Cut(index, left.stop, left.id, right.id, track.locked)
        edge = self._edge(index, track, at.x())
        if edge is not None:
            return edge
        frame = max(0, self._scene.metrics.frame(at.x()))
        clip = line.at(index, int(max(0.0, at.x()) // self._scene.metrics.per_frame))
        snapped = self._snapped(frame)
        if clip is not None:
            return OnClip(index, snapped, clip.id, track.locked)
        return _hole(index, track, frame) or Row(index, snapped, track.locked)

    def show(self, offer: Offer, place: Place) -> bool:
        """The ghost, with the answer on it; whether the words can be read there, and not past the side of the view."""
        if isinstance(place, Row | OnClip | Cut | Edge | Hole):
            text = offer.text
            if isinstance(offer, Accept) and offer.act in (Act.PLACE, Act.INSERT) and len(self.things) == 1:
                text = f"{text} · {duration(float(self._length / self._fps))}"
            area = self._area(offer, place)
            self._scene.ghost.show_drop(area, text, refused=not isinstance(offer, Accept))
            self._view.viewport().update()
            words = self._view.mapFromScene(area.center()).x()
            return WORDS <= words <= self._view.viewport().width() - WORDS
        return False

    def hide(self) -> None:
        """It went away."""
        self._scene.ghost.setVisible(False)
        self._view.viewport().update()

    @property
    def _fps(self) -> float:
        return float(self._scene.session.timeline.rate.fps)

    @property
    def _length(self) -> int:
        """The timeline frames of the first thing that is carried."""
        seconds = self.things[0].seconds if self.things else 0.0
        return max(1, round((seconds or STILL_SECONDS) * self._fps))

    def _snapped(self, frame: int) -> int:
        return max(0, snapper(self._scene, (), active=self._view.hand.snapping).clip(frame, self._length).frame)

    def _edge(self, index: int, track: Track, x: float) -> Edge | None:
        """A clip's end that stands free, when the position is near it or just outside."""
        for clip in track.clips:
            head, tail = self._scene.metrics.x(clip.start), self._scene.metrics.x(clip.stop)
            reach = min(NEAR, max(2, (tail - head) // 4))
            if head - NEAR <= x <= head + reach and not _touched(track, clip.start, before=True):
                return Edge(index, clip.start, clip.id, True, track.locked)
            if tail - reach <= x <= tail + NEAR and not _touched(track, clip.stop, before=False):
                return Edge(index, clip.stop, clip.id, False, track.locked)
        return None

    def _area(self, offer: Offer, place: OnTimeline) -> QRectF:
        metrics, made = self._scene.metrics, round(MADE_SECONDS * self._fps)
        match place:
            case Hole():
                return metrics.area(place.track, place.frame, place.stop)
            case OnClip() if isinstance(offer, Accept) and offer.act is Act.RESTYLE:
                clip = self._clip(place.clip)
                return metrics.area(place.track, clip.start, clip.stop)
            case Cut() if isinstance(offer, Accept) and offer.act is Act.BRIDGE:
                return metrics.area(place.track, max(0, place.frame - made // 2), place.frame + made // 2)
            case Edge() if isinstance(offer, Accept) and offer.act in (Act.EXTEND, Act.REACH):
                start = max(0, place.frame - made) if place.before else place.frame
                return metrics.area(place.track, start, place.frame if place.before else place.frame + made)
            case _:
                return metrics.area(place.track, place.frame, place.frame + self._length)

    def _clip(self, clip_id: str) -> Clip:
        return self._scene.session.timeline.find(clip_id)[1]


def _touched(track: Track, frame: int, *, before: bool) -> bool:
    return any((clip.stop if before else clip.start) == frame for clip in track.clips)


def _hole(index: int, track: Track, frame: int) -> Hole | None:
    """The gap between two clips around a frame."""
    left = max((clip for clip in track.clips if clip.stop <= frame), key=lambda clip: clip.stop, default=None)
    right = min((clip for clip in track.clips if clip.start > frame), key=lambda clip: clip.start, default=None)
    if left is None or right is None or left.stop >= right.start:
        return None
    return Hole(index, left.stop, right.start, left.id, right.id, track.locked)
