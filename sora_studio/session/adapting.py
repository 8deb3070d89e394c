"""LoRA files in a draft: taken in, with the words that wake them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.looks import MOST_LORAS
from sora_studio.core.lora import FewSteps, LoraFile
from sora_studio.core.request import Lora
from sora_studio.session.draft import Draft
from sora_studio.weights.layout import PICKLES
from sora_studio.weights.lora import read_lora

ENDINGS = frozenset((".safetensors", *PICKLES))
"""Of files that may be meant as LoRAs; the pickles among them are refused with the reason."""


def lora_of(path: Path) -> LoraFile:
    """What a file says of itself. Raises BadInput saying why it is not used."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return read_lora(path)  # says why


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> LoraFile:
    del changed
    return read_lora(path)


def refusal(path: Path) -> str:
    """Why a file is not used as a LoRA, in a sentence; empty when it is."""
    try:
        lora_of(path)
    except BadInput as exc:
        return str(exc)
    return ""


def with_lora(draft: Draft, path: Path) -> Draft:
    """The draft with one more LoRA, once. Raises BadInput saying why the file is not used."""
    file = lora_of(path)
    if any(Path(lora.path) == file.path.absolute() for lora in draft.loras):
        return draft
    if len(draft.loras) >= MOST_LORAS:
        raise BadInput("There are {most} LoRAs already. Remove one first.", most=MOST_LORAS)
    return replace(draft, loras=(*draft.loras, Lora(str(file.path.absolute()))))


def with_word(prompt: str, word: str) -> str:
    """The prompt with a word that wakes a LoRA behind it, once."""
    if word.casefold() in prompt.casefold():
        return prompt
    return f"{prompt.rstrip(' ,.')}, {word}" if prompt.strip() else word


def few_of(lora: Lora) -> FewSteps | None:
    """The few steps that a LoRA makes clips in, if it is one of those."""
    try:
        return lora_of(Path(lora.path)).few
    except BadInput:
        return None


def words_of(lora: Lora) -> tuple[str, ...]:
    """The words that wake a LoRA; none for a file that cannot be read any more."""
    try:
        return lora_of(Path(lora.path)).words
    except BadInput:
        return ()
