"""What the monitor has to show at a frame of the timeline, or at a moment of one medium, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
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
class FileFrame:
    """Frame `index` of a file, at the file's own rate, covering what is beneath it to a degree of 0..1."""

    media: str
    path: Path
    index: int
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """Frames of files, from bottom to top."""

    layers: tuple[FileFrame, ...]


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
    return medium_at(session, clip.media, seconds, clip.name)


def medium_at(session: Session, media: str, seconds: Fraction, name: str = "") -> Shown:
    """What a medium shows at a moment, which is held at its last frame."""
    item = session.project.media.get(media)
    if item is None:
        return Problem(name or "Clip", "Its media is not in the project. Undo, or delete the clip.")
    match item.state:
        case Pending():
            return Making(item.id, float(seconds))
        case Lost(reason):
            return Problem(name or item.name, reason)
        case Ready(path):
            file = session.media_path(item.id)
            if file is None or not file.exists():
                reason = f"The file is missing: {path}. Put it back at its place, or delete the clip."
                return Problem(name or item.name, reason)
            return Picture((FileFrame(item.id, file, _index(item, seconds)),))


def _index(item: MediaItem, seconds: Fraction) -> int:
    return 0 if item.frames == 1 else max(0, min(item.frames - 1, frame_index(seconds, item.rate)))
