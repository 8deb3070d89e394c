"""What is known of a LoRA file before it is applied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LoraFile:
    """A LoRA that can be tried: its name, the family it seems to be made for (empty: unknown), and the words that wake
    it, as far as its notes tell."""

    path: Path
    name: str
    family: str
    words: tuple[str, ...]
