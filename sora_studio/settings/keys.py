"""A key map as a file: a preset's name and the artist's own keys by command. The same form is exported and imported."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.language import tr
from sora_studio.core.whole import write_whole
from sora_studio.settings.folders import config_folder

Keys = tuple[str, ...]
STUDIO = "studio"


@dataclass(frozen=True, slots=True)
class KeyMap:
    """`own` are the keys an artist chose by command id, on top of those of `preset`; () takes a command's keys away."""

    preset: str = STUDIO
    own: Mapping[str, Keys] = field(default_factory=dict)


def keys_file() -> Path:
    """Where the key map is kept; may not exist yet."""
    return config_folder() / "keys.toml"


def read_key_map(path: Path) -> KeyMap:
    """A key map from a file; raises BadInput with the reason when it is none."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise BadInput(tr("“{name}” cannot be read ({why}).", name=path.name, why=exc.strerror)) from exc
    except (ValueError, RecursionError) as exc:
        raise BadInput(tr("“{name}” is not a key map. Choose a file that was exported here.", name=path.name)) from exc
    preset, table = data.get("preset", STUDIO), data.get("keys", {})
    sound = isinstance(preset, str) and isinstance(table, dict)
    if not sound or not all(
        isinstance(keys, list) and all(isinstance(k, str) for k in keys) for keys in table.values()
    ):
        raise BadInput(tr("“{name}” is not a key map. Choose a file that was exported here.", name=path.name))
    return KeyMap(preset, {command: tuple(keys) for command, keys in table.items()})


def write_key_map(key_map: KeyMap, path: Path) -> None:
    """Write a key map, whole or not at all; raises OutputError."""
    text = tomli_w.dumps({"preset": key_map.preset, "keys": {name: list(keys) for name, keys in key_map.own.items()}})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as exc:
        raise OutputError(tr("The keys cannot be written to “{path}” ({why}).", path=path, why=exc.strerror)) from exc


def load_key_map() -> KeyMap:
    """The kept key map; the studio's own when there is none or it cannot be read."""
    try:
        return read_key_map(keys_file())
    except BadInput:
        return KeyMap()
