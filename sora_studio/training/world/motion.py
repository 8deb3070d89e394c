"""What actors do: position, size and angle as smooth functions of time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Pose:
    """Where an actor is: centre in world units, stretch along x and y, angle in degrees clockwise, mirrored or not.

    `wraps` names the axis ("x", "y" or "") along which it leaves the picture at one side and comes back at the other.
    """

    x: float
    y: float
    wide: float = 1.0
    tall: float = 1.0
    angle: float = 0.0
    mirrored: bool = False
    wraps: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """The room one actor has. `size` is the side of its box, `foot` the distance from its centre to its foot, `span`
    the way along x and y after which it comes back; `period` is the loop's length in seconds, or 0 for no loop."""

    x: float
    y: float
    ground: float
    size: float
    foot: float
    aspect: float
    span: tuple[float, float]
    reach: float
    high: bool
    side: int
    phase: float
    period: float

    @property
    def standing(self) -> float:
        """The y of the centre when the actor stands on the ground."""
        return self.ground - self.foot

    def cycles(self, t: float, seconds: float) -> float:
        """Cycles done after t at about `seconds` a cycle: whole ones in a loop."""
        if self.period:
            return t / self.period * max(1, round(self.period / seconds))
        return t / seconds


Move: TypeAlias = Callable[[Stage, float], Pose]


def travelled(t: float) -> float:
    """Seconds of full speed after an eased start; negative times mirror."""
    return t - math.copysign(0.22 * (1.0 - math.exp(-abs(t) / 0.22)), t)


def _wave(turns: float) -> float:
    return math.sin(2 * math.pi * turns)


def _moves(stage: Stage, t: float, side: int) -> Pose:
    lift = 0.012 * abs(_wave(stage.cycles(t, 1.0)))
    if stage.period:
        x = stage.x + side * stage.span[0] * t / stage.period
    else:
        x = stage.x + side * stage.reach * (0.235 * travelled(t) - 0.21) * stage.aspect
    tilt = 2.0 * _wave(stage.cycles(t, 1.0))
    return Pose(x, stage.y - lift, angle=tilt, mirrored=side < 0, wraps="x")


def _moves_left(stage: Stage, t: float) -> Pose:
    return _moves(stage, t, -1)


def _moves_right(stage: Stage, t: float) -> Pose:
    return _moves(stage, t, 1)


def _climbs(stage: Stage, t: float, side: int) -> Pose:
    way = stage.span[1] * t / stage.period if stage.period else 0.23 * travelled(t) - 0.19
    tilt = 3.0 * _wave(stage.cycles(t, 2.0) + stage.phase)
    return Pose(stage.x, 0.48 + side * way, angle=tilt, mirrored=stage.side < 0, wraps="y")


def _rises(stage: Stage, t: float) -> Pose:
    return _climbs(stage, t, -1)


def _falls(stage: Stage, t: float) -> Pose:
    return _climbs(stage, t, 1)


def _bounces(stage: Stage, t: float) -> Pose:
    turn = (stage.cycles(t, 1.0) + stage.phase) % 1.0
    near = min(turn, 1.0 - turn) / 0.1
    squash = 0.2 * math.exp(-near * near)
    tall, wide = 1.0 - squash, 1.0 + 0.7 * squash
    y = stage.ground - stage.foot * tall - 0.28 * 4 * turn * (1.0 - turn)
    return Pose(stage.x, y, wide, tall, mirrored=stage.side < 0)


def _spins(stage: Stage, t: float) -> Pose:
    y = stage.y if stage.high else min(stage.y, stage.ground - 0.53 * stage.size)
    return Pose(stage.x, y, angle=stage.side * 360.0 * stage.cycles(t, 2.0), mirrored=stage.side < 0)


def _sways(stage: Stage, t: float) -> Pose:
    angle = 21.0 * _wave(stage.cycles(t, 1.6) + stage.phase)
    turn, arm = math.radians(angle), stage.foot
    if stage.high:  # hangs from its top
        x, y = stage.x - arm * math.sin(turn), stage.y - arm * (1.0 - math.cos(turn))
    else:  # rocks on its foot
        x, y = stage.x + arm * math.sin(turn), stage.y + arm * (1.0 - math.cos(turn))
    return Pose(x, y, angle=angle, mirrored=stage.side < 0)


def _orbits(stage: Stage, t: float) -> Pose:
    turn = stage.side * stage.cycles(t, 2.0) + stage.phase
    across, down = 0.24 * stage.reach * min(stage.aspect, 1.3), 0.18
    near = 1.0 + 0.1 * _wave(turn)
    x, y = stage.x + across * _wave(turn + 0.25), 0.5 + down * _wave(turn)
    return Pose(x, y, near, near, mirrored=stage.side < 0)


def _scales(stage: Stage, size: float) -> Pose:
    """Grown about its foot on the ground, about its centre in the air."""
    y = stage.y if stage.high else stage.ground - stage.foot * size
    return Pose(stage.x, y, size, size, mirrored=stage.side < 0)


def _grows(stage: Stage, t: float) -> Pose:
    if stage.period:
        return _scales(stage, 0.86 - 0.32 * math.cos(2 * math.pi * t / stage.period))
    return _scales(stage, 1.36 - 0.92 * math.exp(-max(t, -1.0) / 1.5))


def _shrinks(stage: Stage, t: float) -> Pose:
    if stage.period:
        return _scales(stage, 0.86 + 0.32 * math.cos(2 * math.pi * t / stage.period))
    return _scales(stage, 0.36 + 0.84 * math.exp(-max(t, -1.0) / 1.5))


def _drifts(stage: Stage, t: float) -> Pose:
    way = 0.1 * _wave(t / stage.period) if stage.period else 0.17 * _wave((t - 1.0) / 14.0)
    turn = stage.cycles(t, 2.6) + stage.phase
    x, y = stage.x + stage.side * way * stage.aspect, 0.46 + 0.1 * _wave(turn)
    return Pose(x, y, angle=8.0 * _wave(turn + 0.2), mirrored=stage.side < 0)


def _stays(stage: Stage, t: float) -> Pose:  # noqa: ARG001 - one signature for every motion
    return Pose(stage.x, stage.y, mirrored=stage.side < 0)


MOVES: Final[dict[str, Move]] = {
    "moves left": _moves_left,
    "moves right": _moves_right,
    "rises": _rises,
    "falls": _falls,
    "bounces": _bounces,
    "spins": _spins,
    "sways": _sways,
    "orbits": _orbits,
    "grows": _grows,
    "shrinks": _shrinks,
    "drifts": _drifts,
    "stays": _stays,
}


def pose_at(motion: str, stage: Stage, t: float) -> Pose:
    """The pose after t seconds; smooth in t for takes of any length."""
    return MOVES[motion](stage, t)


def wrapped(value: float, centre: float, span: float) -> float:
    """The value brought into the span around the centre."""
    return (value - centre + span / 2) % span - span / 2 + centre
