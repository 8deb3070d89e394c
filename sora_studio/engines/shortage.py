"""Memory that ran out: how libraries say it, and how what is left over is given back."""

from __future__ import annotations

import gc

import torch

SAID = ("can't allocate memory", "not enough memory", "out of memory")
"""What torch's errors contain that are of no class of their own: the processor's, and some drivers'."""


def is_shortage(exc: BaseException) -> bool:
    """Whether an error says that memory ran out."""
    if isinstance(exc, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(exc, RuntimeError) and any(words in str(exc) for words in SAID)


def give_back() -> None:
    """Free what nobody holds any more: errors keep tensors alive in rings until they are looked for."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
