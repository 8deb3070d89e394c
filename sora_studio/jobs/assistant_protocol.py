"""What the studio asks its assistant, and what it answers. Every question carries a number that its answer repeats."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import IO, Any

import numpy as np

from sora_studio.core.understanding import Space, Vectors
from sora_studio.jobs.wire import garbled, pack, unpack


@dataclass(frozen=True, slots=True)
class EmbedTexts:
    """To the assistant: vectors of these texts."""

    ask: int
    texts: tuple[str, ...]
    space: Space = "words"


@dataclass(frozen=True, slots=True)
class EmbedPictures:
    """To the assistant: vectors of these files."""

    ask: int
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountTokens:
    """To the assistant: how long these texts are."""

    ask: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """To the assistant: tell a prompt in more words, with the language model in a file."""

    ask: int
    model: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Forget:
    """To the assistant: nobody waits for the answer to this question any more."""

    ask: int


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """From the assistant: unit vectors (N, D), float32."""

    ask: int
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Counted:
    """From the assistant: pieces of words of each text, and how many the model reads."""

    ask: int
    counts: tuple[int, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """From the assistant: the prompt in other words."""

    ask: int
    text: str


@dataclass(frozen=True, slots=True)
class Unable:
    """From the assistant: there is no answer; `reason` is a sentence for the artist, empty when it was forgotten."""

    ask: int
    reason: str
    details: str = ""


Question = EmbedTexts | EmbedPictures | CountTokens | Rewrite
Order = Question | Forget
Answer = Embedded | Counted | Rewritten | Unable

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (EmbedTexts, EmbedPictures, CountTokens, Rewrite, Forget, Counted, Rewritten, Unable)
}
_TUPLES = ("texts", "paths", "counts")


def encode(message: Order | Answer) -> bytes:
    """A message as bytes for the wire."""
    if isinstance(message, Embedded):
        vectors = np.ascontiguousarray(message.vectors, np.float32)
        return pack("Embedded", {"ask": message.ask, "shape": vectors.shape}, vectors.tobytes())
    return pack(type(message).__name__, asdict(message))


def read(stream: IO[bytes]) -> Order | Answer | None:
    """The next message of a blocking stream; None at its end. Raises ProtocolError for anything else."""
    parcel = unpack(stream)
    if parcel is None:
        return None
    data = parcel.data
    try:
        if parcel.kind == "Embedded":
            rows, columns = data["shape"]
            return Embedded(int(data["ask"]), np.frombuffer(parcel.blob, np.float32).reshape(rows, columns))
        message: Order | Answer = _KINDS[parcel.kind](
            **{name: tuple(value) if name in _TUPLES else value for name, value in data.items()}
        )
    except (ValueError, KeyError, TypeError) as exc:
        raise garbled() from exc
    return message
