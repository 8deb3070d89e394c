"""New looks from what the artist has at hand: a picture, a LoRA file, a frame of a clip."""

from __future__ import annotations

import os
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.looks import LONGEST_TITLE, PLACE, Look, name_for
from sora_studio.core.request import Frames, Lora
from sora_studio.core.time import Rate, Size
from sora_studio.media.footage import head
from sora_studio.media.geometry import fit_image, inside
from sora_studio.media.images import jpeg_bytes
from sora_studio.session.pieces import usable

CARD = Size(320, 180)
"""Pixels of a card's picture: crisp at twice the size it is shown at."""
REFERENCE = Size(1024, 1024)
"""A reference picture is brought inside this."""


def look_of_picture(path: Path) -> Look:
    """A look with the colours and light of a picture (of a video, its first frame); raises BadInput."""
    info = usable(path)
    frame = head(path, Rate(24), 1).frames[0]
    title = _title(path)
    small = fit_image(frame, inside(info.size, REFERENCE))
    return Look(name_for(title), title, PLACE, picture=card_picture(frame), reference=jpeg_bytes(small))


def look_of_lora(path: Path) -> Look:
    """A look that brings a LoRA file; raises BadInput when there is none."""
    if not os.path.isfile(path):
        raise BadInput("“{name}” is not there. Choose the LoRA file again.", name=path.name)
    title = _title(path)
    return Look(name_for(title), title, PLACE, loras=(Lora(str(path.absolute())),))


def card_picture(frame: Frames) -> bytes:
    """One frame (H, W, 3) as the picture of a card."""
    return jpeg_bytes(fit_image(frame, CARD))


def _title(path: Path) -> str:
    words = " ".join(path.stem.replace("_", " ").replace("-", " ").split())[:LONGEST_TITLE]
    return words[:1].upper() + words[1:] if words else tr("New look")
