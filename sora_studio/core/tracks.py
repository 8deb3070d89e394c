"""Edits of the tracks themselves, of markers and of the marked range."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sora_studio.core.errors import BadInput
from sora_studio.core.laying import refuse_locked, with_track
from sora_studio.core.timeline import COLOURS, Kind, Marker, Timeline, Track

LETTERS: dict[Kind, str] = {"video": "V", "audio": "A"}


@dataclass(frozen=True, slots=True)
class Switches:
    """What is to change on a track; None leaves it."""

    locked: bool | None = None
    muted: bool | None = None
    hidden: bool | None = None
    solo: bool | None = None


def add_track(timeline: Timeline, kind: Kind = "video", name: str = "") -> Timeline:
    """A new track: a video track above the others, an audio track below them."""
    lanes = timeline.of_kind(kind)
    at = lanes[-1] + 1 if lanes else (0 if kind == "video" else len(timeline.tracks))
    taken = {track.name for track in timeline.tracks}
    number = len(lanes) + 1
    while not name and f"{LETTERS[kind]}{number}" in taken:
        number += 1
    track = Track(name.strip() or f"{LETTERS[kind]}{number}", kind=kind)
    return replace(timeline, tracks=(*timeline.tracks[:at], track, *timeline.tracks[at:]))


def remove_track(timeline: Timeline, index: int) -> Timeline:
    """Take a track away with its clips; the last video track stays."""
    refuse_locked(timeline, index)
    if timeline.of_kind("video") == (index,):
        raise BadInput("The last video track stays. Delete its clips instead.")
    return replace(timeline, tracks=(*timeline.tracks[:index], *timeline.tracks[index + 1 :]))


def move_track(timeline: Timeline, index: int, to: int) -> Timeline:
    """Bring a track to another place among those of its kind."""
    track = timeline.tracks[index]
    lanes = timeline.of_kind(track.kind)
    to = max(lanes[0], min(lanes[-1], to))
    rest = [*timeline.tracks[:index], *timeline.tracks[index + 1 :]]
    rest.insert(to, track)
    return replace(timeline, tracks=tuple(rest))


def rename_track(timeline: Timeline, index: int, name: str) -> Timeline:
    """Give a track another name; an empty one changes nothing."""
    name = " ".join(name.split())[:40]
    return with_track(timeline, index, replace(timeline.tracks[index], name=name)) if name else timeline


def switch_track(timeline: Timeline, index: int, switches: Switches) -> Timeline:
    """Lock, mute, hide or solo a track, or undo it."""
    track = timeline.tracks[index]

    def now(wished: bool | None, was: bool) -> bool:
        return was if wished is None else wished

    changed = replace(
        track,
        locked=now(switches.locked, track.locked),
        muted=now(switches.muted, track.muted),
        hidden=now(switches.hidden, track.hidden),
        solo=now(switches.solo, track.solo),
    )
    return with_track(timeline, index, changed)


def put_marker(timeline: Timeline, marker: Marker) -> Timeline:
    """Add a marker, or change the one of the same identity; two never stand at the same frame: the new one stays."""
    if marker.colour not in COLOURS:
        raise BadInput(
            "A marker is {colours} or {last}, not {colour}.",
            colours=", ".join(COLOURS[:-1]),
            last=COLOURS[-1],
            colour=marker.colour,
        )
    marker = replace(marker, frame=max(0, marker.frame))
    others = (one for one in timeline.markers if one.id != marker.id and one.frame != marker.frame)
    return replace(timeline, markers=tuple(sorted((*others, marker), key=lambda one: one.frame)))


def remove_marker(timeline: Timeline, marker_id: str) -> Timeline:
    """Take a marker away."""
    return replace(timeline, markers=tuple(one for one in timeline.markers if one.id != marker_id))


def mark_in(timeline: Timeline, frame: int | None) -> Timeline:
    """Begin the marked range at a frame (None: no longer); an end before it goes."""
    out = timeline.mark_out
    if frame is not None:
        frame = max(0, frame)
        out = None if out is not None and out <= frame else out
    return replace(timeline, mark_in=frame, mark_out=out)


def mark_out(timeline: Timeline, frame: int | None) -> Timeline:
    """End the marked range before a frame (None: no longer); a start behind it goes."""
    start = timeline.mark_in
    if frame is not None:
        frame = max(1, frame)
        start = None if start is not None and start >= frame else start
    return replace(timeline, mark_in=start, mark_out=frame)
