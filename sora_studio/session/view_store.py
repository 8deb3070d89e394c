"""How a project looked when it was left, kept beside it: the heights of its tracks. Not part of the project: it is
neither undone nor does it count as a change."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from sora_studio.core.timeline import Kind

FILE = "view.json"

TrackHeights = Mapping[tuple[Kind, str], int]
"""Pixels by the kind and name of a track, where they are not as usual."""

_KINDS: tuple[Kind, ...] = ("video", "audio")


def load_heights(folder: Path) -> dict[tuple[Kind, str], int]:
    """The heights a project was left with; none where nothing readable is kept."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        kept = [(str(kind), str(name), int(high)) for kind, name, high in data["heights"]]
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return {}
    return {(known, name): high for kind, name, high in kept for known in _KINDS if known == kind}


def save_heights(heights: TrackHeights, folder: Path) -> None:
    """Keep the heights; a folder that cannot be written to only forgets them."""
    path, part = folder / FILE, folder / f".{FILE}.part"
    with contextlib.suppress(OSError):
        if not heights:
            path.unlink(missing_ok=True)
            return
        data = {"heights": [[kind, name, high] for (kind, name), high in heights.items()]}
        part.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(part, path)
