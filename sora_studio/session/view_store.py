"""How a project looked when it was left, kept beside it: the heights of its tracks. Not part of the project: it is
neither undone nor does it count as a change."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from sora_studio.core.timeline import Timeline
from sora_studio.core.whole import write_whole

FILE = "view.json"


def load_heights(folder: Path, timeline: Timeline) -> dict[str, int]:
    """The heights a project was left with, by the identity of its tracks; none where nothing readable is kept. Older
    files know a track by its kind and name."""
    ids = {(track.kind, track.name): track.id for track in timeline.tracks}
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if "tracks" in data:
            kept = {str(track): int(high) for track, high in data["tracks"].items()}
        else:
            kept = {ids.get((kind, name), ""): int(high) for kind, name, high in data["heights"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}
    there = {track.id for track in timeline.tracks}
    return {track: high for track, high in kept.items() if track in there}


def save_heights(heights: Mapping[str, int], folder: Path) -> None:
    """Keep the heights; a folder that cannot be written to only forgets them."""
    path = folder / FILE
    with contextlib.suppress(OSError):
        if not heights:
            path.unlink(missing_ok=True)
            return
        write_whole(path, json.dumps({"tracks": dict(heights)}, indent=1).encode(), lasting=False)
