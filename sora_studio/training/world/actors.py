"""Actors on their stage: sprites made once for each pose, then placed frame by frame with their shadows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np

from sora_studio.training.world.camera import CENTRE, View, followed
from sora_studio.training.world.canvas import MARGIN, Image
from sora_studio.training.world.light import Light, light_of
from sora_studio.training.world.looks import Look
from sora_studio.training.world.motion import Pose, Stage, pose_at, wrapped
from sora_studio.training.world.noise import stream
from sora_studio.training.world.pixels import blend_into
from sora_studio.training.world.places import Place
from sora_studio.training.world.scene import Actor, Scene
from sora_studio.training.world.subjects import KINDS, POSES, sprite

Cast: TypeAlias = "list[Performer]"

_CLOSE_UP = {"zoom in": 0.86, "zoom out": 0.82}


@dataclass
class Performer:
    """One actor ready to be drawn; sprites are made when first needed."""

    actor: Actor
    stage: Stage
    light: Light
    look: Look
    shadow: float
    height: int
    aspect: float
    sprites: dict[int, tuple[Image, Image]] = field(default_factory=dict)

    def draw(self, frame: Image, mask: Image, view: View, t: float) -> None:
        """Put the actor into an RGBA frame and its alpha into the mask (H, W), in place."""
        pose, x, y, zoom = self._place(view, t)
        image, shape = self._sprite(t, pose.mirrored)
        side = image.shape[0]
        grow = self.stage.size * (1 + MARGIN) * zoom * self.height / side
        turn = math.radians(pose.angle)
        flip = -1.0 if pose.mirrored else 1.0
        a, b = grow * pose.wide * flip * math.cos(turn), -grow * pose.tall * math.sin(turn)
        c, d = grow * pose.wide * flip * math.sin(turn), grow * pose.tall * math.cos(turn)
        reach = (abs(a) + abs(b)) * side / 2, (abs(c) + abs(d)) * side / 2
        left, top = math.floor(x - reach[0]) - 1, math.floor(y - reach[1]) - 1
        width, height = math.ceil(x + reach[0]) + 1 - left, math.ceil(y + reach[1]) + 1 - top
        middle = (side - 1) / 2
        tx, ty = x - 0.5 - left - a * middle - b * middle, y - 0.5 - top - c * middle - d * middle
        where = np.array([[a, b, tx], [c, d, ty]])
        placed = cv2.warpAffine(image, where, (width, height), flags=cv2.INTER_LINEAR)
        blend_into(frame, placed, left, top)
        # The mask knows nothing of what a look adds, such as the drop shadow of paper.
        alpha = placed if shape is image else cv2.warpAffine(shape, where, (width, height), flags=cv2.INTER_LINEAR)
        _max_into(mask, cv2.extractChannel(alpha, 3), left, top)

    def cast_shadow(self, frame: Image, view: View, t: float) -> None:
        """A soft ellipse on the ground below the actor, weaker the higher it is, in place."""
        pose, x, _, zoom = self._place(view, t)
        above = self.stage.ground - (pose.y + self.stage.foot * pose.tall)
        strength = self.shadow * math.exp(-max(0.0, above) / 0.3)
        if strength < 0.02 or above < -0.12:
            return
        seen = followed(view, self.aspect)
        ground = ((self.stage.ground - 0.004 - CENTRE - seen.y) * zoom + CENTRE) * self.height
        wide = 0.46 * self.stage.size * pose.wide * zoom * self.height * (1.0 - 0.35 * min(1.0, max(0.0, above) / 0.5))
        _soft_ellipse(frame, (x, ground), (max(2.0, wide), max(1.5, 0.26 * wide)), strength)

    def _place(self, view: View, t: float) -> tuple[Pose, float, float, float]:
        """Pose, centre in pixels of the picture and zoom."""
        pose = pose_at(self.actor.motion, self.stage, t)
        seen = followed(view, self.aspect)
        x, y = pose.x - seen.x, pose.y
        if pose.wraps == "x":
            x = wrapped(x, 0.0, self.stage.span[0])
        if pose.wraps == "y":
            y = wrapped(y, 0.5, self.stage.span[1])
        y = (y - CENTRE - seen.y) * seen.zoom + CENTRE
        return pose, (x * seen.zoom + self.aspect / 2) * self.height, y * self.height, seen.zoom

    def _sprite(self, t: float, mirrored: bool) -> tuple[Image, Image]:
        """The sprite in the look, and as drawn."""
        kind = KINDS[self.actor.subject]
        step = round(self.stage.cycles(t, 1.0 / kind.beat) * POSES + self.stage.phase * POSES) % POSES
        step += POSES * mirrored
        if step not in self.sprites:
            # Half more pixels than the picture's keep edges crisp when the camera closes in.
            side = max(24, round(1.5 * self.stage.size * self.height))
            image = sprite(self.actor, step % POSES / POSES, side, self.light, mirrored)
            self.sprites[step] = (self.look.plane(image, 1.5 * self.height) if self.look.plane else image), image
        return self.sprites[step]


def cast_of(scene: Scene, place: Place, size: tuple[int, int], period: float, look: Look) -> Cast:
    """The actors of a scene on their stages; look and time change nothing of where they are."""
    width, height = size
    aspect = width / height
    light = light_of(scene.time, scene.weather)
    unit = min(1.0, 1.15 * aspect) * _CLOSE_UP.get(scene.camera, 1.0)
    pair = len(scene.actors) > 1
    lead = {"pan left": -0.08, "pan right": 0.08}.get(scene.camera, 0.0) * aspect
    cast = []
    for number, actor in enumerate(scene.actors):
        kind = KINDS[actor.subject]
        rng = stream(scene.seed, "actor", number)
        share, across, up, phase, side = (float(v) for v in rng.random(5))
        box = unit * kind.size * ((0.36 + 0.05 * share) if pair else (0.46 + 0.1 * share))
        foot = kind.foot * box / 2
        x = (0.04 if pair else 0.16) * (across - 0.5) * aspect + lead
        if pair:
            x += (number - 0.5) * 0.48 * aspect
        ground = place.ground + 0.03 * (up - 0.5)
        y = 0.37 + 0.12 * up if kind.high else ground - foot
        stage = Stage(
            x=x,
            y=y,
            ground=ground,
            size=box,
            foot=foot,
            aspect=aspect,
            span=(aspect + 1.3 * box, 1.0 + 1.3 * box),
            reach=0.62 if pair else 1.0,
            high=kind.high,
            side=1 if side < 0.5 else -1,
            phase=phase,
            period=period,
        )
        cast.append(Performer(actor, stage, light, look, light.shadow * place.shadow, height, aspect))
    return cast


def _max_into(mask: Image, alpha: Image, left: int, top: int) -> None:
    height, width = mask.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + alpha.shape[1]), min(height, top + alpha.shape[0])
    if x0 < x1 and y0 < y1:
        mask[y0:y1, x0:x1] = np.maximum(mask[y0:y1, x0:x1], alpha[y0 - top : y1 - top, x0 - left : x1 - left])


def _soft_ellipse(frame: Image, centre: tuple[float, float], radii: tuple[float, float], strength: float) -> None:
    """Darken an RGBA frame in a soft ellipse, in place."""
    height, width = frame.shape[:2]
    x0, x1 = max(0, math.floor(centre[0] - radii[0])), min(width, math.ceil(centre[0] + radii[0]))
    y0, y1 = max(0, math.floor(centre[1] - radii[1])), min(height, math.ceil(centre[1] + radii[1]))
    if x0 >= x1 or y0 >= y1:
        return
    across = ((np.arange(x0, x1, dtype=np.float32) + 0.5 - centre[0]) / radii[0]) ** 2
    down = ((np.arange(y0, y1, dtype=np.float32) + 0.5 - centre[1]) / radii[1]) ** 2
    fall = np.clip(1.0 - down[:, None] - across[None, :], 0.0, 1.0) * np.float32(1.6 * strength)
    part = frame[y0:y1, x0:x1, :3]
    shade = np.minimum(fall, np.float32(strength))[..., None]
    part[...] = (part * (1.0 - shade) + np.array([20, 14, 48], np.float32) * shade * np.float32(0.55)).astype(np.uint8)
