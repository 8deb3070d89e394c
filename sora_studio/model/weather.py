"""Weather before a moving sketch: flakes and drops that fall, fog and leaves that drift, as in the captioned world.

A network this small lets what it draws of weather stand still, and adds none to a given picture; what it finds moving
in its noise, it redraws.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

Put: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""Puts something before frames (3, T, H, W) in -1..1, so many frames, or seconds, (T,) after it began."""


@dataclass(frozen=True)
class Air:
    """Weather that is put before frames, so many of them after it began; a `veil` lies over all of the picture."""

    put: Put
    veil: bool = False

    def __call__(self, frames: Tensor, since: Tensor) -> Tensor:
        """Frames (3, T, H, W) in -1..1, `since` (T,) -> (3, T, H, W)."""
        return self.put(frames, since)


Size: TypeAlias = tuple[int, int]

Drops: TypeAlias = tuple[int, float, float, float, float]
"""How many in a square, radius and length in heights of the picture, heights they fall a second, and how bright."""

SNOWFALL: tuple[Drops, ...] = ((12, 0.012, 0.0, 0.12, 0.6), (8, 0.018, 0.0, 0.19, 0.75), (4, 0.026, 0.0, 0.28, 0.85))
"""Far, middle and near flakes."""

RAINFALL: tuple[Drops, ...] = ((13, 1 / 112, 0.13, 1.1, 0.3), (7, 1 / 112, 0.19, 1.5, 0.46))
"""Far and near drops."""

SLANT = 0.15
"""How far drops and flakes go across while they fall by one."""

FOG = (0.05, -0.08)
"""Heights a second that the two banks of a fog go across."""

COMES_UP = 4.0
"""Frames in which weather comes up that a given picture doesn't show yet."""

GREY = 0.06
"""Mean deviation of a picture's colours from grey below which what is put before it is grey, too."""

LEAVES = ((0.85, 0.18, -0.51), (0.68, -0.28, -0.5), (0.16, 0.38, -0.42), (0.93, 0.62, -0.23))
"""Their colours."""


def air_called(weather: str, fps: float) -> Air | None:
    """The weather of this name at `fps` frames a second; None for a name that is not known, and for clear air."""
    put = _WEATHERS.get(weather)
    return None if put is None else Air(lambda frames, since: put(frames, since.float() / fps), put is _fog)


def coming_up(air: Air) -> Air:
    """The same weather, but not there yet in the picture that it begins with."""

    def put(frames: Tensor, since: Tensor) -> Tensor:
        share = (since.abs() / COMES_UP).clamp(max=1)[:, None, None].to(frames)  # (T, 1, 1)
        return torch.lerp(frames, air(frames, since), share)

    return replace(air, put=put)


def going_on(air: Air) -> Air:
    """The same weather where a picture shows it already: what falls goes on falling; a veil draws on, and is not laid
    over itself."""

    def put(frames: Tensor, since: Tensor) -> Tensor:
        return (frames + air(frames, since) - air(frames, torch.zeros_like(since))).clamp(-1, 1)

    return replace(air, put=put) if air.veil else air


@dataclass(frozen=True, eq=False)
class Sheet:
    """A map of how much is covered, (h, w), that repeats without a seam, and pixels a second that it goes."""

    cover: Tensor
    down: float
    across: float

    def seen(self, seconds: Tensor, size: Size) -> Tensor:
        """What of it covers a picture of a size at these seconds: (T,) -> (T, H, W)."""
        return torch.stack([_rolled(self.cover, self.down * s, self.across * s, size) for s in seconds.tolist()])


def _rolled(cover: Tensor, down: float, across: float, size: Size) -> Tensor:
    """A map moved by any number of pixels, cut to a size: (h, w) -> (H, W)."""
    row, column = math.floor(down), math.floor(across)
    first = cover.roll((row, column), (0, 1))
    lower, further = first.roll(1, 0), first.roll(1, 1)
    rows = torch.lerp(first, lower, down - row)
    aside = torch.lerp(further, lower.roll(1, 1), down - row)
    return torch.lerp(rows, aside, across - column)[: size[0], : size[1]]


def _snow(frames: Tensor, seconds: Tensor) -> Tensor:
    return _falling(frames, seconds, SNOWFALL, 1.15, torch.tensor([1.0, 1.0, 1.0]))


def _rain(frames: Tensor, seconds: Tensor) -> Tensor:
    return _falling(frames, seconds, RAINFALL, 1.25, torch.tensor([0.78, 0.84, 0.92]))


def _falling(frames: Tensor, seconds: Tensor, fall: tuple[Drops, ...], high: float, colour: Tensor) -> Tensor:
    """What falls in sheets that are `high` heights of the picture before they repeat."""
    height, width = frames.shape[2:]
    room = (round(high * height), width)
    sheets = []
    for number, (count, radius, length, speed, strength) in enumerate(fall):
        reach = (length * height, SLANT * length * height)
        drops = _strokes(room, max(1, round(count * width / height)), reach, radius * height, number)
        sheets.append(Sheet(strength * drops, speed * height, SLANT * speed * height))
    return _before(frames, sheets, seconds, colour)


def _fog(frames: Tensor, seconds: Tensor) -> Tensor:
    height, width = frames.shape[2:]
    # thickest around the horizon, thin at the feet of what stands there, hardly any at the top of the sky
    band = torch.tensor([0.1, 0.22, 0.34, 0.45, 0.56, 0.47, 0.33, 0.26])[None, None]  # (1, 1, 8)
    band = F.interpolate(band, height, mode="linear", align_corners=True)[0, 0]  # (H,)
    sheets = []
    for number, speed in enumerate(FOG):
        coarse = torch.randn(1, 1, 4, 8, generator=torch.Generator().manual_seed(number))
        coarse = F.pad(coarse, (2, 2, 2, 2), mode="circular")  # so that it repeats
        scale = (height // 4 + 1, width // 4 + 1)
        field = F.interpolate(coarse, scale_factor=scale, mode="bicubic")[0, 0]
        field = field[2 * scale[0] : -2 * scale[0], 2 * scale[1] : -2 * scale[1]][:height]  # (H, 2W and some)
        cover = (0.4 * band[:, None] * (0.62 + 0.4 * field)).clamp(0, 0.6)
        sheets.append(Sheet(cover, 0.0, speed * height))
    light = frames.mean(dim=(1, 2, 3)).cpu()  # (3,)
    return _before(frames, sheets, seconds, torch.lerp(light, torch.ones(3), 0.35))


def _wind(frames: Tensor, seconds: Tensor) -> Tensor:
    height, width = frames.shape[2:]
    aspect, generator = width / height, torch.Generator().manual_seed(0)
    down, across = (torch.arange(side) + 0.5 for side in (height, width))
    y, x = torch.meshgrid(down / height, across / height, indexing="ij")  # (H, W) each, in heights
    light = 0.5 + 0.5 * (frames.mean() + 1).clamp(0, 1).item()
    colours = _as_coloured((torch.tensor(LEAVES) + 1) * light - 1, frames)  # (4, 3)
    made = frames
    for number in range(max(4, round(5.5 * aspect))):
        start, high, phase, size, bob = torch.rand(5, generator=generator).tolist()
        turn = seconds.cpu() / 1.4 + phase  # (T,)
        middle = (start * (aspect + 0.8) + 0.42 * seconds.cpu()) % (aspect + 0.8) - 0.4  # (T,)
        level = 0.1 + 0.8 * high + (0.03 + 0.03 * bob) * torch.sin(2 * math.pi * turn)  # (T,)
        long = 0.036 + 0.014 * size
        short = long * (0.45 + 0.15 * torch.sin(4 * math.pi * turn))  # (T,)
        right, lower = x - middle[:, None, None], y - level[:, None, None]  # (T, H, W) each
        cos, sin = (part[:, None, None] for part in (torch.cos(2 * math.pi * turn), torch.sin(2 * math.pi * turn)))
        along, aside = cos * right + sin * lower, cos * lower - sin * right  # (T, H, W) each, as the leaf has turned
        far = torch.hypot(along / long, aside / short[:, None, None])  # (T, H, W), 1 at its edge
        cover = 0.92 * ((1 - far) * long * height + 0.5).clamp(0, 1)  # (T, H, W)
        made = torch.lerp(made, colours[number % len(LEAVES)][:, None, None, None], cover.to(made))
    return made


def _before(frames: Tensor, sheets: list[Sheet], seconds: Tensor, colour: Tensor) -> Tensor:
    """Sheets of one colour (3,) before frames (3, T, H, W)."""
    size = (frames.shape[2], frames.shape[3])
    clear = torch.ones(len(seconds), *size)
    for sheet in sheets:
        clear = clear * (1 - sheet.seen(seconds, size))  # (T, H, W)
    return torch.lerp(_as_coloured(colour, frames)[:, None, None, None], frames, clear.to(frames))


def _as_coloured(colours: Tensor, frames: Tensor) -> Tensor:
    """Colours (..., 3) for frames (3, T, H, W): grey before grey ones."""
    colourful = float((frames - frames.mean(dim=0)).abs().mean())
    grey = colours.mean(dim=-1, keepdim=True).expand_as(colours)  # (..., 3)
    return torch.lerp(grey, colours, min(1.0, colourful / GREY)).to(frames)


def _strokes(room: Size, count: int, reach: tuple[float, float], radius: float, number: int) -> Tensor:
    """How much strokes of some pixels' `radius` that `reach` so far down and across cover of a room without edges:
    (h, w) in 0..1. They lie where the `number` says."""
    # spread evenly: chance would leave holes
    starts = torch.quasirandom.SobolEngine(2, scramble=True, seed=number).draw(count) * torch.tensor(room)  # (n, 2)
    rows, columns = torch.meshgrid(*(torch.arange(side) + 0.5 for side in room), indexing="ij")  # (h, w) each
    way = torch.tensor(reach)  # (2,)
    cover = torch.zeros(room)
    for start in starts:
        middle = start + way / 2
        off = [
            (axis - at + side / 2) % side - side / 2
            for axis, at, side in zip((rows, columns), middle.tolist(), room, strict=True)
        ]  # (h, w) each: from the stroke's middle, the short way round
        along = (off[0] * way[0] + off[1] * way[1]) / max(1e-6, float(way.square().sum()))
        along = along.clamp(-0.5, 0.5)  # (h, w)
        far = torch.hypot(off[0] - along * way[0], off[1] - along * way[1])  # (h, w)
        cover = torch.maximum(cover, (radius + 0.5 - far).clamp(0, 1))
    return cover


_WEATHERS: dict[str, Put] = {"rain": _rain, "snow": _snow, "fog": _fog, "wind": _wind}
