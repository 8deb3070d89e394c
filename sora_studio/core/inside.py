"""What goes on inside the network while a clip forms: what a step was given, what it made of it, which words the
picture attends to, and where the network sees the subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.request import Frames


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the prompt and the numbers of the text tokens that it was cut into."""

    text: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """What one token covers: `frames` in time (the first token of a place covers the first frame alone), and a square
    of `pixels` by `pixels`."""

    frames: int
    pixels: int

    def row(self, frame: int) -> int:
        """The token in time that a frame lies in."""
        return -(-frame // self.frames)

    def span(self, row: int) -> tuple[int, int]:
        """First and last frame of a token in time."""
        return (0, 0) if row == 0 else (self.frames * (row - 1) + 1, self.frames * row)


@dataclass(frozen=True, slots=True, eq=False)
class Insight:
    """One step seen from the inside.

    `sigma` is the noise level the step began at, 1 noise to 0 data. `noisy` and `clean` are small pictures (T, h, w, 3)
    of the noisy latents that went in and of the clean ones that the network predicted. `attention` (blocks, L, t, y, x)
    says how much the token at each place of the grid takes from each of L text tokens, averaged over the heads; it sums
    to 1 over L. `presence` (t, y, x) says how sure the network is, 0 to 1, that a token holds the subject.
    """

    step: int
    steps: int
    sigma: float
    noisy: Frames
    clean: Frames
    attention: NDArray[np.float16]
    presence: NDArray[np.float16]
    words: tuple[Word, ...]
    patch: Patch

    @property
    def grid(self) -> tuple[int, int, int]:
        """Tokens in time, height and width."""
        time, height, width = self.attention.shape[2:]
        return time, height, width

    @property
    def blocks(self) -> int:
        """Blocks of the transformer."""
        return len(self.attention)

    def heat(self, word: int, block: int | None = None) -> NDArray[np.float32]:
        """How much each place attends to a word (its number in `words`), in a block (from 0) or averaged over all:
        (t, y, x), 0 to 1."""
        tokens = self.attention[:, list(self.words[word].tokens)].astype(np.float32).sum(axis=1)  # (blocks, t, y, x)
        chosen: NDArray[np.float32] = tokens.mean(axis=0) if block is None else tokens[block]
        return chosen
