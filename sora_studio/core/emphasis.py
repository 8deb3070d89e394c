"""Weights of phrases in a prompt: `(golden light:1.3)` counts more than the rest, `(fog:0.6)` less.

A bracket with a number at its end is a weight; any other, and one that nothing closes, is a bracket as people write
them. Within each other weights multiply. `\\(` and `\\)` are brackets in any case. The artist's text keeps all of this;
`spoken` is what a model reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sora_studio.core.errors import BadInput

LEAST, MOST = 0.0, 2.0
"""Weights of a phrase. 0 leaves it out; with more than twice its share a phrase tears the picture."""
MOST_PHRASES = 4
"""Weighted phrases of a prompt: each takes another pass in the steps in which words are followed."""
COST = 0.4
"""Share of a clip's time that each of them adds."""

_NUMBER = re.compile(r":\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\Z")
_LONGEST_NUMBER = 24
_WORD = re.compile(r"__[A-Za-z0-9][\w-]*?__|[^\W_]+(?:[-'’][^\W_]+)*")
"""A word or a list of wildcards."""


@dataclass(frozen=True, slots=True)
class Group:
    """A weighted phrase in the artist's text, in characters: from its bracket at `start` to behind the other at `stop`;
    the words end at `end`."""

    start: int
    end: int
    stop: int
    weight: float


@dataclass(frozen=True, slots=True)
class Leaning:
    """A phrase that counts more or less: the prompt `without` it, and by how much more than 1 it counts."""

    without: str
    push: float


@dataclass(frozen=True, slots=True)
class Change:
    """Other text from `start` to `stop`, and what is selected then."""

    start: int
    stop: int
    text: str
    selected: tuple[int, int]

    def apply(self, text: str) -> str:
        """The text with it."""
        return text[: self.start] + self.text + text[self.stop :]


@lru_cache(maxsize=64)
def groups(text: str) -> tuple[Group, ...]:
    """The weighted phrases of a text in the order of their brackets; weights may lie outside LEAST to MOST."""
    opened: list[int] = []
    found: list[Group] = []
    at = 0
    while at < len(text):
        if _escapes(text, at):
            at += 1
        elif text[at] == "(":
            opened.append(at)
        elif text[at] == ")" and opened:
            start = opened.pop()
            number = _NUMBER.search(text, max(start + 1, at - _LONGEST_NUMBER), at)
            if number is not None and text[start + 1 : number.start()].strip():
                found.append(Group(start, number.start(), at + 1, float(number.group(1))))
        at += 1
    return tuple(sorted(found, key=lambda group: group.start))


def plain(text: str) -> str:
    """The words alone, without weights: what is searched, counted and shown as a name."""
    return _kept(text, ())


def spoken(text: str) -> tuple[str, tuple[Leaning, ...]]:
    """What a model reads of a text: the prompt, without phrases of weight 0, and the phrases that lean it."""
    found = groups(text)
    silent = tuple(group for group in found if group.weight == 0)
    heard = [group for group in found if not any(_within(group, other) for other in silent)]
    leanings = []
    for group in heard:
        share = 1.0
        for other in heard:
            if other is not group and _within(group, other):
                share *= other.weight
        if group.weight != 1:
            leanings.append(Leaning(_tidied(_kept(text, (*silent, group))), share * (group.weight - 1)))
    prompt = _kept(text, silent)
    return _tidied(prompt) if silent else prompt, tuple(leanings)


def check(text: str) -> None:
    """Raises BadInput, in words, for weights that cannot be had."""
    for group in groups(text):
        if not LEAST <= group.weight <= MOST:
            raise BadInput(
                "The weight of a phrase lies between {least:g} and {most:g}, not as in “{phrase}”. For a plain bracket "
                "write \\(.",
                least=LEAST,
                most=MOST,
                phrase=text[group.start : group.stop][-60:],
            )
    count = len(spoken(text)[1])
    if count > MOST_PHRASES:
        raise BadInput(
            "{count} phrases of the prompt have weights, and at most {most} can: each makes every step longer. Take "
            "the weights of some away.",
            count=count,
            most=MOST_PHRASES,
        )


def weigh(text: str, start: int, stop: int, by: float) -> Change | None:
    """The phrase from `start` to `stop` with a weight that is `by` more; None where there is none to weigh.

    Nothing selected means the weighted phrase around the place, else the word there. At weight 1 the brackets go.
    """
    start, stop = _trimmed(text, start, stop) if start < stop else (start, stop)
    group = _chosen(text, start, stop)
    if group is None:
        start, stop = (start, stop) if start < stop else _word_at(text, start)
        if start == stop:
            return None
        group = Group(start, stop, stop, 1.0)
        words = text[start:stop]
    else:
        words = text[group.start + 1 : group.end]
    weight = round(min(MOST, max(LEAST, group.weight + by)), 2)
    new = words if weight == 1 else f"({words}:{weight:g})"
    first = group.start + (weight != 1)
    change = Change(group.start, group.stop, new, (first, first + len(words)))
    after = change.apply(text)
    made = weight == 1 or any((one.start, one.stop) == (group.start, group.start + len(new)) for one in groups(after))
    return change if made and plain(after) == plain(text) else None  # what is half of a bracket stays


def _escapes(text: str, at: int) -> bool:
    """Whether a backslash takes the next character as it is."""
    return text[at] == "\\" and text[at + 1 : at + 2] in ("(", ")", "\\")


def _within(group: Group, other: Group) -> bool:
    return other.start <= group.start and group.stop <= other.stop


def _kept(text: str, left_out: tuple[Group, ...]) -> str:
    """The text without weights, backslashes, and the phrases left out."""
    marks = {at for group in groups(text) for at in (group.start, *range(group.end, group.stop))}
    marks |= {at for group in left_out for at in range(group.start, group.stop)}
    words, at = [], 0
    while at < len(text):
        at += _escapes(text, at)
        if at not in marks:
            words.append(text[at])
        at += 1
    return "".join(words)


def _tidied(text: str) -> str:
    """Without the commas and spaces that a phrase left behind."""
    text = re.sub(r"[ \t]{2,}", " ", re.sub(r"[ \t]+([,.;])", r"\1", text))
    return re.sub(r",(?:\s*,)+", ",", text).strip(" \t,")


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    """A stretch without the spaces at its ends."""
    words = text[start:stop]
    start += len(words) - len(words.lstrip())
    return start, start + len(words.strip())


def _chosen(text: str, start: int, stop: int) -> Group | None:
    """The innermost weighted phrase around the cursor, or the one of which all words are selected."""
    around = [group for group in groups(text) if group.start <= start and stop <= group.stop]
    if start < stop:
        words = {group: _trimmed(text, group.start + 1, group.end) for group in around}
        around = [group for group in around if start <= words[group][0] and words[group][1] <= stop]
    return max(around, key=lambda group: group.start, default=None)


def _word_at(text: str, at: int) -> tuple[int, int]:
    return next(((m.start(), m.end()) for m in _WORD.finditer(text) if m.start() <= at <= m.end()), (at, at))
