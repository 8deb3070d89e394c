"""What a drag carries and what a drop on a place will do: the one policy, said in words while the pointer hovers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Files:
    """Files of the system."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """Media of the library, by identity."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips of the timeline, by identity."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Still:
    """The picture of the monitor: the frame of the timeline that it shows."""

    frame: int


@dataclass(frozen=True, slots=True)
class LookCard:
    """A look, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """Text from a field or another program."""

    text: str


Payload = Files | Media | Clips | Still | LookCard | Words
