"""Verbs for what is brought to the timeline from elsewhere: put between clips, into gaps, or reached from a clip."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from sora_studio.core import edits
from sora_studio.core.dissolves import DEFAULT_SECONDS
from sora_studio.core.edits import Carried
from sora_studio.core.errors import BadInput
from sora_studio.core.inlays import insert_dissolving
from sora_studio.core.language import tr
from sora_studio.core.sound import add_sound, place_sound, with_sound
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.engines.catalog import capabilities
from sora_studio.media.decode import VideoReader
from sora_studio.session import orders
from sora_studio.session.draft import Draft
from sora_studio.session.editing import STILL_SECONDS, lane_for
from sora_studio.session.maker import Maker
from sora_studio.session.pieces import Piece
from sora_studio.session.works import Spot


class Bringing(Maker):
    """Each verb is one step of undo."""

    def insert_media(self, media_id: str, track: int, frame: int) -> str:
        """Put a medium on the nearest track of its kind, its sound with it, and push what follows aside; mere sound
        that comes onto pictures finds room beneath them. Returns the clip's id."""
        clip, timeline = self._clip_of(media_id, frame), self.timeline
        picture = self.item(media_id).picture
        if picture or timeline.tracks[track].kind == "audio":
            timeline = edits.insert(timeline, lane_for(timeline, track, picture=picture), clip)
        else:
            timeline = place_sound(timeline, track, clip)
        self._edit("Insert", self._sounding(timeline, clip))
        return clip.id

    def insert_dissolving(self, media_id: str, right_id: str) -> str:
        """Put a medium and its sound on the cut before a clip, with dissolves on both sides; returns the clip's id."""
        track, right = self.timeline.find(right_id)
        clip = self._clip_of(media_id, right.start)
        item, timeline, block = self.item(media_id), self.timeline, Carried(((track, clip),))
        if item.picture and item.sound:
            timeline, block = with_sound(timeline, track, clip)
        length = timeline.rate.frames(DEFAULT_SECONDS)
        line = insert_dissolving(timeline, block, length, self.project.extent)
        self._edit("Insert with dissolves", line)
        return clip.id

    def put_in_gap(self, media_id: str, track: int, start: int, stop: int) -> str:
        """Put a medium into a gap: a still picture for its whole length, a video from its start as far as there is
        room. Returns the clip's id."""
        clip = self._clip_of(media_id, start)
        item = self.item(media_id)
        length = stop - start if item.frames == 1 else min(clip.length, stop - start)
        clip = replace(clip, length=length)
        self._edit("Fill the gap", self._sounding(edits.place(self.timeline, track, clip), clip))
        return clip.id

    def _sounding(self, timeline: Timeline, clip: Clip) -> Timeline:
        item = self.item(clip.media)
        return add_sound(timeline, clip.id) if item.picture and item.sound else timeline

    def reach(self, clip_id: str, picture: Path, seconds: float, draft: Draft, before: bool = False) -> str:
        """Generate the way from a clip to a picture, or (`before`) from a picture to the clip. Returns the job's id."""
        piece, goal = self._piece(clip_id), Piece(picture)
        ends = (goal, piece) if before else (piece, goal)
        order = orders.bridge(draft, capabilities(draft.engine), ends, seconds, like=piece)
        lay = partial(self._in_front if before else self._behind, clip_id)
        return self._start(order, Spot("Reach", lay, ripple=True))

    def keep_still(self, media_id: str, seconds: float) -> str:
        """Keep the picture of a medium at a moment as a picture of the project; returns the new medium's id."""
        item = self.item(media_id)
        path = self.media_path(media_id)
        if path is None:
            raise BadInput("The file of “{name}” is missing. Locate it in the library first.", name=item.name)
        with VideoReader(path) as reader:
            frame = reader.at(Fraction(seconds))
        return self.keep_frame(
            frame, tr("{name} at {time}", name=item.name, time=item.rate.timecode(item.rate.frames(seconds)))
        )

    def _clip_of(self, media_id: str, start: int) -> Clip:
        item, rate = self.item(media_id), self.timeline.rate
        seconds = Fraction(STILL_SECONDS) if item.frames == 1 else item.frames / item.rate.fps
        return Clip(media_id, max(0, start), max(1, rate.frames(seconds)), name=item.name)
