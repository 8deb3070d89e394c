"""What a new clip is called: the artist's words, short enough for a title."""

from __future__ import annotations

from sora_studio.core.emphasis import plain

LONGEST = 40
"""Characters."""


def short_name(words: str) -> str:
    """Words on one line, cut between two of them where they are too many; writing without spaces is cut anywhere."""
    words = " ".join(plain(words).split())
    if len(words) <= LONGEST:
        return words
    cut = words.rfind(" ", LONGEST // 2, LONGEST)
    return words[: cut if cut > 0 else LONGEST - 1].rstrip(" ,;:.-–—，、。；：") + "…"
