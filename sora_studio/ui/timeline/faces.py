"""The session's state of a clip, put into the words and pictures that the clip shows."""

from __future__ import annotations

from dataclasses import dataclass

from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
from sora_studio.core.project import Project
from sora_studio.core.timeline import Clip
from sora_studio.ui.timeline.clip_paint import Face
from sora_studio.ui.timeline.thumbs import Strip


@dataclass(frozen=True, slots=True)
class Live:
    """How far a pending medium is."""

    strip: Strip | None = None
    step: int = 0
    steps: int = 0
    fraction: float = 0.0
    words: str = "Waiting"


def face_of(project: Project, clip: Clip, strip: Strip | None, live: Live, missing: bool) -> Face:
    """The face of a clip without its marks of selection and pointer."""
    item = project.media.get(clip.media)
    name = clip.name or (item.name if item else "Clip")
    length = duration(float(clip.length / project.timeline.rate.fps))
    if item is None:
        return Face(name, length, generated=False, lost="Its media is not in the project. Undo, or delete the clip.")
    generated = item.made_from is not None
    whole = project.media_length(clip.media)
    match item.state:
        case Pending():
            step = f"{live.step} / {live.steps}" if live.steps else live.words
            return Face(name, length, generated=True, strip=live.strip, pending=True, progress=live.fraction, step=step)
        case Lost(reason):
            return Face(name, length, generated=generated, lost=reason)
        case Ready(path):
            lost = f"The file is missing: {path}. Put it back, or delete the clip." if missing else ""
            return Face(
                name,
                length,
                generated=generated,
                strip=None if missing else strip,
                offset_share=float(clip.offset / whole),
                share=min(1.0, float(clip.span / whole)),
                still=item.frames == 1,
                lost=lost,
            )


def remaining(project: Project, clip: Clip) -> int:
    """Timeline frames of media after the clip's end; none while its media is being made or lost."""
    item = project.media.get(clip.media)
    if item is None or not isinstance(item.state, Ready):
        return 0
    return clip.handles(project.media_length(clip.media))[1]


def can_grow(item: MediaItem | None) -> bool:
    """Whether more can be generated at the ends of a clip of this medium."""
    return item is not None and isinstance(item.state, Ready)


def duration(seconds: float) -> str:
    """A short duration: 4.2 s, 1 min 05 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"
