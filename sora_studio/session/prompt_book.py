"""The prompts that were sent, newest first, kept between sessions; and what each engine was last set to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sora_studio.settings.folders import config_folder, data_folder
from sora_studio.settings.remembered import read_json, write_json

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
