from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sora_studio.core.time import Rate, Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.encode import VideoWriter
from tests.media.films import Film

COLOURS = [
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255),
    (255, 255, 255), (0, 0, 0), (128, 128, 128), (200, 100, 50), (30, 60, 90), (17, 17, 17),
]  # fmt: skip
FLAT = {"crf": "1", "preset": "ultrafast"}


def patches(width: int = 48, height: int = 48) -> np.ndarray:
    """A column of flat patches side by side."""
    return np.concatenate([np.full((height, width, 3), colour, np.uint8) for colour in COLOURS], axis=1)


def middles(picture: np.ndarray) -> np.ndarray:
    width = picture.shape[1] // len(COLOURS)
    return np.array([picture[picture.shape[0] // 2, index * width + width // 2] for index in range(len(COLOURS))], int)


def luma(red: int, green: int, blue: int, weights: tuple[float, float, float]) -> float:
    return 16 + 219 / 255 * (weights[0] * red + weights[1] * green + weights[2] * blue)


@pytest.mark.parametrize("height", [48, 720])
def test_what_is_written_is_read_back(tmp_path: Path, height: int) -> None:
    picture = patches(height=height)
    path = tmp_path / "film.mp4"
    with VideoWriter(path, Size(picture.shape[1], height), Rate(24), quality=1) as writer:
        writer.write(picture[None].repeat(3, axis=0))
    with VideoReader(path) as reader:
        assert np.abs(middles(reader.frame(1)) - COLOURS).max() <= 3


def test_what_is_written_is_tagged_and_coded_as_bt709(tmp_path: Path) -> None:
    picture = patches()
    path = tmp_path / "film.mp4"
    with VideoWriter(path, Size(picture.shape[1], 48), Rate(24), quality=1) as writer:
        writer.write(picture[None])
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))
        context = stream.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        assert context.pix_fmt == "yuv420p"
    plane = np.frombuffer(frame.planes[0], np.uint8).reshape(frame.height, frame.planes[0].line_size)
    for index, colour in enumerate(COLOURS):
        assert abs(plane[24, index * 48 + 24] - luma(*colour, (0.2126, 0.7152, 0.0722))) <= 2


@pytest.mark.parametrize(
    ("height", "matrix", "tags"),
    [
        (48, 1, {"colorspace": 1}),
        (48, 5, {"colorspace": 6}),
        (48, 5, {"colorspace": 5}),
        (48, 5, {}),
        (720, 1, {}),
        (720, 5, {"colorspace": 6}),
    ],
)
def test_the_matrix_is_read_from_the_tags_or_guessed(
    tmp_path: Path, height: int, matrix: int, tags: dict[str, int]
) -> None:
    path = Film(matrix=matrix, tags=tags, options=FLAT).write(tmp_path / "film.mp4", [patches(height=height)] * 2)
    with VideoReader(path) as reader:
        assert np.abs(middles(reader.frame(0)) - COLOURS).max() <= 3


def test_full_range(tmp_path: Path) -> None:
    frame = av.VideoFrame.from_ndarray(patches(), format="rgb24").reformat(
        format="yuv420p", src_colorspace=1, dst_colorspace=1, src_color_range=2, dst_color_range=2
    )
    path = Film(tags={"colorspace": 1, "color_range": 2}, options=FLAT).write(tmp_path / "film.mp4", [frame])
    with VideoReader(path) as reader:
        assert np.abs(middles(reader.frame(0)) - COLOURS).max() <= 3


@pytest.mark.parametrize(("codec", "form"), [("libx264rgb", "rgb24"), ("png", "rgb24"), ("ffv1", "bgr0")])
def test_rgb_video_keeps_its_colours(tmp_path: Path, codec: str, form: str) -> None:
    options = {"qp": "0", "preset": "ultrafast"} if codec == "libx264rgb" else {}
    suffix = "mov" if codec == "png" else "mkv"
    path = Film(codec=codec, form=form, options=options).write(tmp_path / f"film.{suffix}", [patches()])
    with VideoReader(path) as reader:
        assert np.array_equal(middles(reader.frame(0)), COLOURS)


@pytest.mark.parametrize("form", ["yuv422p10le", "yuv444p", "gray"])
def test_other_pixel_formats(tmp_path: Path, form: str) -> None:
    picture = patches()
    if form == "gray":
        picture = np.full_like(picture, 100)
    path = Film(codec="ffv1", form=form, tags={} if form == "gray" else {"colorspace": 1}, options={}).write(
        tmp_path / "film.mkv", [picture]
    )
    with VideoReader(path) as reader:
        expected = np.full((len(COLOURS), 3), 100) if form == "gray" else COLOURS
        assert np.abs(middles(reader.frame(0)) - expected).max() <= 3


def pq(nits: float) -> float:
    """SMPTE ST 2084, from light to code."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = (nits / 10000) ** m1
    return float(((c1 + c2 * power) / (1 + c3 * power)) ** m2)


def hlg(scene: float) -> float:
    """ARIB STD-B67, from scene light to code."""
    return float(np.sqrt(3 * scene) if scene <= 1 / 12 else 0.17883277 * np.log(12 * scene - 0.28466892) + 0.55991073)


def hdr_film(path: Path, codes: list[float], transfer: int) -> Path:
    """Grey patches of code values 0..1 as 10-bit HEVC in BT.2020."""
    row = np.concatenate([np.full((64, 64, 3), round(code * 65535), np.uint16) for code in codes], axis=1)
    frame = av.VideoFrame.from_ndarray(row, format="rgb48le").reformat(
        format="yuv420p10le", src_colorspace=9, dst_colorspace=9, src_color_range=2, dst_color_range=1
    )
    frame.pts, frame.time_base = 0, Fraction(1, 24)
    tags = {"colorspace": 9, "color_primaries": 9, "color_trc": transfer, "color_range": 1}
    options = {"preset": "ultrafast", "x265-params": "log-level=none:bframes=0", "crf": "4"}
    return Film(codec="libx265", form="yuv420p10le", tags=tags, options=options).write(path, [frame])


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_brought_down_with_whites_near_white(tmp_path: Path, transfer: int) -> None:
    codes = [pq(0), pq(20), pq(203), pq(1000)] if transfer == 16 else [0.0, hlg(0.03), hlg(0.265), 1.0]
    with VideoReader(hdr_film(tmp_path / "film.mp4", codes, transfer)) as reader:
        assert reader.info.hdr
        assert any("HDR" in note for note in reader.info.notes)
        picture = reader.frame(0)
    black, dark, white, peak = (picture[32, 32 + 64 * index].astype(int) for index in range(4))
    assert black.max() <= 2
    assert 70 <= dark.mean() <= 110
    assert 222 <= white.mean() <= 242
    assert peak.min() >= 250
    for patch in (dark, white, peak):
        assert np.ptp(patch) <= 3


def test_wide_gamut_is_converted(tmp_path: Path) -> None:
    # The red of BT.709 has these components in BT.2020 (gamma of sRGB applied to linear light).
    linear = np.array([0.6274, 0.0691, 0.0164])
    code = 1.055 * linear ** (1 / 2.4) - 0.055
    picture = np.full((64, 64, 3), np.round(code * 255), np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        format="yuv420p", src_colorspace=9, dst_colorspace=9, src_color_range=2, dst_color_range=1
    )
    tags = {"colorspace": 9, "color_primaries": 9, "color_trc": 1, "color_range": 1}
    path = Film(tags=tags, options=FLAT).write(tmp_path / "film.mp4", [frame])
    with VideoReader(path) as reader:
        red = reader.frame(0)[32, 32].astype(int)
    assert red[0] >= 248
    assert red[1:].max() <= 30
