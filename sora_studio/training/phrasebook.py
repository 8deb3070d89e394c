"""The world's vocabulary as data for the studio, which may not import the training: resources/prompting/world.json.

python -m sora_studio.training.phrasebook
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sora_studio.core.resources import resource
from sora_studio.training.world import captions, phrases

FILE = "world.json"

_TABLES: dict[str, phrases.Table] = {
    "subject": phrases.SUBJECTS,
    "colour": phrases.COLOURS,
    "place": phrases.PLACES,
    "time": phrases.TIMES,
    "weather": phrases.WEATHERS,
    "motion": phrases.MOTIONS,
    "camera": phrases.CAMERAS,
    "look": phrases.LOOKS,
}


def phrasebook() -> dict[str, Any]:
    """Every attribute with its values and their phrasings, and the light that belongs to each hour."""
    return {
        "about": "Written by python -m sora_studio.training.phrasebook: how the captions of the world say things.",
        "phrases": {name: {value: list(said) for value, said in table.items()} for name, table in _TABLES.items()},
        "moving": {value: list(said) for value, said in phrases.MOVING.items()},
        "lights": {hour: list(said) for hour, said in captions.LIGHTS.items()},
        "grey_lights": {hour: list(said) for hour, said in captions.GREY_LIGHTS.items()},
        "adjectives": list(captions.ADJECTIVES),
    }


def text_of(book: dict[str, Any]) -> str:
    """The file's text."""
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path) -> Path:
    """Write the file into a folder and return it."""
    path = folder / FILE
    path.write_text(text_of(phrasebook()), encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.stdout.write(f"{write(resource('prompting'))}\n")
