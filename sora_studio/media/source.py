"""Where pictures in time come from: the protocol that containers and animations share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from sora_studio.media.geometry import Deep, Image
from sora_studio.media.info import MediaInfo


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture from `time` (seconds from the start of the medium) until the next one's.

    `length` is how many seconds it is meant to last, which counts for the last one only. `image` converts to RGB only
    when called, so that pictures which are passed over cost no conversion. `key` marks pictures at which decoding may
    begin. `deep` gives the picture in sixteen bits where the source has more than eight.
    """

    time: Fraction
    length: Fraction
    key: bool
    image: Callable[[], Image]
    deep: Callable[[], Deep] | None = None


class Pictures(Protocol):
    """An open file."""

    @property
    def info(self) -> MediaInfo:
        """What is known of it."""
        ...

    @property
    def jitter(self) -> Fraction:
        """How far, in seconds, times may lie off because the file stores them rounded."""
        ...

    def since(self, time: Fraction) -> Iterator[Picture]:
        """Pictures in order, from a key picture at or before `time` (or the very first) to the end. One iterator at a
        time: a new one ends the former."""
        ...

    def key_before(self, time: Fraction) -> Fraction | None:
        """Where decoding for `time` would begin, None when the file does not say."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
