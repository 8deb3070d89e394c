"""How footage goes on. What its camera does is measured, and so is where its subject is on the way that its words tell;
the animatic (animatic.py) of its last frame, or its first, then keeps to both, so that nothing jumps or stops.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from sora_studio.model.animatic import (
    WITH_CAMERA,
    Layers,
    Moves,
    Path,
    Pose,
    animatic,
    filled,
    gone_its_way,
    hole_of,
    rightward,
    taken_apart,
    within_sight,
)
from sora_studio.model.leading import CameraMove, moved, resting, settling
from sora_studio.model.margin import margin, without
from sora_studio.model.weather import going_on

LOOKS_AT = 5
"""Frames of footage that are looked at: those beside where it goes on."""

SMALLEST = 32
"""Pixels of the shorter side below which no movement is looked for."""

STEADY = (0.0008, 0.0013, 0.002, 0.002)
"""What is measured of a camera that stands, and less: a seventh of a pixel a frame, in the terms of `CameraMove`."""

TURNS = 32
"""Frames after its beginning up to which a told movement is looked for: at eight a second all that goes round has come
round by then."""

SURER = 0.98
"""Share of the difference to be had without it below which something is cut out of which no movement is told."""

ROUND_FOR, ON_FOR = 3.0, 24.0
"""Frames in which what the words don't tell of a movement comes to rest: of one that goes round, and of others."""

NEAR = 0.03
"""Share of the picture by which two subjects differ in place or size that are cut out to become each other."""

STEPS = ((range(-4, 5), 2.0), ((-1, 0, 1), 1.0), ((-1, 0, 1), 0.5))
"""Pixels by which a drift is looked for: how many steps to each side, and how wide they are."""

GROWTHS = (-0.05, -0.025, 0.0, 0.025, 0.05)
"""How much more a subject may grow in a frame."""

ANGLES = (-10.0, -5.0, 0.0, 5.0, 10.0)
"""Degrees by which it may turn in one."""

REPEATS = 12
"""Times that a fit is weighed anew."""

RAGGED = 3.0
"""How much further in than bare paper a margin stays as footage has it."""

Drift: TypeAlias = tuple[float, float, float, float]
"""Widths to the right, heights down, growth as a share of the size, and degrees clockwise, each a frame."""


@dataclass(frozen=True, eq=False)
class Course:
    """How footage goes on from one of its frames, the `picture` (3, H, W), and goes towards it.

    `moves` are counted from there; with `apart` its subject moves by itself, before the rest of the `layers`. The
    margin is `bare` (H, W).
    """

    picture: Tensor
    moves: Moves
    layers: Layers | None = None
    apart: bool = False
    bare: Tensor | None = None

    @classmethod
    def of(cls, footage: Tensor, edge: int, seen: Tensor, moves: Moves) -> Course:
        """The course of footage (3, n, H, W) in -1..1, beside its frame `edge`, whose subject is `seen` there (see
        `presence`), under the moves that are told."""
        picture = footage[:, edge]  # (3, H, W)
        if moves.air is not None:
            moves = replace(moves, air=going_on(moves.air))
        if min(picture.shape[1:]) < SMALLEST:
            return cls(picture, replace(moves, subject=None))
        away = torch.arange(footage.shape[1], device=footage.device) - edge  # (n,)
        near = away.abs() < LOOKS_AT
        bare = margin(picture)  # (H, W)
        inside = footage[:, near] if bare is None else without(footage[:, near], bare)
        found, layers = followed(inside, away[near], seen, moves)
        return cls(picture, found, layers, found.subject is not None, bare)

    def frames(self, away: Tensor) -> Tensor:
        """What is to be seen `away` (T,) frames after the picture, or before it: (3, T, H, W) float32."""
        frames = animatic(self.picture, None, away, self.moves, layers=self.layers if self.apart else None)
        if self.bare is None:
            return frames
        kept = (RAGGED * self.bare).clamp(max=1).to(frames)  # (H, W)
        return torch.lerp(frames, self.picture.float()[:, None], kept)  # as it is known

    def stand(self, away: float) -> Stand:
        """Where its subject is so many frames later, but for a zoom."""
        assert self.layers is not None
        top, bottom, left, right = box = self.layers.box
        height, width = self.picture.shape[1:]
        (pose,), camera = self.moves.poses([away]), self.moves.camera
        tall = (bottom - top) / height
        tall *= within_sight(pose.tall, tall)
        down = bottom / height - tall / 2 if pose.on_foot else (top + bottom) / 2 / height
        return Stand(
            (left + right) / 2 / width + rightward(pose, box, width) + WITH_CAMERA * camera.right * away,
            down + pose.down + camera.down * settling(away),
            tall,
        )

    def by_way_of(self, stands: dict[float, Stand]) -> Course:
        """The same, with its subject standing so at these frames."""
        assert self.layers is not None
        box, width = self.layers.box, self.picture.shape[2]
        poses = {}
        for away, wanted in stands.items():
            own, (pose,) = self.stand(away), self.moves.poses([away])
            high = self.stand(0).tall
            lift = (wanted.tall - own.tall) / 2 if pose.on_foot else 0.0
            poses[away] = replace(
                pose,
                right=rightward(pose, box, width) + wanted.across - own.across,
                down=pose.down + wanted.down - own.down + lift,
                wide=within_sight(pose.wide, high) * wanted.tall / own.tall,
                tall=wanted.tall / high,
                inward=False,
            )
        return replace(self, moves=replace(self.moves, subject=lambda away: poses.get(away, Pose())), apart=True)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a subject's middle is, across and down, and how tall it is: in shares of the picture."""

    across: float
    down: float
    tall: float

    def towards(self, other: Stand, share: float) -> Stand:
        """A share of the way to another."""
        return Stand(
            self.across + share * (other.across - self.across),
            self.down + share * (other.down - self.down),
            self.tall ** (1 - share) * other.tall**share,
        )

    def beside(self, other: Stand) -> bool:
        """Whether they can't be told apart."""
        pairs = ((self.across, other.across), (self.down, other.down), (self.tall, other.tall))
        return max(abs(one - another) for one, another in pairs) < NEAR


def between(before: Course, after: Course, count: int) -> Tensor:
    """The `count` frames (3, T, H, W) from one picture to another: the one becomes the other, and where both show a
    subject, it goes from its place and size here to those there."""
    steps = [float(step) for step in range(1, count + 1)]
    back = [step - count - 1 for step in steps]
    shares = [(step / (count + 1)) ** 2 * (3 - 2 * step / (count + 1)) for step in steps]
    if before.layers is not None and after.layers is not None:
        pairs = [(before.stand(one), after.stand(other)) for one, other in zip(steps, back, strict=True)]
        if before.apart or after.apart or not all(one.beside(other) for one, other in pairs):
            stands = [one.towards(other, share) for share, (one, other) in zip(shares, pairs, strict=True)]
            before = before.by_way_of(dict(zip(steps, stands, strict=True)))
            after = after.by_way_of(dict(zip(back, stands, strict=True)))
    device = before.picture.device
    both = before.frames(torch.tensor(steps, device=device)), after.frames(torch.tensor(back, device=device))
    return torch.lerp(*both, torch.tensor(shares, device=device)[:, None, None])


def followed(frames: Tensor, away: Tensor, seen: Tensor, moves: Moves) -> tuple[Moves, Layers | None]:
    """How frames went and go on.

    Args:
        frames: (3, n, H, W) in -1..1, in a row.
        away: (n,) of them from the one that is taken apart, which is 0.
        seen: where its subject is.
        moves: as they are told.

    Returns:
        Moves whose frame 0 is that one, with negative ones before it, and that picture taken apart with all that the
        others show of what is behind its subject; None where it shows none. Without a path that stays in its set.
    """
    origin = int((away == 0).nonzero()[0])
    layers = taken_apart(frames[:, origin], seen)
    if len(away) == 1:  # which shows no movement
        return moves if layers is not None else replace(moves, subject=None), layers
    camera = agreed(moves.camera, camera_of(frames, None if layers is None else layers.cut_out[3] > 0))
    if layers is None:
        return replace(moves, camera=camera, subject=None), None
    others = away != 0
    fit = _Fit.of(layers, camera, frames[:, others], away[others])
    path = fit.told(moves)
    drift = fit.drift(path, straight=moves.subject is not None)
    if moves.subject is None and fit.off([_drifting(path, drift)])[0] > SURER * fit.whole(frames[:, origin]):
        return replace(moves, camera=camera), layers
    layers = replace(layers, behind=_behind(layers, frames, away, camera, _drifting(path, drift)))
    rest = ROUND_FOR if moves.subject is not None and not moves.passing else ON_FOR
    return replace(moves, camera=camera, subject=_drifting(path, drift, rest)), layers


def camera_of(frames: Tensor, hidden: Tensor | None) -> CameraMove:
    """What moves frames (3, n, H, W) as a whole, beside what is `hidden` (H, W): the camera that fits their flow (dense
    inverse search, Kroeger et al. 2016) by least absolute differences, where there is something to be seen."""
    grey = ((frames.float().mean(dim=0) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy()  # (n, H, W)
    height, width = grey.shape[1:]
    down, across = np.meshgrid(
        *((2 * np.arange(side, dtype=np.float32) + 1) / side - 1 for side in (height, width)), indexing="ij"
    )  # (H, W) each, in -1..1
    seen = np.ones((height, width), np.float32)
    if hidden is not None:
        seen -= cv2.dilate(hidden.cpu().numpy().astype(np.float32), np.ones((2 * (width // 24) + 1,) * 2))
    one, none = np.ones_like(across), np.zeros_like(across)
    terms = np.stack([[one, none, across, down], [none, one, down, none]])  # (2, 4, H, W): of both axes of the flow
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flows, weights = [], []
    for before, after in itertools.pairwise(grey):
        flow = finder.calc(before, after, None) * np.array([2 / width, 2 / height], np.float32)  # (H, W, 2)
        flows.append(flow.transpose(2, 0, 1))
        clear = np.hypot(cv2.Sobel(before, cv2.CV_32F, 1, 0), cv2.Sobel(before, cv2.CV_32F, 0, 1)) * seen  # (H, W)
        weights.append(np.stack([clear, clear]))
    if not flows:
        return CameraMove()
    rows = np.broadcast_to(terms.transpose(0, 2, 3, 1), (len(flows), 2, height, width, 4))  # (n-1, 2, H, W, 4)
    every = (slice(None), slice(None), slice(None, None, 2), slice(None, None, 2))
    found = _least_absolute(
        rows[every].reshape(-1, 4), np.stack(flows)[every].ravel(), np.stack(weights)[every].ravel()
    )  # (4,)
    right, lower, growth, depth = (
        float(value) if abs(value) > least else 0.0
        for value, least in zip(found * (0.5, 0.5, 1, 1), STEADY, strict=True)
    )
    return CameraMove(right, lower, growth, depth)


def agreed(told: CameraMove, found: CameraMove) -> CameraMove:
    """The camera that was found, unless another is told."""
    pairs = ((told.right, found.right), (told.down, found.down), (told.growth, found.growth))
    return found if all(asked == 0 or asked * seen > 0 for asked, seen in pairs) else told


@dataclass(frozen=True, eq=False)
class _Fit:
    """What tells how well a path goes through frames (3, m, h, w) that lie `away` (m,) from the one that is taken
    apart, with the set behind them."""

    layers: Layers
    camera: CameraMove
    frames: Tensor
    away: Tensor
    behind: Tensor

    @classmethod
    def of(cls, layers: Layers, camera: CameraMove, frames: Tensor, away: Tensor) -> _Fit:
        """At half the size: what is looked for is no finer."""
        top, bottom, left, right = (edge / 2 for edge in layers.box)
        small = Layers(_halved(layers.cut_out), _halved(layers.behind), (top, bottom, left, right))
        return cls(small, camera, _halved(frames.float()), away, _held(small.behind, away, camera))

    def off(self, paths: Sequence[Path]) -> Tensor:
        """Mean differences (N,) of paths' frames from those that are there."""
        poses = [pose for path in paths for pose in Moves(subject=path).poses(self.away.tolist())]
        gone = gone_its_way(self.layers, self.camera, poses, self.away.repeat(len(paths)))  # (4, N m, h, w)
        gone = gone.unflatten(1, (len(paths), len(self.away)))  # (4, N, m, h, w)
        made = self.behind[:, None] * (1 - gone[3:]) + gone[:3]  # (3, N, m, h, w)
        return (made - self.frames[:, None]).abs().mean(dim=(0, 2, 3, 4))

    def whole(self, picture: Tensor) -> float:
        """The same where the picture (3, H, W) is not taken apart."""
        return float((_held(_halved(picture.float()), self.away, self.camera) - self.frames).abs().mean())

    def told(self, moves: Moves) -> Path:
        """The told path from where the subject is on it: how long after its beginning, and turned which way."""
        path = moves.subject
        if path is None:
            return lambda _: Pose()
        sides = (1, -1) if not moves.passing or path(1.0).inward else (1,)
        paths = [_from(path, begin, side) for side in sides for begin in range(TURNS)]
        return paths[int(self.off(paths).argmin())]

    def drift(self, path: Path, *, straight: bool) -> Drift:
        """What is missing of the way that the subject went, in ever smaller steps; `straight`, it neither grows nor
        turns."""
        right, down = 1 / (2 * self.frames.shape[3]), 1 / (2 * self.frames.shape[2])  # pixels
        stages = [
            [(a * size * right, b * size * down, 0.0, 0.0) for a in reach for b in reach] for reach, size in STEPS
        ]
        if not straight:
            stages.insert(1, [(0.0, 0.0, growth, angle) for growth in GROWTHS for angle in ANGLES])
        best: Drift = (0.0, 0.0, 0.0, 0.0)
        for stage in stages:
            drifts = [(best[0] + a, best[1] + b, best[2] + c, best[3] + d) for a, b, c, d in stage]
            best = drifts[int(self.off([_drifting(path, drift) for drift in drifts]).argmin())]
        return best


def _held(picture: Tensor, away: Tensor, camera: CameraMove) -> Tensor:
    """A picture (3, H, W) as a camera shows it in frames `away` (T,): (3, T, H, W)."""
    return moved(picture[None, :, None].expand(-1, -1, len(away), -1, -1), away[None], camera)[0]


def _halved(pictures: Tensor) -> Tensor:
    """Pictures (..., H, W) at half their size."""
    return F.avg_pool2d(pictures, 2)


def _behind(layers: Layers, frames: Tensor, away: Tensor, camera: CameraMove, path: Path) -> Tensor:
    """The set behind a picture (3, H, W): where its subject hides it, from frames (3, n, H, W) in which that is
    elsewhere, and filled where it always is."""
    poses = Moves(subject=path).poses(away.tolist())
    hidden = hole_of(gone_its_way(layers, camera, poses, away)[3:].transpose(0, 1))  # (n, 1, H, W)
    both = torch.cat([frames.float(), hidden.transpose(0, 1)])  # (4, n, H, W)
    both = moved(both[None], -away[None], camera)[0]  # (4, n, H, W), where the picture has them
    shown = (both[3:] < 0.01).float()  # (1, n, H, W)
    times = shown.sum(dim=1)  # (1, H, W)
    mean = (both[:3] * shown).sum(dim=1) / times.clamp(min=1)  # (3, H, W)
    hole = hole_of(layers.cut_out[None, 3:])[0]  # (1, H, W)
    picture = torch.where(hole > 0, mean, frames[:, int((away == 0).nonzero()[0])].float())
    return filled(picture[None], ((hole == 0) | (times > 0)).float()[None])[0]


def _from(path: Path, begin: float, side: float) -> Path:
    """A path from so many frames after its beginning, or its mirror image."""

    def at(away: float) -> Pose:
        pose = path(begin + away)
        return replace(pose, right=side * pose.right, angle=side * pose.angle)

    return at


def _drifting(path: Path, drift: Drift, rest: float = math.inf) -> Path:
    """A path with a drift, which comes to rest in so many frames."""
    right, down, growth, angle = drift

    def at(away: float) -> Pose:
        pose = path(away)
        far = away if math.isinf(rest) else resting(away, rest)
        size = (1 + growth) ** far
        return replace(
            pose,
            right=pose.right + right * far,
            down=pose.down + down * far,
            wide=pose.wide * size,
            tall=pose.tall * size,
            angle=pose.angle + angle * far,
        )

    return at


def _least_absolute(
    rows: NDArray[np.float32], values: NDArray[np.float32], weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The x (k,) of the least sum of weights (N,) times |rows (N, k) x - values (N,)|: least squares weighed anew."""
    share = weights.astype(np.float64)
    found: NDArray[np.float64] = np.zeros(rows.shape[1])
    for _ in range(REPEATS):
        square = rows.T @ (rows * share[:, None]) + 1e-9 * np.eye(rows.shape[1])
        found = np.linalg.solve(square, rows.T @ (values * share)).astype(np.float64)
        share = weights / (np.abs(rows @ found - values) + 1e-3)
    return found
