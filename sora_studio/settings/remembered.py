"""Small files in which the studio remembers comforts: prompts, paces, choices. What cannot be read or written is
forgone; that is never a reason to stop."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from sora_studio.core.whole import write_whole


def read_json(path: Path) -> object:
    """What such a file holds; None when it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def write_json(path: Path, data: object) -> None:
    """Write such a file whole; what cannot be written is forgone."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, ensure_ascii=False, indent=1)
        # halves of characters, as JSON writes them
        write_whole(path, text.encode("utf-8", "backslashreplace"), lasting=False)
