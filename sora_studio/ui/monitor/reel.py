"""What the transport moves over: the timeline, or the medium in the clip view. Both look alike from here."""

from __future__ import annotations

from typing import Protocol

from sora_studio.core.time import FrameRange, Rate
from sora_studio.session.session import Session
from sora_studio.session.viewing import Marks


class Reel(Protocol):
    """Frames with a playhead and a marked range."""

    @property
    def rate(self) -> Rate:
        """Frames a second."""
        ...

    @property
    def length(self) -> int:
        """How many frames there are."""
        ...

    @property
    def frame(self) -> int:
        """Where the playhead stands."""
        ...

    @property
    def marks(self) -> Marks:
        """The marked range, open or closed."""
        ...

    def cuts(self) -> tuple[int, ...]:
        """The frames that Up and Down go to."""
        ...

    def seek(self, frame: int) -> None:
        """Move the playhead."""
        ...

    def mark(self, marks: Marks) -> None:
        """Mark another range."""
        ...


class TimelineReel:
    """The session's timeline."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def rate(self) -> Rate:
        """The timeline's rate."""
        return self._session.timeline.rate

    @property
    def length(self) -> int:
        """Up to the end of the last clip."""
        return self._session.timeline.length

    @property
    def frame(self) -> int:
        """The session's playhead."""
        return self._session.playhead

    @property
    def marks(self) -> Marks:
        """The in and out points of the timeline."""
        timeline = self._session.timeline
        return Marks(timeline.mark_in, timeline.mark_out)

    def cuts(self) -> tuple[int, ...]:
        """Starts and ends of clips."""
        return self._session.timeline.cuts()

    def seek(self, frame: int) -> None:
        """Move the session's playhead."""
        self._session.seek(frame)

    def mark(self, marks: Marks) -> None:
        """Set the in and out points."""
        self._session.mark_range(marks.start, marks.stop)


class ClipReel:
    """The medium in the clip view, in its own frames."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def rate(self) -> Rate:
        """The medium's rate."""
        item = self._session.project.media.get(self._session.viewing.medium or "")
        return item.rate if item else self._session.timeline.rate

    @property
    def length(self) -> int:
        """The medium's frames; one for a still picture."""
        item = self._session.project.media.get(self._session.viewing.medium or "")
        return item.frames if item else 0

    @property
    def frame(self) -> int:
        """The playhead of the clip view."""
        return min(self._session.viewing.source.frame, max(0, self.length - 1))

    @property
    def marks(self) -> Marks:
        """What is marked of the medium."""
        return self._session.viewing.source.marks

    def cuts(self) -> tuple[int, ...]:
        """Both ends and what is marked."""
        marks = self.marks
        places = {0, max(0, self.length - 1), *(place for place in (marks.start, marks.stop) if place is not None)}
        return tuple(sorted(places))

    def seek(self, frame: int) -> None:
        """Move the playhead of the clip view, within the medium."""
        self._session.viewing.seek(min(frame, max(0, self.length - 1)))

    def mark(self, marks: Marks) -> None:
        """Mark a range of the medium."""
        self._session.viewing.mark(marks)


class Reels:
    """Both, and which of them the monitor shows."""

    def __init__(self, session: Session) -> None:
        self._viewing = session.viewing
        self._timeline, self._clip = TimelineReel(session), ClipReel(session)

    def __call__(self) -> Reel:
        """The one that is shown."""
        return self._clip if self._viewing.mode == "clip" and self._viewing.medium else self._timeline

    def stretch(self) -> FrameRange | None:
        """The marked range of the one that is shown."""
        reel = self()
        return reel.marks.within(reel.length)
