"""Decoded video frames to RGB: which matrix and range they were coded with, transparency, and HDR to SDR."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from sora_studio.media.geometry import Deep, Image
from sora_studio.media.opencv import cv2

BACKDROP = 128
"""The neutral grey that transparent pictures are laid over."""

MPEG, JPEG = 1, 2
"""Codes of limited (16..235) and full (0..255) range."""

_BT709, _BT601, _BT2020 = 1, 5, 9
_SD_HEIGHT = 576
"""Untagged pictures up to this height are taken for BT.601, as players do."""
_LIMITED_WHITE = 65283
"""What FFmpeg makes of limited range's white in sixteen bits (measured; with it colours are right to 5 of 65535)."""

_MATRICES = {1: _BT709, 4: 4, 5: _BT601, 6: _BT601, 7: 7, 9: _BT2020, 10: _BT2020}
_TRANSFERS: dict[int, Literal["pq", "hlg"]] = {16: "pq", 18: "hlg"}

REFERENCE_WHITE = 203.0
"""Luminance of diffuse white in HDR, cd/m² (ITU-R BT.2408)."""
_PEAK = 1000.0 / REFERENCE_WHITE
_KNEE = 0.6

# Linear RGB of other primaries to BT.709 / sRGB, D65 (ITU-R BT.2087; SMPTE RP 431-2 with D65).
_TO_709 = {
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    12: ((1.2249, -0.2247, -0.0002), (-0.0420, 1.0419, 0.0001), (-0.0196, -0.0786, 1.0979)),
}


@dataclass(frozen=True, slots=True)
class Coding:
    """How the colours of a stream are coded. `primaries` is 0 for those of BT.709."""

    matrix: int
    full_range: bool
    transfer: Literal["sdr", "pq", "hlg"]
    primaries: int
    alpha: bool
    rgb: bool

    @property
    def hdr(self) -> bool:
        """Whether it must be brought down to the range of ordinary screens."""
        return self.transfer != "sdr"


def coding_of(frame: av.VideoFrame) -> Coding:
    """What the tags of a decoded frame say, with guesses where they say nothing."""
    form = frame.format
    guess = _BT601 if frame.height <= _SD_HEIGHT else _BT709
    primaries = int(frame.color_primaries)
    return Coding(
        matrix=_MATRICES.get(int(frame.colorspace), guess),
        full_range=int(frame.color_range) == JPEG or form.name.startswith("yuvj") or form.name.startswith("gray"),
        transfer=_TRANSFERS.get(int(frame.color_trc), "sdr"),
        primaries=primaries if primaries in _TO_709 else 0,
        alpha=_has_alpha(form.name),
        rgb=form.is_rgb or form.has_palette,
    )


def to_rgb(frame: av.VideoFrame, coding: Coding) -> Image:
    """A decoded frame as (H, W, 3) sRGB."""
    if coding.alpha:
        return over_backdrop(_converted(frame, coding, "rgba"))
    if coding.hdr or coding.primaries:
        light = _on_screen(_converted(frame, coding, "rgb48le"), coding.transfer, coding.primaries)
        steps = len(_from_light()) - 1
        out: Image = np.take(_from_light(), np.minimum(light * steps + 0.5, steps).astype(np.int32))
        return out
    return np.ascontiguousarray(_converted(frame, coding, "rgb24").astype(np.uint8, copy=False))


def to_deep(frame: av.VideoFrame, coding: Coding) -> Deep:
    """A decoded frame as (H, W, 3) sRGB in sixteen bits."""
    if coding.alpha:
        return deep_over_backdrop(_in_sixteen(frame, coding, "rgba64le"))
    image = _in_sixteen(frame, coding, "rgb48le")
    if coding.hdr or coding.primaries:
        light = np.minimum(_on_screen(image, coding.transfer, coding.primaries), 1.0)
        return np.round(_srgb(light) * 65535).astype(np.uint16)
    return image


def over_backdrop(rgba: NDArray[np.integer]) -> Image:
    """An (H, W, 4) uint8 picture with straight alpha laid over neutral grey."""
    colour = rgba[..., :3].astype(np.uint16)
    alpha = rgba[..., 3:].astype(np.uint16)
    out: Image = ((colour * alpha + BACKDROP * (255 - alpha) + 127) // 255).astype(np.uint8)
    return out


def deep_over_backdrop(rgba: NDArray[np.integer]) -> Deep:
    """An (H, W, 4) uint16 picture with straight alpha laid over neutral grey."""
    colour = rgba[..., :3].astype(np.uint32)
    alpha = rgba[..., 3:].astype(np.uint32)
    out: Deep = ((colour * alpha + BACKDROP * 257 * (65535 - alpha) + 32767) // 65535).astype(np.uint16)
    return out


def _converted(frame: av.VideoFrame, coding: Coding, form: str) -> NDArray[np.integer]:
    if coding.rgb:
        return np.asarray(frame.reformat(format=form).to_ndarray())
    return np.asarray(
        frame.reformat(
            format=form,
            src_colorspace=coding.matrix,
            dst_colorspace=coding.matrix,
            src_color_range=JPEG if coding.full_range else MPEG,
            dst_color_range=JPEG,
        ).to_ndarray()
    )


def _in_sixteen(frame: av.VideoFrame, coding: Coding, form: str) -> Deep:
    """The frame in a form of sixteen bits with white at 65535, which FFmpeg leaves lower: it widens by shifting."""
    image = _converted(frame, coding, form)
    if coding.rgb:
        return np.ascontiguousarray(image.astype(np.uint16, copy=False))
    bits = min(16, frame.format.components[0].bits)
    shifted = ((1 << bits) - 1) << (16 - bits)
    white = np.full(image.shape[-1], shifted if coding.full_range else _LIMITED_WHITE, np.float32)
    white[3:] = shifted  # alpha has no range
    out: Deep = np.minimum(image * (65535 / white) + 0.5, 65535).astype(np.uint16)
    return out


def _has_alpha(name: str) -> bool:
    return name in {"rgba", "bgra", "argb", "abgr", "pal8", "ya8", "ya16le", "ya16be"} or name.startswith(
        ("yuva", "gbrap", "rgba64", "bgra64", "ayuv")
    )


def _on_screen(image: NDArray[np.integer], transfer: str, primaries: int) -> NDArray[np.float32]:
    """16-bit RGB of another transfer or gamut as linear light of sRGB's gamut; diffuse white stays near white,
    highlights are rolled off."""
    light: NDArray[np.float32] = np.take(_to_light(transfer), image)
    if transfer == "hlg":
        # The system gamma of a 1000 cd/m² screen (ITU-R BT.2100, table 5).
        luma = light @ np.array([0.2627, 0.6780, 0.0593], np.float32)
        light *= _PEAK * np.power(np.maximum(luma, 1e-6), 0.2, dtype=np.float32)[..., None]
    if primaries:
        light = cv2.transform(light, np.array(_TO_709[primaries], np.float32))
    light = np.maximum(light, 0.0)
    if transfer != "sdr":
        peak = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
        light *= _rolled_off(peak) / peak
    return light


def _rolled_off(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Identity below the knee, from there a rational curve of slope one that reaches 1 at the peak."""
    slope = (_PEAK - _KNEE) / (1 - _KNEE)
    above = np.clip((light - _KNEE) / (_PEAK - _KNEE), 0.0, 1.0)
    rolled = _KNEE + (1 - _KNEE) * slope * above / (1 + (slope - 1) * above)
    out: NDArray[np.float32] = np.where(light <= _KNEE, light, rolled).astype(np.float32)
    return out


@cache
def _to_light(transfer: str) -> NDArray[np.float32]:
    """Linear light for each 16-bit code; 1 is diffuse white (for HLG: scene light 0..1 before the system gamma)."""
    code = np.arange(65536) / 65535.0
    if transfer == "pq":  # SMPTE ST 2084
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        root = code ** (1 / m2)
        light = (np.maximum(root - c1, 0.0) / (c2 - c3 * root)) ** (1 / m1) * 10000.0 / REFERENCE_WHITE
    elif transfer == "hlg":  # ARIB STD-B67
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    else:
        light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


@cache
def _from_light() -> NDArray[np.uint8]:
    """The sRGB code of linear light in steps of 1/8192."""
    return np.round(_srgb(np.arange(8193) / 8192.0) * 255).astype(np.uint8)


def _srgb(light: NDArray[np.floating]) -> NDArray[np.floating]:
    """The sRGB code, 0..1, of linear light."""
    code: NDArray[np.floating] = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    return code
