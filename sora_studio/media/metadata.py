"""The recipe of a generated file, kept as JSON in its comment."""

from __future__ import annotations

import json
from pathlib import Path

import av

from sora_studio.core.errors import MediaError
from sora_studio.core.recipe import FORMAT, Recipe
from sora_studio.media.containers import FFMPEG_ERRORS, OPTIONS
from sora_studio.media.pillow import PILLOW_ERRORS, is_picture, open_picture

COMMENT = "comment"
MAX_CHARACTERS = 2_000_000
"""Longer comments are not ours."""


def recipe_text(recipe: Recipe) -> str:
    """The recipe as it is written into a file."""
    return json.dumps(recipe, ensure_ascii=False, separators=(",", ":"))


def read_recipe(path: Path) -> Recipe | None:
    """The recipe in a video's comment or a PNG's text; None for files without one and for anything that is not one."""
    path = Path(path)
    try:
        text = _picture_comment(path) if is_picture(path) else _container_comment(path)
    except MediaError:
        return None
    return _parsed(text)


def _picture_comment(path: Path) -> str:
    with open_picture(path) as picture:
        try:
            return str(picture.info.get(COMMENT, "")) if picture.format == "PNG" else ""
        except PILLOW_ERRORS:
            return ""


def _container_comment(path: Path) -> str:
    try:
        with av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace") as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
    except FFMPEG_ERRORS:
        return ""
    return str(tags.get(COMMENT, ""))


def _parsed(text: str) -> Recipe | None:
    if not text.startswith("{") or len(text) > MAX_CHARACTERS:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None
    return data
