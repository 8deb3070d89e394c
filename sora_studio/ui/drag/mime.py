"""Payloads of the studio as Qt's drag data and back. Other programs see files and text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QMimeData, QUrl

from sora_studio.core.media_item import MediaItem
from sora_studio.session.carried import Clips, Files, LookCard, Media, Payload, Still, Words

MIME = "application/x-sora-studio-drag"


def to_mime(payload: Payload, files: Sequence[Path] = ()) -> QMimeData:
    """A payload as drag data; `files` are what other programs get of it."""
    data = QMimeData()
    match payload:
        case Files(paths):
            files = paths
        case Words(text):
            data.setText(text)
        case Media(ids):
            _put(data, "media", list(ids))
        case Clips(ids):
            _put(data, "clips", list(ids))
        case Still(media, seconds):
            _put(data, "still", [media, seconds])
        case LookCard(name, title):
            _put(data, "look", [name, title])
        case _:
            assert_never(payload)
    if files:
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    return data


def from_mime(data: QMimeData) -> Payload | None:
    """What drag data carries; None for what nobody here could use."""
    if data.hasFormat(MIME):
        return _own(bytes(data.data(MIME).data()))
    if data.hasUrls():
        paths = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
        return Files(paths) if paths else Words("\n".join(url.toString() for url in data.urls()), link=True)
    if data.hasText() and data.text().strip():
        return Words(data.text())
    return None


def media_data(items: Sequence[MediaItem]) -> QMimeData:
    """Media of the library as drag data."""
    return to_mime(Media(tuple(item.id for item in items)))


def _put(data: QMimeData, kind: str, value: object) -> None:
    data.setData(MIME, json.dumps({"kind": kind, "value": value}).encode())


def _own(text: bytes) -> Payload | None:
    """Drag data with our name may come from another version, or from nowhere."""
    try:
        match json.loads(text):
            case {"kind": "media", "value": [*ids]}:
                return Media(tuple(map(str, ids)))
            case {"kind": "clips", "value": [*ids]}:
                return Clips(tuple(map(str, ids)))
            case {"kind": "still", "value": [str(media), float() | int() as seconds]}:
                return Still(media, float(seconds))
            case {"kind": "look", "value": [str(name), str(title)]}:
                return LookCard(name, title)
    except (ValueError, RecursionError):
        return None
    return None
