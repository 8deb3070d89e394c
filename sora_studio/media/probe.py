"""What a media file is: kind, size, rate, length."""

from __future__ import annotations

from pathlib import Path

from sora_studio.media.animation import is_animation
from sora_studio.media.containers import opened
from sora_studio.media.decode import open_pictures
from sora_studio.media.header import bits
from sora_studio.media.info import MediaInfo
from sora_studio.media.pillow import is_deep, is_picture, open_picture

__all__ = ["MediaInfo", "depth", "probe"]


def probe(path: Path) -> MediaInfo:
    """Open a picture or video, decode its first picture and describe it; raises MediaError with what to do."""
    pictures = open_pictures(Path(path))
    pictures.close()
    return pictures.info


def depth(path: Path) -> int:
    """The `bits` of a picture or video from its header alone; raises MediaError with what to do."""
    if is_picture(path):
        with open_picture(path) as picture:
            return 16 if not is_animation(picture) and is_deep(path, picture) else 8
    container, stream = opened(path)
    with container:
        form = stream.codec_context.format
        return bits(form.name) if form is not None else probe(path).bits
