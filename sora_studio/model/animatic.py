"""A rough moving sketch of a clip, made of one picture: what stands out is cut out and goes its way, the set behind it
follows the camera. In film such a sketch is called an animatic; here it lies in the noise that a clip begins with, and
the network redraws it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from sora_studio.model.leading import CameraMove, moved, settling
from sora_studio.model.margin import around, margin, without
from sora_studio.model.transformer import SoraTransformer3DModel, unpatchify
from sora_studio.model.weather import Air

SEEN_AT = 0.25
"""Noise level at which the network is asked where a picture's subject is: in less it was taught little."""

SEEN_FROM = 0.35
"""Probability from which on a cell is cut out: what is left behind is missed more than what comes along."""

RIM = 2
"""Pixels around it that come along: its edge is a part of what it looks like."""

LEAST_AREA, MOST_AREA = 0.004, 0.5
"""Shares of the picture between which a subject is one: less is a speck, more is the set."""

MOST_TALL = 1.5
"""Heights of the picture up to which a subject grows: its head may leave it."""

LEAST_TALL = 0.12
"""Heights of the picture down to which it shrinks."""

WITH_CAMERA = 0.5
"""Share of a pan that subjects take part in: a camera doesn't lose what it looks at."""


@dataclass(frozen=True)
class Pose:
    """Where the subject of a picture has gone, and how it stands there.

    `right` is in widths of the picture, or, with `inward`, as many towards its middle; `down` is in its heights. `wide`
    and `tall` are against before, `angle` is in degrees clockwise; it turns and grows about its middle, or with
    `on_foot` about its lower edge.
    """

    right: float = 0.0
    down: float = 0.0
    wide: float = 1.0
    tall: float = 1.0
    angle: float = 0.0
    on_foot: bool = False
    inward: bool = False

    def against(self, before: Pose) -> Pose:
        """The pose as it is from another one on the same path."""
        right, down, angle = self.right - before.right, self.down - before.down, self.angle - before.angle
        wide, tall = self.wide / before.wide, self.tall / before.tall
        return replace(self, right=right, down=down, wide=wide, tall=tall, angle=angle)


Path: TypeAlias = Callable[[float], Pose]
"""The pose so many frames after the picture; before it for negative numbers."""


@dataclass(frozen=True, eq=False)
class Opening:
    """What a clip in several windows began with: its first picture, or the frames that it goes on with (n, H, W, 3)
    uint8, and the number of frames from the last of these to a window's first, or from the first of them with
    `backward`, where a clip is made towards its beginning. A window's last frames alone don't say what was to be seen
    seconds ago."""

    frames: NDArray[np.uint8]
    before: int
    backward: bool = False


@dataclass(frozen=True)
class Moves:
    """How a clip moves: its camera, and what stands out in it, which stays where it is without a path. What goes on
    with a clip goes on from its `opening`.

    `passing`: in a clip from words the picture that it is made of stands in its middle. What rises begins below where
    it was drawn and ends above, so that it stays in sight, and half as much is to be made up at the edges. `air` is
    the weather before all that.
    """

    camera: CameraMove = CameraMove()
    subject: Path | None = None
    opening: Opening | None = None
    passing: bool = False
    air: Air | None = None

    def __bool__(self) -> bool:
        """Whether anything moves."""
        return bool(self.camera) or self.subject is not None or self.air is not None

    def poses(self, away: Sequence[float], at: float = 0) -> list[Pose]:
        """How the subject stands so many frames after the movement began, against how it did at frame `at`."""
        path = self.subject or (lambda _: Pose())
        return [path(frames).against(path(at)) for frames in away]


def presence(transformer: SoraTransformer3DModel, latents: Tensor, states: Tensor, mask: Tensor) -> Tensor:
    """How sure the network is that each cell of pictures holds the subject that their words speak of.

    Args:
        transformer: the network.
        latents: (B, Z, 1, h, w) clean, normalised.
        states: (B, L, D) text states.
        mask: (B, L) of them.

    Returns:
        (B, c*h, c*w) in 0..1, with c cells along the edge of a latent pixel.
    """
    height, width = latents.shape[3:]
    noise = torch.randn(latents.shape[1:], generator=torch.Generator().manual_seed(0)).to(latents.device)
    noisy = (1 - SEEN_AT) * latents + SEEN_AT * noise  # (B, Z, 1, h, w)
    patch, channels = transformer.config.patch_size, transformer.config.strength_channels
    stream: list[Tensor] = []
    with transformer.seeing_block.register_forward_hook(lambda _module, _inputs, x: stream.append(x)):
        transformer(
            hidden_states=noisy.to(transformer.dtype),
            canvas=torch.zeros_like(noisy, dtype=transformer.dtype),
            strength=noisy.new_zeros(len(noisy), channels, 1, height, width, dtype=transformer.dtype),
            timestep=torch.full((len(noisy),), SEEN_AT, device=noisy.device),
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
        )
    logits, _ = transformer.see(stream[0])  # (B, S, n)
    grid = (1, height // patch, width // patch)
    return unpatchify(logits.float().sigmoid(), grid, patch * transformer.config.outline)[:, 0, 0]  # (B, c*h, c*w)


def animatic(
    picture: Tensor, seen: Tensor | None, away: Tensor, moves: Moves, at: int = 0, layers: Layers | None = None
) -> Tensor:
    """The sketch of one picture.

    Args:
        picture: (3, H, W).
        seen: where its subject is, see `presence`, in any number of cells; None where only the camera moves.
        away: (T,) frames that each frame of the sketch lies after the movement's beginning, or before it.
        moves: of the clip.
        at: the frame after that beginning that is the picture.
        layers: the picture without its margin, if it has been taken apart already.

    Returns:
        (3, T, H, W) float32.
    """
    bare = margin(picture)  # (H, W)
    inside = picture if bare is None else without(picture, bare)  # (3, H, W)
    layers = layers if layers is not None or seen is None else taken_apart(inside, seen)
    frames = _moving(inside, layers, away, moves, at)  # (3, T, H, W)
    frames = frames if bare is None else around(frames, picture, bare)
    frames = torch.where((away == at)[:, None, None], picture.float()[:, None], frames)
    return frames if moves.air is None else _under(moves.air, frames, away, bare)


def _under(air: Air, frames: Tensor, away: Tensor, bare: Tensor | None) -> Tensor:
    """Frames (3, T, H, W) with weather before them, and not before the paper around them."""
    seen = air(frames, away)  # (3, T, H, W)
    return seen if bare is None else torch.lerp(seen, frames, bare.to(frames))


def _moving(picture: Tensor, layers: Layers | None, away: Tensor, moves: Moves, at: int) -> Tensor:
    """The same of a picture without a margin, taken apart if its subject moves."""
    there = away - at  # (T,)
    if layers is None:
        frames = picture.float()[None, :, None].expand(-1, -1, len(away), -1, -1)  # (1, 3, T, H, W)
        return moved(frames, there[None], moves.camera)[0]
    frames = put_together(layers, moves.camera, moves.poses(away.tolist(), at), there)  # (3, T, H, W)
    return torch.where((there == 0)[:, None, None], picture.float()[:, None], frames)


@dataclass(frozen=True, eq=False)
class Layers:
    """A picture taken apart: what is cut out with how much it covers (4, H, W), the set `behind` it (3, H, W), and its
    top, bottom, left and right edge."""

    cut_out: Tensor
    behind: Tensor
    box: tuple[float, float, float, float]


def taken_apart(picture: Tensor, seen: Tensor) -> Layers | None:
    """A picture (3, H, W) whose subject is `seen` (h, w), see `presence`; None where that is none."""
    mask = _largest(seen > SEEN_FROM)  # (h, w)
    if not LEAST_AREA < float(mask.float().mean()) < MOST_AREA:
        return None
    mask = F.interpolate(mask[None, None].float(), picture.shape[1:], mode="bilinear")  # (1, 1, H, W)
    box = _box(mask[0, 0] > 0.5)
    mask = F.avg_pool2d(F.max_pool2d(mask, 2 * RIM + 1, stride=1, padding=RIM), 3, stride=1, padding=1)
    behind = filled(picture.float()[None], 1 - hole_of(mask))[0]  # (3, H, W)
    return Layers(torch.cat([picture.float() * mask[0], mask[0]]), behind, box)


def hole_of(cover: Tensor) -> Tensor:
    """What is missing, 1 or 0, where what is cut out covers so much (B, 1, H, W): its edge and shadow, too."""
    return F.max_pool2d((cover > 0.25).float(), 7, stride=1, padding=3)  # (B, 1, H, W)


def put_together(layers: Layers, camera: CameraMove, poses: Sequence[Pose], away: Tensor) -> Tensor:
    """Frames (3, T, H, W) `away` (T,) from a picture, whose subject stands in T poses before what the camera sees."""
    behind = layers.behind[None, :, None].expand(-1, -1, len(away), -1, -1)  # (1, 3, T, H, W)
    behind = moved(behind, away[None], camera)[0]  # (3, T, H, W)
    gone = gone_its_way(layers, camera, poses, away)  # (4, T, H, W)
    return behind * (1 - gone[3:]) + gone[:3]


def gone_its_way(layers: Layers, camera: CameraMove, poses: Sequence[Pose], away: Tensor) -> Tensor:
    """What is cut out, (4, T, H, W), in T poses, so many frames `away` (T,) from the picture."""
    tall, wide = layers.behind.shape[1:]
    ways = zip(poses, away.tolist(), strict=True)
    maps = torch.stack([_map(layers.box, (tall, wide), camera, pose, frames) for pose, frames in ways])  # (T, 2, 3)
    grid = F.affine_grid(maps.to(layers.cut_out.device), [len(away), 4, tall, wide], align_corners=False)
    return F.grid_sample(layers.cut_out.expand(len(away), -1, -1, -1), grid, align_corners=False).transpose(0, 1)


def filled(pictures: Tensor, known: Tensor) -> Tensor:
    """Pictures (B, C, H, W) whose pixels are taken from around where they are not `known` (B, 1, H, W), 1 or 0: from
    means of ever larger squares (the pyramid of Gortler et al. 1996, "pull-push")."""
    if min(pictures.shape[2:]) < 2 or bool((known > 0).all()):
        return pictures
    share = F.avg_pool2d(known, 2, ceil_mode=True)  # (B, 1, H/2, W/2)
    coarse = F.avg_pool2d(pictures * known, 2, ceil_mode=True) / share.clamp(min=1e-6)  # (B, C, H/2, W/2)
    coarse = filled(coarse, (share > 0).float())  # (B, C, H/2, W/2)
    fine = F.interpolate(coarse, pictures.shape[2:], mode="bilinear")  # (B, C, H, W)
    return torch.where(known > 0, pictures, fine)


def _largest(mask: Tensor) -> Tensor:
    """The largest connected part of a mask (h, w) bool."""
    left, best = mask.clone(), torch.zeros_like(mask)
    while int(left.sum()) > int(best.sum()):
        part = torch.zeros_like(mask)
        part.view(-1)[int(left.flatten().int().argmax())] = True
        while True:
            grown = (F.max_pool2d(part[None].float(), 3, stride=1, padding=1)[0] > 0) & left  # (h, w)
            if int(grown.sum()) == int(part.sum()):
                break
            part = grown
        left &= ~part
        if int(part.sum()) > int(best.sum()):
            best = part
    return best


def _box(mask: Tensor) -> tuple[int, int, int, int]:
    """Top, bottom, left and right edge of what a mask (H, W) holds."""
    rows, columns = (mask.any(dim=axis).nonzero() for axis in (1, 0))  # (n, 1) each
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def rightward(pose: Pose, box: tuple[float, float, float, float], width: int) -> float:
    """Widths to the right that a pose goes, of what has this box in a picture so many pixels wide."""
    return -pose.right if pose.inward and (box[2] + box[3]) / 2 >= width / 2 else pose.right


def within_sight(scale: float, tall: float) -> float:
    """How much what is so `tall`, in heights of the picture, grows when it is asked to by so much."""
    return min(max(scale, min(1.0, LEAST_TALL / tall)), max(1.0, MOST_TALL / tall))


def _map(
    box: tuple[float, float, float, float], size: tuple[int, int], camera: CameraMove, pose: Pose, gone: float
) -> Tensor:
    """Where the pixels of a frame (H, W), so many frames away, are found in the picture: (2, 3) in coordinates of
    -1..1."""
    height, width = size
    top, bottom, left, right = box
    across = (left + right) / 2
    down = float(bottom) if pose.on_foot else (top + bottom) / 2
    wide, tall = (within_sight(scale, (bottom - top) / height) for scale in (pose.wide, pose.tall))
    zoom = (1 + camera.growth) ** settling(gone)
    shift = (
        _round((left, right), rightward(pose, box, width) + WITH_CAMERA * camera.right * gone, width),
        _round((top, bottom), pose.down, height) + camera.down * settling(gone) * height,
    )
    turn = math.radians(pose.angle)
    # about the pivot: stretched, turned, put where it goes; then the camera's zoom about the picture's middle
    own = _shift(-across, -down)
    own = torch.tensor([[wide, 0, 0], [0, tall, 0], [0, 0, 1.0]]) @ own
    own = torch.tensor([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]]) @ own
    own = _shift(across + shift[0] - width / 2, down + shift[1] - height / 2) @ own
    own = torch.diag(torch.tensor([zoom * 2 / width, zoom * 2 / height, 1.0])) @ own  # pixels of the picture to -1..1
    pixels = _shift(width / 2, height / 2) @ torch.diag(torch.tensor([width / 2, height / 2, 1.0]))
    there = own @ pixels  # (3, 3) from -1..1 of the picture to -1..1 of the frame
    return torch.linalg.inv(there)[:2].float()


def _round(edges: tuple[float, float], shares: float, side: int) -> float:
    """Pixels that what has these edges goes along a side of the picture: what has left it comes in on the other."""
    long = side + edges[1] - edges[0]
    return (edges[1] + shares * side) % long - edges[1]


def _shift(right: float, down: float) -> Tensor:
    return torch.tensor([[1, 0, right], [0, 1, down], [0, 0, 1.0]])
