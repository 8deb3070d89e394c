"""The prompts that were sent, newest first, kept between sessions; and what each engine was last set to."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sora_studio.settings.folders import config_folder, data_folder

KEPT = 200
"""Prompts."""


class PromptBook:
    """A file of prompts. What cannot be read or written is forgone: a history is a comfort, never a reason to stop."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "prompts.json"
        found = read_json(self._path)
        self._prompts = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    @property
    def prompts(self) -> tuple[str, ...]:
        """The newest first."""
        return tuple(self._prompts)

    def add(self, prompt: str) -> None:
        """A prompt was sent; one that was sent before moves to the front."""
        prompt = prompt.strip()
        if prompt and self._prompts[:1] != [prompt]:
            self._prompts = [prompt, *(one for one in self._prompts if one != prompt)][:KEPT]
            write_json(self._path, self._prompts)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What the Expert fold remembers of an engine."""

    steps: int
    guidance: float
    negative: str = ""


class EngineChoices:
    """The choices by engine, in the settings folder."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or config_folder() / "engines.json"
        found = read_json(self._path)
        self._known: dict[str, Any] = found if isinstance(found, dict) else {}

    def of(self, engine: str) -> EngineChoice | None:
        """What was chosen for an engine; None before anything was, or when it cannot be understood."""
        try:
            data = self._known[engine]
            choice = EngineChoice(int(data["steps"]), float(data["guidance"]), str(data.get("negative", "")))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return None
        return choice if 1 <= choice.steps <= 1000 and 0 <= choice.guidance <= 100 else None

    def keep(self, engine: str, choice: EngineChoice | None) -> None:
        """Remember a choice; None forgets it."""
        if choice == self.of(engine):
            return
        if choice is None:
            self._known.pop(engine, None)
        else:
            self._known[engine] = {"steps": choice.steps, "guidance": choice.guidance, "negative": choice.negative}
        write_json(self._path, self._known)


def read_json(path: Path) -> object:
    """What a file of the artist's comforts holds; None when it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def write_json(path: Path, data: object) -> None:
    """Write such a file whole; what cannot be written is forgone."""
    part = path.with_name(f".{path.name}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(part, path)
