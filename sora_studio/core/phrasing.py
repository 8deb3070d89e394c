"""The prompt helper: phrases that fit a short prompt, offered one a category, and the text that is sent.

The artist's words stay as they are, at the front; phrases follow in a fixed order. Nothing here is random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sora_studio.core.phrasebook import HELPED, Category, Phrasebook
from sora_studio.core.reading import Reading
from sora_studio.core.understanding import Vectors

SURE = 0.22
"""Score from which an entry is offered because it fits; below it the plain one is."""
MOST_ALTERNATIVES = 8
COLOURLESS = "black and white film"
CAMERA = "camera"
"""The category that a picture leaves open."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow the artist's own. `chosen`: the artist picked them."""

    category: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A phrase that fits, and others in its place, the next best first. `chosen`: the artist picked it."""

    category: str
    text: str
    alternatives: tuple[str, ...]
    chosen: bool = False

    @property
    def phrase(self) -> Phrase:
        """What is added to the prompt."""
        return Phrase(self.category, self.text, self.chosen)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the artist decided about the offers: a phrase of their choice in a category, or none there."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()

    def choose(self, category: str, text: str) -> Wishes:
        """Take this phrase from now on."""
        return Wishes({**self.chosen, category: text}, self.removed - {category})

    def remove(self, category: str) -> Wishes:
        """Offer nothing in this category."""
        return Wishes({name: text for name, text in self.chosen.items() if name != category}, self.removed | {category})


Ranking = Mapping[str, tuple[tuple[str, float], ...]]
"""Entries of each category with how well they fit, best first."""


def evoked(book: Phrasebook) -> tuple[str, ...]:
    """The texts that a prompt is compared with, in the order `rank` takes their vectors."""
    return tuple(text for category in _helped(book) for entry in category.entries for text in entry.evokes)


def rank(prompt: Vectors, evokes: Vectors, book: Phrasebook) -> Ranking:
    """How well every entry fits a prompt: the mean of the two things it goes with that are nearest to the prompt.

    `prompt` (D,) is its vector, `evokes` (M, D) those of `evoked(book)`.
    """
    near = evokes @ prompt  # (M,)
    at, ranking = 0, dict[str, tuple[tuple[str, float], ...]]()
    for category in _helped(book):
        scores = []
        for entry in category.entries:
            part, at = near[at : at + len(entry.evokes)], at + len(entry.evokes)
            # In thousandths: the last bits of a sum differ from one processor to the next, the order must not.
            scores.append(round(float(np.sort(part)[-2:].mean()), 3) if len(part) else 0.0)
        order = sorted(range(len(scores)), key=lambda k: -scores[k])
        ranking[category.name] = tuple((category.entries[k].name, scores[k]) for k in order)
    return ranking


def offers(reading: Reading, ranking: Ranking, book: Phrasebook, wishes: Wishes, look: str = "") -> tuple[Offer, ...]:
    """One phrase for each category that the prompt leaves open; `look` names a look that was chosen elsewhere."""
    found: list[Offer] = []
    values = {said.category: said.entry for said in reversed(reading.said)}
    if look:
        values["look"] = look
    for name in sorted(HELPED, key=lambda name: name == "light"):  # the light follows hour and look
        if reading.says(name) or name in wishes.removed or (name == "look" and look):
            continue
        options = _light_options(values, book) if name == "light" and book.lights else _options(name, ranking, book)
        barred = _barred(name, values, book)
        options = [(entry, text) for entry, text in options if entry not in barred]
        if not options:
            continue
        category = book.category(name)
        wish = wishes.chosen.get(name, "")
        held = category.holding(wish) if category and wish else None
        usable = held is not None and held.name not in barred
        text = wish if usable else options[0][1]
        values[name] = held.name if held is not None and usable else options[0][0]
        others = [other for _, other in options if other != text]
        if category is not None and (entry := category.entry(values[name])) is not None:
            # Other ways to say the same thing stand behind other things to say.
            others = others[: MOST_ALTERNATIVES - 2] + [same for same in entry.phrases if same != text][:2]
        found.append(Offer(name, text, tuple(dict.fromkeys(others))[:MOST_ALTERNATIVES], usable))
    return tuple(sorted(found, key=lambda offer: HELPED.index(offer.category)))


def still_fitting(current: tuple[Offer, ...], reading: Reading, look: str = "") -> tuple[Offer, ...]:
    """The offers that a changed prompt does not speak against: what is shown until new ones are found."""
    return tuple(
        offer for offer in current if not reading.says(offer.category) and not (offer.category == "look" and look)
    )


def beside_pictures(phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """The phrases that go with given pictures: these show place, hour and weather themselves, and a guess from words
    alone would speak against them."""
    return tuple(phrase for phrase in phrases if phrase.chosen or phrase.category == CAMERA)


def compose(prompt: str, phrases: tuple[Phrase, ...]) -> str:
    """The prompt with its phrases: the artist's words verbatim, then "over green hills at sunset, the light is low"."""
    words = prompt.strip()
    if not phrases or not words:
        return words
    rest = ""
    for phrase in sorted(phrases, key=lambda phrase: HELPED.index(phrase.category)):
        # Where and when follow like in a sentence, the rest as clauses.
        joint = " " if phrase.category in ("place", "time", "weather") else ", "
        rest += f"{joint}{phrase.text}"
    if words[-1] in ".!?…":
        rest = rest.lstrip(" ,")
        return f"{words} {rest[0].upper()}{rest[1:]}."
    if words[-1] in ",;:":
        return f"{words} {rest.lstrip(' ,')}"
    return f"{words}{rest}"


def _helped(book: Phrasebook) -> tuple[Category, ...]:
    return tuple(category for category in book.categories if category.name in HELPED)


def _options(name: str, ranking: Ranking, book: Phrasebook) -> list[tuple[str, str]]:
    """(entry, first phrasing) of a category, best first; the plain one when nothing fits well."""
    category = book.category(name)
    if category is None:
        return []
    order = list(ranking.get(name, ()))
    if category.plain and (not order or order[0][1] < SURE):
        order.sort(key=lambda one: one[0] != category.plain)
    return [(entry.name, entry.phrases[0]) for one, _ in order if (entry := category.entry(one)) is not None]


def _light_options(values: Mapping[str, str], book: Phrasebook) -> list[tuple[str, str]]:
    """The light of the hour that is said or offered."""
    table = dict(book.grey_lights if values.get("look") == COLOURLESS else book.lights)
    hour = values.get("time", "")
    return [(hour, text) for text in table.get(hour, ())]


def _barred(name: str, values: Mapping[str, str], book: Phrasebook) -> frozenset[str]:
    """Entries of a category that do not go with what is said or offered already."""
    return frozenset(
        entry
        for clash in book.clashes
        if clash.other == name and values.get(clash.category) == clash.entry
        for entry in clash.others
    )
