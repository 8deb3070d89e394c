"""What the monitor has to show at a frame of the timeline, or at a moment of one medium, as a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from sora_studio.core.language import tr
from sora_studio.core.layers import seen
from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
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
    layers = seen(session.timeline, frame)
    if not layers:
        return Black()
    rate = session.timeline.rate
    shown = [medium_at(session, one.clip.media, one.seconds(rate), one.clip.name) for one in layers]
    pictures = [one for one in shown if isinstance(one, Picture)]
    if len(pictures) < len(shown):
        return shown[max(range(len(layers)), key=lambda place: layers[place].weight)]
    return Picture(_covering([one.layers[0] for one in pictures], [one.weight for one in layers]))


def _covering(frames: list[FileFrame], weights: list[Fraction]) -> tuple[FileFrame, ...]:
    """Frames from top to bottom with their shares of the sum, turned into what is painted from bottom to top."""
    rest, covering = Fraction(1), []
    for frame, weight in zip(frames, weights, strict=True):
        covering.append(replace(frame, opacity=float(weight / rest)))
        rest -= weight
    return tuple(reversed(covering))


def medium_at(session: Session, media: str, seconds: Fraction, name: str = "") -> Shown:
    """What a medium shows at a moment, which is held at its last frame."""
    item = session.project.media.get(media)
    if item is None:
        return Problem(name or "Clip", tr("Its media is not in the project. Undo, or delete the clip."))
    match item.state:
        case Pending():
            return Making(item.id, float(seconds))
        case Lost(reason):
            return Problem(name or item.name, reason)
        case Ready(path):
            file = session.media_path(item.id)
            if file is None or not file.exists():
                reason = tr("The file is missing: {path}. Put it back at its place, or delete the clip.", path=path)
                return Problem(name or item.name, reason)
            return Picture((FileFrame(item.id, file, _index(item, seconds)),))


def _index(item: MediaItem, seconds: Fraction) -> int:
    return 0 if item.frames == 1 else max(0, min(item.frames - 1, frame_index(seconds, item.rate)))
