"""What the project knows of a piece of media: made, being made, missing or failed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sora_studio.core.recipe import ENLARGED, Recipe, generated_from
from sora_studio.core.time import Rate, Size


@dataclass(frozen=True, slots=True)
class Ready:
    """The file is there. `path` is relative to the project folder when it lies inside, else absolute."""

    path: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A job is making it."""

    job: str


@dataclass(frozen=True, slots=True)
class Lost:
    """It could not be made or found; `reason` is a sentence for the artist."""

    reason: str


MediaState = Ready | Pending | Lost


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A video, picture or sound of the project; `frames` counts frames at `rate`, a still picture has one.

    `sound`: it can be heard; `picture`: it can be seen. The `size` of mere sound means nothing.
    """

    id: str
    name: str
    state: MediaState
    frames: int
    rate: Rate
    size: Size
    made_from: Recipe | None = None
    """The recipe of a generated piece, or of an enlarged one."""
    starred: bool = False
    sound: bool = False
    picture: bool = True
    fingerprint: str = ""
    """Tells its file from others wherever it lies (media/fingerprint.py); empty where it is not known."""
    caption: str = ""
    """The artist's own words about it."""
    short_caption: str = ""
    """What it shows, in one sentence in the built-in model's words."""
    long_caption: str = ""
    """The same as a description."""
    origin: Fraction = Fraction(0)
    """Seconds from the beginning of what it is a take of to its own beginning (see `core.takes`)."""

    @property
    def enlarged(self) -> bool:
        """Whether it is another medium, enlarged."""
        return self.made_from is not None and self.made_from.get("result") == ENLARGED

    @property
    def generated_from(self) -> Recipe | None:
        """What its pictures were generated from, also when they were enlarged since; None for footage."""
        return generated_from(self.made_from)
