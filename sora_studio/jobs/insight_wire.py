"""An Insight on the wire: its numbers and words as JSON data, its pictures and attention as raw bytes behind them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sora_studio.core.inside import Insight, Patch, Word


def insight_data(insight: Insight) -> tuple[dict[str, Any], bytes]:
    """JSON data and the bytes that belong to it."""
    data = {
        "step": insight.step,
        "steps": insight.steps,
        "sigma": insight.sigma,
        "pictures": list(insight.noisy.shape),
        "attention": list(insight.attention.shape),
        "words": [[word.text, list(word.tokens)] for word in insight.words],
        "patch": [insight.patch.frames, insight.patch.pixels],
    }
    parts = (insight.noisy, insight.clean, insight.attention, insight.presence)
    return data, b"".join(part.tobytes() for part in parts)


def insight_from(data: dict[str, Any], blob: bytes) -> Insight:
    """The Insight of `insight_data`. Raises ValueError or KeyError for anything else."""
    pictures = tuple(int(side) for side in data["pictures"])
    maps = tuple(int(side) for side in data["attention"])
    size, cells = int(np.prod(pictures, dtype=np.int64)), int(np.prod(maps, dtype=np.int64))
    grid = maps[2:]
    places = int(np.prod(grid, dtype=np.int64))
    if len(blob) != 2 * (size + cells + places):
        raise ValueError("pictures or attention are missing")
    noisy, clean = (np.frombuffer(blob, np.uint8, size, start).reshape(pictures) for start in (0, size))
    return Insight(
        int(data["step"]),
        int(data["steps"]),
        float(data["sigma"]),
        noisy,
        clean,
        np.frombuffer(blob, np.float16, cells, 2 * size).reshape(maps),
        np.frombuffer(blob, np.float16, places, 2 * (size + cells)).reshape(grid),
        tuple(Word(str(text), tuple(int(token) for token in tokens)) for text, tokens in data["words"]),
        Patch(*(int(number) for number in data["patch"])),
    )
