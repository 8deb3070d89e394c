"""A file on its way into a project: looked into once, on any thread, before the project takes it in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.recipe import Recipe
from sora_studio.media.fingerprint import fingerprint
from sora_studio.media.info import MediaInfo
from sora_studio.media.metadata import read_recipe
from sora_studio.media.sound_info import probe_sound
from sora_studio.session.pieces import usable

SOUNDS = frozenset((".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aif", ".aiff"))
"""Files of mere sound, by their names."""


@dataclass(frozen=True, slots=True)
class Found:
    """A readable file: what it is, what it was made from (None for footage), and its fingerprint."""

    path: Path
    info: MediaInfo
    recipe: Recipe | None
    fingerprint: str


def look_into(path: Path) -> Found:
    """Probe a file; raises BadInput (a MediaError for what cannot be read) that says what to do."""
    info = probe_sound(path) if path.suffix.lower() in SOUNDS else usable(path)
    recipe = None if info.kind == "sound" else read_recipe(path)
    return Found(path, info, recipe, fingerprint(path))
