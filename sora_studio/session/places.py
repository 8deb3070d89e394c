"""The places something can be dropped on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Anywhere:
    """The window, where nothing else is."""


@dataclass(frozen=True, slots=True)
class PromptBox:
    """The prompt."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one given file."""

    which: Literal["first", "last", "video"]


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane of given frames, at a moment in seconds."""

    at: float


@dataclass(frozen=True, slots=True)
class Screen:
    """The monitor."""


@dataclass(frozen=True, slots=True)
class Row:
    """An empty stretch of a track, from a timeline frame on."""

    track: int
    frame: int
    locked: bool = False


@dataclass(frozen=True, slots=True)
class OnClip:
    """The body of a clip, at a timeline frame."""

    track: int
    frame: int
    clip: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """Where two clips meet."""

    track: int
    frame: int
    left: str
    right: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A clip's end that no other clip touches; `before`: its head."""

    track: int
    frame: int
    clip: str
    before: bool
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """A gap of a track: its first frame and the one after its last, and the clips beside it (empty: none)."""

    track: int
    frame: int
    stop: int
    left: str
    right: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class MediaShelf:
    """The media of the library."""


@dataclass(frozen=True, slots=True)
class SearchBox:
    """The field that the library is searched with."""


@dataclass(frozen=True, slots=True)
class LooksPage:
    """The looks."""


@dataclass(frozen=True, slots=True)
class OnLook:
    """A look's card."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Board:
    """The storyboard, before the card at `place`."""

    place: int


@dataclass(frozen=True, slots=True)
class OnCard:
    """A card of the storyboard."""

    card: str


OnTimeline = Row | OnClip | Cut | Edge | Hole
InLibrary = MediaShelf | SearchBox | LooksPage | OnLook
Place = Anywhere | PromptBox | Slot | Lane | Screen | OnTimeline | InLibrary | Board | OnCard
