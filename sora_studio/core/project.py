"""A project: its media, its timeline and its name, as JSON data and back. Files are the session's business."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from sora_studio.core.errors import ProjectError, StudioError
from sora_studio.core.media_item import Lost, MediaItem, MediaState, Pending, Ready
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Timeline, Track

FORMAT = "sora-studio/project"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Project:
    """What the artist has made; `media` by identity."""

    name: str = "Untitled"
    timeline: Timeline = field(default_factory=Timeline)
    media: dict[str, MediaItem] = field(default_factory=dict)

    def with_media(self, item: MediaItem) -> Project:
        """The project with a medium added or replaced."""
        return replace(self, media={**self.media, item.id: item})

    def media_length(self, media_id: str) -> int:
        """The length of a medium in timeline frames; a still picture may be as long as one likes (one hour)."""
        item = self.media[media_id]
        if item.frames == 1:
            return self.timeline.rate.frames(3600)
        return max(1, self.timeline.rate.frames(item.frames / item.rate.fps))


def to_data(project: Project) -> dict[str, Any]:
    """The project as JSON data."""
    timeline = project.timeline
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": project.name,
        "timeline": {
            "rate": [timeline.rate.num, timeline.rate.den],
            "size": [timeline.size.width, timeline.size.height],
            "tracks": [
                {"name": track.name, "clips": [_clip_data(clip) for clip in track.clips]} for track in timeline.tracks
            ],
        },
        "media": [_media_data(item) for item in project.media.values()],
    }


def from_data(data: object) -> Project:
    """The project of JSON data; raises ProjectError for anything else. Work that was under way becomes Lost."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ProjectError("This is not a project of Sora Studio.")
    if data.get("version") != VERSION:
        raise ProjectError(f"The project has version {data.get('version')}, this program reads {VERSION}. Update it.")
    try:
        line = data["timeline"]
        tracks = tuple(
            Track(str(track["name"]), tuple(_clip(clip) for clip in track["clips"])) for track in line["tracks"]
        )
        timeline = Timeline(_rate(line["rate"]), Size(*map(int, line["size"])), tracks)
        media = {item.id: item for item in (_media(entry) for entry in data["media"])}
        project = Project(str(data["name"]), timeline, media)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, StudioError) as exc:
        raise ProjectError(f"The project file is damaged ({exc}). Open a backup of the folder.") from exc
    unknown = {clip.media for track in tracks for clip in track.clips} - media.keys()
    if unknown or not tracks:
        raise ProjectError("The project file is damaged (a clip without media). Open a backup of the folder.")
    return project


def _rate(data: Any) -> Rate:
    num, den = data
    return Rate(int(num), int(den))


def _clip_data(clip: Clip) -> dict[str, Any]:
    return {
        "id": clip.id,
        "media": clip.media,
        "start": clip.start,
        "length": clip.length,
        "offset": clip.offset,
        "name": clip.name,
    }


def _clip(data: dict[str, Any]) -> Clip:
    return Clip(
        media=str(data["media"]),
        start=int(data["start"]),
        length=int(data["length"]),
        offset=int(data["offset"]),
        name=str(data["name"]),
        id=str(data["id"]),
    )


def _media_data(item: MediaItem) -> dict[str, Any]:
    state: dict[str, str]
    match item.state:
        case Ready(path):
            state = {"kind": "ready", "path": path}
        case Pending():
            state = {"kind": "lost", "reason": "The work was interrupted. Generate it again."}
        case Lost(reason):
            state = {"kind": "lost", "reason": reason}
        case _:
            assert_never(item.state)
    return {
        "id": item.id,
        "name": item.name,
        "state": state,
        "frames": item.frames,
        "rate": [item.rate.num, item.rate.den],
        "size": [item.size.width, item.size.height],
        "made_from": item.made_from,
        "starred": item.starred,
    }


def _media(data: dict[str, Any]) -> MediaItem:
    state: MediaState
    match data["state"]:
        case {"kind": "ready", "path": str(path)}:
            state = Ready(path)
        case {"kind": "lost", "reason": str(reason)}:
            state = Lost(reason)
        case other:
            raise ProjectError(f"unknown media state {other!r}")
    return MediaItem(
        id=str(data["id"]),
        name=str(data["name"]),
        state=state,
        frames=max(1, int(data["frames"])),
        rate=_rate(data["rate"]),
        size=Size(*map(int, data["size"])),
        made_from=data["made_from"],
        starred=bool(data["starred"]),
    )
