"""What is known of a LoRA file before it is applied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FewSteps:
    """What a LoRA that was distilled makes clips in: so many steps, with so much guidance (1: none, and half of the
    network's calls)."""

    steps: int
    guidance: float = 1.0


_DISTILLED = re.compile(r"lightx2v|self[-_ ]?forcing|(?:step|cfg|dmd)[-_ ]?distill|(?<![a-z])dmd2?(?![a-z])", re.I)
"""What names of LoRAs say that make clips in few steps without guidance: those of LightX2V and their like
(lightx2v-en.readthedocs.io, “Step Distillation”)."""
_LTX_DISTILLED = re.compile(r"ltx.*distilled", re.I)
_STEPS = re.compile(r"(?<!\d)([1-9]|1[0-6])[-_ ]?steps?(?![a-z])", re.I)
_USUAL, _LTX = 4, 8
"""Steps of distilled LoRAs whose names do not say it."""


def few_steps(name: str) -> FewSteps | None:
    """What a LoRA was distilled for, told by its file's name: its file differs from others in nothing but the
    weights. None for others."""
    if _LTX_DISTILLED.search(name):
        return FewSteps(_LTX)
    said = _STEPS.search(name)
    if said is None and _DISTILLED.search(name) is None:
        return None
    return FewSteps(int(said[1]) if said else _USUAL)


@dataclass(frozen=True, slots=True)
class LoraFile:
    """A LoRA that can be tried: its name, the family it seems to be made for (empty: unknown), and the words that wake
    it, as far as its notes tell. `few` says so when it makes clips in few steps."""

    path: Path
    name: str
    family: str
    words: tuple[str, ...]
    few: FewSteps | None = None
