"""The library as pure functions: what kind a medium is, which ones a filter and words leave, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Literal

from sora_studio.core.emphasis import plain
from sora_studio.core.language import mark
from sora_studio.core.media_item import MediaItem


class Shelf(Enum):
    """A part of the library; its value is what the artist reads."""

    ALL = mark("All")
    VIDEO = mark("Video")
    IMAGES = mark("Images")
    SOUND = mark("Sound")
    TAKES = mark("Takes")
    STARRED = mark("Starred")

    def holds(self, item: MediaItem) -> bool:
        """Whether a medium belongs to it."""
        match self:
            case Shelf.ALL:
                return True
            case Shelf.VIDEO:
                return kind_of(item) == "video"
            case Shelf.IMAGES:
                return kind_of(item) == "image"
            case Shelf.SOUND:
                return kind_of(item) == "sound"
            case Shelf.TAKES:
                return item.generated_from is not None
            case Shelf.STARRED:
                return item.starred


def kind_of(item: MediaItem) -> Literal["video", "image", "sound"]:
    """What a medium is to the eye or ear."""
    if not item.picture:
        return "sound"
    return "image" if item.frames == 1 else "video"


def prompt_of(item: MediaItem) -> str:
    """The prompt a medium was made from; empty for footage."""
    return str(item.made_from.get("prompt", "")) if item.made_from else ""


def words_of(item: MediaItem) -> str:
    """Everything that is said of a medium: name, prompt, look and captions."""
    look = str(item.made_from.get("look", "")) if item.made_from else ""
    return " ".join(filter(None, (item.name, plain(prompt_of(item)), look, item.caption, item.long_caption)))


def chosen(items: Iterable[MediaItem], shelf: Shelf = Shelf.ALL, words: str = "") -> tuple[MediaItem, ...]:
    """The media of a shelf that contain every one of the words, in any order and case; the newest first."""
    wanted = words.casefold().split()
    found = [item for item in items if shelf.holds(item) and _says(item, wanted)]
    found.reverse()
    return tuple(found)


def _says(item: MediaItem, wanted: list[str]) -> bool:
    if not wanted:
        return True
    said = words_of(item).casefold()
    return all(word in said for word in wanted)
