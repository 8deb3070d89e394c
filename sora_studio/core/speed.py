"""What makes an engine quicker than it is by itself: settings that are off until they are chosen, each with its cost in
words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sora_studio.core.language import listed, mark, tr
from sora_studio.core.machine import Kind


@dataclass(frozen=True, slots=True)
class Attention:
    """Kernels for attention: their own name, diffusers' name for them, the library that brings them (empty: torch),
    on what they run, what is done, and what it costs. `masks`: they can leave tokens out, which some networks ask
    for."""

    title: str
    backend: str
    library: str
    kinds: tuple[Kind, ...]
    does: str
    cost: str
    masks: bool = False


_KERNELS = mark("Attention is computed by other kernels")
_ROUNDS = mark("differs by rounding")
_CHANGES = mark("changes the picture a little")

ATTENTIONS: dict[str, Attention] = {
    "cudnn": Attention("cuDNN", "_native_cudnn", "", ("cuda",), _KERNELS, _ROUNDS, masks=True),
    "flash": Attention("FlashAttention 2", "flash", "flash_attn", ("cuda", "rocm"), _KERNELS, _ROUNDS),
    "flash-3": Attention("FlashAttention 3", "_flash_3", "flash_attn_interface", ("cuda",), _KERNELS, _ROUNDS),
    "sage": Attention(
        "SageAttention",
        "sage",
        "sageattention",
        ("cuda",),
        mark("Attention is computed in numbers of 8 bits"),
        _CHANGES,
    ),
}
"""By the names that settings and the command line have for them."""

CACHE, COMPILED = "cache", "compile"
_PLAIN = {
    CACHE: (mark("Step cache"), mark("Steps in which little changes are not computed in full"), _CHANGES),
    COMPILED: (
        mark("Compiled blocks"),
        mark("The network is translated for this card before the first run of each size, a minute or more"),
        _ROUNDS,
    ),
}
"""Title, what is done, and what it costs."""


@dataclass(frozen=True, slots=True)
class Speed:
    """`attention` is one of ATTENTIONS, or empty for torch's own; with `cache` a step whose first block says nothing
    new takes on what the blocks behind it said before; `compiled` blocks are translated for the device once."""

    attention: str = ""
    cache: bool = False
    compiled: bool = False

    def __post_init__(self) -> None:
        if self.attention and self.attention not in ATTENTIONS:
            raise ValueError(f"no attention: {self.attention}")

    @property
    def names(self) -> tuple[str, ...]:
        """What is on, by the names of the command line."""
        found = [CACHE] if self.cache else []
        found += [COMPILED] if self.compiled else []
        return (*found, self.attention) if self.attention else tuple(found)


NAMES = (CACHE, COMPILED, *ATTENTIONS)
"""Of all settings."""


def title(name: str) -> str:
    """What a setting is called, in the artist's language."""
    return tr(_PLAIN[name][0]) if name in _PLAIN else ATTENTIONS[name].title


def cost(name: str) -> str:
    """What a setting costs the picture, in the artist's language."""
    return tr(_PLAIN[name][2] if name in _PLAIN else ATTENTIONS[name].cost)


def explained(name: str) -> str:
    """What a setting does and costs, as a sentence in the artist's language."""
    does = tr(_PLAIN[name][1] if name in _PLAIN else ATTENTIONS[name].does)
    return tr("{does}; {cost}.", does=does, cost=cost(name))


def speed_in_words(speed: Speed) -> str:
    """The settings that are on, with their costs, as a sentence; empty when none is."""
    if not speed.names:
        return ""
    return tr("Quicker: {names}.", names=listed([f"{title(name)} ({cost(name)})" for name in speed.names]))


def speed_data(speed: Speed) -> dict[str, Any]:
    """Settings as JSON data."""
    return asdict(speed)


def speed_from(data: object) -> Speed | None:
    """The settings of `speed_data`; None for anything else."""
    match data:
        case {"attention": str(attention), "cache": bool(cache), "compiled": bool(compiled), **rest} if not rest:
            return Speed(attention, cache, compiled) if attention in ("", *ATTENTIONS) else None
    return None
