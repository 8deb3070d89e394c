"""The settings file: TOML that people may edit. Reading never fails; what cannot be used is said in notices."""

from __future__ import annotations

import contextlib
import os
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from sora_studio.core.errors import OutputError
from sora_studio.core.language import tr
from sora_studio.core.whole import write_whole
from sora_studio.settings.fields import accepted, described
from sora_studio.settings.folders import settings_file
from sora_studio.settings.sections import Settings

LONGEST = 60
"""Letters of a value that a notice repeats."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as read, and sentences about what could not be used."""

    settings: Settings = field(default_factory=Settings)
    notices: tuple[str, ...] = ()


def load_settings(path: Path | None = None) -> Loaded:
    """Read the file; a missing one gives the defaults, a damaged one is set aside. Values of the wrong kind or outside
    their limits give their default."""
    path = path or settings_file()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Loaded()
    except OSError as exc:
        return Loaded(
            notices=(
                tr(
                    "The settings in “{path}” cannot be read ({why}). The defaults are used.",
                    path=path,
                    why=exc.strerror,
                ),
            )
        )
    except (ValueError, RecursionError):
        aside = path.with_name(f"{path.stem}.damaged{path.suffix}")
        with contextlib.suppress(OSError):
            os.replace(path, aside)
        return Loaded(
            notices=(tr("The settings were damaged. The defaults are used; the old file is “{path}”.", path=aside),)
        )
    return _settings_of(data)


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the file, whole or not at all. Keys that this program does not know stay in it. Raises OutputError."""
    path = path or settings_file()
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        data = {}
    own: dict[str, dict[str, Any]] = {}
    for section in fields(settings):
        value = getattr(settings, section.name)
        known = data.get(section.name)
        own[section.name] = {entry.name: getattr(value, entry.name) for entry, _ in described(value)}
        data[section.name] = {**(known if isinstance(known, dict) else {}), **own[section.name]}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = tomli_w.dumps(data)
        except (ValueError, RecursionError):  # what is not known holds numbers of thousands of digits
            text = tomli_w.dumps(own)
        write_whole(path, text.encode())
    except OSError as exc:
        raise OutputError(
            "The settings cannot be written to “{path}” ({why}). Free the place.", path=path, why=exc.strerror
        ) from exc


def _settings_of(data: dict[str, Any]) -> Loaded:
    settings, notices = Settings(), []
    for section in fields(settings):
        value, table = getattr(settings, section.name), data.get(section.name, {})
        if not isinstance(table, dict):
            notices.append(tr("The settings of “{name}” are not a table. The defaults are used.", name=section.name))
            continue
        taken = {}
        for entry, about in described(value):
            default = getattr(value, entry.name)
            if entry.name not in table:
                continue
            if accepted(table[entry.name], default, about):
                taken[entry.name] = type(default)(table[entry.name])
            else:
                notices.append(
                    tr(
                        "The setting {name} cannot be {value}; {default!r} is used.",
                        name=f"{section.name}.{entry.name}",
                        value=_told(table[entry.name]),
                        default=default,
                    )
                )
        settings = replace(settings, **{section.name: replace(value, **taken)})
    return Loaded(settings, tuple(notices))


def _told(value: object) -> str:
    """A value from a file, in few letters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits
        return "…"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
