"""What a media file is: kind, size, rate, length."""

from __future__ import annotations

from pathlib import Path

from sora_studio.media.decode import open_pictures
from sora_studio.media.info import MediaInfo

__all__ = ["MediaInfo", "probe"]


def probe(path: Path) -> MediaInfo:
    """Open a picture or video, decode its first picture and describe it; raises MediaError with what to do."""
    pictures = open_pictures(Path(path))
    pictures.close()
    return pictures.info
