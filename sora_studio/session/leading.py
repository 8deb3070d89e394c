"""Verbs that put something on a cut and generate the way to it and on from it. Each is one step of undo."""

from __future__ import annotations

from sora_studio.core.dissolves import DEFAULT_SECONDS
from sora_studio.core.inlays import moved_between, moved_dissolving
from sora_studio.session.bringing import Bringing
from sora_studio.session.draft import Draft
from sora_studio.session.seams import Seams


class Leading(Seams, Bringing):
    """Media from the library, and clips of the timeline that are moved onto a cut."""

    def move_between(self, clip_id: str, right_id: str) -> None:
        """Move a clip onto the cut before another one; what follows moves along."""
        self._edit("Move onto the cut", moved_between(self.timeline, clip_id, right_id))

    def move_dissolving(self, clip_id: str, left_id: str, right_id: str) -> None:
        """The same with a dissolve on either side."""
        length = self.timeline.rate.frames(DEFAULT_SECONDS)
        line = moved_dissolving(self.timeline, clip_id, (left_id, right_id), length, self.project.extent)
        self._edit("Move with dissolves", line)

    def insert_bridged(self, media_id: str, ends: tuple[str, str], seconds: float, draft: Draft) -> str:
        """Put a medium on the cut between two clips, with a generated passage on either side; returns the clip's id."""
        track, right = self.timeline.find(ends[1])
        with self._together("Insert with bridges"):
            clip = self.insert_media(media_id, track, right.start)
            self._bridged(ends, clip, seconds, draft)
        return clip

    def move_bridged(self, clip_id: str, ends: tuple[str, str], seconds: float, draft: Draft) -> None:
        """Move a clip onto the cut between two others, with a generated passage on either side."""
        with self._together("Move with bridges"):
            self.move_between(clip_id, ends[1])
            self._bridged(ends, clip_id, seconds, draft)

    def _bridged(self, ends: tuple[str, str], clip_id: str, seconds: float, draft: Draft) -> None:
        self.bridge(ends[0], clip_id, seconds, draft)
        self.bridge(clip_id, ends[1], seconds, draft)
        self.select(clip_id)
