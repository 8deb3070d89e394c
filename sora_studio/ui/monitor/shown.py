"""What the monitor has to show at a frame of the timeline, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
from sora_studio.core.timeline import Clip
from sora_studio.media.export import frame_at
from sora_studio.media.info import frame_index
from sora_studio.session.session import Session


@dataclass(frozen=True, slots=True)
class Nothing:
    """The timeline is empty."""


@dataclass(frozen=True, slots=True)
class Black:
    """A gap, or past the last clip."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Frame `index` of a file, at the file's own rate."""

    media: str
    path: Path
    index: int


@dataclass(frozen=True, slots=True)
class Making:
    """A clip whose media is being made, `seconds` into it."""

    media: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A clip that cannot be shown, and why."""

    title: str
    reason: str


Shown = Nothing | Black | Picture | Making | Problem


def shown_at(session: Session, frame: int) -> Shown:
    """What a frame of the session's timeline shows."""
    if not session.timeline.length:
        return Nothing()
    found = frame_at(session.timeline, frame)
    if found is None:
        return Black()
    clip, seconds = found
    item = session.project.media.get(clip.media)
    if item is None:
        return Problem(clip.name or "Clip", "Its media is not in the project. Undo, or delete the clip.")
    return _of(session, clip, item, seconds)


def _of(session: Session, clip: Clip, item: MediaItem, seconds: Fraction) -> Shown:
    match item.state:
        case Pending():
            return Making(item.id, float(seconds))
        case Lost(reason):
            return Problem(clip.name or item.name, reason)
        case Ready(path):
            file = session.media_path(item.id)
            if file is None or not file.exists():
                reason = f"The file is missing: {path}. Put it back at its place, or delete the clip."
                return Problem(clip.name or item.name, reason)
            index = 0 if item.frames == 1 else min(item.frames - 1, frame_index(seconds, item.rate))
            return Picture(item.id, file, index)
