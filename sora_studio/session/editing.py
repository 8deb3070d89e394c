"""Edits of the timeline and what comes onto it from files. Each is one step of undo."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sora_studio.core import edits, trims
from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import Lost, MediaItem, Pending
from sora_studio.core.sound import place_sound, place_with_sound
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Gap, Timeline
from sora_studio.session.media_pool import MediaPool
from sora_studio.session.orders import shown_size
from sora_studio.session.pieces import Piece

STILL_SECONDS = 4
"""How long a still picture is shown when it is placed."""
_COMFORTABLE_SIDE = 448
_RATES = (Rate(20), Rate(60))
"""Rates that a timeline takes over from its first video."""


def lane_for(timeline: Timeline, track: int, *, picture: bool) -> int:
    """The track nearest to `track` that takes pictures, or sound."""
    lanes = timeline.of_kind("video" if picture else "audio")
    return max(lanes[0], min(track, lanes[-1]))


class Editing(MediaPool):
    """The artist's hands."""

    def move(self, clip_id: str, track: int, start: int) -> None:
        """Move a clip, overwriting what lies there."""
        self._edit("Move", edits.move(self.timeline, clip_id, track, start))

    def trim_head(self, clip_id: str, by: int) -> None:
        """Move a clip's left edge by timeline frames (positive shortens), as far as there is media and room."""
        self._edit("Trim", trims.trim_head(self.timeline, clip_id, by, self.project.extent))

    def trim_tail(self, clip_id: str, by: int) -> None:
        """Move a clip's right edge by timeline frames (negative shortens), as far as there is media and room."""
        self._edit("Trim", trims.trim_tail(self.timeline, clip_id, by, self.project.extent))

    def split(self, frame: int | None = None) -> None:
        """Cut the selected clips under a frame (None: the playhead) in two; without any, the clip that is seen."""
        at = self.playhead if frame is None else frame
        chosen = [clip for clip in map(self._clip, self.selection) if clip.start < at < clip.stop]
        if not chosen:
            seen = self.timeline.top(at)
            if seen is None:
                raise BadInput("There is no clip to split there. Put the playhead inside one.")
            chosen = [seen]
        timeline = self.timeline
        for clip in chosen:
            if timeline.find(clip.id)[1].stop > at:  # it may have been cut with what it belongs to
                timeline = edits.split(timeline, clip.id, at)
        self._edit("Split", timeline)

    def delete(self, ripple: bool = False) -> None:
        """Take the selected clips away; with `ripple` what follows closes up."""
        timeline = edits.delete(self.timeline, *self.selection, ripple=ripple)
        self._edit("Ripple delete" if ripple else "Delete", timeline)

    def close_gap(self, gap: Gap) -> None:
        """Move what follows a gap left until the gap is gone."""
        self._edit("Close gap", edits.close_gap(self.timeline, gap))

    def place(self, media_id: str, track: int, start: int) -> str:
        """Put a medium on a track of its kind, overwriting what lies there; returns the clip's id. The sound of a video
        comes along on an audio track. An empty timeline takes over the medium's shape and, from a video, its rate."""
        item = self.item(media_id)
        timeline = self._fitted(item)
        if item.frames == 1 and item.picture:
            length = timeline.rate.frames(STILL_SECONDS)
        else:
            length = max(1, timeline.rate.frames(item.frames / item.rate.fps))
        clip = Clip(media_id, max(0, start), length, name=item.name)
        if not item.picture:
            timeline = place_sound(timeline, track, clip)
        elif item.sound:
            timeline = place_with_sound(timeline, lane_for(timeline, track, picture=True), clip)
        else:
            timeline = edits.place(timeline, lane_for(timeline, track, picture=True), clip)
        self._edit("Place", timeline)
        return clip.id

    def _clip(self, clip_id: str) -> Clip:
        return self.timeline.find(clip_id)[1]

    def _fitted(self, item: MediaItem) -> Timeline:
        """The timeline, ready for its first medium."""
        timeline = self.timeline
        if timeline.length or not item.picture:
            return timeline
        scale = max(1, -(-_COMFORTABLE_SIDE // min(item.size.width, item.size.height))) if item.generated_from else 1
        size = shown_size(Size(item.size.width * scale, item.size.height * scale))
        low, high = _RATES
        takes_rate = item.frames > 1 and item.generated_from is None and low.fps <= item.rate.fps <= high.fps
        return replace(timeline, size=size, rate=item.rate if takes_rate else timeline.rate)

    def _free_start(self, length: int) -> int:
        """The next place on the first track that is free for `length` frames from the playhead on; behind everything
        when the playhead stands in a clip."""
        track, at = self.timeline.tracks[0], self.playhead
        if self.timeline.at(0, at) is not None:
            return track.stop
        for clip in track.clips:
            if clip.stop <= at:
                continue
            if clip.start - at >= length:
                return at
            at = clip.stop
        return at

    def _behind(self, clip_id: str, clip: Clip) -> Timeline:
        """`clip` directly behind another one; what is in the way moves right."""
        index, other = self.timeline.find(clip_id)
        return self._squeezed(index, replace(clip, start=other.stop))

    def _in_front(self, clip_id: str, clip: Clip) -> Timeline:
        """`clip` directly before another one; without room there, that one and what follows move right."""
        index, other = self.timeline.find(clip_id)
        before, _ = self.timeline.neighbours(clip_id)
        room = other.start - (before.stop if before else 0)
        if room >= clip.length:
            return edits.place(self.timeline, index, replace(clip, start=other.start - clip.length))
        return edits.insert(self.timeline, index, replace(clip, start=other.start))

    def _squeezed(self, track: int, clip: Clip) -> Timeline:
        taken = any(other.start < clip.stop and other.stop > clip.start for other in self.timeline.tracks[track].clips)
        return (edits.insert if taken else edits.place)(self.timeline, track, clip)

    def _picture(self, clip_id: str) -> Clip:
        """A clip that has pictures; raises BadInput for sound."""
        index, clip = self.timeline.find(clip_id)
        if self.timeline.tracks[index].kind == "audio":
            raise BadInput("Pictures are made from pictures, and this is sound. Select the clip above it.")
        return clip

    def _piece(self, clip_id: str) -> Piece:
        """What a clip shows of its file; raises BadInput while there is none, and for sound."""
        return self._piece_of(self._picture(clip_id))

    def _piece_of(self, clip: Clip) -> Piece:
        """The same for a clip that may be cut otherwise than the one on the timeline."""
        item = self.item(clip.media)
        if isinstance(item.state, Pending):
            raise BadInput("“{name}” is still being made. Wait until it is done.", name=item.name)
        if isinstance(item.state, Lost):
            raise BadInput("“{name}” has no picture: {why}", name=item.name, why=item.state.reason)
        path = self.media_path(item.id)
        if path is None:
            raise BadInput("The file “{path}” is missing. Put it back, or delete the clip.", path=item.state.path)
        if item.frames == 1:
            return Piece(path)
        if clip.speed < 0:
            raise BadInput(
                "“{name}” plays backwards. Let it play forwards (Speed), or export it and use the film.", name=item.name
            )
        start, stop = self._seconds_of(clip)
        return Piece(path, start, None if clip.offset + clip.span >= self.project.media_length(item.id) else stop)

    def _seconds_of(self, clip: Clip) -> tuple[Fraction, Fraction]:
        """The stretch of its medium that a clip shows, in seconds."""
        fps = self.timeline.rate.fps
        return clip.offset / fps, (clip.offset + clip.span) / fps
