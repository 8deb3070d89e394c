"""A project: its media, its timeline and its name, as JSON data and back. Files are the session's business.

Reading is tolerant: a key that is missing means its default, one that is not known is passed over. So a field can be
added without a new version; one is needed only when a key changes its meaning. Version 1 had video tracks alone, and
clips without speed, fades, takes and groups: it reads as version 2 with the defaults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, assert_never

from sora_studio.core.errors import Damaged, ProjectError, StudioError
from sora_studio.core.language import tr
from sora_studio.core.laying import held
from sora_studio.core.media_item import Lost, MediaItem, MediaState, Pending, Ready
from sora_studio.core.recipe import Recipe
from sora_studio.core.storyboard import Card, Storyboard
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import COLOURS, Clip, Dissolve, Kind, Marker, MediaTime, Timeline, Track, new_id

FORMAT = "sora-studio/project"
VERSION = 2
READABLE = (1, 2)


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
        if item.frames == 1 and item.picture:
            return self.timeline.rate.frames(3600)
        return max(1, self.timeline.rate.frames(item.frames / item.rate.fps))

    def extent(self, media_id: str) -> int | None:
        """The length of a medium in timeline frames as edits ask for it: None for a still picture."""
        item = self.media[media_id]
        return None if item.frames == 1 and item.picture else self.media_length(media_id)


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
            "tracks": [_track_data(track) for track in timeline.tracks],
            "markers": [_marker_data(marker) for marker in timeline.markers],
            "marks": [timeline.mark_in, timeline.mark_out],
            "storyboard": [_card_data(card) for card in timeline.storyboard.cards],
        },
        "media": [_media_data(item) for item in project.media.values()],
    }


def from_data(data: object) -> Project:
    """The project of JSON data; raises ProjectError for anything else. Work that was under way becomes Lost."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Damaged("This is not a project of Sora Studio.")
    if data.get("version") not in READABLE:
        raise ProjectError(
            "The project has version {version}, this program reads {known}. Update it.",
            version=data.get("version"),
            known=VERSION,
        )
    try:
        timeline = _timeline(data["timeline"])
        media = {item.id: item for item in (_media(entry) for entry in data["media"])}
        project = Project(str(data["name"]), timeline, media)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError, AttributeError, StudioError) as exc:
        raise Damaged("The project file is damaged ({why}). Open a backup of the folder.", why=exc) from exc
    unknown = {clip.media for _, clip in timeline.clips()} - media.keys()
    if unknown or not timeline.of_kind("video"):
        raise Damaged("The project file is damaged (a clip without media). Open a backup of the folder.")
    return project


def _timeline(data: dict[str, Any]) -> Timeline:
    tracks = [_track(entry, place) for place, entry in enumerate(data["tracks"])]
    first, last = data.get("marks", (None, None))
    return Timeline(
        _rate(data["rate"]),
        Size(*map(int, data["size"])),
        tuple(sorted(tracks, key=lambda track: track.kind != "video")),
        tuple(sorted((_marker(entry) for entry in data.get("markers", ())), key=lambda marker: marker.frame)),
        None if first is None else int(first),
        None if last is None else int(last),
        Storyboard(tuple(_card(entry) for entry in data.get("storyboard", ()))),
    )


def _rate(data: Any) -> Rate:
    num, den = data
    return Rate(int(num), int(den))


def _exact(data: Any) -> MediaTime:
    """A whole number, or a fraction written as two of them."""
    return Fraction(*map(int, data)) if isinstance(data, list) else int(data)


def _exact_data(value: MediaTime) -> int | list[int]:
    return value if isinstance(value, int) else [value.numerator, value.denominator]


def _track_data(track: Track) -> dict[str, Any]:
    return {
        "id": track.id,
        "name": track.name,
        "kind": track.kind,
        **{name: True for name in _SWITCHES if getattr(track, name)},
        "clips": [_clip_data(clip) for clip in track.clips],
        "dissolves": [{"left": one.left, "right": one.right, "length": one.length} for one in track.dissolves],
    }


_SWITCHES = ("locked", "muted", "hidden", "solo")


def _track(data: dict[str, Any], place: int) -> Track:
    """A track; one that was written without an identity is known by its place, the same one each time it is read."""
    kind: Kind = "audio" if data.get("kind") == "audio" else "video"
    clips = tuple(_clip(clip) for clip in data["clips"])
    dissolves = tuple(
        Dissolve(str(one["left"]), str(one["right"]), int(one["length"])) for one in data.get("dissolves", ())
    )
    switches = {name: bool(data.get(name, False)) for name in _SWITCHES}
    known = str(data.get("id") or f"track-{place}")
    return Track(str(data["name"]), clips, kind, dissolves=held(clips, dissolves), id=known, **switches)


def _card_data(card: Card) -> dict[str, Any]:
    return {"id": card.id, "text": card.text, "media": card.media, "seconds": card.seconds}


def _card(data: dict[str, Any]) -> Card:
    return Card(
        str(data.get("text", "")), str(data.get("media", "")), float(data["seconds"]), str(data.get("id") or new_id())
    )


def _marker_data(marker: Marker) -> dict[str, Any]:
    return {"id": marker.id, "frame": marker.frame, "name": marker.name, "colour": marker.colour}


def _marker(data: dict[str, Any]) -> Marker:
    colour = str(data.get("colour", ""))
    return Marker(
        max(0, int(data["frame"])),
        str(data.get("name", "")),
        colour if colour in COLOURS else COLOURS[0],
        str(data.get("id") or new_id()),
    )


def _clip_data(clip: Clip) -> dict[str, Any]:
    """What every clip has, and of the rest what is not as usual."""
    more: dict[str, Any] = {
        "speed": [clip.speed.numerator, clip.speed.denominator] if clip.speed != 1 else None,
        "gain": clip.gain,
        "fades": [clip.fade_in, clip.fade_out] if clip.fade_in or clip.fade_out else None,
        "group": clip.group,
        "takes": list(clip.takes),
        "stale": clip.stale,
    }
    return {
        "id": clip.id,
        "media": clip.media,
        "start": clip.start,
        "length": clip.length,
        "offset": _exact_data(clip.offset),
        "name": clip.name,
        **{key: value for key, value in more.items() if value},
    }


def _clip(data: dict[str, Any]) -> Clip:
    first, last = data.get("fades", (0, 0))
    return Clip(
        media=str(data["media"]),
        start=int(data["start"]),
        length=int(data["length"]),
        offset=max(0, _exact(data.get("offset", 0))),
        name=str(data.get("name", "")),
        id=str(data["id"]),
        speed=Fraction(_exact(data.get("speed", 1))),
        gain=float(data.get("gain", 0.0)),
        fade_in=int(first),
        fade_out=int(last),
        group=str(data.get("group", "")),
        takes=tuple(str(media) for media in data.get("takes", ())),
        stale=bool(data.get("stale", False)),
    )


def _media_data(item: MediaItem) -> dict[str, Any]:
    state: dict[str, str]
    match item.state:
        case Ready(path):
            state = {"kind": "ready", "path": path}
        case Pending():
            state = {"kind": "lost", "reason": tr("The work was interrupted. Generate it again.")}
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
        "sound": item.sound,
        "picture": item.picture,
        "fingerprint": item.fingerprint,
        "caption": item.caption,
        "captions": {"short": item.short_caption, "long": item.long_caption},
        "origin": [item.origin.numerator, item.origin.denominator],
    }


def _identity(data: Any) -> str:
    """An identity after which files and folders are named; raises ValueError for one that could lead elsewhere."""
    if not isinstance(data, str) or not _IDENTITY.fullmatch(data):
        raise ValueError(f"unusual identity {str(data)[:40]!r}")
    return data


_IDENTITY = re.compile(r"[\w-]{1,64}")


def _recipe(data: Any) -> Recipe | None:
    """What a medium was made from; raises TypeError for what cannot be that."""
    if data is not None and not isinstance(data, dict):
        raise TypeError("a recipe that is none")
    return data


def _media(data: dict[str, Any]) -> MediaItem:
    state: MediaState
    match data["state"]:
        case {"kind": "ready", "path": str(path)}:
            state = Ready(path)
        case {"kind": "lost", "reason": str(reason)}:
            state = Lost(reason)
        case other:
            raise ValueError(f"unknown media state {other!r}")
    return MediaItem(
        id=_identity(data["id"]),
        name=str(data["name"]),
        state=state,
        frames=max(1, int(data["frames"])),
        rate=_rate(data["rate"]),
        size=Size(*map(int, data["size"])),
        made_from=_recipe(data.get("made_from")),
        starred=bool(data.get("starred", False)),
        sound=bool(data.get("sound", False)),
        picture=bool(data.get("picture", True)),
        fingerprint=str(data.get("fingerprint", "")),
        caption=str(data.get("caption", "")),
        short_caption=str(data.get("captions", {}).get("short", "")),
        long_caption=str(data.get("captions", {}).get("long", "")),
        origin=Fraction(*map(int, data.get("origin", (0, 1)))),
    )
