"""Captions of footage in the way the built-in model learned to read: which words fit best, and sentences of them.

The search starts with each attribute alone and then tries every value in a whole caption, as the captions were that
CLIP learned from. Vectors come from outside; this file only says which texts to compare and what they mean.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np

from sora_studio.core.phrasebook import Entry, Phrasebook
from sora_studio.core.phrasing import COLOURLESS
from sora_studio.core.understanding import Vectors

MOVING = ("place", "look", "time", "subject", "colour", "weather", "motion", "camera")
"""Attributes in the order they are tried: what fills the picture first."""
STILL = ("place", "look", "time", "subject", "colour", "weather")
SWEEPS = 2
"""Rounds over all attributes; a third changed nothing on renders."""
SHARPNESS = 30.0
"""Scale of cosines before they become shares: about what CLIP learns."""
UNSURE = 0.1
"""Share of the best subject below which none is named: two and a half times what chance gives."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a picture or clip shows, by the names of entries; empty where it is not said."""

    subject: str = ""
    colour: str = ""
    place: str = ""
    time: str = ""
    weather: str = ""
    motion: str = ""
    camera: str = ""
    look: str = ""

    def with_value(self, category: str, value: str) -> Attributes:
        """The same with another value of one attribute."""
        return replace(self, **{category: value})

    def value(self, category: str) -> str:
        """The value of an attribute."""
        return str(getattr(self, category))


Comparison = Generator[tuple[str, ...], Vectors, Attributes]
"""Yields texts, is sent their vectors (N, D), returns what was found."""


def find_attributes(picture: Vectors, book: Phrasebook, *, moving: bool) -> Comparison:
    """The attributes that fit the vector of a picture or clip (D,) best. Always the same for the same vector."""
    order = MOVING if moving else STILL
    found = Attributes()
    for category in order:
        values = _values(book, category)
        near = yield tuple(_alone(book, category, value) for value in values)
        found = found.with_value(category, values[int((near @ picture).argmax())])
    shares: dict[str, float] = {}
    for _ in range(SWEEPS):
        before = found
        for category in order:
            values = _values(book, category)
            near = yield tuple(short_caption(found.with_value(category, value), book) for value in values)
            scores = near @ picture
            best = int(scores.argmax())
            shares[category] = float(1 / np.exp(SHARPNESS * (scores - scores[best])).sum())
            found = found.with_value(category, values[best])
        if found == before:
            break
    if shares["subject"] < UNSURE:
        found = replace(found, subject="", colour="", motion="")
    return found


def short_caption(found: Attributes, book: Phrasebook) -> str:
    """One sentence in the way people type prompts; what is plain stays unsaid."""
    text = " ".join(filter(None, (_acts(found, book), _first(book, "place", found), _first(book, "time", found))))
    if found.weather not in ("", "clear"):
        text += f" {_first(book, 'weather', found)}"
    if found.camera not in ("", "still"):
        text += f", {_first(book, 'camera', found)}"
    if found.look not in ("", "flat illustration"):
        text += f", {_first(book, 'look', found)}"
    return text


def long_caption(found: Attributes, book: Phrasebook) -> str:
    """A description that names every attribute that is known."""
    lights = dict(book.grey_lights if found.look == COLOURLESS else book.lights)
    light = lights.get(found.time, ("",))[0]
    sentences = (
        " ".join(filter(None, (_acts(found, book), _first(book, "place", found), _first(book, "time", found)))),
        ", ".join(filter(None, (light, _first(book, "weather", found)))),
        "; ".join(
            filter(None, (_first(book, "camera", found), found.look and f"the style is {_first(book, 'look', found)}"))
        ),
    )
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences if sentence)


def _acts(found: Attributes, book: Phrasebook) -> str:
    if not found.subject:
        return "a scene"
    name = _first(book, "subject", found)
    if found.colour and found.look != COLOURLESS:
        tone = _first(book, "colour", found)
        head, _, last = name.rpartition(" ")
        # "a little red bird", but "a red steam train"
        name = f"{head} {tone} {last}" if head in book.adjectives else f"{tone} {name}"
    named = f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    return f"{named} {_first(book, 'motion', found)}" if found.motion else named


def _first(book: Phrasebook, category: str, found: Attributes) -> str:
    entry = _entry(book, category, found.value(category))
    return entry.phrases[0] if entry else ""


def _entry(book: Phrasebook, category: str, value: str) -> Entry | None:
    known = book.category(category)
    return known.entry(value) if known and value else None


def _values(book: Phrasebook, category: str) -> tuple[str, ...]:
    known = book.category(category)
    return tuple(entry.name for entry in known.entries) if known else ()


def _alone(book: Phrasebook, category: str, value: str) -> str:
    """One attribute as a text of its own."""
    entry = _entry(book, category, value)
    words = entry.phrases[0] if entry else value
    match category:
        case "subject":
            return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
        case "colour":
            return f"{'an' if words[0] in 'aeiou' else 'a'} {words} thing"
        case "place" | "time" | "weather":
            return f"a scene {words}"
        case "motion":
            return f"something {words}"
        case _:
            return words
