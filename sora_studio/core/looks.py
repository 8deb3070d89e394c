"""Looks: named styles whose words are added to a prompt. Shipped as JSON in resources/looks, shareable as files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.resources import resource


@dataclass(frozen=True, slots=True)
class Look:
    """A style: `template` holds {prompt} where the artist's words go."""

    name: str
    title: str
    template: str
    thumbnail: str = ""

    def apply(self, prompt: str) -> str:
        """The prompt told in this look."""
        return self.template.replace("{prompt}", prompt.strip()).strip(" ,.")


def load_look(path: Path) -> Look:
    """Read one look file; raises BadInput when it is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        look = Look(str(data["name"]), str(data["title"]), str(data["template"]), str(data.get("thumbnail", "")))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise BadInput(f"{path.name} is not a look file. It needs name, title and template.") from exc
    if "{prompt}" not in look.template:
        raise BadInput(f"The template of the look in {path.name} needs {{prompt}} where the words go.")
    return look


def shipped_looks() -> tuple[Look, ...]:
    """The looks that come with the studio, in the order of their file names."""
    return tuple(load_look(path) for path in sorted(resource("looks").glob("*.json")))


def find_look(name: str) -> Look:
    """The shipped look of that name or title; raises BadInput that lists the names."""
    looks = shipped_looks()
    for look in looks:
        if name.strip().lower() in (look.name.lower(), look.title.lower()):
            return look
    raise BadInput(f"There is no look called “{name}”. Choose one of: {', '.join(look.name for look in looks)}.")
