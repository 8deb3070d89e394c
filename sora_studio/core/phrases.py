"""Phrases a prompt often needs, by what they say, and how one takes the place of another.

The words are those that the built-in model has learned for each (its captions say them so); larger
models know them too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sora_studio.core.language import mark


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases that exclude each other: a picture has one camera move, one hour of the day."""

    title: str
    icon: str
    choices: tuple[tuple[str, str], ...]
    """Title and words."""

    def in_prompt(self, prompt: str) -> str:
        """The words of this kind that a prompt has; empty when it has none."""
        low = prompt.lower()
        return next((words for _, words in sorted(self.choices, key=_longest) if _place(words).search(low)), "")


def _longest(choice: tuple[str, str]) -> int:
    return -len(choice[1])


CAMERA = Phrases(
    mark("Camera"),
    "video",
    (
        ("Still", "static camera"),
        ("Pan left", "the camera pans left"),
        ("Pan right", "the camera pans right"),
        ("Zoom in", "the camera slowly zooms in"),
        ("Zoom out", "the camera slowly zooms out"),
        ("Tilt up", "the camera tilts up"),
    ),
)
HOUR = Phrases(
    mark("Light"),
    "sun",
    (("Dawn", "at dawn"), ("Day", "in daylight"), ("Sunset", "at sunset"), ("Night", "at night")),
)
WEATHER = Phrases(
    mark("Weather"),
    "cloud",
    (
        ("Clear", "in clear weather"),
        ("Rain", "in the rain"),
        ("Snow", "while snow falls"),
        ("Fog", "in the fog"),
        ("Wind", "in the wind"),
    ),
)
STYLE = Phrases(
    mark("Style"),
    "palette",
    (
        ("Flat illustration", "flat illustration"),
        ("Pixel art", "pixel art"),
        ("Pencil sketch", "pencil sketch"),
        ("Watercolour", "watercolour painting"),
        ("Neon", "glowing neon art"),
        ("Black and white film", "black and white film"),
        ("Paper cut-out", "paper cut-out art"),
        ("Oil painting", "oil painting"),
    ),
)
KINDS = (CAMERA, HOUR, WEATHER, STYLE)


def with_phrase(prompt: str, kind: Phrases, words: str) -> str:
    """The prompt with these words in place of others of their kind, else at its end. Words that are there already are
    taken out."""
    present = kind.in_prompt(prompt)
    if not present:
        head = prompt.rstrip().rstrip(",.;")
        return f"{head}, {words}" if head else words
    if present.lower() != words.lower():
        return _place(present).sub(words, prompt, count=1)
    alone = re.escape(present)
    said = rf"(?:\(\s*{alone}\s*:\s*[\d.]+\s*\)|{alone}(?!\w))"  # with its weight, if it has one
    without = re.sub(rf"\s*,?\s*{said}", "", prompt, count=1, flags=re.IGNORECASE)
    return without.strip().lstrip(",").strip()


def _place(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
