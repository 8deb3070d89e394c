"""What the words for movement mean in pictures: how the camera goes, and how what stands out in a picture does.

The same movements as those of the captioned world (`training/world/camera.py`, `motion.py`), from where a picture is.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sora_studio.model.animatic import Moves, Path, Pose
from sora_studio.model.leading import CameraMove
from sora_studio.model.weather import air_called

CAMERA_SPEEDS = {
    "pan left": (0.13, 0.0, 0.0),
    "pan right": (-0.13, 0.0, 0.0),
    "tilt up": (0.0, 0.11, 0.0),
    "zoom in": (0.0, 0.0, 0.17),
    "zoom out": (0.0, 0.0, -0.17),
}
"""How far the picture goes to the right and down in a second, and how much it grows, by what the camera is asked for:
about as much as what is near does under the cameras of the captioned world."""


IN_PLACE = ("bounces", "spins", "sways", "orbits")
"""What comes back to where it began, and begins best as its picture was drawn: upright."""


def moves_called(camera: str, motion: str, fps: float, weather: str = "") -> Moves:
    """The movements of these names in frames, `fps` of them a second; nothing moves by a name that is not known."""
    right, down, growth = CAMERA_SPEEDS.get(camera, (0.0, 0.0, 0.0))
    path, passing = _by_frame(motion, fps), motion not in IN_PLACE
    return Moves(CameraMove(right / fps, down / fps, growth / fps), path, passing=passing, air=air_called(weather, fps))


def _by_frame(motion: str, fps: float) -> Path | None:
    path = PATHS.get(motion)
    return None if path is None else lambda away: path(away / fps)


def _travelled(seconds: float) -> float:
    """Seconds at full speed, after an eased start."""
    return seconds - math.copysign(0.22 * (1 - math.exp(-abs(seconds) / 0.22)), seconds)


def _wave(turns: float) -> float:
    return math.sin(2 * math.pi * turns)


def _bounces(seconds: float) -> Pose:
    turn = seconds % 1.0
    near = min(turn, 1 - turn) / 0.1
    squash = 0.2 * math.exp(-near * near)
    return Pose(down=-0.28 * 4 * turn * (1 - turn), wide=1 + 0.7 * squash, tall=1 - squash, on_foot=True)


def _orbits(seconds: float) -> Pose:
    turn = seconds / 2
    near = 1 + 0.1 * _wave(turn)
    return Pose(0.18 * (1 - _wave(turn + 0.25)), 0.18 * _wave(turn), near, near, inward=True)


def _drifts(seconds: float) -> Pose:
    turn = seconds / 2.6
    return Pose(0.075 * seconds, 0.1 * _wave(turn), angle=8 * _wave(turn), inward=True)


def _grows(seconds: float) -> Pose:
    return _sized((1.36 - 0.92 * math.exp(-max(seconds, -1.0) / 1.5)) / 0.44)


def _shrinks(seconds: float) -> Pose:
    return _sized((0.36 + 0.84 * math.exp(-max(seconds, -1.0) / 1.5)) / 1.2)


def _sized(size: float) -> Pose:
    return Pose(wide=size, tall=size, on_foot=True)


PATHS: dict[str, Callable[[float], Pose]] = {
    "moves left": lambda seconds: Pose(right=-0.235 * _travelled(seconds)),
    "moves right": lambda seconds: Pose(right=0.235 * _travelled(seconds)),
    "rises": lambda seconds: Pose(down=-0.23 * _travelled(seconds)),
    "falls": lambda seconds: Pose(down=0.23 * _travelled(seconds)),
    "bounces": _bounces,
    "spins": lambda seconds: Pose(angle=180 * seconds),
    "sways": lambda seconds: Pose(angle=21 * _wave(seconds / 1.6), on_foot=True),
    "orbits": _orbits,
    "grows": _grows,
    "shrinks": _shrinks,
    "drifts": _drifts,
}
"""The pose so many seconds after a picture, by what its subject is asked to do."""
