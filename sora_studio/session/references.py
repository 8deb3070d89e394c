"""The reference picture of a look at work: what is restyled takes on its colours, a clip from words begins near it.

The picture travels inside the look; a file of it lies beside the looks, so that recipes can name it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from sora_studio.core.errors import OutputError
from sora_studio.core.language import tr
from sora_studio.core.looks import Look
from sora_studio.core.palette import matched
from sora_studio.core.request import Footage, Frames, Given, Request
from sora_studio.core.whole import write_whole
from sora_studio.media.footage import read_footage
from sora_studio.media.pillow import load_image
from sora_studio.settings.folders import looks_folder

NEAR = 0.35
"""How much of the picture is kept in the first frame of a clip made from words: colours and light, not things."""


def reference_file(look: Look) -> Path:
    """The file of a look's reference picture, written where it is not there yet; raises OutputError."""
    folder = looks_folder() / "references"
    path = folder / f"{hashlib.sha256(look.reference).hexdigest()[:24]}.jpg"
    if not path.is_file():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, look.reference)
        except OSError as exc:
            if path.is_file():
                return path  # another program was quicker
            raise OutputError(
                "The picture of the look “{title}” cannot be kept in “{folder}” ({why}).",
                title=tr(look.title),
                folder=folder,
                why=exc.strerror,
            ) from exc
    return path


def toned(footage: Footage, look: Look | None) -> Footage:
    """Footage in the colours of a look's reference picture, if it has one."""
    if look is None or not look.reference:
        return footage
    path = reference_file(look)
    source = footage.source and replace(footage.source, palette=str(path))
    return Footage(matched(footage.frames, load_image(path)), footage.rate, source)


def begun(request: Request, look: Look | None) -> Request:
    """A request from words alone that begins near a look's reference picture, if it has one."""
    if look is None or not look.reference or request.given:
        return request
    picture = read_footage(reference_file(look), rate=request.rate, stop=1, size=request.size)
    return replace(request, given=(Given(0, picture.frames, NEAR, picture.source),))


def toned_again(frames: Frames, palette: Path | None) -> Frames:
    """Frames as a recipe says they were given."""
    return frames if palette is None else matched(frames, load_image(palette))
