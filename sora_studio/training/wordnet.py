"""WordNet's database files (data.*, index.sense) in memory: synsets, their pointers, and how often a sense is met.

Format: wndb(5WN) and senseidx(5WN) of the WordNet manual.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sora_studio.core.errors import BadInput

_FILES: Final = {"n": "data.noun", "v": "data.verb", "a": "data.adj", "r": "data.adv"}
_CLASSES: Final = "nvara"
"""Part of speech by the digit of a sense key; the last are the satellites of adjectives."""
NARROWER: Final = ("~", "~i")
"""Pointers to hyponyms, troponyms and instances."""
SATELLITE: Final = "&"
PERTAINS: Final = "\\"
"""From an adjective to the noun that it is said of."""


@dataclass(frozen=True, slots=True)
class Synset:
    """Words that mean the same. `key` is part of speech and place in its file, `kind` the lexicographer's file (05 are
    animals, 18 are people); `pointers` are (symbol, key)."""

    key: str
    kind: str
    satellite: bool
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str], ...]
    gloss: str


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word: which of its part of speech (from 1), and how often it was met in tagged texts."""

    synset: str
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class WordNet:
    """Synsets by key, and the senses of every lower-case word, its spaces written as _."""

    synsets: dict[str, Synset] = field(default_factory=dict)
    senses: dict[str, list[Sense]] = field(default_factory=dict)

    def named(self, name: str) -> Synset:
        """The synset called "hill.n.01"; raises BadInput for one that is not there."""
        word, part, number = name.rsplit(".", 2)
        for sense in self.senses.get(word.lower(), ()):
            if sense.synset[0] == part and sense.number == int(number):
                return self.synsets[sense.synset]
        raise BadInput(f"WordNet has no {name}. Give the folder of WordNet 3.1.")

    def narrower(self, key: str) -> Iterator[str]:
        """What is a kind of a synset; of an adjective that others gather around, those others."""
        synset = self.synsets[key]
        for symbol, other in synset.pointers:
            if (symbol in NARROWER or (symbol == SATELLITE and not synset.satellite)) and other in self.synsets:
                yield other

    def of(self, word: str) -> list[Sense]:
        """All senses of a word as people write it."""
        return self.senses.get(word.lower().replace(" ", "_"), [])

    def kinds(self, word: str) -> set[str]:
        """The lexicographer's files in which a word stands."""
        return {self.synsets[sense.synset].kind for sense in self.of(word) if sense.synset in self.synsets}


def read_wordnet(folder: Path) -> WordNet:
    """Everything in a folder of WordNet's files. Raises BadInput when they are not there or are something else."""
    net = WordNet({}, defaultdict(list))
    try:
        for name in _FILES.values():
            for line in (folder / name).read_text(encoding="utf-8").splitlines():
                if line[:1].isdigit():
                    synset = _synset(line)
                    net.synsets[synset.key] = synset
        for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
            key, place, number, count = line.split()
            word, _, rest = key.partition("%")
            part = _CLASSES[int(rest[0]) - 1]
            net.senses[word].append(Sense(part + place, int(number), int(count)))
    except (OSError, ValueError, IndexError) as exc:
        raise BadInput(f"{folder} has no files of WordNet (data.noun, index.sense). Give its folder dict.") from exc
    for senses in net.senses.values():
        senses.sort(key=lambda sense: (sense.synset[0], sense.number))
    return net


def _synset(line: str) -> Synset:
    head, _, gloss = line.partition(" | ")
    place, kind, part, size, *rest = head.split()
    count = 2 * int(size, 16)
    words = tuple(word.partition("(")[0].replace("_", " ") for word in rest[:count:2])
    pointers = rest[count + 1 :]
    found = tuple(
        (pointers[k], _part(pointers[k + 2]) + pointers[k + 1]) for k in range(0, 4 * int(rest[count]), 4)
    )  # (symbol, place, part of speech, words) each; verbs have frames behind them
    return Synset(_part(part) + place, kind, part == "s", words, found, gloss.strip())


def _part(letter: str) -> str:
    return "a" if letter == "s" else letter
