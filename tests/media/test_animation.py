from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from sora_studio.core.time import Rate, Size
from sora_studio.media import animation as animations
from sora_studio.media import decode, pillow
from sora_studio.media.decode import VideoReader
from sora_studio.media.probe import probe
from tests.media.films import Film, number_of, numbered, numbers


def animation(path: Path, delays: list[int], transparent: bool = False) -> Path:
    pictures = [Image.fromarray(numbered(index)) for index in range(len(delays))]
    if transparent:
        pictures = [picture.convert("RGBA") for picture in pictures]
        for picture in pictures:
            picture.paste((0, 0, 0, 0), (0, 0, 64, 8))
    options = {"lossless": True} if path.suffix == ".webp" else {"disposal": 2} if path.suffix == ".gif" else {}
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=delays, loop=0, **options)
    return path


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_animations_are_video(tmp_path: Path, suffix: str) -> None:
    path = animation(tmp_path / f"a.{suffix}", [100] * 12)
    info = probe(path)
    assert (info.kind, info.frames, info.rate, info.size) == ("video", 12, Rate(10), Size(64, 48))
    assert info.seconds == pytest.approx(1.2)
    with VideoReader(path) as reader:
        assert numbers(reader.frames()) == list(range(12))
        assert [number_of(reader.frame(index)) for index in (7, 2, 11, 0, 5)] == [7, 2, 11, 0, 5]


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_backwards_an_animation_is_begun_anew_a_few_times_only(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = animation(tmp_path / f"a.{suffix}", [100] * 36)
    monkeypatch.setattr(decode, "BACK_BYTES", 10 * 3 * 64 * 48)
    begun: list[Path] = []

    def opened(one: Path) -> Image.Image:
        begun.append(one)
        return pillow.open_picture(one)

    monkeypatch.setattr(animations, "open_picture", opened)
    with VideoReader(path) as reader:
        assert [number_of(reader.frame(index)) for index in reversed(range(36))] == list(reversed(range(36)))
    assert len(begun) <= 1 + 4


def test_uneven_delays_are_read_by_time(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif", [100, 500, 100, 300])
    with VideoReader(path) as reader:
        assert reader.info.variable_rate
        assert reader.info.seconds == 1.0
        assert numbers(reader.sampled(Rate(10), 0, 10)) == [0, 1, 1, 1, 1, 1, 2, 3, 3, 3]
        assert number_of(reader.at(Fraction(59, 100))) == 1


def test_rounded_delays_keep_their_rate(tmp_path: Path) -> None:
    delays = [round((index + 1) * 100 / 24) * 10 - round(index * 100 / 24) * 10 for index in range(24)]
    info = probe(animation(tmp_path / "a.gif", delays))
    assert (info.rate, info.frames, info.variable_rate) == (Rate(24), 24, False)


def test_a_delay_of_zero_is_shown_for_a_tenth_of_a_second(tmp_path: Path) -> None:
    info = probe(animation(tmp_path / "a.gif", [0] * 5))
    assert info.rate == Rate(10)


@pytest.mark.parametrize("suffix", ["gif", "png"])
def test_transparent_animations_lie_over_grey(tmp_path: Path, suffix: str) -> None:
    with VideoReader(animation(tmp_path / f"a.{suffix}", [100] * 3, transparent=True)) as reader:
        assert reader.info.alpha
        picture = reader.frame(2)
    assert np.abs(picture[3, 3].astype(int) - 128).max() <= 1
    assert number_of(picture) == 2


def test_one_picture_is_a_still(tmp_path: Path) -> None:
    Image.fromarray(numbered(1)).save(tmp_path / "a.gif")
    assert probe(tmp_path / "a.gif").kind == "image"


def test_a_transparent_webp_lies_over_grey(tmp_path: Path) -> None:
    frames = []
    for index in range(3):
        rgba = np.full((48, 64, 4), 255, np.uint8)
        rgba[..., :3] = numbered(index)
        rgba[:8, ::2] = 0
        rgba[:8, 1::2, 3] = 0
        rgba[0, 0] = (9, 9, 9, 77)
        frames.append(av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format="bgra"))
    film = Film(codec="libwebp_anim", form="bgra", options={"lossless": "1"}, rate=Fraction(10))
    with VideoReader(film.write(tmp_path / "a.webp", frames)) as reader:
        assert reader.info.alpha
        picture = reader.frame(2)
    assert np.abs(picture[3, 3].astype(int) - 128).max() <= 1
    assert number_of(picture) == 2


def test_an_animation_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif", [100] * 12)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 7 // 10])
    with VideoReader(path) as reader:
        got = numbers(reader.frames())
    assert 3 <= len(got) < 12
    assert got == list(range(len(got)))


def test_an_avif_sequence_is_video(tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    pictures = [Image.fromarray(numbered(index, 128, 96)) for index in range(6)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100, quality=95)
    with VideoReader(path) as reader:
        assert (reader.info.kind, reader.info.frames, reader.info.rate) == ("video", 6, Rate(10))
        assert numbers(reader.frames()) == list(range(6))


def test_a_png_that_hides_another_picture_from_animations(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    pictures = [Image.fromarray(numbered(index)) for index in range(5)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100, default_image=True)
    with VideoReader(path) as reader:
        assert reader.info.frames == 4
        assert numbers(reader.frames()) == [1, 2, 3, 4]
