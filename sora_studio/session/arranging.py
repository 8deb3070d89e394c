"""Finer edits of the timeline: rolling, slipping, speed, dissolves, tracks, markers. Each is one step of undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from sora_studio.core import edits, tracks, trims
from sora_studio.core.dissolves import DEFAULT_SECONDS, add_dissolve, remove_dissolve
from sora_studio.core.edits import Shift
from sora_studio.core.errors import BadInput
from sora_studio.core.inlays import nudged
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Kind, Marker
from sora_studio.core.tracks import Switches
from sora_studio.core.trims import Edge
from sora_studio.session.editing import Editing


class Arranging(Editing):
    """The editor's hands. `by` counts timeline frames; each edit goes as far as media and neighbours allow."""

    # clips

    def move_many(self, clip_ids: Iterable[str], shift: Shift) -> None:
        """Move clips and what belongs to them together, overwriting what lies where they go."""
        self._edit("Move", edits.move_many(self.timeline, clip_ids, shift))

    def nudge(self, clip_ids: Iterable[str], frames: int) -> None:
        """Move clips by a few frames where nothing lies in the way."""
        self._edit("Move", nudged(self.timeline, clip_ids, frames))

    def duplicate(self, clip_ids: Iterable[str], shift: Shift) -> tuple[str, ...]:
        """Put copies of clips elsewhere and select them; returns their identities."""
        timeline, made = edits.duplicate(self.timeline, clip_ids, shift)
        self._edit("Duplicate", timeline)
        self.select(*made)
        return made

    def ripple_trim(self, clip_id: str, edge: Edge, by: int) -> None:
        """Move a clip's edge; what follows stays attached."""
        self._edit("Ripple trim", trims.ripple_trim(self.timeline, clip_id, edge, by, self.project.extent))

    def roll(self, clip_id: str, edge: Edge, by: int) -> None:
        """Move the cut at a clip's edge."""
        self._edit("Roll", trims.roll(self.timeline, clip_id, edge, by, self.project.extent))

    def slip(self, clip_id: str, by: int) -> None:
        """Show another stretch of the medium in the same place."""
        self._edit("Slip", trims.slip(self.timeline, clip_id, by, self.project.extent))

    def slide(self, clip_id: str, by: int) -> None:
        """Move a clip between its neighbours, which become longer and shorter."""
        self._edit("Slide", trims.slide(self.timeline, clip_id, by, self.project.extent))

    def set_speed(self, clip_id: str, speed: Fraction, ripple: bool = False) -> None:
        """Play a clip at another speed (negative: backwards)."""
        self._edit("Speed", trims.set_speed(self.timeline, clip_id, speed, self.project.extent, ripple=ripple))

    def set_sound(self, clip_id: str, gain: float, fade_in: int, fade_out: int) -> None:
        """Set gain in decibels and fades in frames."""
        self._edit("Gain and fades", edits.set_sound(self.timeline, clip_id, gain, fade_in, fade_out))

    def link(self, clip_ids: Iterable[str]) -> None:
        """Let clips belong together."""
        self._edit("Link", edits.link(self.timeline, clip_ids))

    def unlink(self, clip_ids: Iterable[str]) -> None:
        """Let clips go their own ways."""
        self._edit("Unlink", edits.unlink(self.timeline, clip_ids))

    def split_all(self, frame: int | None = None) -> None:
        """Cut every clip under a frame (None: the playhead) on all unlocked tracks."""
        timeline = edits.split_all(self.timeline, self.playhead if frame is None else frame)
        if timeline == self.timeline:
            raise BadInput("There is no clip to split there. Put the playhead inside one.")
        self._edit("Split all", timeline)

    def lift(self) -> None:
        """Empty the marked range and leave the gap."""
        self._edit("Lift", edits.lift(self.timeline, self._range()))

    def extract(self) -> None:
        """Empty the marked range and close the gap."""
        self._edit("Extract", edits.extract(self.timeline, self._range()))

    # dissolves

    def dissolve(self, left_id: str, right_id: str, frames: int | None = None) -> None:
        """Let a clip dissolve into the next one, over as many frames as there are; None takes the usual length."""
        length = self.timeline.rate.frames(DEFAULT_SECONDS) if frames is None else frames
        line = add_dissolve(self.timeline, left_id, right_id, length, self.project.extent)
        self._edit("Dissolve", line)

    def remove_dissolve(self, right_id: str) -> None:
        """Turn a dissolve back into a cut."""
        self._edit("Remove dissolve", remove_dissolve(self.timeline, right_id))

    # tracks

    def add_track(self, kind: Kind) -> None:
        """A new track: above the video tracks, below the audio tracks."""
        self._edit("Add track", tracks.add_track(self.timeline, kind))

    def remove_track(self, index: int) -> None:
        """Take a track away with its clips."""
        self._edit("Delete track", tracks.remove_track(self.timeline, index))

    def move_track(self, index: int, to: int) -> None:
        """Bring a track to another place among those of its kind."""
        self._edit("Move track", tracks.move_track(self.timeline, index, to))

    def rename_track(self, index: int, name: str) -> None:
        """Give a track another name."""
        self._edit("Rename track", tracks.rename_track(self.timeline, index, name))

    def switch_track(self, index: int, switches: Switches) -> None:
        """Lock, mute, hide or solo a track, or undo it."""
        words = {"locked": "Lock track", "muted": "Mute track", "hidden": "Hide track", "solo": "Solo track"}
        text = next((word for name, word in words.items() if getattr(switches, name) is not None), "Switch track")
        self._edit(text, tracks.switch_track(self.timeline, index, switches))

    # markers and marks

    def put_marker(self, marker: Marker) -> None:
        """Add a marker, or change the one of the same identity."""
        self._edit("Marker", tracks.put_marker(self.timeline, marker))

    def remove_marker(self, marker_id: str) -> None:
        """Take a marker away."""
        self._edit("Delete marker", tracks.remove_marker(self.timeline, marker_id))

    def mark_range(self, start: int | None, stop: int | None) -> None:
        """Mark a range of the timeline, open or closed; `stop` is the frame behind it."""
        self._edit("Marks", replace(self.timeline, mark_in=start, mark_out=stop))

    def _range(self) -> FrameRange:
        marked = self.timeline.marked
        if marked is None or not len(marked):
            raise BadInput("Mark a range first: I at its first frame, O at its last.")
        return marked
