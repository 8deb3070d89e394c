"""How a download stands, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Trouble = Literal["access", "room", "network", "damaged", "other"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another model is fetched first."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """`done` of `total` bytes are there (0 of 0 while the hub is asked); `rate` is in bytes a second. While `checking`,
    the hashes of what came are compared."""

    done: int = 0
    total: int = 0
    rate: float = 0.0
    checking: bool = False

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; None while that is not known."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None


@dataclass(frozen=True, slots=True)
class Paused:
    """It goes on from `done` of `total` bytes when it is asked for again."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Broken:
    """It ended with a sentence. What was fetched is kept."""

    reason: str
    trouble: Trouble = "other"


@dataclass(frozen=True, slots=True)
class Fetched:
    """All of it is there, checked, in `folder`."""

    folder: str


FetchState = Waiting | Fetching | Paused | Broken | Fetched
