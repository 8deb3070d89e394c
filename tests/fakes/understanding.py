"""A side of language without weights: words are near when they share letters' worth of words, colours are seen.

Words in a text do more: "crash" kills the process, "exit" ends it, "fail" raises in words, "bug" raises anything,
"slow" takes a second, "noise" prints. Loaded by name in a real assistant process.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from sora_studio.core.errors import Cancelled, EngineError, MediaError
from sora_studio.core.understanding import Space, Vectors
from sora_studio.media.decode import VideoReader

COLOURS = {"red": (1.0, -0.5, -0.5), "green": (-0.5, 1.0, -0.5), "blue": (-0.5, -0.5, 1.0), "grey": (0.1, 0.1, 0.1)}
WIDTH = 4096
LIMIT = 77


class FakeUnderstanding:
    """Bags of words, and mean colours."""

    def embed_texts(self, texts: Sequence[str], space: Space) -> Vectors:
        rows = []
        for text in texts:
            words = text.lower().replace(",", " ").replace(".", " ").split()
            _mood(words)
            if space == "pictures":
                rows.append(np.sum([COLOURS.get(word, (0.0, 0.0, 0.0)) for word in words] or [(0, 0, 0)], axis=0))
                continue
            row = np.zeros(WIDTH)
            for word in words:
                row[zlib.crc32(word.encode()) % WIDTH] += 1
            rows.append(row)
        return _unit(np.array(rows))

    def embed_pictures(self, paths: Sequence[Path]) -> Vectors:
        rows = []
        for path in paths:
            try:
                with VideoReader(path) as reader:
                    level = reader.frame(0).reshape(-1, 3).mean(0)
            except MediaError:
                level = np.zeros(3)
            rows.append(level - level.mean() + (0.1 if level.any() else 0))
        return _unit(np.array(rows))

    def count_tokens(self, texts: Sequence[str]) -> tuple[tuple[int, ...], int]:
        return tuple(len(text.split()) + 2 for text in texts), LIMIT

    def rewrite(self, model: Path, prompt: str, cancelled: Callable[[], bool]) -> str:
        _mood(prompt.split())
        if not model.is_file():
            raise EngineError(f"The language model “{model}” is not there. Choose the .gguf file again.")
        if "endless" in prompt:
            while not cancelled():
                time.sleep(0.01)
            raise Cancelled("The rewriting was stopped.")
        if "forgetful" in prompt:
            return "Something else entirely."
        return f"{prompt}, told in more words by {model.stem}."


def _unit(rows: Vectors) -> Vectors:
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _mood(words: list[str]) -> None:
    if "crash" in words:
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    if "exit" in words:
        os._exit(3)
    if "fail" in words:
        raise EngineError("These words cannot be weighed. Use others.")
    if "bug" in words:
        raise ValueError("a number is wrong")
    if "slow" in words:
        time.sleep(1.0)
    if "noise" in words:
        print("a stray print")
        os.write(1, b"and one past Python\n")
        sys.stderr.write("a stray warning\n")


def load() -> FakeUnderstanding:
    """The loader for assistant processes."""
    return FakeUnderstanding()
