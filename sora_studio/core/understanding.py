"""What the side of language can be asked: how near words and pictures are to each other, how long a prompt is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Unit vectors (N, D): the cosine of two of them is how near their meanings are."""

Space = Literal["words", "pictures"]
"""Where vectors live: "words" compares texts with texts, "pictures" compares texts and pictures (CLIP)."""


class Understanding(Protocol):
    """The model's side of language, without its side of pictures. Methods block; they raise StudioError."""

    def embed_texts(self, texts: Sequence[str], space: Space) -> Vectors:
        """A vector for each text. Raises EngineError for "pictures" while there are no CLIP weights."""
        ...

    def embed_pictures(self, paths: Sequence[Path]) -> Vectors:
        """A vector in "pictures" for each picture or video; zeros for a file that cannot be read. Raises EngineError
        while there are no CLIP weights."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> tuple[tuple[int, ...], int]:
        """How many pieces of words each text has, and how many the model reads; both with the two at the ends."""
        ...

    def rewrite(self, model: Path, prompt: str, cancelled: Callable[[], bool]) -> str:
        """The prompt told in more words by a language model of the artist's own (a GGUF file). Raises EngineError,
        and Cancelled once `cancelled()` turns true."""
        ...
