"""A project's timeline for other programs, and theirs for this one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sora_studio.core.media_item import Ready
from sora_studio.core.project import Project
from sora_studio.core.timeline import Clip
from sora_studio.media.interchange.formats import FORMATS, Notes, write_interchange
from sora_studio.media.interchange.reading import read_otio
from sora_studio.session import store
from sora_studio.session.state import OpenProject

__all__ = ["ENDINGS", "Interchange", "export_timeline"]

ENDINGS = tuple(FORMATS)
"""The endings of files for other programs."""


def export_timeline(project: Project, folder: Path, path: Path) -> Notes:
    """Write the timeline of a project in a folder to .otio, .edl or .fcpxml, by the ending; returns what the format
    cannot hold, in sentences. Raises BadInput and OutputError."""

    def media_path(media: str) -> Path | None:
        return store.media_path(folder, project.media[media])

    return write_interchange(project, media_path, path)


class Interchange(OpenProject):
    """Timelines out and in."""

    def export_timeline(self, path: Path) -> Notes:
        """Write the timeline for another program; see `export_timeline`."""
        return export_timeline(self.project, self._home, path)

    def import_timeline(self, path: Path) -> Notes:
        """Put the timeline of an .otio file in place of the open one, as one step of undo, with its media linked;
        those that are missing can be located later. Returns what could not be taken over, in sentences. Raises
        MediaError."""
        found = read_otio(path)
        here = {item.state: item.id for item in self._media.values() if isinstance(item.state, Ready)}
        names: dict[str, str] = {}
        for item in found.project.media.values():
            state = item.state
            if isinstance(state, Ready):
                state = Ready(store.stored_path(self._home, Path(state.path)))
            known = here.get(state) if isinstance(state, Ready) else None
            if known is not None:
                names[item.id] = known
            elif item.id not in self._media or not isinstance(self._media[item.id].state, Ready):
                self._keep(replace(item, state=state))
        timeline = found.project.timeline
        tracks = tuple(
            replace(track, clips=tuple(_renamed(clip, names) for clip in track.clips)) for track in timeline.tracks
        )
        self._edit("Import timeline", replace(timeline, tracks=tracks))
        self._touched()
        return found.notes


def _renamed(clip: Clip, names: dict[str, str]) -> Clip:
    """A clip of media that the project knows by other names."""
    takes = tuple(names.get(take, take) for take in clip.takes)
    return replace(clip, media=names.get(clip.media, clip.media), takes=takes)
