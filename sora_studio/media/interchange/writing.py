"""A project's timeline as OpenTimelineIO.

What OpenTimelineIO has no word for travels in `metadata["sora_studio"]`, so that a file of ours reads back whole:
on the timeline its size, marks and media, on a track its switches, on a clip its exact times, sound and recipe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio

from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.project import Project, to_data
from sora_studio.core.time import Rate
from sora_studio.core.timeline import Clip, Marker, Track

KEY = "sora_studio"
COLOURS = {"violet": "PURPLE", "blue": "BLUE", "green": "GREEN", "yellow": "YELLOW", "orange": "ORANGE", "red": "RED"}
"""Our colours of markers, and theirs."""

MediaPath = Callable[[str], Path | None]
"""The file of a medium's identity, None while there is none."""


def to_otio(project: Project, media_path: MediaPath) -> otio.schema.Timeline:
    """The timeline of a project, its media named by file URLs."""
    here = _Writer(project, media_path)
    timeline = otio.schema.Timeline(project.name, global_start_time=here.time(0))
    timeline.metadata[KEY] = here.about()
    for track in project.timeline.tracks:
        timeline.tracks.append(here.track(track))
    for marker in project.timeline.markers:
        timeline.tracks.markers.append(here.marker(marker))
    return timeline


class _Writer:
    """One project on its way out."""

    def __init__(self, project: Project, media_path: MediaPath) -> None:
        self._project, self._media_path = project, media_path
        self._rate = project.timeline.rate
        tracks = project.timeline.tracks
        used = {media for track in tracks for clip in track.clips for media in (clip.media, *clip.takes)}
        media = {key: self._absolute(item) for key, item in project.media.items() if key in used}
        self._data = to_data(replace(project, media=media))
        lines = self._data["timeline"]["tracks"]
        self._clips = {clip["id"]: clip for track in lines for clip in track["clips"]}

    def time(self, frames: float, rate: Rate | None = None) -> otio.opentime.RationalTime:
        """A number of frames, at the timeline's rate if none is given."""
        return otio.opentime.RationalTime(float(frames), float((rate or self._rate).fps))

    def span(self, start: float, length: float, rate: Rate | None = None) -> otio.opentime.TimeRange:
        """A range of frames."""
        return otio.opentime.TimeRange(self.time(start, rate), self.time(length, rate))

    def about(self) -> dict[str, Any]:
        """What belongs to the timeline as a whole."""
        line = self._data["timeline"]
        return {
            "version": self._data["version"],
            "rate": line["rate"],
            "size": line["size"],
            "marks": line["marks"],
            "media": self._data["media"],
        }

    def track(self, track: Track) -> otio.schema.Track:
        """Gaps, clips and transitions in order."""
        kind = otio.schema.TrackKind.Video if track.kind == "video" else otio.schema.TrackKind.Audio
        made = otio.schema.Track(track.name, kind=kind)
        made.enabled = not (track.hidden if track.kind == "video" else track.muted)
        made.metadata[KEY] = {name: getattr(track, name) for name in ("locked", "muted", "hidden", "solo")}
        for child in self._children(track):
            made.append(child)
        return made

    def marker(self, marker: Marker) -> otio.schema.Marker:
        """A named place."""
        made = otio.schema.Marker(marker.name, self.span(marker.frame, 0), COLOURS[marker.colour])
        made.metadata[KEY] = {"id": marker.id}
        return made

    def _children(self, track: Track) -> Iterator[otio.core.Composable]:
        at = 0
        into = {one.right: one for one in track.dissolves}
        for clip in track.clips:
            if clip.start > at:
                yield otio.schema.Gap(source_range=self.span(0, clip.start - at))
            if dissolve := into.get(clip.id):
                yield otio.schema.Transition(
                    "Dissolve",
                    otio.schema.TransitionTypes.SMPTE_Dissolve,
                    self.time(dissolve.before),
                    self.time(dissolve.after),
                )
            yield self._clip(clip)
            at = clip.stop

    def _clip(self, clip: Clip) -> otio.schema.Clip:
        item = self._project.media[clip.media]
        made = otio.schema.Clip(
            clip.name or item.name,
            media_reference=self._reference(item),
            source_range=self.span(float(clip.offset), clip.length),
        )
        if clip.speed != 1:
            made.effects.append(otio.schema.LinearTimeWarp(name="Speed", time_scalar=float(clip.speed)))
        made.metadata[KEY] = {"clip": self._clips[clip.id], "media": item.id}
        if item.made_from is not None:
            made.metadata[KEY]["recipe"] = item.made_from
        return made

    def _reference(self, item: MediaItem) -> otio.core.MediaReference:
        path = self._media_path(item.id)
        whole = self.span(0, item.frames, item.rate)
        if path is None:
            return otio.schema.MissingReference(name=item.name, available_range=whole)
        made = otio.schema.ExternalReference(target_url=path.absolute().as_uri(), available_range=whole)
        made.name = item.name
        return made

    def _absolute(self, item: MediaItem) -> MediaItem:
        """A medium named by where it lies on this machine: the file may go anywhere."""
        path = self._media_path(item.id)
        return item if path is None else replace(item, state=Ready(str(path.absolute())))
