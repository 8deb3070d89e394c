"""What a prompt says, in the words of a phrasebook: known words first, near ones by embedding, the rest by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sora_studio.core.emphasis import plain
from sora_studio.core.phrasebook import Phrasebook
from sora_studio.core.understanding import Vectors

NEAR = 0.64
"""Cosine from which a word is taken for its neighbour in the vocabulary. Measured on the shipped text tower: yacht and
boat 0.79, ocean and sea 0.87, truck and car 0.69; dragon and turtle 0.55, pizza and mushroom 0.55."""
TOUCHED = 0.5
"""Cosine from which a word says something about a category, so that no phrase of it is offered."""
BY_EMBEDDING = ("subject", "place", "time", "weather")
"""Categories in which a word's nearest neighbour is trusted: those of colours and motions are their opposites too."""

_REACH = 6
"""Words from what goes somewhere to where it goes."""

CLAUSE_END = re.compile(r"[,.;:!?()\n]")
"""No phrase reaches over these."""
_CLAUSE = re.compile(r"[^,.;:!?()\n]+")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_UNNAMED = {"camera": {"still"}, "weather": {"clear"}, "look": {"neon"}}
"""Names of entries that mean other things when they stand alone."""


@dataclass(frozen=True, slots=True)
class Said:
    """An attribute that was recognised: the entry of a category, and the artist's words for it."""

    category: str
    entry: str
    words: str
    score: float = 1.0
    """How near the words are to the entry; 1 where they are its own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words from `start` to `stop` of a text (characters), and the categories and entries they mean; none for a single
    word that says nothing known."""

    start: int
    stop: int
    words: tuple[str, ...]
    meanings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt as it was understood, in the order of its words. `open` are words without a place so far, `touched`
    categories that they may speak of."""

    said: tuple[Said, ...] = ()
    open: tuple[str, ...] = ()
    touched: frozenset[str] = frozenset()

    def says(self, category: str) -> bool:
        """Whether the prompt speaks of a category."""
        return category in self.touched or any(said.category == category for said in self.said)

    def value(self, category: str) -> str:
        """The entry it says of a category first; empty when it says none."""
        return next((said.entry for said in self.said if said.category == category), "")


def read_words(prompt: str, book: Phrasebook) -> Reading:
    """What the known words of a prompt say. Quick enough for every keystroke."""
    said: list[Said] = []
    left: list[str] = []
    for piece in pieces(plain(prompt), book):
        said += [Said(category, entry, " ".join(piece.words)) for category, entry in piece.meanings]
        if not piece.meanings and not _silent(piece.words[0], book):
            left.append(piece.words[0])
    return Reading(tuple(dict.fromkeys(said)), tuple(dict.fromkeys(left)))


def pieces(text: str, book: Phrasebook) -> tuple[Piece, ...]:
    """A text without weights, taken apart: the longest known phrases, and between them single words without meaning. No
    phrase reaches over a comma."""
    known, longest = _lexicon(book)
    found: list[Piece] = []
    for clause in _CLAUSE.finditer(text):
        words = list(_WORD.finditer(text, clause.start(), clause.end()))
        here: list[Piece] = []
        at = 0
        while at < len(words):
            for count in range(min(longest, len(words) - at), 0, -1):
                spoken = tuple(word.group() for word in words[at : at + count])
                meanings = next((known[form] for form in _forms(spoken) if form in known), ())
                if meanings or count == 1:
                    here.append(Piece(words[at].start(), words[at + count - 1].end(), spoken, meanings))
                    at += count
                    break
        found += _directed(_coloured(here, book), book)
    return tuple(found)


def _coloured(found: list[Piece], book: Phrasebook) -> list[Piece]:
    """The pieces of a clause with those told as colours that are one only before a noun, or by saying so: "a chocolate
    house", "a wine-coloured sky"."""
    before = dict(book.before_nouns)
    told: list[Piece] = []
    for at, piece in enumerate(found):
        word = piece.words[0].lower()
        named = re.fullmatch(r"(.+)-colou?red", word)
        ahead = next((one for one in found[at + 1 :] if one.words[0].lower() not in book.adjectives), None)
        shown = ahead is not None and any(category == "subject" for category, _ in ahead.meanings)
        entry = before.get(named.group(1) if named else word, "") if len(piece.words) == 1 and (named or shown) else ""
        told.append(replace(piece, meanings=(("colour", entry),)) if entry else piece)
    return told


def _directed(found: list[Piece], book: Phrasebook) -> Iterator[Piece]:
    """The pieces of a clause with those joined that tell in words of their own where the camera or the subject goes:
    "the view swings leftwards", "a dove soars skyward"."""
    at = 0
    while at < len(found):
        joined, count = _joined(found, at, book)
        yield joined
        at += count


def _joined(found: list[Piece], at: int, book: Phrasebook) -> tuple[Piece, int]:
    """The piece at a place with those up to a direction, and how many they are; alone where it goes nowhere."""
    category = _goer(found, at, book)
    towards = dict(next((words for name, words in book.towards if name == category), ()))
    for end in range(at + 1, min(at + _REACH, len(found)) if towards else 0):
        entry = _heading(found[end], towards)
        if entry:
            words = tuple(word for piece in found[at : end + 1] for word in piece.words)
            return Piece(found[at].start, found[end].stop, words, ((category, entry),)), end + 1 - at
        if found[end].words[0].lower() == "of" or any(one in ("subject", category) for one, _ in found[end].meanings):
            break  # "the view of a still lake"
    return found[at], 1


def _goer(found: list[Piece], at: int, book: Phrasebook) -> str:
    """Whether a piece is the camera, or a subject's verb that nothing is known of; empty for neither."""
    word = found[at].words[0].lower()
    if word in book.lenses:
        return "camera"
    doing = word.endswith(("s", "ing")) and not found[at].meanings
    return "motion" if doing and at and any(one == "subject" for one, _ in found[at - 1].meanings) else ""


def _heading(piece: Piece, towards: Mapping[str, str]) -> str:
    """The entry that a word of direction means, "leftwards" and "locked-off" like "left" and "locked"; empty for other
    words."""
    word = re.sub(r"(?<=\w{2})wards?$", "", piece.words[-1].lower().split("-")[0])
    known = all(category in ("motion", "camera") for category, _ in piece.meanings)
    return towards.get(word, "") if known else ""


def neighbours(book: Phrasebook) -> tuple[tuple[str, str, str], ...]:
    """(category, entry, text) of everything that open words are compared with."""
    return tuple(
        (category.name, entry.name, text)
        for category in book.categories
        if category.name in BY_EMBEDDING
        for entry in category.entries
        for text in dict.fromkeys((entry.name, *entry.phrases, *entry.also))
    )


def place_open(reading: Reading, book: Phrasebook, words: Vectors, known: Vectors) -> Reading:
    """The reading with its open words placed where they are near enough. `words` (N, D) are the vectors of
    `reading.open`, `known` (M, D) those of `neighbours(book)`."""
    if not reading.open:
        return reading
    names = neighbours(book)
    near = words @ known.T  # (N, M)
    said, left, touched = list(reading.said), list[str](), set(reading.touched)
    for row, word in zip(near, reading.open, strict=True):
        best = int(row.argmax())
        category, entry, _ = names[best]
        score = float(row[best])
        touched |= {names[k][0] for k in range(len(names)) if row[k] >= TOUCHED and names[k][0] != "subject"}
        if score >= NEAR and all(entry != one.entry for one in said):
            said.append(Said(category, entry, word, score))
        elif score < NEAR:
            left.append(word)
    return Reading(tuple(said), tuple(left), frozenset(touched))


def missing_words(prompt: str, text: str, book: Phrasebook) -> tuple[str, ...]:
    """The words of a prompt that carry meaning and are not in a text that tells it again."""
    there = {form for word in _WORD.findall(text) for form in _forms([word])}
    return tuple(
        dict.fromkeys(
            word for word in _WORD.findall(plain(prompt)) if not _silent(word, book) and not there & set(_forms([word]))
        )
    )


def _silent(word: str, book: Phrasebook) -> bool:
    return word.lower() in book.silent or word.isdigit() or len(word) == 1


def _forms(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Lower-case forms of a phrase, as it stands and with its last word in the singular."""
    plain = tuple(word.lower().replace("’", "'") for word in words)
    last = plain[-1]
    forms = [last]
    if last.endswith("'s"):
        forms.append(last[:-2])
    if last.endswith("ies") and len(last) > 4:
        forms.append(f"{last[:-3]}y")
    if last.endswith("es") and len(last) > 4:
        forms.append(last[:-2])
    if last.endswith("s") and len(last) > 3:
        forms.append(last[:-1])
    return tuple((*plain[:-1], form) for form in forms)


@lru_cache(maxsize=4)
def _lexicon(book: Phrasebook) -> tuple[dict[tuple[str, ...], tuple[tuple[str, str], ...]], int]:
    """What every known phrase means, by its words, and the length of the longest."""
    found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    lights = [text for table in (book.lights, book.grey_lights) for _, said in table for text in said]
    for text in (*lights, *book.light_words):
        found[tuple(word.lower() for word in _WORD.findall(text))] = [("light", "light")]
    for category in book.categories:
        for entry in category.entries:
            named = () if entry.name in _UNNAMED.get(category.name, ()) else (entry.name,)
            for text in (*named, *entry.phrases, *entry.moving, *entry.also):
                key = tuple(word.lower() for word in _WORD.findall(text))
                meanings = found.setdefault(key, [])
                if (category.name, entry.name) not in meanings:
                    meanings.append((category.name, entry.name))
    return {key: tuple(meanings) for key, meanings in found.items()}, max(map(len, found), default=1)
