"""What the monitor looks at: the timeline, one medium, or what is being made; and two media side by side. And how high
the tracks are.

Panels say here what they want seen (`session.viewing.look_at(media)`, `session.viewing.comparing(a, b)`); the monitor
listens. Nothing of it is part of the project; the heights are kept beside it (`view_store.py`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from psygnal import Signal

from sora_studio.core.time import FrameRange

Mode = Literal["timeline", "clip", "live"]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two media shown against each other: `a` left of the divider, `b` right of it."""

    a: str
    b: str

    @property
    def swapped(self) -> Compare:
        """The other way round."""
        return Compare(self.b, self.a)


@dataclass(frozen=True, slots=True)
class Marks:
    """The first frame and the one after the last of a range; None where it is open."""

    start: int | None = None
    stop: int | None = None

    def within(self, length: int) -> FrameRange | None:
        """The range inside `length` frames; None while nothing is marked or nothing of it is left."""
        if self.start is None and self.stop is None:
            return None
        start = 0 if self.start is None else min(self.start, length)
        stop = length if self.stop is None else min(self.stop, length)
        return FrameRange(start, stop) if stop > start else None

    def with_start(self, frame: int | None) -> Marks:
        """Begin at `frame`; an end that lies before it is let go."""
        stop = None if frame is not None and self.stop is not None and self.stop <= frame else self.stop
        return Marks(frame, stop)

    def with_stop(self, frame: int | None) -> Marks:
        """End before `frame`; a beginning that lies behind it is let go."""
        start = None if frame is not None and self.start is not None and self.start >= frame else self.start
        return Marks(start, frame)


@dataclass(frozen=True, slots=True)
class Source:
    """A medium in the clip view: where its playhead stands, in its own frames, and what is marked of it."""

    frame: int = 0
    marks: Marks = Marks()


class Viewing:
    """The state of the monitor that other panels may set. `changed` tells of everything but the clip's playhead."""

    changed = Signal()
    moved = Signal(int)
    """The playhead of the clip view stands on another frame."""

    def __init__(self) -> None:
        self.mode: Mode = "timeline"
        self.medium: str | None = None
        self.compare: Compare | None = None
        self.heights: dict[str, int] = {}
        """Pixels by the identity of a track, where they are not as usual."""
        self._sources: dict[str, Source] = {}

    @property
    def source(self) -> Source:
        """Place and marks of the medium in the clip view."""
        return self._sources.get(self.medium or "", Source())

    def show(self, mode: Mode) -> None:
        """Look at the timeline, the clip view's medium, or what is being made."""
        if mode != self.mode:
            self.mode = mode
            self.changed.emit()

    def look_at(self, media: str) -> None:
        """Open a medium in the clip view; it stands where it was left."""
        if (self.mode, self.medium) != ("clip", media):
            self.mode, self.medium = "clip", media
            self.changed.emit()

    def seek(self, frame: int) -> None:
        """Move the playhead of the clip view, in frames of the medium."""
        frame = max(0, frame)
        if self.medium is not None and frame != self.source.frame:
            self._sources[self.medium] = replace(self.source, frame=frame)
            self.moved.emit(frame)

    def mark(self, marks: Marks) -> None:
        """Mark a range of the medium in the clip view."""
        if self.medium is not None and marks != self.source.marks:
            self._sources[self.medium] = replace(self.source, marks=marks)
            self.changed.emit()

    def marks_of(self, media: str) -> Marks:
        """What is marked of a medium, for placing only that."""
        return self._sources.get(media, Source()).marks

    def comparing(self, a: str, b: str) -> None:
        """Show medium `a` against medium `b`, at the same moment of both."""
        if self.compare != Compare(a, b):
            self.compare = Compare(a, b)
            self.changed.emit()

    def stop_comparing(self) -> None:
        """Back to one picture."""
        if self.compare is not None:
            self.compare = None
            self.changed.emit()

    def follow(self, media: Container[str]) -> None:
        """The project knows these media now: what is gone is compared with nothing."""
        if self.compare is not None and not (self.compare.a in media and self.compare.b in media):
            self.stop_comparing()

    def reset(self, heights: Mapping[str, int]) -> None:
        """Another project is open, whose tracks are that high."""
        self.heights = dict(heights)
        self.mode, self.medium, self.compare = "timeline", None, None
        self._sources.clear()
        self.changed.emit()
