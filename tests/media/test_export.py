from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.edits import place
from sora_studio.core.errors import BadInput, Cancelled, MediaError, OutputError
from sora_studio.core.recipe import to_recipe
from sora_studio.core.request import Request
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Clip, Timeline, Track
from sora_studio.media.decode import VideoReader
from sora_studio.media.export import ExportSettings, frame_at, render_timeline
from sora_studio.media.metadata import read_recipe
from sora_studio.media.probe import probe
from tests.media.films import film, number_of, numbered, numbers, quadrants

SIZE = Size(64, 48)


def timeline(*clips: Clip, above: tuple[Clip, ...] = ()) -> Timeline:
    line = Timeline(Rate(24), SIZE, (Track("V1"), Track("V2")))
    for track, placed in enumerate((clips, above)):
        for clip in placed:
            line = place(line, track, clip)
    return line


def quiet(done: int, total: int) -> None:
    pass


def never() -> bool:
    return False


@pytest.fixture
def media(tmp_path: Path) -> Callable[[str], Path | None]:
    """Media "slow" (8 frames a second), "fast" (24), "still", and "gone", whose file is missing."""
    folder = tmp_path / "media"
    folder.mkdir()
    film(folder / "slow.mp4", 16, rate=Fraction(8))
    film(folder / "fast.mp4", 48)
    Image.fromarray(numbered(77)).save(folder / "still.png")
    paths = {"slow": folder / "slow.mp4", "fast": folder / "fast.mp4", "still": folder / "still.png"}
    return lambda name: folder / "gone.mp4" if name == "gone" else paths.get(name)


def exported(path: Path) -> list[int | None]:
    """The numbers of all frames; None for black."""
    with VideoReader(path) as reader:
        return [None if picture.max() < 20 else number_of(picture) for picture in reader.frames()]


def test_the_film_shows_what_the_timeline_shows(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    line = timeline(
        Clip("slow", 0, 12, offset=6),
        Clip("fast", 16, 12, offset=30),
        Clip("still", 30, 4, offset=100),
        above=(Clip("fast", 20, 4),),
    )
    path = tmp_path / "film.mp4"
    assert render_timeline(line, media, ExportSettings(path), quiet, never) == path
    expected: list[int | None] = [(6 + frame) // 3 for frame in range(12)]
    expected += [None] * 4
    expected += [30, 31, 32, 33, 0, 1, 2, 3, 38, 39, 40, 41]
    expected += [None] * 2 + [77] * 4
    assert exported(path) == expected
    info = probe(path)
    assert (info.rate, info.size, info.frames) == (Rate(24), SIZE, 34)


def test_a_clip_longer_than_its_medium_holds_its_last_frame(
    tmp_path: Path, media: Callable[[str], Path | None]
) -> None:
    path = tmp_path / "film.mp4"
    render_timeline(timeline(Clip("fast", 0, 10, offset=44)), media, ExportSettings(path), quiet, never)
    assert exported(path) == [44, 45, 46, 47, 47, 47, 47, 47, 47, 47]


def test_a_range_and_another_rate(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    line = timeline(Clip("fast", 0, 48))
    path = tmp_path / "film.mp4"
    settings = ExportSettings(path, range=FrameRange(10, 20), rate=Rate(48))
    render_timeline(line, media, settings, quiet, never)
    assert exported(path) == [10 + frame // 2 for frame in range(20)]
    render_timeline(line, media, ExportSettings(path, range=FrameRange(12, 36), rate=Rate(12)), quiet, never)
    assert exported(path) == list(range(12, 36, 2))


@pytest.mark.parametrize("fit", ["contain", "cover"])
def test_other_shapes_get_bars_or_are_cut(tmp_path: Path, fit: str) -> None:
    Image.fromarray(quadrants(64, 48)).save(tmp_path / "a.png")
    settings = ExportSettings(tmp_path / "film.mp4", size=Size(160, 48), fit=fit)  # type: ignore[arg-type]
    render_timeline(timeline(Clip("a", 0, 3)), lambda name: tmp_path / "a.png", settings, quiet, never)
    with VideoReader(settings.path) as reader:
        picture = reader.frame(1)
    sides = picture[:, :40].max() < 30 and picture[:, -40:].max() < 30
    assert sides == (fit == "contain")


def test_progress_is_told_for_each_frame(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    told: list[tuple[int, int]] = []
    line = timeline(Clip("fast", 0, 6))
    render_timeline(line, media, ExportSettings(tmp_path / "a.mp4"), lambda *now: told.append(now), never)
    assert told == [(frame + 1, 6) for frame in range(6)]


def test_stopping_leaves_nothing(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    told: list[int] = []
    line = timeline(Clip("fast", 0, 48))
    with pytest.raises(Cancelled, match="stopped"):
        render_timeline(
            line,
            media,
            ExportSettings(tmp_path / "film.mp4"),
            lambda done, total: told.append(done),
            lambda: len(told) >= 7,
        )
    assert told == [1, 2, 3, 4, 5, 6, 7]
    assert os.listdir(tmp_path) == ["media"]


def test_what_cannot_be_exported_is_said_before_anything_is_written(
    tmp_path: Path, media: Callable[[str], Path | None]
) -> None:
    settings = ExportSettings(tmp_path / "film.mp4")
    with pytest.raises(BadInput, match="empty"):
        render_timeline(timeline(), media, settings, quiet, never)
    with pytest.raises(MediaError, match=r"“Sky” at 00:00:01:00 has no picture yet"):
        render_timeline(timeline(Clip("pending", 24, 5, name="Sky")), media, settings, quiet, never)
    with pytest.raises(MediaError, match=r"gone\.mp4.*00:00:00:03 is missing"):
        render_timeline(timeline(Clip("gone", 3, 5)), media, settings, quiet, never)
    with pytest.raises(BadInput, match="no frames"):
        render_timeline(
            timeline(Clip("fast", 0, 5)), media, ExportSettings(settings.path, range=FrameRange(3, 3)), quiet, never
        )
    with pytest.raises(OutputError, match="does not exist"):
        render_timeline(timeline(Clip("fast", 0, 5)), media, ExportSettings(tmp_path / "no" / "film.mp4"), quiet, never)
    assert os.listdir(tmp_path) == ["media"]


def test_a_hidden_clip_needs_no_file(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    line = timeline(Clip("pending", 0, 4), above=(Clip("fast", 0, 4),))
    render_timeline(line, media, ExportSettings(tmp_path / "film.mp4"), quiet, never)
    assert exported(tmp_path / "film.mp4") == [0, 1, 2, 3]


def test_a_medium_that_is_damaged_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no film")
    with pytest.raises(MediaError, match="damaged"):
        render_timeline(
            timeline(Clip("a", 0, 3)), lambda name: tmp_path / "a.mp4", ExportSettings(tmp_path / "b.mp4"), quiet, never
        )
    assert os.listdir(tmp_path) == ["a.mp4"]


def test_many_media_with_few_open(tmp_path: Path) -> None:
    for index in range(7):
        Image.fromarray(numbered(index)).save(tmp_path / f"{index}.png")
    order = [0, 1, 2, 3, 4, 5, 6, 0, 1, 6]
    line = timeline(*(Clip(str(name), place, 1) for place, name in enumerate(order)))
    render_timeline(line, lambda name: tmp_path / f"{name}.png", ExportSettings(tmp_path / "film.mp4"), quiet, never)
    assert exported(tmp_path / "film.mp4") == order


def test_a_film_can_be_written_over_its_own_medium(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 12)
    render_timeline(timeline(Clip("a", 0, 6, offset=6)), lambda name: path, ExportSettings(path), quiet, never)
    assert exported(path) == [6, 7, 8, 9, 10, 11]


def test_the_recipe_is_kept(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    recipe = to_recipe(Request("a fox"))
    path = tmp_path / "film.mp4"
    render_timeline(timeline(Clip("fast", 0, 3)), media, ExportSettings(path), quiet, never, recipe)
    assert read_recipe(path) == recipe


def test_frame_at() -> None:
    under, over = Clip("a", 10, 20, offset=6), Clip("b", 20, 5)
    line = timeline(under, above=(over,))
    assert frame_at(line, 9) is None
    assert frame_at(line, 10) == (under, Fraction(6, 24))
    assert frame_at(line, 19) == (under, Fraction(15, 24))
    assert frame_at(line, 22) == (over, Fraction(2, 24))
    assert frame_at(line, 25) == (under, Fraction(21, 24))
    assert frame_at(line, 30) is None


def test_speeds_and_directions(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    line = timeline(
        Clip("fast", 0, 6, offset=10, speed=Fraction(2)),
        Clip("fast", 6, 6, offset=30, speed=Fraction(-1)),
        Clip("fast", 12, 6, offset=20, speed=Fraction(1, 2)),
    )
    render_timeline(line, media, ExportSettings(tmp_path / "film.mp4"), quiet, never)
    expected = [10, 12, 14, 16, 18, 20, 35, 34, 33, 32, 31, 30, 20, 20, 21, 21, 22, 22]
    assert exported(tmp_path / "film.mp4") == expected


def test_hidden_and_audio_tracks_are_not_seen(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    line = timeline(Clip("fast", 0, 4, offset=8), above=(Clip("still", 0, 4),))
    hidden = replace(line.tracks[1], hidden=True)
    line = replace(line, tracks=(line.tracks[0], hidden, Track("A1", (Clip("still", 0, 4),), "audio")))
    render_timeline(line, media, ExportSettings(tmp_path / "film.mp4"), quiet, never)
    assert exported(tmp_path / "film.mp4") == [8, 9, 10, 11]


def test_a_dissolve_mixes_both_pictures(tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), (240, 0, 0)).save(tmp_path / "red.png")
    Image.new("RGB", (64, 48), (0, 0, 240)).save(tmp_path / "blue.png")
    line = timeline(Clip("red", 0, 10, id="r"), Clip("blue", 10, 10, id="b"))
    line = add_dissolve(line, "r", "b", 4, lambda _media: None)
    path = tmp_path / "film.mp4"
    render_timeline(line, lambda name: tmp_path / f"{name}.png", ExportSettings(path), quiet, never)
    with VideoReader(path) as reader:
        red = [float(picture[..., 0].mean()) for picture in reader.frames()]
    assert red[7] > 220
    assert red[12] < 20
    steps = [red[frame] for frame in range(7, 13)]
    assert steps == sorted(steps, reverse=True)
    assert red[9] == pytest.approx(240 * 3 / 5, abs=12)


def test_numbers_are_read_at_the_default_size(tmp_path: Path, media: Callable[[str], Path | None]) -> None:
    settings = ExportSettings(tmp_path / "film.mp4", size=Size(768, 448))
    render_timeline(timeline(Clip("slow", 0, 6)), media, settings, quiet, never)
    with VideoReader(settings.path) as reader:
        assert numbers(np.stack(list(reader.frames()))[:, :, 85:-85]) == [0, 0, 0, 1, 1, 1]
