"""Verbs that put clips among others: inserted, dissolving, or led to by what is generated. Each is one undo step."""

from __future__ import annotations

from sora_studio.core.dissolves import DEFAULT_SECONDS
from sora_studio.core.errors import BadInput
from sora_studio.core.inlays import Going, Inserted, insert_going, weave_going
from sora_studio.session.bringing import Bringing
from sora_studio.session.draft import Draft
from sora_studio.session.seams import Seams


class Leading(Seams, Bringing):
    """Media from the library, and clips of the timeline that are moved or copied among others."""

    def overwrite_going(self, going: Going) -> None:
        """Put clips, or copies of them, over what lies where they are going."""
        if going.copy:
            self.duplicate(going.clips, going.shift)
        else:
            self.move_many(going.clips, going.shift)

    def insert_going(self, going: Going) -> Inserted:
        """Put clips, or copies of them, between what lies where they are going; what follows moves along."""
        made = insert_going(self.timeline, going)
        self._edit("Copy and insert" if going.copy else "Move and insert", made.timeline)
        self.select(*(made.clips if going.copy else going.clips))
        return made

    def weave_going(self, going: Going) -> None:
        """The same on a cut, with a dissolve on either side."""
        length = self.timeline.rate.frames(DEFAULT_SECONDS)
        made = weave_going(self.timeline, going, length, self.project.extent)
        self._edit("Copy with dissolves" if going.copy else "Move with dissolves", made.timeline)
        self.select(*(made.clips if going.copy else going.clips))

    def lead_going(self, going: Going, seconds: float, draft: Draft) -> None:
        """The same on a cut, with a generated passage on either side."""
        with self._together("Copy with bridges" if going.copy else "Move with bridges"):
            made = self.insert_going(going)
            first, last = made.row[0], made.row[-1]
            left, right = self.timeline.neighbours(first)[0], self.timeline.neighbours(last)[1]
            if left is None or right is None:
                raise BadInput("Passages are generated between two clips. Insert it without them.")
            self._bridged((left.id, right.id), (first, last), seconds, draft)
            self.select(*(made.clips if going.copy else going.clips))

    def insert_bridged(self, media_id: str, ends: tuple[str, str], seconds: float, draft: Draft) -> str:
        """Put a medium on the cut between two clips, with a generated passage on either side; returns the clip's id."""
        track, right = self.timeline.find(ends[1])
        with self._together("Insert with bridges"):
            clip = self.insert_media(media_id, track, right.start)
            self._bridged(ends, (clip, clip), seconds, draft)
            self.select(clip)
        return clip

    def _bridged(self, ends: tuple[str, str], between: tuple[str, str], seconds: float, draft: Draft) -> None:
        """Passages from the clip before to the first between, and from the last to the clip behind."""
        self.bridge(ends[0], between[0], seconds, draft)
        self.bridge(between[1], ends[1], seconds, draft)
