"""What a plan consists of: windows, and the frames each of them is shown. Plain values, which travel to the worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sora_studio.core.request import Request
from sora_studio.core.time import FrameRange, Size

Origin = Literal["given", "clip", "key"]
"""Whose frames a window is shown: those of the request, of the clip as far as it is made, or the key picture."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames that a window is shown: `count` frames at place `at` of the window.

    They are frames `first`, `first` + 1, ... of the request's given number `index`, of the clip, or of the key
    picture; indices beyond the given frames mean the nearest of them.
    """

    at: int
    count: int
    origin: Origin
    first: int
    index: int = 0
    strength: float = 1.0

    @property
    def stop(self) -> int:
        """The place after its last frame."""
        return self.at + self.count


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """One call of the engine: `length` frames from place `start` of the clip, of which `keep` enter the clip.

    `start` may lie before the clip. `keep` is empty for a key picture, which later windows are shown.
    """

    start: int
    length: int
    keep: FrameRange
    pieces: tuple[Piece, ...] = ()

    @property
    def stop(self) -> int:
        """The place after its last frame."""
        return self.start + self.length


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`request` at the planned size with its given frames fitted, and the windows in the order they are made.

    The windows' `keep` ranges cover frames 0..length-1 exactly once. `notes` are sentences for the artist.
    """

    request: Request
    windows: tuple[PlannedWindow, ...]
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        """The size of every frame of the result."""
        return self.request.size

    @property
    def enlarges(self) -> bool:
        """Whether given frames come back larger: they are at the size of the result in every other plan."""
        return any(given.size != self.size for given in self.request.given)

    @property
    def steps(self) -> int:
        """Denoising steps over all windows."""
        return self.request.steps * len(self.windows)


def runs(pieces: tuple[Piece, ...]) -> list[tuple[int, int]]:
    """Places of shown frames, neighbours joined: [(start, stop), ...]."""
    found: list[tuple[int, int]] = []
    for piece in pieces:
        if found and found[-1][1] == piece.at:
            found[-1] = (found[-1][0], piece.stop)
        else:
            found.append((piece.at, piece.stop))
    return found
