"""The prompt helper's session side: what was understood, phrases that fit, how long it is, and a rewriting on wish.

    errand = session.prompting.consider(Question(prompt, engine, look, wishes), show, say)

One errand at a time is of interest: cancel the former when the prompt changes. Nothing here changes what is sent: the
window puts the phrases it shows into the draft (`Draft.phrases`), and `sent_prompt` says word for word what that makes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.emphasis import plain
from sora_studio.core.errors import EngineError
from sora_studio.core.phrasebook import Phrasebook, phrasebook
from sora_studio.core.phrasing import Offer, Wishes, compose, evoked, offers, rank
from sora_studio.core.reading import Reading, missing_words, neighbours, place_open, read_words
from sora_studio.jobs.assistant_protocol import Counted, CountTokens, Rewrite, Rewritten
from sora_studio.session.errands import Errand, Steps
from sora_studio.session.lookbook import LookBook
from sora_studio.session.meaning import Meaning, Say


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt as it stands. `look` names a look that is added elsewhere; without `help` no phrases are sought."""

    prompt: str
    engine: str = "sora"
    look: str = ""
    wishes: Wishes = Wishes()
    help: bool = True


@dataclass(frozen=True, slots=True)
class Considered:
    """What is known of a prompt. `sent` is the text with the offered phrases and the look; `tokens` counts its pieces
    of words, of which the model reads `limit`."""

    question: Question
    reading: Reading
    offers: tuple[Offer, ...]
    sent: str
    tokens: int
    limit: int
    named: bool
    """Whether the engine knows nothing but its words, so that what was not understood is worth naming."""


@dataclass(frozen=True, slots=True)
class Retold:
    """A prompt told again by a language model; `missing` are words of the artist's that it left out."""

    text: str
    missing: tuple[str, ...]


class Prompting:
    """Questions about one prompt. The callbacks come on the owner thread."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    def consider(self, question: Question, done: Callable[[Considered], None], failed: Say) -> Errand:
        """Read a prompt, find phrases for it, count it."""
        return self._meaning.errands.run(self._considered(question), done, failed)

    def rewrite(self, model: Path, prompt: str, done: Callable[[Retold], None], failed: Say) -> Errand:
        """Have a language model tell the prompt in more words; cancelling the errand stops the model."""
        return self._meaning.errands.run(_retold(model, prompt), done, failed)

    def glance(self, prompt: str, engine: str) -> Reading:
        """What the known words say, at once and without the assistant."""
        return read_words(prompt, phrasebook(engine))

    def book(self, engine: str) -> Phrasebook:
        """The words of an engine."""
        return phrasebook(engine)

    def _considered(self, question: Question) -> Steps[Considered]:
        book = phrasebook(question.engine)
        reading = read_words(question.prompt, book)
        known = book.in_short()
        near = [text for _, _, text in neighbours(known)] if reading.open else []
        moods = list(evoked(book)) if question.help else []
        vectors = yield from self._meaning.texts([plain(question.prompt), *reading.open, *near, *moods], "words")
        first, second = 1 + len(reading.open), 1 + len(reading.open) + len(near)
        if reading.open:
            reading = place_open(reading, known, vectors[1:first], vectors[first:second])
        found: tuple[Offer, ...] = ()
        look = LookBook().find(question.look) if question.look else None
        if question.help and question.prompt.strip():
            shown = (read_words(look.apply(""), book).value("look") or look.name) if look else ""
            found = offers(reading, rank(vectors[0], vectors[second:], book), book, question.wishes, shown)
        # All lengths at once, from no phrase to every phrase: what would be cut off is not offered.
        texts = [compose(question.prompt, tuple(offer.phrase for offer in found[:k])) for k in range(len(found) + 1)]
        texts = [look.apply(text) for text in texts] if look else texts
        counted = yield CountTokens(0, tuple(map(plain, texts)))
        if not isinstance(counted, Counted):
            raise EngineError("The assistant for words answered something else. Try again.")
        most = len(found)
        while book.complete and most and counted.counts[most] > counted.limit:
            most -= 1
        return Considered(
            question, reading, found[:most], texts[most], counted.counts[most], counted.limit, book.complete
        )


def _retold(model: Path, prompt: str) -> Steps[Retold]:
    answer = yield Rewrite(0, str(model), plain(prompt))
    if not isinstance(answer, Rewritten):
        raise EngineError("The assistant for words answered something else. Try again.")
    return Retold(answer.text, missing_words(prompt, answer.text, phrasebook("sora")))
