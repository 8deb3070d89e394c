"""Length, size and rate of a medium in words, and in what its model differed from itself."""

from __future__ import annotations

from sora_studio.core.language import tr
from sora_studio.core.library import kind_of
from sora_studio.core.manner import manner_in_words, manner_of
from sora_studio.core.media_item import MediaItem


def facts_of(item: MediaItem) -> str:
    """ "2.1 s · 192 × 112 · 8 fps", and what was done to the model that changes its pictures: "8-bit weights"."""
    size = f"{item.size.width} × {item.size.height}"
    if kind_of(item) == "image":
        return size
    if kind_of(item) == "sound":
        return seconds_text(item)
    facts = tr(
        "{seconds_text} · {size} · {float:.5g} fps",
        seconds_text=seconds_text(item),
        size=size,
        float=float(item.rate.fps),
    )
    setup = manner_of(item.made_from or {})
    return " · ".join(filter(None, (facts, manner_in_words(setup) if setup is not None else "")))


def seconds_text(item: MediaItem) -> str:
    """A short duration: 2.1 s, 1:05."""
    seconds = item.rate.seconds(item.frames)
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
