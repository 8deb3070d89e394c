"""What words and pictures mean: vectors of both, search by either, and how well takes show what was asked for.

    session.meaning.search("a boat at night", session.shelf(), show, say)       # by words
    session.meaning.search(Path("photo.jpg"), session.shelf(), show, say)       # by a picture or video
    session.meaning.rank_takes([Take(media_id, path, prompt), ...], show, say)  # best first
    session.meaning.embed_texts(["a red boat", ...], keep, say)                 # (N, D) float32 unit vectors
    session.meaning.embed_pictures([path, ...], keep, say)                      # the same space as "pictures" texts

Every call returns at once with an `Errand` (`cancel()` it when its answer is no longer wanted). The result comes to
`done` on the owner thread; when there is none, `failed` is told why in a sentence. The assistant process starts with
the first call and answers while the worker generates. `pictures_known` says whether the CLIP weights are there: without
them search by words compares with names, prompts and captions alone, and search by picture and ranking fail in words.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sora_studio.core.emphasis import plain
from sora_studio.core.errors import EngineError
from sora_studio.core.library import prompt_of
from sora_studio.core.media_item import MediaItem
from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.telling import tell
from sora_studio.core.understanding import Space, Vectors
from sora_studio.engines.weights import NO_CLIP, clip_folder
from sora_studio.jobs.assistant_protocol import Embedded, EmbedPictures, EmbedTexts
from sora_studio.session.errands import Errand, Errands, Steps

Say = Callable[[str], None]
"""Told why there is no answer, in a sentence."""

KEPT = 20_000
"""Vectors that stay in memory: 30 MB."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A medium to be found: its file, if there is one, and the words known of it (name, prompt, captions)."""

    id: str
    path: Path | None
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """How well a medium fits, -1..1; only worth comparing within one answer."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Take:
    """A clip and the words it was made from."""

    id: str
    path: Path
    prompt: str


class Meaning:
    """Asks the assistant; remembers vectors, so that a second search of the same library is quick."""

    def __init__(self, errands: Errands) -> None:
        self.errands = errands
        self._kept: OrderedDict[tuple[str, str, int], Vectors] = OrderedDict()

    @property
    def pictures_known(self) -> bool:
        """Whether the CLIP weights are there, so that pictures can be compared with words."""
        return clip_folder() is not None

    def embed_texts(
        self, texts: Sequence[str], done: Callable[[Vectors], None], failed: Say, space: Space = "pictures"
    ) -> Errand:
        """A float32 unit vector (N, D) for each text: among "pictures" (CLIP) or among "words" (the text tower)."""
        return self.errands.run(self.texts(tuple(texts), space), done, failed)

    def embed_pictures(self, paths: Sequence[Path], done: Callable[[Vectors], None], failed: Say) -> Errand:
        """A float32 unit vector (N, D) for each picture or video; zeros for a file that cannot be read."""
        return self.errands.run(self.pictures(tuple(paths)), done, failed)

    def search(
        self, query: str | Path, among: Sequence[Seen], done: Callable[[list[Found]], None], failed: Say
    ) -> Errand:
        """All of `among`, best first: near to words, or to a picture or video."""
        steps = self._by_picture(query, among) if isinstance(query, Path) else self._by_words(query, among)
        return self.errands.run(steps, done, failed)

    def rank_takes(self, takes: Sequence[Take], done: Callable[[list[Found]], None], failed: Say) -> Errand:
        """Takes by how well their pictures show their own prompt, best first."""
        return self.errands.run(self._ranked(takes), done, failed)

    # steps, also for the errands of others

    def texts(self, texts: Sequence[str], space: Space) -> Steps[Vectors]:
        """Vectors of texts, asked for once."""
        missing = tuple(dict.fromkeys(text for text in texts if (space, text, 0) not in self._kept))
        fresh: dict[str, Vectors] = {}
        if missing:
            answer = yield EmbedTexts(0, missing, space)
            fresh = dict(zip(missing, _vectors(answer), strict=True))
        found = [fresh[text] if text in fresh else self._kept[space, text, 0] for text in texts]
        for text, vector in fresh.items():
            self._keep((space, text, 0), vector)
        return np.stack(found) if found else np.zeros((0, 1), np.float32)

    def pictures(self, paths: Sequence[Path]) -> Steps[Vectors]:
        """Vectors of files, one question each: a long library must not keep the prompt waiting."""
        if not self.pictures_known:
            raise EngineError(NO_CLIP)
        found: list[Vectors] = []
        for path in paths:
            key = ("file", str(path), _changed(path))
            if key not in self._kept:
                answer = yield EmbedPictures(0, (str(path),))
                self._keep(key, _vectors(answer)[0])
            found.append(self._kept[key])
        return np.stack(found) if found else np.zeros((0, 1), np.float32)

    def _by_words(self, query: str, among: Sequence[Seen]) -> Steps[list[Found]]:
        words = yield from self.texts([query, *(seen.text for seen in among)], "words")
        scores = words[1:] @ words[0]  # (N,)
        shown = [index for index, seen in enumerate(among) if seen.path is not None]
        if shown and self.pictures_known:
            wanted = yield from self.texts([_told(query)], "pictures")
            pictures = yield from self.pictures([path for seen in among if (path := seen.path) is not None])
            scores[shown] += pictures @ wanted[0]
        return _best_first(among, scores)

    def _by_picture(self, query: Path, among: Sequence[Seen]) -> Steps[list[Found]]:
        with_file = [seen for seen in among if seen.path is not None]
        paths = [seen.path for seen in with_file if seen.path is not None]
        pictures = yield from self.pictures([query, *paths])
        return _best_first(with_file, pictures[1:] @ pictures[0])

    def _ranked(self, takes: Sequence[Take]) -> Steps[list[Found]]:
        pictures = yield from self.pictures([take.path for take in takes])
        words = yield from self.texts([_told(take.prompt) for take in takes], "pictures")
        return _best_first(takes, (pictures * words).sum(1))

    def _keep(self, key: tuple[str, str, int], vector: Vectors) -> None:
        self._kept[key] = vector
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def words_of(item: MediaItem) -> str:
    """What is known of a medium in words: its name, the prompt it was made from, and what it shows and
    the artist's own words."""
    said = (item.name, plain(prompt_of(item)), item.caption, item.long_caption)
    return ". ".join(dict.fromkeys(words for words in said if words))


def _told(prompt: str) -> str:
    """A prompt as CLIP knows it, which learned from the same captions as the built-in model."""
    return tell(plain(prompt), phrasebook("sora"))


def _vectors(answer: object) -> Vectors:
    if not isinstance(answer, Embedded):
        raise EngineError("The assistant for words answered something else. Try again.")
    return answer.vectors


def _best_first(among: Sequence[Seen] | Sequence[Take], scores: Vectors) -> list[Found]:
    """Everything with its score; what scores the same keeps its order."""
    order = np.argsort(-scores, kind="stable")
    return [Found(among[index].id, float(scores[index])) for index in order]


def _changed(path: Path) -> int:
    """When a file was last written; 0 when it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
