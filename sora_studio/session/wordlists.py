"""Lists for wildcards: text files with a choice a line, in a folder of the artist's settings."""

from __future__ import annotations

from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.settings.folders import config_folder

LARGEST = 4_000_000
"""Bytes of a list; more is no list of words."""


def lists_folder() -> Path:
    """Where the lists lie; may not exist yet."""
    return config_folder() / "wildcards"


def list_names() -> tuple[str, ...]:
    """The lists there are."""
    folder = lists_folder()
    return tuple(sorted(path.stem for path in folder.glob("*.txt"))) if folder.is_dir() else ()


def read_list(name: str) -> tuple[str, ...]:
    """The choices of a list, without empty lines and those that begin with #. Raises BadInput."""
    path = lists_folder() / f"{name}.txt"
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput("The list {name} is too large. A list has a choice a line, up to 4 MB.", name=path.name)
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(
            "There is no list for __{name}__. Write its choices, one a line, into “{path}”, or change the prompt.",
            name=name,
            path=path,
        ) from exc
    choices = tuple(line for line in lines if line and not line.startswith("#"))
    if not choices:
        raise BadInput("The list {name} is empty. Write a choice a line into “{path}”.", name=path.name, path=path)
    return choices
