"""Which attributes of a scene can be seen at all: captions name no other, and evaluation asks for no other."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from sora_studio.training.world.scene import Scene
from sora_studio.training.world.vocabulary import COLOURLESS_LOOKS

Attribute: TypeAlias = Literal["subject", "colour", "place", "time", "weather", "motion", "camera", "look"]

MOVING: Final[tuple[Attribute, ...]] = ("motion", "camera")
"""Attributes that take more than one frame to see."""


def shows(scene: Scene, attribute: Attribute, frames: int = 17) -> bool:
    """Whether a render of `frames` frames lets a viewer tell this attribute's values apart.

    Colour is lost in looks without colour; the time of day is not, for each has a tonal scale of its own there.
    """
    if attribute == "colour":
        return scene.look not in COLOURLESS_LOOKS
    return frames > 1 or attribute not in MOVING
