"""Which parts of the built-in model are there. Needs no torch."""

from __future__ import annotations

from pathlib import Path

from sora_studio.core.errors import StudioError
from sora_studio.core.language import mark
from sora_studio.engines.catalog import model_folder

NO_CLIP = mark(
    "Captions, search by picture and the ranking of takes come with the CLIP weights, and this installation has none. "
    "Update Sora Studio, or put them into the folder “clip” of the model."
)


def clip_folder() -> Path | None:
    """Where the CLIP weights lie; None while there are none."""
    try:
        folder = model_folder() / "clip"
    except StudioError:
        return None
    return folder if (folder / "config.json").is_file() else None
