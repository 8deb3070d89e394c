"""The words that models know, as data: what a prompt can say, in how many ways, and what goes with what.

The built-in model's words come from the world it was trained on (resources/prompting/world.json, written by the
training) with hints for people's words (hints.json) and what a dictionary knows beside them (wordnet.json); models that
know the filmed world have film.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sora_studio.core.errors import StudioError
from sora_studio.core.resources import resource

HELPED = ("place", "time", "weather", "light", "camera", "look")
"""The categories in which phrases are offered, in the order they follow a prompt."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be said: its phrasings, other words that mean it, and what it goes well with."""

    name: str
    phrases: tuple[str, ...]
    also: tuple[str, ...] = ()
    evokes: tuple[str, ...] = ()
    moving: tuple[str, ...] = ()
    """Its phrasings as participles."""
    rarer: int = 0
    """How many of the other words, at their end, are found in a dictionary and not chosen by hand."""


@dataclass(frozen=True, slots=True)
class Category:
    """Entries of which a prompt says one: "place", "time". `plain` names the one that nobody needs to mention."""

    name: str
    title: str
    entries: tuple[Entry, ...]
    plain: str = ""

    def entry(self, name: str) -> Entry | None:
        """The entry of that name."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def holding(self, phrase: str) -> Entry | None:
        """The entry that has this phrasing."""
        return next((entry for entry in self.entries if phrase in entry.phrases), None)


@dataclass(frozen=True, slots=True)
class Clash:
    """With `entry` of `category` none of `others` of `other` is offered."""

    category: str
    entry: str
    other: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The categories of a family of models. `lights` are phrases by hour, for models whose light follows it; `grey`
    the same for looks without colour, `light_words` what else speaks of light. `silent` words are neither understood
    nor missed."""

    categories: tuple[Category, ...]
    clashes: tuple[Clash, ...] = ()
    lights: tuple[tuple[str, tuple[str, ...]], ...] = ()
    grey_lights: tuple[tuple[str, tuple[str, ...]], ...] = ()
    light_words: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()
    adjectives: tuple[str, ...] = ()
    lenses: frozenset[str] = frozenset()
    """Words for the camera."""
    towards: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """Words of direction by category, camera and motion, and the entry that each means there."""
    before_nouns: tuple[tuple[str, str], ...] = ()
    """Words of things that are colours before a noun ("a ruby car"), and the colour of each."""
    complete: bool = False
    """Whether the model knows nothing besides these words, so that others are worth naming."""

    def category(self, name: str) -> Category | None:
        """The category of that name."""
        return next((category for category in self.categories if category.name == name), None)

    def in_short(self) -> Phrasebook:
        """The same without the dictionary's words, for what takes its time with each word."""

        def short(entry: Entry) -> Entry:
            return replace(entry, also=entry.also[: len(entry.also) - entry.rarer], rarer=0)

        return replace(
            self, categories=tuple(replace(one, entries=tuple(map(short, one.entries))) for one in self.categories)
        )

    def title(self, name: str) -> str:
        """What a category is called in the window."""
        known = self.category(name)
        return known.title if known else name.capitalize()


@lru_cache(maxsize=2)
def phrasebook(engine: str) -> Phrasebook:
    """The words of an engine. Raises StudioError when the shipped file is missing or damaged."""
    try:
        return _world() if engine == "sora" else _film()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise StudioError("The shipped phrases of the prompt helper are damaged. Install Sora Studio again.") from exc


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource("prompting", name).read_text(encoding="utf-8"))
    return data


def _world() -> Phrasebook:
    world, hints, found = _read("world.json"), _read("hints.json"), _read("wordnet.json")
    tables = [*world["phrases"].values(), world["moving"], *hints["also"].values()]
    settled = {text.lower() for table in tables for said in table.values() for text in said}
    settled.update(value for table in world["phrases"].values() for value in table)
    settled.update(hints["light"])

    def entry(name: str, value: str, said: Iterable[str]) -> Entry:
        rarer = tuple(word for word in found["also"].get(name, {}).get(value, ()) if word.lower() not in settled)
        return Entry(
            value,
            tuple(said),
            (*hints["also"].get(name, {}).get(value, ()), *rarer),
            tuple(hints["evokes"].get(name, {}).get(value, ())),
            tuple(world["moving"].get(value, ())) if name == "motion" else (),
            len(rarer),
        )

    categories = tuple(
        Category(
            name,
            hints["titles"][name],
            tuple(entry(name, value, said) for value, said in table.items()),
            hints["plain"].get(name, ""),
        )
        for name, table in world["phrases"].items()
    )
    return Phrasebook(
        categories,
        _clashes(hints["never"]),
        _by_hour(world["lights"]),
        _by_hour(world["grey_lights"]),
        tuple(hints["light"]),
        frozenset(hints["silent"]),
        tuple(world["adjectives"]),
        frozenset(hints["lenses"]),
        tuple(
            (name, tuple((word, entry) for entry, words in table.items() for word in words))
            for name, table in hints["towards"].items()
        ),
        tuple((word, colour) for colour, words in found["before_nouns"]["colour"].items() for word in words),
        complete=True,
    )


def _film() -> Phrasebook:
    film, hints = _read("film.json"), _read("hints.json")
    categories = tuple(
        Category(
            one["name"],
            one["title"],
            tuple(
                Entry(entry["name"], tuple(entry["phrases"]), tuple(entry["also"]), tuple(entry["evokes"]))
                for entry in one["entries"]
            ),
            film["plain"].get(one["name"], ""),
        )
        for one in film["categories"]
    )
    return Phrasebook(categories, _clashes(film["never"]), (), (), tuple(hints["light"]), frozenset(hints["silent"]))


def _clashes(data: Iterable[Any]) -> tuple[Clash, ...]:
    return tuple(Clash(category, entry, other, tuple(others)) for category, entry, other, others in data)


def _by_hour(data: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((hour, tuple(said)) for hour, said in data.items())
