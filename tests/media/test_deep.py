"""Pictures of more than eight bits: read, composed and written as PNG without losing any of them, as ProRes in ten."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.edits import place
from sora_studio.core.errors import BadInput
from sora_studio.core.recipe import to_recipe
from sora_studio.core.request import Request
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Clip, Timeline, Track
from sora_studio.media.decode import VideoReader, load_image
from sora_studio.media.encode import VideoWriter
from sora_studio.media.export import ExportSettings, render_timeline
from sora_studio.media.metadata import read_recipe
from sora_studio.media.probe import depth, probe
from tests.media.films import Film

Deep = NDArray[np.uint16]
SIZE = Size(1760, 48)
STEP = 65535 / 876
"""One of the 877 levels of limited range in ten bits."""

CODINGS = {
    "h265": Film(
        codec="libx265",
        form="yuv420p10le",
        options={"preset": "ultrafast", "x265-params": "log-level=none:lossless=1:bframes=0"},
    ),
    "prores": Film(codec="prores", form="yuv422p10le", options={"profile": "3"}),
}


def gradient_film(path: Path, film: Film, count: int = 2) -> Path:
    """Greys from black to white, each level of ten bits two pixels wide."""
    frames = []
    for _ in range(count):
        frame = av.VideoFrame(SIZE.width, SIZE.height, film.form)
        luma = np.minimum(64 + np.arange(SIZE.width) // 2, 940).astype("<u2")
        for number, plane in enumerate(frame.planes):
            row = luma if number == 0 else np.full(plane.width, 512, "<u2")
            lines = np.zeros((plane.height, plane.line_size // 2), "<u2")
            lines[:, : len(row)] = row
            plane.update(lines.tobytes())
        frame.color_range = 1
        frames.append(frame)
    tags = {"colorspace": 1, "color_primaries": 1, "color_trc": 1, "color_range": 1}
    return replace(film, tags=tags | film.tags).write(path, frames)


def line_of(*clips: Clip, size: Size = SIZE) -> Timeline:
    line = Timeline(Rate(24), size, (Track("V1"),))
    for clip in clips:
        line = place(line, 0, clip)
    return line


def pictures(line: Timeline, files: dict[str, Path], folder: Path, **settings: object) -> list[NDArray[np.integer]]:
    """The timeline as PNG pictures, (H, W, 3) RGB in their own bits."""
    asked = ExportSettings(folder, preset="png", **settings)  # type: ignore[arg-type]
    render_timeline(line, files.get, asked, lambda done, total: None, lambda: False, to_recipe(Request("a fox")))
    return [cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1] for path in sorted(folder.iterdir())]


def prores(line: Timeline, files: dict[str, Path], path: Path) -> Path:
    asked = ExportSettings(path, preset="prores")
    return render_timeline(line, files.get, asked, lambda done, total: None, lambda: False)


def deep_picture(height: int = 48, width: int = 64) -> Deep:
    return np.random.default_rng(1).integers(0, 65536, (height, width, 3), np.uint16)


@pytest.mark.parametrize("codec", list(CODINGS))
def test_a_film_of_ten_bits_becomes_pictures_of_sixteen(tmp_path: Path, codec: str) -> None:
    path = gradient_film(tmp_path / ("sky.mov" if codec == "prores" else "sky.mp4"), CODINGS[codec])
    assert probe(path).bits == depth(path) == 10
    made = pictures(line_of(Clip("sky", 0, 2)), {"sky": path}, tmp_path / "film")
    assert len(made) == 2
    true = np.minimum(np.arange(SIZE.width) // 2, 876) * STEP
    off = np.abs(made[1].astype(float) - true[None, :, None])
    assert made[1].dtype == np.uint16
    levels = len(np.unique(made[1][24, :, 1]))
    assert levels > 600, "many more than the 256 of eight bits"
    assert off.max() < (2 if codec == "h265" else 2 * STEP), "h265 is written without loss"


def test_a_png_of_sixteen_bits_comes_back_as_it_was(tmp_path: Path) -> None:
    source = deep_picture()
    cv2.imwrite(str(tmp_path / "a.png"), source[..., ::-1])
    made = pictures(line_of(Clip("a", 0, 1), size=Size(64, 48)), {"a": tmp_path / "a.png"}, tmp_path / "film")
    assert np.array_equal(made[0], source)


def test_greys_and_transparency_of_sixteen_bits(tmp_path: Path) -> None:
    grey = deep_picture()[..., 0]
    cv2.imwrite(str(tmp_path / "grey.png"), grey)
    alpha = np.full((48, 64, 4), 40_000, np.uint16)
    alpha[:, :32, 3], alpha[:, 32:, 3] = 65535, 0
    cv2.imwrite(str(tmp_path / "alpha.png"), alpha)
    line = line_of(Clip("grey", 0, 1), Clip("alpha", 1, 1), size=Size(64, 48))
    first, second = pictures(line, {name: tmp_path / f"{name}.png" for name in ("grey", "alpha")}, tmp_path / "film")
    assert np.array_equal(first, np.repeat(grey[..., None], 3, -1))
    assert (second[:, :32] == 40_000).all()
    assert (second[:, 32:] == 128 * 257).all(), "neutral grey"


def test_what_has_eight_bits_stays_in_eight(tmp_path: Path) -> None:
    """Also where something deeper lies elsewhere on the timeline."""
    Image.fromarray((deep_picture() >> 8).astype(np.uint8)).save(tmp_path / "flat.png")
    cv2.imwrite(str(tmp_path / "deep.png"), deep_picture())
    files = {"flat": tmp_path / "flat.png", "deep": tmp_path / "deep.png"}
    line = line_of(Clip("flat", 0, 2), Clip("deep", 2, 2), size=Size(64, 48))
    made = pictures(line, files, tmp_path / "film", range=FrameRange(0, 2))
    assert [one.dtype for one in made] == [np.uint8, np.uint8]
    assert np.array_equal(made[0], load_image(files["flat"]))


def test_a_sequence_has_one_depth_and_eight_bits_are_only_widened(tmp_path: Path) -> None:
    flat = (deep_picture() >> 8).astype(np.uint8)
    Image.fromarray(flat).save(tmp_path / "flat.png")
    cv2.imwrite(str(tmp_path / "deep.png"), deep_picture()[..., ::-1])
    files = {"flat": tmp_path / "flat.png", "deep": tmp_path / "deep.png"}
    line = line_of(Clip("flat", 0, 6, id="f"), Clip("deep", 6, 6, id="d"), size=Size(64, 48))
    line = add_dissolve(line, "f", "d", 4, lambda _media: None)
    made = pictures(line, files, tmp_path / "film")
    assert {one.dtype for one in made} == {np.dtype(np.uint16)}
    wide = flat.astype(np.uint16) * 257
    assert np.array_equal(made[0], wide)
    assert np.array_equal(made[11], deep_picture())
    mixed = wide * (3 / 5) + deep_picture() * (2 / 5)
    assert np.abs(made[5] - mixed).max() <= 1


def test_a_gap_and_bars_are_black_and_sizes_are_changed_in_sixteen_bits(tmp_path: Path) -> None:
    slope = np.repeat(np.linspace(0, 65535, 64).astype(np.uint16)[None, :, None], 48, 0).repeat(3, 2)
    cv2.imwrite(str(tmp_path / "deep.png"), slope)
    line = line_of(Clip("deep", 1, 1), size=Size(1024, 48))
    gap, wide = pictures(line, {"deep": tmp_path / "deep.png"}, tmp_path / "film", fit="cover")
    assert gap.dtype == wide.dtype == np.uint16
    assert gap.max() == 0
    assert len(np.unique(wide)) > 256
    bars = pictures(line, {"deep": tmp_path / "deep.png"}, tmp_path / "bars")[1]
    assert bars[:, :400].max() == bars[:, -400:].max() == 0


def test_hdr_keeps_its_levels(tmp_path: Path) -> None:
    film = replace(CODINGS["h265"], tags={"colorspace": 9, "color_primaries": 9, "color_trc": 18})
    with VideoReader(gradient_film(tmp_path / "sky.mp4", film)) as reader:
        assert reader.info.hdr
        deep, flat = reader.deep_at(Fraction(0)), reader.frame(0)
    assert len(np.unique(deep[24, :, 1])) > 600
    assert np.abs(deep / 257 - flat).max() < 2.5, "the dark of eight bits goes through a table"


def test_the_first_picture_carries_the_recipe_and_every_reader_opens_it(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), deep_picture())
    pictures(line_of(Clip("a", 0, 1), size=Size(64, 48)), {"a": tmp_path / "a.png"}, tmp_path / "film")
    first = tmp_path / "film" / "frame_000001.png"
    assert read_recipe(first) == to_recipe(Request("a fox"))
    assert load_image(first).shape == (48, 64, 3)


def test_turned_pictures_and_those_in_a_profile_are_read_in_eight_bits(tmp_path: Path) -> None:
    """Turning and profiles are known to the reader of eight bits alone, so that no more is claimed."""
    cv2.imwrite(str(tmp_path / "a.png"), deep_picture())
    assert probe(tmp_path / "a.png").bits == depth(tmp_path / "a.png") == 16
    cv2.imwrite(str(tmp_path / "b.jpg"), (deep_picture() >> 8).astype(np.uint8))
    assert probe(tmp_path / "b.jpg").bits == depth(tmp_path / "b.jpg") == 8
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(deep_picture()[..., 0]).save(tmp_path / "turned.png", exif=exif)
    assert probe(tmp_path / "turned.png").bits == depth(tmp_path / "turned.png") == 8
    Image.fromarray(deep_picture()[..., 0]).save(tmp_path / "profile.png", icc_profile=b"unknown")
    assert probe(tmp_path / "profile.png").bits == depth(tmp_path / "profile.png") == 8


@pytest.mark.parametrize("codec", list(CODINGS))
def test_prores_keeps_the_levels_of_ten_bits(tmp_path: Path, codec: str) -> None:
    path = gradient_film(tmp_path / ("sky.mov" if codec == "prores" else "sky.mp4"), CODINGS[codec])
    made = prores(line_of(Clip("sky", 0, 2)), {"sky": path}, tmp_path / "film.mov")
    with av.open(str(made)) as film:
        frames = list(film.decode(video=0))
    assert [frame.format.name for frame in frames] == ["yuv422p10le"] * 2
    plane = frames[1].planes[0]
    luma = np.frombuffer(bytes(plane), "<u2").reshape(plane.height, -1)[24, : SIZE.width].astype(int)
    assert len(np.unique(luma)) > 600, "many more than the 256 of eight bits"
    assert np.abs(luma - np.minimum(64 + np.arange(SIZE.width) // 2, 940)).max() <= 2, "black and white stay theirs"


def test_prores_is_coded_from_eight_bits_where_no_clip_has_more(tmp_path: Path) -> None:
    Image.fromarray((deep_picture() >> 8).astype(np.uint8)).save(tmp_path / "flat.png")
    made = prores(line_of(Clip("flat", 0, 1), size=Size(64, 48)), {"flat": tmp_path / "flat.png"}, tmp_path / "a.mov")
    with VideoWriter(tmp_path / "b.mov", Size(64, 48), Rate(24), preset="prores") as writer:
        writer.write(load_image(tmp_path / "flat.png"))
    assert made.read_bytes() == (tmp_path / "b.mov").read_bytes()


def test_films_take_no_pictures_of_sixteen_bits(tmp_path: Path) -> None:
    with (
        pytest.raises(BadInput, match="uint16"),
        VideoWriter(tmp_path / "film.mp4", Size(64, 48), Rate(24)) as writer,
    ):
        writer.write(deep_picture())
    assert not list(tmp_path.iterdir())
