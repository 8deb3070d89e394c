"""The eight looks: how finished frames, and for paper each plane, are turned into a style. All textures stand still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.canvas import Image
from sora_studio.training.world.noise import texture, tiled
from sora_studio.training.world.pixels import blend, flat, soften


@dataclass(frozen=True, slots=True)
class Shot:
    """What a look may know of a frame beyond its pixels: its number in the take and the time of day."""

    number: int
    time: str


Finish: TypeAlias = Callable[[Image, Image, Shot], Image]
"""(RGB frame, subject mask 0..255, shot) to the RGB frame in the look."""


@dataclass(frozen=True, slots=True)
class Look:
    """`plane` restyles each transparent plane once, at `ppu` pixels a unit; `finish` restyles each frame."""

    finish: Finish
    plane: Callable[[Image, float], Image] | None = None


def _field(name: str, roughness: float, frame: Image, stretch: float = 1.0) -> NDArray[np.float32]:
    return tiled(texture(name, roughness, stretch), frame.shape[1], frame.shape[0])


def flat_illustration(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """The drawing as it is."""
    return frame


# --- pixel art ------------------------------------------------------------------------------------------------------

_BAYER: Final = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47
_TONES: Final = 11


def pixel_art(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """Big pixels in few tones with a light ordered dither."""
    height, width = frame.shape[:2]
    block = max(2, round(height / 42))
    columns, rows = -(-width // block), -(-height // block)
    padded = cv2.copyMakeBorder(frame, 0, rows * block - height, 0, columns * block - width, cv2.BORDER_REPLICATE)
    small = cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA)
    dither = np.tile(_BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns, None]
    step = 255 / (_TONES - 1)
    toned = np.rint((_saturated(small, 1.25) + 0.1 * step * dither) / step) * step
    pixels = np.clip(toned, 0, 255).astype(np.uint8)
    big = cv2.resize(pixels, (columns * block, rows * block), interpolation=cv2.INTER_NEAREST)
    return np.ascontiguousarray(big[:height, :width])


def _saturated(image: NDArray[Any], factor: float) -> NDArray[np.float32]:
    """Colours drawn away from grey, as float32."""
    grey = np.full((3, 3), (1.0 - factor) / 3.0, np.float32)
    matrix = grey + factor * np.eye(3, dtype=np.float32)
    return np.asarray(cv2.transform(np.asarray(image, np.float32), matrix), np.float32)


def _peak(image: NDArray[Any]) -> NDArray[Any]:
    """The largest channel of each pixel (H, W)."""
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.max(cv2.max(red, green), blue))


def _spread(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """One plane in three channels."""
    return np.asarray(cv2.merge([plane, plane, plane]), np.float32)


def _bytes(image: NDArray[np.float32]) -> Image:
    """Float 0..255 as bytes, clipped."""
    return np.asarray(cv2.convertScaleAbs(cv2.max(image, 0.0)), np.uint8)


# --- pencil ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _hatching(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wobble = 1.4 * tiled(texture("hatch", 1.5), width, height)
    one = 0.5 + 0.2 * (0.5 + 0.5 * np.sin((x + y) * 0.78 + wobble))
    two = 0.16 + 0.26 * (0.5 + 0.5 * np.sin((x - 0.7 * y) * 0.85 + wobble))
    paper = 0.985 * (1.0 - 0.01 * np.abs(tiled(texture("paper", 0.6), width, height)))
    return np.asarray(one, np.float32), np.asarray(two, np.float32), np.asarray(paper, np.float32)


def pencil_sketch(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """Graphite lines and hatching on paper, with a breath of coloured pencil on the land and more on the subject."""
    one, two, paper = _hatching(frame.shape[1], frame.shape[0])
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) * np.float32(1 / 255)
    wide = cv2.blur(cv2.blur(grey, (5, 5)), (5, 5))
    lines = np.clip(1.0 - 2.8 * np.maximum(wide - cv2.blur(grey, (2, 2)) - np.float32(0.012), 0.0), 0.2, 1.0)
    shade = 1.0 - np.maximum(0.85 - grey, 0.0) * one - np.maximum(0.42 - grey, 0.0) * two
    drawn = lines * (np.float32(0.16) + np.float32(0.84) * np.maximum(shade, 0.0)) * paper
    # Hue without brightness: the drawing's tone comes from graphite alone.
    top = _spread(np.maximum(_peak(frame), 60).astype(np.float32))
    # The subject is coloured in with more pressure than the land around it.
    pressure = _spread(np.float32(0.42) + subject.astype(np.float32) * np.float32(0.46 / 255))
    tint = 1.0 - pressure * (1.0 - frame / top)
    shaded = _spread(np.asarray(drawn, np.float32)) * np.asarray(tint, np.float32)
    return _bytes(shaded * np.array([252, 248, 238], np.float32))


# --- watercolour ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _wobble(name: str, width: int, height: int, reach: float, roughness: float) -> tuple[Any, Any]:
    """Fixed displacement maps for cv2.remap."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    dx = reach * tiled(texture(f"{name} x", roughness), width, height)
    dy = reach * tiled(texture(f"{name} y", roughness), width, height)
    return cv2.convertMaps(np.asarray(x + dx, np.float32), np.asarray(y + dy, np.float32), cv2.CV_16SC2)


@lru_cache(maxsize=8)
def _wash(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    grain = 0.5 * tiled(texture("granules", 0.9), width, height) + 0.9 * tiled(texture("blooms", 1.8), width, height)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) / height
    bare = np.clip((0.03 + 0.012 * tiled(texture("deckle", 1.5), width, height) - edge) / 0.03, 0.0, 1.0)
    strength = (0.93 + 0.05 * grain) * (1.0 - bare)
    return _spread(np.asarray(strength, np.float32)), _spread(np.asarray(bare, np.float32))


_PAPER: Final = np.array([253, 250, 242], np.float32)


def watercolour(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """Thin washes with wet edges that bleed into granulating paper, bare at the border."""
    height, width = frame.shape[:2]
    strength, _ = _wash(width, height)
    across, down = _wobble("bleed", width, height, 0.8 * height / 112, 1.5)
    moved = cv2.remap(cv2.medianBlur(frame, 3), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.blur(cv2.blur(moved, (5, 5)), (7, 7))
    # Pigment gathers at the edge of a wash: the difference to the blurred picture darkens it there.
    wet = cv2.absdiff(moved, soft).astype(np.float32)
    bled = cv2.addWeighted(moved, 1.12, soft, -0.12, 0)
    ink = _PAPER - _saturated(bled, 1.25)
    return _bytes(_PAPER - strength * (ink + np.float32(0.42) * cv2.min(wet, 70.0)))


# --- neon -----------------------------------------------------------------------------------------------------------

_CROSS: Final = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_DISC: Final = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))


def neon(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """A dusky scene with soft glowing tubes along its strong edges and a brighter one around each subject."""
    calm = cv2.blur(cv2.blur(frame, (3, 3)), (3, 3))
    edge = _peak(cv2.morphologyEx(calm, cv2.MORPH_GRADIENT, _CROSS))
    tube = cv2.convertScaleAbs(cv2.subtract(edge, 15), alpha=2.2)
    rim = cv2.blur(cv2.morphologyEx(subject, cv2.MORPH_GRADIENT, _DISC), (2, 2))
    # The land steps back behind the subject, whose rim is the brightest tube.
    line = cv2.max(cv2.min(tube, 165), rim)
    bright = _own_hue(calm, frame, subject, rim)
    # Dark things get a dim tube: black, grey and white stay three colours.
    top = _spread(np.maximum(_peak(bright), 190).astype(np.float32))
    hue = _bytes(_saturated(bright * (np.float32(245.0) / top), 1.45))
    glow = cv2.multiply(hue, cv2.merge([line, line, line]), scale=1 / 255)
    halo = cv2.blur(cv2.blur(glow, (9, 9)), (13, 13))
    lit = cv2.convertScaleAbs(cv2.blur(subject, (3, 3)), alpha=0.5, beta=84)
    body = cv2.multiply(_bytes(_saturated(frame, 1.3)), cv2.merge([lit, lit, lit]), scale=1 / 255)
    return np.asarray(cv2.add(cv2.addWeighted(glow, 0.62, halo, 0.75, 0), body), np.uint8)


def _own_hue(calm: Image, frame: Image, subject: Image, rim: Image) -> Image:
    """Give the tube around the subject the subject's colour nearby, not that of what lies behind it."""
    if not subject.any():
        return calm
    cover = cv2.merge([subject, subject, subject])
    share = cv2.blur(subject, (9, 9)).astype(np.float32)
    inner = cv2.blur(cv2.multiply(frame, cover, scale=1 / 255), (9, 9))
    near = _bytes(np.asarray(inner * (255.0 / _spread(np.maximum(share, 1.0))), np.float32))
    bright = calm.copy()
    cv2.copyTo(near, cv2.compare(rim, 20, cv2.CMP_GT), bright)
    return bright


# --- black and white film -------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _emulsion(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2
    grain = cv2.GaussianBlur(tiled(texture("grain", 0.6), width, height), (0, 0), 1.1)
    return np.asarray(1.0 - 0.42 * far**1.5, np.float32), np.asarray(3.4 * grain, np.float32)


_LEVELS: Final = (0, 24, 80, 150, 215, 255)
_CURVES: Final[dict[str, Image]] = {
    time: np.interp(np.arange(256), _LEVELS, tones).clip(0, 255).astype(np.uint8)
    for time, tones in {
        # Without colour each time of day keeps a tonal scale of its own: mist, full light, contrast, dark.
        "dawn": (70, 88, 132, 176, 208, 226),
        "day": (6, 26, 104, 172, 240, 253),
        "sunset": (2, 10, 44, 98, 176, 250),
        "night": (2, 12, 52, 110, 170, 215),
    }.items()
}


def black_and_white_film(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """Silver tones with contrast, a vignette, soft grain that stands still and the faintest flicker."""
    vignette, grain = _emulsion(frame.shape[1], frame.shape[0])
    grey = cv2.LUT(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), _CURVES[shot.time]).astype(np.float32)
    flicker = np.float32(1.0 + 0.004 * ((shot.number * 7) % 5 - 2))
    return np.asarray(cv2.cvtColor(_bytes(grey * vignette * flicker + grain), cv2.COLOR_GRAY2RGB), np.uint8)


# --- paper cut-out --------------------------------------------------------------------------------------------------


def _paper_plane(plane: Image, ppu: float) -> Image:
    """Flat tones, a pale cut edge and a soft shadow on whatever lies behind."""
    alpha = cv2.extractChannel(plane, 3)
    if int(alpha.min()) == 255:
        return _posterised(plane)
    reach = 0.011 * ppu
    height, width = alpha.shape
    fall = np.array([[1.0, 0.0, 0.8 * reach], [0.0, 1.0, -0.9 * reach]])
    around = cv2.warpAffine(alpha, fall, (width, height), borderMode=cv2.BORDER_REPLICATE)
    shadow = flat(soften(np.asarray(around, np.uint8), reach), (22, 16, 40), 0.55)
    inner = cv2.erode(alpha, np.ones((3, 3), np.uint8), iterations=max(1, round(0.004 * ppu)))
    edge = flat(np.asarray(cv2.subtract(alpha, inner), np.uint8), (255, 252, 244), 0.38)
    return blend(shadow, blend(_posterised(plane), edge))


_STEPS: Final = (np.rint(np.arange(256) / 28) * 28).clip(0, 255).astype(np.uint8)


def _posterised(plane: Image) -> Image:
    stepped = cv2.LUT(plane, _STEPS)
    kept: Image = cv2.addWeighted(plane, 0.42, stepped, 0.58, 0)
    alpha = cv2.extractChannel(plane, 3)
    limit = cv2.merge([alpha, alpha, alpha, alpha])
    out = np.asarray(cv2.min(kept, limit), np.uint8)
    cv2.insertChannel(alpha, out, 3)
    return out


def flattened_paper(frame: Image) -> Image:
    """A photo as if cut from sheets of paper: few flat tones."""
    return np.ascontiguousarray(cv2.LUT(cv2.medianBlur(frame, 5), _STEPS))


@lru_cache(maxsize=8)
def _fibres(width: int, height: int) -> NDArray[np.uint8]:
    grain = tiled(texture("fibre", 0.8, 0.5), width, height) + tiled(texture("sheet", 1.2), width, height)
    soft = cv2.GaussianBlur(grain, (0, 0), 1.2)
    return np.repeat(np.clip(243 + 5.0 * soft, 0, 255)[..., None], 3, 2).astype(np.uint8)


def paper_cut_out(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """Layers of tinted paper."""
    out: Image = cv2.multiply(frame, _fibres(frame.shape[1], frame.shape[0]), scale=1 / 248)
    return out


# --- oil painting ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _impasto(width: int, height: int) -> NDArray[np.float32]:
    strokes = cv2.GaussianBlur(tiled(texture("strokes", 1.0, 0.22), width, height), (0, 0), 1.2)
    relief = strokes - np.roll(strokes, (2, 1), (0, 1))
    return _spread(np.asarray(relief * (5.5 / relief.std()), np.float32))


def oil_painting(frame: Image, subject: Image, shot: Shot) -> Image:  # noqa: ARG001
    """Dabs of one colour (Kuwahara's filter) with torn edges, in relief."""
    height, width = frame.shape[:2]
    across, down = _wobble("brush", width, height, 1.1 * height / 112, 1.3)
    dabs = cv2.medianBlur(_kuwahara(frame, max(3, round(height / 34))), 3)
    # A finer brush for the subject: half of its detail comes back.
    fine = cv2.convertScaleAbs(subject, alpha=0.55)
    coarse = cv2.bitwise_not(fine)
    dabs = cv2.add(
        cv2.multiply(frame, cv2.merge([fine, fine, fine]), scale=1 / 255),
        cv2.multiply(dabs, cv2.merge([coarse, coarse, coarse]), scale=1 / 255),
    )
    # Torn after the dabs are set: their edges follow a brush, not the grid of pixels.
    torn = cv2.remap(dabs, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _bytes(_saturated(torn, 1.25) + _impasto(width, height))


def _kuwahara(frame: Image, side: int) -> Image:
    """Each pixel takes the mean of the calmest of its four side x side neighbours (Kuwahara et al., 1976)."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean = cv2.blur(grey, (side, side), anchor=(0, 0))
    spread = cv2.blur(grey * grey, (side, side), anchor=(0, 0)) - mean * mean
    colour = cv2.blur(frame, (side, side), anchor=(0, 0))
    height, width = grey.shape
    reach = side - 1
    spreads = cv2.copyMakeBorder(spread, reach, 0, reach, 0, cv2.BORDER_REPLICATE)
    colours = cv2.copyMakeBorder(colour, reach, 0, reach, 0, cv2.BORDER_REPLICATE)
    best = spreads[:height, :width].copy()
    out = colours[:height, :width].copy()
    for dy, dx in ((0, reach), (reach, 0), (reach, reach)):
        other = np.ascontiguousarray(spreads[dy : dy + height, dx : dx + width])
        calmer = cv2.compare(other, best, cv2.CMP_LT)
        cv2.copyTo(np.ascontiguousarray(colours[dy : dy + height, dx : dx + width]), calmer, out)
        best = cv2.min(best, other)
    return np.asarray(out, np.uint8)


LOOKS: Final[dict[str, Look]] = {
    "flat illustration": Look(flat_illustration),
    "pixel art": Look(pixel_art),
    "pencil sketch": Look(pencil_sketch),
    "watercolour": Look(watercolour),
    "neon": Look(neon),
    "black and white film": Look(black_and_white_film),
    "paper cut-out": Look(paper_cut_out, _paper_plane),
    "oil painting": Look(oil_painting),
}
