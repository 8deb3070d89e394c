"""What several clips have in common, in words."""

from __future__ import annotations

from collections.abc import Sequence

from sora_studio.core.language import mark, tr
from sora_studio.core.timeline import Clip
from sora_studio.session.session import Session

_SHARED = (
    ("prompt", mark("“{name}”")),
    ("look", mark("look {name}")),
    ("seed", mark("seed {name}")),
    ("steps", mark("{name} steps")),
    ("size", "{name}"),
)
"""Keys of a recipe and how their common value is said."""


def in_common(session: Session, clips: Sequence[Clip]) -> str:
    """Their length together, how many were generated, and what the recipes of all of these say alike."""
    seconds = session.timeline.rate.seconds(sum(clip.length for clip in clips))
    recipes = [recipe for clip in clips if (recipe := session.item(clip.media).generated_from) is not None]
    parts = [tr("{seconds:.1f} s together", seconds=seconds)]
    if recipes:
        parts.append(tr("all generated") if len(recipes) == len(clips) else tr("{count} generated", count=len(recipes)))
    for key, form in _SHARED if len(recipes) > 1 else ():
        values = [recipe.get(key) for recipe in recipes]
        if values[0] and all(value == values[0] for value in values):
            value = "x".join(map(str, values[0])) if isinstance(values[0], list) else str(values[0])
            parts.append(tr(form, name=value if len(value) <= 60 else f"{value[:59]}…"))
    return " · ".join(parts)
