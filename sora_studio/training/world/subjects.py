"""All subjects by name, and the sprites made of them: shaded, outlined, lit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from sora_studio.training.world import creatures, plants, things, vehicles
from sora_studio.training.world.canvas import Canvas, Image
from sora_studio.training.world.colours import Paint, Rgb, paint_of
from sora_studio.training.world.light import Light
from sora_studio.training.world.pixels import blend, flat, scaled, spread
from sora_studio.training.world.scene import Actor

Draw: TypeAlias = Callable[[Canvas, Paint, float], None]

POSES: Final = 8
"""Pictures of one cycle of a subject's own small movement."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a subject is drawn; `size` scales its box, `foot` is where it touches the ground (box units, down),
    `beat` is its own movement in cycles a second, `high` says that it belongs in the air."""

    draw: Draw
    size: float = 1.0
    foot: float = 0.95
    beat: float = 0.5
    high: bool = False


KINDS: Final[dict[str, Kind]] = {
    "ball": Kind(things.ball, 0.86, 0.94),
    "balloon": Kind(things.balloon, 1.12, 1.0, 0.5, high=True),
    "bird": Kind(creatures.bird, 1.05, 0.86, 2.0, high=True),
    "fish": Kind(creatures.fish, 1.14, 0.74, 1.0, high=True),
    "cat": Kind(creatures.cat, 1.05, 0.95, 0.5),
    "dog": Kind(creatures.dog, 1.14, 0.95, 1.0),
    "car": Kind(vehicles.car, 1.3, 0.67, 1.0),
    "boat": Kind(vehicles.boat, 1.12, 0.93),
    "rocket": Kind(vehicles.rocket, 1.2, 0.9, 2.0, high=True),
    "butterfly": Kind(creatures.butterfly, 1.05, 0.84, 1.0, high=True),
    "flower": Kind(plants.flower, 1.08, 0.98),
    "tree": Kind(plants.tree, 1.16, 0.97),
    "house": Kind(things.house, 1.14, 0.9),
    "star": Kind(things.star, 0.98, 0.85, 0.5, high=True),
    "umbrella": Kind(things.umbrella, 1.06, 0.98, 0.5, high=True),
    "kite": Kind(things.kite, 1.14, 1.0, 1.0, high=True),
    "mushroom": Kind(plants.mushroom, 1.0, 0.96),
    "robot": Kind(things.robot, 1.12, 0.96, 1.0),
    "whale": Kind(creatures.whale, 1.34, 0.66, 0.5, high=True),
    "rabbit": Kind(creatures.rabbit, 1.12, 0.95, 1.0),
    "lantern": Kind(things.lantern, 1.0, 1.0, 0.5, high=True),
    "train": Kind(vehicles.train, 1.34, 0.7, 1.0),
    "airplane": Kind(vehicles.airplane, 1.26, 0.62, 2.0, high=True),
    "turtle": Kind(creatures.turtle, 1.2, 0.7, 0.5),
    "snail": Kind(creatures.snail, 1.1, 0.7, 0.5),
    "elephant": Kind(creatures.elephant, 1.26, 0.9, 0.5),
}


def sprite(actor: Actor, phase: float, side: int, light: Light, mirrored: bool) -> Image:
    """Premultiplied RGBA (side, side, 4) of a subject with soft shading, a dark outline and a rim of light.

    A sprite that will be shown `mirrored` is lit from the other side, so that the light stays where the sun is.
    """
    paint = paint_of(actor.colour)
    canvas = Canvas.square(2 * side)
    KINDS[actor.subject].draw(canvas, paint, phase)
    body: Image = cv2.resize(canvas.pixels, (side, side), interpolation=cv2.INTER_AREA)
    body = _shaded(scaled(body, light.subject_tint), light, -1.0 if mirrored else 1.0)
    return blend(_outline(body, light.on_subject(paint.line)), body)


def _shaded(body: Image, light: Light, across: float) -> Image:
    side = body.shape[0]
    alpha = cv2.extractChannel(body, 3)
    reach = max(1.0, 0.035 * side)
    dx, dy = across * light.direction[0], light.direction[1]
    shift = np.array([[1.0, 0.0, -dx * reach], [0.0, 1.0, -dy * reach]])
    towards = cv2.blur(cv2.warpAffine(alpha, shift, (side, side)), (3, 3))
    rim = cv2.multiply(cv2.subtract(alpha, towards), light.rim_strength)
    lit = blend(body, flat(np.asarray(cv2.min(rim, alpha), np.uint8), light.rim))
    away = np.array([[1.0, 0.0, dx * 3.2 * reach], [0.0, 1.0, dy * 3.2 * reach]])
    width = 2 * round(4 * reach) + 1
    core = cv2.blur(cv2.blur(cv2.warpAffine(alpha, away, (side, side)), (width, width)), (width, width))
    shade = cv2.multiply(cv2.subtract(alpha, core), 0.42)
    dark = blend(lit, flat(np.asarray(shade, np.uint8), light.on_subject((44, 34, 84))))
    # Light and shade lie upon the body: they must not thicken its soft edge, or time would change its shape.
    out: Image = cv2.min(dark, spread(body))
    cv2.insertChannel(alpha, out, 3)
    return out


def _outline(body: Image, colour: Rgb) -> Image:
    grow = 2 * max(1, round(body.shape[0] / 90)) + 1
    wide = cv2.dilate(cv2.extractChannel(body, 3), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (grow, grow)))
    return flat(np.asarray(wide, np.uint8), colour, 0.85)
