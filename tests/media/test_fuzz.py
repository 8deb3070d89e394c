"""Damaged files give pictures or a MediaError, never another exception."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sora_studio.core.errors import MediaError
from sora_studio.core.time import Rate, Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.footage import tail
from sora_studio.media.metadata import read_recipe
from sora_studio.media.probe import probe
from tests.media.films import film, numbered
from tests.media.test_animation import animation

VIDEOS = {
    "mp4": {},
    "mkv": {},
    "mov": {"codec": "prores", "form": "yuv422p10le", "options": {}},
    "avi": {"codec": "mpeg4", "options": {"g": "4"}},
    "webm": {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}},
    "ts": {"codec": "mpeg2video", "options": {"g": "4"}},
}
PICTURES = ("png", "jpg", "webp", "gif", "bmp", "tif")
ANIMATIONS = ("gif", "webp", "png")
ROUNDS = 24


def damaged(data: bytes, seed: int) -> Iterator[bytes]:
    """Cut short, bits turned over, stretches zeroed, doubled and left out, half of them near the start."""
    rng = np.random.default_rng(seed)
    for turn in range(ROUNDS):
        part = bytearray(data)
        reach = len(part) if turn % 2 else min(len(part), 600)
        match turn % 6:
            case 0:
                part = part[: rng.integers(1, len(part))]
            case 1 | 2:
                for place in rng.integers(0, reach, 8):
                    part[place] ^= 1 << int(rng.integers(8))
            case 3:
                place = int(rng.integers(0, reach))
                part[place : place + 64] = bytes(len(part[place : place + 64]))
            case 4:
                place = int(rng.integers(0, reach))
                del part[place : place + int(rng.integers(1, 100))]
            case _:
                place = int(rng.integers(0, reach))
                part[place:place] = rng.bytes(16)
        yield bytes(part)


def use(path: Path) -> None:
    info = probe(path)
    with VideoReader(path) as reader:
        for picture in islice(reader.frames(), 30):
            assert picture.shape == (info.size.height, info.size.width, 3)
        if info.size.width * info.size.height < 4_000_000:
            reader.frame(info.frames - 1)
            reader.frame(info.frames // 2)
            reader.frame(0)
    tail(path, Rate(8), 2, Size(16, 16))


def check(path: Path, suffix: str, seed: int) -> None:
    said = []
    for turn, data in enumerate(damaged(path.read_bytes(), seed)):
        bad = path.with_name(f"bad{turn}.{suffix}")
        bad.write_bytes(data)
        read_recipe(bad)
        try:
            use(bad)
        except MediaError as error:
            said.append(str(error))
        bad.unlink()
    assert all("“bad" in sentence for sentence in said)


@pytest.mark.parametrize("suffix", VIDEOS)
def test_damaged_videos(tmp_path: Path, suffix: str) -> None:
    check(film(tmp_path / f"film.{suffix}", 8, **VIDEOS[suffix]), suffix, 1)


@pytest.mark.parametrize("suffix", PICTURES)
def test_damaged_pictures(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture.{suffix}"
    Image.fromarray(numbered(5)).save(path)
    check(path, suffix, 2)


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_damaged_animations(tmp_path: Path, suffix: str) -> None:
    check(animation(tmp_path / f"a.{suffix}", [100] * 6), suffix, 3)
