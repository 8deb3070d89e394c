"""A prompt in the words that the built-in model has learned: what was understood of it is what the model is told.

    tell("a kitten of amber colour waits downtown past midnight", phrasebook("sora"))

A small model knows the words of its captions. Where a prompt says in other words what they can say, those words give
way to the captions'; everything else stays as the artist wrote it, words that nobody understood included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from sora_studio.core.phrasebook import Entry, Phrasebook
from sora_studio.core.reading import CLAUSE_END, Piece, pieces, read_words

_PREPOSITIONS = (
    "above across along amid amidst among amongst around at before below beneath by during in inside into near on onto "
    "over past through throughout towards under underneath until upon with within"
)
_LEADING = frozenset(_PREPOSITIONS.split())
"""Words that lead to a place, a time or a weather, which the captions' phrase brings along."""
_ARTICLES = frozenset(("a", "an", "the", "some", "this", "that", "its", "his", "her", "their"))
_BEING = frozenset(("is", "are", "was", "were", "be"))
_EDGES = frozenset(("edge", "side", "border", "margin", "corner", "off"))
_OF = re.compile(r"\bof\s*\Z", re.IGNORECASE)
_ADVERBS = frozenset(("underwater", "clear"))
"""Entries whose names nobody has a view of."""
_MOST_BETWEEN = 2
"""Words of its own that such a phrase may have between its article and what was understood: "a heavy downpour"."""
_WHERE_AND_WHEN = ("place", "time", "weather")

PLAIN_LOOK = "flat illustration"
"""The look of a caption that names none."""

TURNING, UPRIGHT = "spins", "stays"
"""The motion in which a thing is seen on its head as often as on its feet, and the one in which it never is."""


@dataclass(frozen=True, slots=True)
class _Change:
    start: int
    stop: int
    text: str


def tell(text: str, book: Phrasebook) -> str:
    """A text without weights as the model is told it. Only a model whose words are all in its phrasebook needs that."""
    if not book.complete:
        return text
    taken = pieces(text, book)
    known = _vocabulary(book)
    changes: list[_Change] = []
    added: dict[str, int] = {}
    for place, piece in enumerate(taken):
        category, entry = _meant(piece, book)
        if entry is None or all(word.lower() in known for word in piece.words):
            continue
        if category in _WHERE_AND_WHEN:
            change, phrase = _where(text, taken, place, entry)
            if phrase:
                added.setdefault(phrase, _clause_end(text, piece.stop))
        else:
            led = category == "camera" and _led_by_article(text, taken, place)
            said = _word(taken, place, category, entry)
            change = _Change(taken[place - led].start, _end_of(text, taken, place), said)
            if changes and said == changes[-1].text and not text[changes[-1].stop : change.start].strip():
                change = replace(change, start=changes[-1].start)  # "remains motionless"
        while changes and changes[-1].start >= change.start:
            changes.pop()  # the words before it are a part of what gives way
        if change.start >= (changes[-1].stop if changes else 0):
            changes.append(change)
    changes += [_Change(at, at, f" {phrase}") for phrase, at in added.items()]
    return _agreeing("".join(_parts(text, sorted(changes, key=lambda change: change.start)))) if changes else text


def in_plain_look(told: str, book: Phrasebook) -> str:
    """What a model is told, but in the look that it gives to what names none."""
    section = book.category("look")
    plain = section.entry(PLAIN_LOOK) if section else None
    if plain is None:
        return told
    looks = [piece for piece in pieces(told, book) if _meant(piece, book)[0] == "look"]
    return _agreeing("".join(_parts(told, [_Change(one.start, one.stop, plain.phrases[0]) for one in looks])))


def as_picture(told: str, book: Phrasebook) -> str:
    """What a model is told of the picture that a clip begins as: what is to turn over is drawn on its feet."""
    section, taken = book.category("motion"), pieces(told, book)
    upright = section.entry(UPRIGHT) if section else None
    if upright is None:
        return told
    changes = []
    for place, piece in enumerate(taken):
        if ("motion", TURNING) not in piece.meanings:
            continue
        if _led_by_article(told, taken, place) and place + 1 < len(taken):  # "a spinning car"
            changes.append(_Change(piece.start, taken[place + 1].start, ""))
        else:
            changes.append(_Change(piece.start, piece.stop, _word(taken, place, "motion", upright)))
    return _agreeing("".join(_parts(told, changes))) if changes else told


def names(told: str, book: Phrasebook) -> tuple[str, ...]:
    """What the first thing is called that a told text speaks of, and then what it would be called in its colour if it
    were one of the others that the model knows; nothing where it speaks of none of them."""
    read, subjects = read_words(told, book), book.category("subject")
    wanted = read.value("subject")
    if subjects is None or subjects.entry(wanted) is None:
        return ()
    colour = f"{read.value('colour')} ".lstrip()
    known = sorted((entry.name for entry in subjects.entries), key=lambda name: name != wanted)
    return tuple(_agreeing(f"a {colour}{name}") for name in known)


def _clause_end(text: str, at: int) -> int:
    """Where the clause ends that a place lies in."""
    mark = CLAUSE_END.search(text, at)
    return len(text[: mark.start() if mark else len(text)].rstrip())


def _meant(piece: Piece, book: Phrasebook) -> tuple[str, Entry | None]:
    """The category and the entry that a piece speaks of first."""
    for category, name in piece.meanings:
        section = book.category(category)
        entry = section.entry(name) if section else None
        if entry is not None:
            return category, entry
    return "", None


@lru_cache(maxsize=4)
def _vocabulary(book: Phrasebook) -> frozenset[str]:
    """Every word that captions use."""
    phrases = (
        phrase
        for category in book.categories
        for entry in category.entries
        for phrase in (*entry.phrases, *entry.moving)
    )
    return frozenset(word.lower() for phrase in (*phrases, *book.adjectives) for word in re.findall(r"[\w'-]+", phrase))


def _word(taken: tuple[Piece, ...], place: int, category: str, entry: Entry) -> str:
    """What a subject, colour, motion, camera or look is called instead, in the same form."""
    words, before = taken[place].words, taken[place - 1].words if place else ("",)
    first, last, said = words[0].lower(), words[-1].lower(), entry.phrases[0]
    if category == "motion" and entry.moving and (first.endswith("ing") or before[-1].lower() in _BEING):
        return entry.moving[0]
    if category == "motion" and last.endswith("less"):
        return said  # "remains motionless"
    if category == "motion" and not first.endswith("s"):
        return re.sub(r"(?<=\w)s\b", "", said, count=1)  # "they rise"
    many = category == "subject" and last.endswith("s") and not last.endswith("ss") and last not in _singulars(entry)
    return _plural(said) if many else said


def _singulars(entry: Entry) -> frozenset[str]:
    return frozenset(text.lower().split()[-1] for text in (entry.name, *entry.phrases, *entry.also))


def _plural(noun: str) -> str:
    if noun == "fish":
        return noun
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "sh", "ch", "x")) else f"{noun}s"


def _where(text: str, taken: tuple[Piece, ...], place: int, entry: Entry) -> tuple[_Change, str]:
    """How a place, a time or a weather is said instead: with the words that lead to it, or, where it only colours
    another word that is understood ("misty woods"), as a phrase to be added at the end of its clause."""
    piece, stop = taken[place], taken[place].stop
    start = _bound(text, taken, place)
    if _OF.search(text, 0, piece.start if start is None else start):
        named = " ".join(piece.words) if entry.name in _ADVERBS else entry.name
        return _Change(piece.start, piece.stop, named), ""  # "the view of a pond"
    after = [one for one in taken[place + 1 : place + 4] if not CLAUSE_END.search(text, stop, one.start)]
    if after and not _leads(after[0].words[0]):
        if after[0].meanings and after[0].meanings[0][0] in ("subject", "colour", *_WHERE_AND_WHEN):
            again = after[0].meanings[0] == piece.meanings[0]  # "a barren wasteland"
            return _Change(piece.start, after[0].start, ""), "" if again else entry.phrases[0]
        dim = not after[0].meanings or after[0].meanings[0][0] == "light"
        if start is not None and dim and not after[0].words[0].lower().endswith("ly"):
            stop = after[0].stop  # "under a cloudless sky", "in the evening glow"
    elif after and after[0].words[0].lower() == "of":
        of = next((one for one in after[1:] if one.words[0].lower() not in _ARTICLES), None)
        if of is not None and of.meanings and of.meanings[0][0] == "place":
            stop = of.stop  # "below the surface of the ocean"
    return _Change(piece.start if start is None else start, stop, entry.phrases[0]), ""


def _led_by_article(text: str, taken: tuple[Piece, ...], place: int) -> bool:
    if not place or taken[place - 1].words[0].lower() not in _ARTICLES:
        return False
    return not text[taken[place - 1].stop : taken[place].start].strip()


def _end_of(text: str, taken: tuple[Piece, ...], place: int) -> int:
    """Where a piece ends, with the thing that only its direction speaks of: "towards the left edge"."""
    stop = taken[place].stop
    follower = taken[place + 1] if place + 1 < len(taken) else None
    edge = follower is not None and follower.words[0].lower() in _EDGES and not text[stop : follower.start].strip()
    return follower.stop if edge and follower is not None else stop


def _leads(word: str) -> bool:
    return word.lower() in _LEADING or word.lower() in ("and", "as", "while", "where", "when", "of", "with")


def _bound(text: str, taken: tuple[Piece, ...], place: int) -> int | None:
    """Where the words begin that lead to a piece: "in", "in the", "during a heavy"."""
    start, between = None, 0
    stop = taken[place].start
    for piece in reversed(taken[:place]):
        word = piece.words[0].lower()
        coloured = any(category in _WHERE_AND_WHEN for category, _ in piece.meanings)
        if text[piece.stop : stop].strip() or (piece.meanings and not coloured):
            break
        if word in _LEADING:
            return piece.start
        if word in _ARTICLES and start is None:
            start = piece.start
        else:
            between += 1
            if start is not None or between > _MOST_BETWEEN:
                break
        stop = piece.start
    return start


def _parts(text: str, changes: Iterable[_Change]) -> Iterator[str]:
    """The text in pieces, those that change in their new words."""
    at = 0
    for change in changes:
        yield text[at : max(at, change.start)]
        yield change.text
        at = max(at, change.stop)
    yield text[at:]


def _agreeing(text: str) -> str:
    """The text with "a" before consonants and "an" before vowels, by their letters."""

    def article(found: re.Match[str]) -> str:
        right = "an" if found.group(2)[0].lower() in "aeiou" else "a"
        return (right.capitalize() if found.group(1)[0] == "A" else right) + " " + found.group(2)

    return re.sub(r"\b(an?)\s+(\w)", article, text, flags=re.IGNORECASE)
