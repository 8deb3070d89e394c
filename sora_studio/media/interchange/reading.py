"""OpenTimelineIO files as projects: tracks, gaps, clips, dissolves, speed and markers, with their media linked.

Files of ours come back whole. Files of other programs come as near as they can; what cannot be read is said in notes
and its place is kept. A medium that is not there becomes Lost and can be found later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import opentimelineio as otio

from sora_studio.core.errors import MediaError, StudioError
from sora_studio.core.language import tr
from sora_studio.core.laying import held
from sora_studio.core.media_item import Lost, MediaItem, MediaState, Ready
from sora_studio.core.project import FORMAT, Project, from_data
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Dissolve, Kind, Marker, Timeline, Track, new_id
from sora_studio.media.interchange.writing import COLOURS, KEY
from sora_studio.media.probe import probe
from sora_studio.media.reasons import check_readable
from sora_studio.media.sound import SAMPLE_RATE, SoundReader

MAX_BYTES = 64 * 1024**2
MAX_DEPTH = 60
MAX_FRAMES = 10**8
_USUAL = (Rate(24), Size(1280, 720))


@dataclass(frozen=True, slots=True)
class Imported:
    """A project made from a file, and what could not be taken over, in sentences."""

    project: Project
    notes: tuple[str, ...] = ()


def read_otio(path: Path) -> Imported:
    """Read an .otio file; raises MediaError with what to do for anything else."""
    check_readable(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MediaError("“{name}” is too large for a timeline. Choose an .otio file.", name=path.name)
        text = path.read_text(encoding="utf-8")
        # The C++ reader trusts the depth of what it reads; this one does not.
        _check_depth(json.loads(text))
        found = otio.adapters.read_from_string(text, "otio_json")
    except (ValueError, RecursionError, TypeError, KeyError, OSError, otio.exceptions.OTIOError) as exc:
        raise MediaError("“{name}” is damaged or no OpenTimelineIO file. Export it again.", name=path.name) from exc
    timeline = _first_timeline(found)
    if timeline is None:
        raise MediaError("“{name}” holds no timeline. Export the timeline itself, not a clip or a bin.", name=path.name)
    try:
        return _Reader(timeline, path).read()
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, ArithmeticError, StudioError) as exc:
        raise MediaError(
            "The timeline in “{name}” makes no sense ({why}). Export it again.", name=path.name, why=exc
        ) from exc
    except (RuntimeError, otio.exceptions.OTIOError) as exc:
        raise MediaError("The timeline in “{name}” makes no sense. Export it again.", name=path.name) from exc


def _check_depth(data: Any) -> None:
    layer: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        layer = [
            inner
            for one in layer
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not layer:
            return
    raise ValueError("nested too deeply")


def _first_timeline(found: Any) -> otio.schema.Timeline | None:
    if isinstance(found, otio.schema.Timeline):
        return found
    if isinstance(found, otio.schema.SerializableCollection):
        return next((one for one in found if isinstance(one, otio.schema.Timeline)), None)
    return None


class _Reader:
    """One timeline on its way in."""

    def __init__(self, timeline: otio.schema.Timeline, path: Path) -> None:
        self._timeline, self._folder = timeline, path.parent
        self._name = timeline.name or path.stem
        self._notes: list[str] = []
        self._about = _ours(timeline)
        self._known = self._known_media()
        self._media: dict[str, MediaItem] = {}
        self._by_url: dict[str, MediaItem] = {}
        self._rate, self._size = self._shape()

    def read(self) -> Imported:
        """All of it."""
        tracks = [self._track(track) for track in self._timeline.tracks if isinstance(track, otio.schema.Track)]
        if not any(track.kind == "video" for track in tracks):
            tracks.append(Track("V1"))
        tracks.sort(key=lambda track: track.kind != "video")
        first, last = self._about.get("marks") or (None, None)
        timeline = Timeline(
            self._rate,
            self._size,
            tuple(tracks),
            tuple(sorted(map(self._marker, self._timeline.tracks.markers), key=lambda marker: marker.frame)),
            None if first is None else int(first),
            None if last is None else int(last),
        )
        takes = {take for _, clip in timeline.clips() for take in clip.takes}
        known = {key: item for key, item in self._known.items() if key in takes or key in self._media}
        media = {**known, **self._media}
        return Imported(Project(self._name, timeline, media), tuple(dict.fromkeys(self._notes)))

    # -- tracks ------------------------------------------------------------------------------------------------

    def _track(self, track: otio.schema.Track) -> Track:
        kind: Kind = "audio" if track.kind == otio.schema.TrackKind.Audio else "video"
        clips: list[Clip] = []
        turns: list[tuple[str, int]] = []
        at, turn = Fraction(0), 0
        for child in track:
            if isinstance(child, otio.schema.Transition):
                turn = self._frames(child.in_offset) + self._frames(child.out_offset)
                continue
            start = round(at)
            at += self._exact(child.duration())
            if round(at) > MAX_FRAMES:
                raise ValueError(tr("it is longer than a month"))
            clip = self._clip(child, start, round(at) - start) if round(at) > start else None
            if clip is not None:
                if turn and clips and clips[-1].stop == clip.start:
                    turns.append((clip.id, turn))
                clips.append(clip)
            turn = 0
        left = {right.id: left.id for left, right in pairwise(clips)}
        dissolves = tuple(Dissolve(left[right], right, length) for right, length in turns if length >= 2)
        about = _ours(track)
        switches = {name: bool(about.get(name, False)) for name in ("locked", "muted", "hidden", "solo")}
        if not about and not track.enabled:
            switches["hidden" if kind == "video" else "muted"] = True
        name = track.name or ("V1" if kind == "video" else "A1")
        return Track(name, tuple(clips), kind, dissolves=held(tuple(clips), dissolves), id=new_id(), **switches)

    def _clip(self, child: otio.core.Composable, start: int, length: int) -> Clip | None:
        if isinstance(child, otio.schema.Gap):
            return None
        if not isinstance(child, otio.schema.Clip):
            self._notes.append(
                tr(
                    "“{name}” holds a timeline of its own, which is not read: a gap stays.",
                    name=child.name or tr("A part"),
                )
            )
            return None
        item = self._item(child)
        speed = self._speed(child)
        offset = self._offset(child)
        made = Clip(item.id, start, length, offset if offset > 0 else 0, child.name or item.name, speed=speed)
        return self._as_it_was(made, _ours(child))

    def _as_it_was(self, clip: Clip, about: dict[str, Any]) -> Clip:
        """A clip of ours with what only its metadata know; places and lengths are the file's own."""
        data = about.get("clip")
        if not isinstance(data, dict):
            return clip
        whole = {
            "format": FORMAT,
            "version": self._about.get("version"),
            "name": "",
            "timeline": {
                "rate": [1, 1],
                "size": [16, 16],
                "tracks": [{"name": "", "clips": [data]}],
            },
            "media": [{**_BLANK, "id": str(data.get("media"))}],
        }
        try:
            was = from_data(whole).timeline.tracks[0].clips[0]
        except StudioError:
            return clip
        # Floats lose a little; where the file still says what we wrote, the exact value counts.
        return replace(
            was,
            media=clip.media,
            start=clip.start,
            length=clip.length,
            name=was.name if clip.name in (was.name, self._media[clip.media].name) else clip.name,
            offset=was.offset if abs(Fraction(was.offset) - clip.offset) < Fraction(1, 100) else clip.offset,
            speed=was.speed if abs(was.speed - clip.speed) < Fraction(1, 1000) else clip.speed,
            fade_in=min(was.fade_in, clip.length),
            fade_out=min(was.fade_out, clip.length),
            takes=tuple(take for take in was.takes if take in self._known),
        )

    def _speed(self, clip: otio.schema.Clip) -> Fraction:
        speed = Fraction(1)
        for effect in clip.effects:
            if isinstance(effect, otio.schema.LinearTimeWarp):
                scalar = Fraction(float(effect.time_scalar)).limit_denominator(1000)
                if scalar and abs(scalar) <= 100:
                    speed *= scalar
                else:
                    self._notes.append(
                        tr("“{name}” stands still or runs too fast; it plays at its natural speed.", name=clip.name)
                    )
            elif effect.effect_name or effect.name:
                named = effect.name or effect.effect_name
                self._notes.append(tr("The effect “{effect}” of “{name}” is not read.", effect=named, name=clip.name))
        return speed

    def _offset(self, clip: otio.schema.Clip) -> Fraction:
        """Where the clip begins in its medium, in timeline frames; media may begin at any timecode."""
        if clip.source_range is None:
            return Fraction(0)
        start = self._exact(clip.source_range.start_time)
        whole = clip.media_reference.available_range if clip.media_reference else None
        if whole is not None:
            start -= self._exact(whole.start_time)
        near = round(start)
        return Fraction(near) if abs(start - near) < Fraction(1, 100) else start.limit_denominator(1000)

    def _marker(self, marker: otio.schema.Marker) -> Marker:
        colours = {theirs: ours for ours, theirs in COLOURS.items()}
        frame = max(0, self._frames(marker.marked_range.start_time))
        identity = str(_ours(marker).get("id") or new_id())
        return Marker(frame, marker.name, colours.get(marker.color, "violet"), identity)

    # -- media -------------------------------------------------------------------------------------------------

    def _item(self, clip: otio.schema.Clip) -> MediaItem:
        """The medium of a clip; one for each file."""
        about, reference = _ours(clip), clip.media_reference
        url = reference.target_url if isinstance(reference, otio.schema.ExternalReference) else ""
        key = str(about.get("media") or "") or url
        if key and key in self._by_url:
            return self._by_url[key]
        known = self._known.get(str(about.get("media")))
        item = self._found(clip, url, known)
        if key:
            self._by_url[key] = item
        self._media[item.id] = item
        return item

    def _found(self, clip: otio.schema.Clip, url: str, known: MediaItem | None) -> MediaItem:
        path = self._path(url)
        if path is None or not path.is_file():
            return self._lost(clip, known, _absent(clip.name, path))
        state = Ready(str(path.absolute()))
        if known is not None:
            return replace(known, state=state)
        try:
            return _described(clip.name or path.stem, path, state)
        except MediaError as exc:
            return self._lost(clip, known, Lost(str(exc)))

    def _path(self, url: str) -> Path | None:
        """The file of a reference: a URL of a file, or a path, seen from the folder of the timeline."""
        if not url or "\0" in url:
            return None
        parts = urlsplit(url)
        if parts.scheme == "file":
            return Path(url2pathname(parts.path))
        if len(parts.scheme) > 1:
            return None  # the network; one letter is a drive
        return self._folder / unquote(url)

    def _lost(self, clip: otio.schema.Clip, known: MediaItem | None, state: MediaState) -> MediaItem:
        if known is not None:
            return replace(known, state=state)
        reference = clip.media_reference
        whole = reference.available_range if reference is not None else None
        length = self._exact(whole.duration) if whole is not None else Fraction(0)
        if not 1 <= length <= MAX_FRAMES:
            length = Fraction(max(1, self._frames(clip.duration()) + max(0, int(self._offset(clip)))))
        return MediaItem(new_id(), clip.name or "Missing", state, round(length), self._rate, self._size)

    def _known_media(self) -> dict[str, MediaItem]:
        """What a file of ours says of its media."""
        entries = self._about.get("media")
        known: dict[str, MediaItem] = {}
        for entry in entries if isinstance(entries, list) else ():
            whole = {
                "format": FORMAT,
                "version": self._about.get("version"),
                "name": "",
                "timeline": {"rate": [1, 1], "size": [16, 16], "tracks": [{"name": "", "clips": []}]},
                "media": [entry],
            }
            try:
                known |= from_data(whole).media
            except StudioError:
                continue
        return known

    # -- time --------------------------------------------------------------------------------------------------

    def _shape(self) -> tuple[Rate, Size]:
        """Rate and size: ours, else of the first clip with a picture that can be read."""
        try:
            num, den = map(int, self._about["rate"])
            return Rate(num, den), Size(*map(int, self._about["size"]))
        except (KeyError, TypeError, ValueError, StudioError):
            pass
        rate, size = None, None
        for clip in self._timeline.find_clips():
            if rate is None and clip.source_range is not None:
                rate = Rate.parse(clip.source_range.duration.rate)
            reference = clip.media_reference
            url = reference.target_url if isinstance(reference, otio.schema.ExternalReference) else ""
            path = self._path(url)
            if size is None and path is not None and path.is_file():
                try:
                    size = probe(path).size
                except MediaError:
                    continue
            if rate is not None and size is not None:
                break
        size = size or _USUAL[1]
        return rate or _USUAL[0], Size(size.width + size.width % 2, size.height + size.height % 2)

    def _exact(self, time: otio.opentime.RationalTime) -> Fraction:
        """A time in timeline frames; sound counts in samples."""
        own = Rate.parse(time.rate).fps if time.rate <= 1000 else Fraction(time.rate).limit_denominator(1001)
        return Fraction(time.value) * self._rate.fps / own

    def _frames(self, time: otio.opentime.RationalTime) -> int:
        return round(self._exact(time))


_BLANK: dict[str, Any] = {
    "name": "",
    "state": {"kind": "lost", "reason": ""},
    "frames": 1,
    "rate": [1, 1],
    "size": [16, 16],
}


def _described(name: str, path: Path, state: Ready) -> MediaItem:
    """A file of another program's timeline; mere sound counts hundredths of a second as frames."""
    try:
        info = probe(path)
    except MediaError:
        reader = SoundReader(path)
        try:
            frames = max(1, reader.length * 100 // SAMPLE_RATE)
        finally:
            reader.close()
        return MediaItem(new_id(), name, state, frames, Rate(100), Size(16, 16), sound=True, picture=False)
    return MediaItem(new_id(), name, state, info.frames, info.rate, info.size, sound=info.audio)


def _absent(name: str, path: Path | None) -> Lost:
    """Why a clip of an imported timeline has no file."""
    if path is None:
        return Lost(tr("The imported timeline names no file for “{name}”. Put another clip in its place.", name=name))
    where = {"name": path.name, "folder": path.parent}
    return Lost(tr("“{name}” is not where the imported timeline says: {folder}. Put it there or locate it.", **where))


def _ours(one: otio.core.SerializableObjectWithMetadata) -> dict[str, Any]:
    """Our part of an object's metadata, as plain data; empty for objects of other programs."""
    data = one.metadata.get(KEY)
    plain = json.loads(otio.core.serialize_json_to_string(data)) if data is not None else {}
    return plain if isinstance(plain, dict) else {}
