"""Real films for the tests: every frame carries its number as a row of black and white bars."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
BITS = 8


def numbered(number: int, width: int = 64, height: int = 48) -> Image:
    """A picture of `BITS` bars, white for the ones of `number`, the lowest bit on the left."""
    picture = np.zeros((height, width, 3), np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            picture[:, bit * width // BITS : (bit + 1) * width // BITS] = 235
    picture[: height // 4] = picture[: height // 4] // 2 + 60
    return picture


def number_of(picture: Image) -> int:
    """The number that `numbered` wrote."""
    height, width = picture.shape[:2]
    row = picture[height // 2 :].mean(axis=(0, 2))
    return sum(
        1 << bit
        for bit in range(BITS)
        if row[int((bit + 0.3) * width / BITS) : int((bit + 0.7) * width / BITS) + 1].mean() > 120
    )


def numbers(pictures: Iterable[Image]) -> list[int]:
    return [number_of(picture) for picture in pictures]


def quadrants(width: int = 64, height: int = 48) -> Image:
    """Red, green over blue, white: the four corners tell any turn and flip."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = (255, 0, 0)
    picture[: height // 2, width // 2 :] = (0, 255, 0)
    picture[height // 2 :, : width // 2] = (0, 0, 255)
    picture[height // 2 :, width // 2 :] = (255, 255, 255)
    return picture


def corners(picture: Image) -> str:
    """The colours of the corners from the upper left, row by row, as letters of RGBW."""
    height, width = picture.shape[:2]
    known = {"R": (255, 0, 0), "G": (0, 255, 0), "B": (0, 0, 255), "W": (255, 255, 255), "K": (0, 0, 0)}
    places = [(y, x) for y in (height // 5, height - 1 - height // 5) for x in (width // 5, width - 1 - width // 5)]
    return "".join(
        min(known, key=lambda letter: float(np.abs(picture[place].astype(int) - known[letter]).sum()))
        for place in places
    )


@dataclass
class Film:
    """How to write one. `times` are presentation times in ticks of `base` (counting frames without)."""

    rate: Fraction = Fraction(24)
    codec: str = "libx264"
    form: str = "yuv420p"
    options: dict[str, str] = field(default_factory=lambda: {"g": "12", "bf": "0", "preset": "ultrafast", "crf": "10"})
    container: str | None = None
    container_options: dict[str, str] = field(default_factory=dict)
    times: Sequence[int] | None = None
    base: Fraction | None = None
    aspect: Fraction | None = None
    tags: dict[str, int] = field(default_factory=dict)
    matrix: int = 1
    sound: bool = False
    metadata: dict[str, str] = field(default_factory=dict)

    def write(self, path: Path, pictures: Sequence[Image | av.VideoFrame]) -> Path:
        first = pictures[0]
        width, height = (
            (first.width, first.height) if isinstance(first, av.VideoFrame) else (first.shape[1], first.shape[0])
        )
        with av.open(str(path), "w", format=self.container, options=self.container_options) as output:
            output.metadata.update(self.metadata)
            stream: Any = output.add_stream(self.codec, rate=self.rate)
            stream.width, stream.height, stream.pix_fmt = width, height, self.form
            stream.options = dict(self.options)
            stream.codec_context.time_base = self.base or 1 / self.rate
            if self.aspect:
                stream.codec_context.sample_aspect_ratio = self.aspect
            for name, value in self.tags.items():
                setattr(stream.codec_context, name, value)
            tone: Any = output.add_stream("aac", rate=48000) if self.sound else None
            for index, picture in enumerate(pictures):
                frame = self._frame(picture)
                frame.pts = self.times[index] if self.times else index
                frame.time_base = self.base or 1 / self.rate
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
            if tone is not None:
                for packet in _tone(tone, 2.0):
                    output.mux(packet)
        return path

    def _frame(self, picture: Image | av.VideoFrame) -> av.VideoFrame:
        if isinstance(picture, av.VideoFrame):
            return picture
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        if not self.form.startswith("yuv"):
            return frame.reformat(format=self.form)
        return frame.reformat(
            format=self.form,
            src_colorspace=self.matrix,
            dst_colorspace=self.matrix,
            src_color_range=2,
            dst_color_range=1,
        )


def displayed(path: Path, a: int, b: int, c: int, d: int) -> Path:
    """Put a display matrix (x' = ax + cy, y' = bx + dy) into the track header of an MP4 film."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4 + 40  # behind version, times, identity, duration, layer and volume
    one = 1 << 16
    data[place : place + 36] = struct.pack(">9i", a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def film(path: Path, count: int = 24, *, size: tuple[int, int] = (64, 48), **settings: Any) -> Path:
    """Write a film of `count` numbered frames."""
    return Film(**settings).write(path, [numbered(index, *size) for index in range(count)])


def sound(path: Path, seconds: float = 1.0, codec: str = "aac") -> Path:
    """A file that holds a tone and no picture."""
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream(codec, rate=48000)
        for packet in _tone(stream, seconds):
            output.mux(packet)
    return path


def _tone(stream: Any, seconds: float) -> list[Any]:
    packets = []
    for block in range(int(seconds * 48000 / 1024)):
        wave = np.sin(np.arange(block * 1024, (block + 1) * 1024) * 0.05).astype(np.float32)[None] * 0.2
        frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate = 48000
        frame.pts = block * 1024
        frame.time_base = Fraction(1, 48000)
        packets += stream.encode(frame)
    return packets + stream.encode(None)
