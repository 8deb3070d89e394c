from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sora_studio.core.errors import MediaError
from sora_studio.core.request import Source
from sora_studio.core.time import Rate, Size
from sora_studio.media.footage import fit, head, read_footage, read_source, tail
from tests.media.films import film, numbered, numbers, quadrants


def test_all_frames_at_the_own_rate(tmp_path: Path) -> None:
    footage = read_footage(film(tmp_path / "film.mp4", 30))
    assert footage.frames.shape == (30, 48, 64, 3)
    assert footage.rate == Rate(24)
    assert numbers(footage.frames) == list(range(30))
    assert footage.source == Source(str(tmp_path / "film.mp4"), 0, 30, Rate(24))


@pytest.mark.parametrize(
    ("own", "rate", "expected"),
    [
        (Fraction(24), Rate(8), [0, 3, 6, 9, 12, 15, 18, 21]),
        (Fraction(8), Rate(24), [n // 3 for n in range(72)]),
        (Fraction(30), Rate(24), [int(Fraction(k * 30, 24)) for k in range(19)]),
        (Fraction(30000, 1001), Rate(30000, 1001), list(range(24))),
        (Fraction(24), Rate(12), list(range(0, 24, 2))),
    ],
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_frames_are_chosen_by_time(tmp_path: Path, own: Fraction, rate: Rate, expected: list[int], suffix: str) -> None:
    path = film(tmp_path / f"film.{suffix}", 24, rate=own)
    footage = read_footage(path, rate=rate)
    assert numbers(footage.frames) == expected
    assert footage.rate == rate


def test_a_stretch_counts_at_the_asked_rate(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 96)
    assert numbers(read_footage(path, rate=Rate(8), start=10, stop=15).frames) == [30, 33, 36, 39, 42]
    assert numbers(read_footage(path, start=90).frames) == list(range(90, 96))
    assert numbers(read_footage(path, start=90, stop=500).frames) == list(range(90, 96))
    assert numbers(read_footage(path, start=500).frames) == [95]


def test_head_and_tail(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 240 // 2)
    assert numbers(head(path, Rate(8), 5).frames) == [0, 3, 6, 9, 12]
    assert numbers(tail(path, Rate(8), 5).frames) == [105, 108, 111, 114, 117]
    assert numbers(tail(path, Rate(24), 3, Size(32, 24)).frames) == [117, 118, 119]
    assert tail(path, Rate(8), 5).source == Source(str(path), 35, 40, Rate(8))
    assert len(head(path, Rate(8), 500)) == len(tail(path, Rate(8), 500)) == 40


def test_the_tail_of_a_file_cut_short_is_its_real_end(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mkv", 100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 7 // 10])
    got = numbers(tail(path, Rate(24), 4).frames)
    assert got == list(range(got[0], got[0] + 4))
    assert 40 < got[-1] < 99


def test_a_source_gives_the_same_frames_again(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 48)
    footage = tail(path, Rate(8), 5, Size(32, 16))
    assert footage.source is not None
    assert np.array_equal(read_source(footage.source, Size(32, 16)), footage.frames)
    path.unlink()
    with pytest.raises(MediaError, match="not there"):
        read_source(footage.source)


def test_a_picture_gives_one_frame(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.fromarray(quadrants()).save(path)
    for footage in (read_footage(path), head(path, Rate(8), 5), tail(path, Rate(8), 5), read_footage(path, start=7)):
        assert footage.frames.shape == (1, 48, 64, 3)
        assert footage.source == Source(str(path))
    assert read_footage(path, size=Size(16, 16)).size == Size(16, 16)
    assert read_source(Source(str(path)), Size(8, 8)).shape == (1, 8, 8, 3)


def test_what_does_not_fit_into_memory_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 48)
    with pytest.raises(MediaError, match="shorter stretch"):
        read_footage(path, size=Size(10_000, 10_000))


def test_cover_cuts_and_contain_adds_bars() -> None:
    frames = np.full((2, 100, 200, 3), 200, np.uint8)
    frames[:, :, :40] = 10
    cover = fit(frames, Size(50, 50))
    assert cover.shape == (2, 50, 50, 3)
    assert (cover > 150).all()  # the dark fifth on the left is cut off
    contain = fit(frames, Size(50, 50), "contain")
    assert contain.shape == (2, 50, 50, 3)
    assert (contain[:, :12] == 0).all()
    assert (contain[:, 38:] == 0).all()
    assert (contain[:, 13:37, 12:] > 150).all()
    assert fit(frames, Size(200, 100)) is frames


def test_fit_of_extreme_shapes() -> None:
    for shape in ((1, 1), (1, 500), (500, 1), (3, 7)):
        frames = np.full((1, *shape, 3), 90, np.uint8)
        for size in (Size(1, 1), Size(192, 112), Size(17, 300)):
            for mode in ("cover", "contain"):
                assert fit(frames, size, mode).shape == (1, size.height, size.width, 3)  # type: ignore[arg-type]


def test_shrinking_averages_and_enlarging_keeps_levels() -> None:
    checks = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    small = fit(np.repeat(checks[None, ..., None], 3, -1), Size(16, 16))
    assert np.abs(small.astype(int) - 127.5).max() <= 1
    flat = np.full((1, 16, 16, 3), 77, np.uint8)
    assert np.abs(fit(flat, Size(64, 64)).astype(int) - 77).max() <= 1


def test_numbered_frames_survive_another_size(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 12, size=(192, 112))
    assert numbers(read_footage(path, size=Size(48, 28)).frames) == list(range(12))
    assert numbered(3).shape == (48, 64, 3)
