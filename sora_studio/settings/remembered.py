"""Small files in which the studio remembers comforts: prompts, paces, choices. What cannot be read or written is
forgone; that is never a reason to stop."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path


def read_json(path: Path) -> object:
    """What such a file holds; None when it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def write_json(path: Path, data: object) -> None:
    """Write such a file whole; what cannot be written is forgone."""
    part = path.with_name(f".{path.name}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, ensure_ascii=False, indent=1)
        part.write_text(text, encoding="utf-8", errors="backslashreplace")  # halves of characters, as JSON writes them
        os.replace(part, path)
