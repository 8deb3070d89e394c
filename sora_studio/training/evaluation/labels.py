"""What a classifier is asked of a clip: one choice an attribute, and which of them can be seen at all."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world import visibility
from sora_studio.training.world import vocabulary as words
from sora_studio.training.world.photos import PHOTO, PhotoScene
from sora_studio.training.world.scene import Scene
from sora_studio.training.world.visibility import Attribute, shows

UNSEEN: Final = -100
"""Label of an attribute that a picture doesn't show; the number that torch's cross-entropy leaves out."""

CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "subject": words.SUBJECTS,
    "colour": words.COLOURS,
    "place": words.PLACES,
    "time": words.TIMES,
    "weather": words.WEATHERS,
    "motion": words.MOTIONS,
    "camera": words.CAMERAS,
    "look": words.LOOKS,
}
"""Attributes, each with its values in the order of the classifier's answers."""

MOVING: Final[tuple[str, ...]] = visibility.MOVING

STANDING: Final = tuple(name for name in CLASSES if name not in MOVING)
"""Attributes that a single picture shows; those of MOVING take more than one."""


def values_of(scene: Scene) -> dict[str, str]:
    """The attributes of a scene with one actor that can be seen, by name."""
    (actor,) = scene.actors
    values: dict[Attribute, str] = {
        "subject": actor.subject,
        "colour": actor.colour,
        "place": scene.place,
        "time": scene.time,
        "weather": scene.weather,
        "motion": actor.motion,
        "camera": scene.camera,
        "look": scene.look,
    }
    return {name: value for name, value in values.items() if shows(scene, name)}


def photo_values(scene: PhotoScene) -> dict[str, str]:
    """What is known of a moving photo: camera, weather, a look if it was given one, and its drawn actor."""
    values = {"camera": scene.camera, "weather": scene.weather}
    if scene.look != PHOTO:
        values["look"] = scene.look
    if scene.actor is not None:
        values |= {"subject": scene.actor.subject, "motion": scene.actor.motion}
        if scene.look not in words.COLOURLESS_LOOKS:
            values["colour"] = scene.actor.colour
    return values


def as_labels(values: dict[str, str], names: tuple[str, ...]) -> NDArray[np.int64]:
    """Class numbers of the named attributes, (n,); UNSEEN where there is no value."""
    return np.array([CLASSES[name].index(values[name]) if name in values else UNSEEN for name in names], np.int64)
