from __future__ import annotations

import gc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sora_studio.core.errors import MediaError
from sora_studio.core.time import Rate, Size
from sora_studio.media import decode
from sora_studio.media.decode import VideoReader
from sora_studio.media.probe import probe
from sora_studio.media.source import Picture
from tests.media.films import Film, corners, displayed, film, number_of, numbered, numbers, quadrants, sound

INTRA = {"g": "1", "preset": "ultrafast"}
CONTAINERS = {
    "mp4": {},
    "mov": {},
    "mkv": {},
    "avi": {"codec": "mpeg4", "options": {"g": "12", "qscale": "2"}},
    "webm": {
        "codec": "libvpx-vp9",
        "options": {"g": "12", "deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "0"},
    },
    "ts": {},
}


def pictures_in_memory() -> int:
    gc.collect()
    return sum(issubclass(type(one), av.VideoFrame) and one.width > 0 for one in gc.get_objects())


def test_an_open_file_holds_no_picture_before_it_is_asked_for_one(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 12)
    before = pictures_in_memory()
    with VideoReader(path) as reader:
        assert pictures_in_memory() == before
        assert number_of(reader.frame(3)) == 3


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_every_frame_is_hit_in_any_order(tmp_path: Path, suffix: str) -> None:
    path = film(tmp_path / f"film.{suffix}", 60, **CONTAINERS[suffix])
    with VideoReader(path) as reader:
        assert reader.info.frames == 60
        assert reader.info.rate == Rate(24)
        order = np.random.default_rng(0).permutation(60)
        assert [number_of(reader.frame(int(index))) for index in order] == list(order)
        assert numbers(reader.frames()) == list(range(60))
        assert numbers(reader.frames(30, 35)) == [30, 31, 32, 33, 34]


@pytest.mark.parametrize(
    "rate", [Fraction(30000, 1001), Fraction(24000, 1001), Fraction(8), Fraction(60), Fraction(25)]
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_common_rates_are_exact(tmp_path: Path, rate: Fraction, suffix: str) -> None:
    path = film(tmp_path / f"film.{suffix}", 50, rate=rate)
    with VideoReader(path) as reader:
        assert reader.info.rate == Rate(rate.numerator, rate.denominator)
        assert not reader.info.variable_rate
        assert numbers(reader.frames()) == list(range(50))
        assert [number_of(reader.frame(index)) for index in (49, 0, 31, 30, 12)] == [49, 0, 31, 30, 12]


def test_bidirectional_frames_and_long_groups(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 90, options={"bf": "3", "g": "250", "preset": "veryfast"})
    with VideoReader(path) as reader:
        assert [number_of(reader.frame(index)) for index in (80, 3, 50, 49, 89)] == [80, 3, 50, 49, 89]


LONG_GROUP = {"bf": "3", "g": "250", "preset": "veryfast"}
ROOM = 20
"""Pictures that are kept on the way to one, in the tests of going backwards."""


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "BACK_BYTES", ROOM * 3 * 64 * 48)


@pytest.mark.usefixtures("little_room")
def test_backwards_a_group_is_decoded_a_few_times_and_not_for_each_frame(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 90, options=LONG_GROUP)
    decoded = 0
    with VideoReader(path) as reader:
        since = reader._pictures.since

        def counted(time: Fraction) -> Iterator[Picture]:
            nonlocal decoded
            for picture in since(time):
                decoded += 1
                yield picture

        reader._pictures.since = counted  # type: ignore[method-assign]
        for index in reversed(range(90)):
            assert number_of(reader.frame(index)) == index
            assert len(reader._passed) <= ROOM
    # to the last frame, then to each one at which the pictures that were kept have run out
    ways = [90, *(index + 2 for index in range(88, 0, -ROOM - 1))]
    assert decoded <= sum(ways)


@pytest.mark.usefixtures("little_room")
@pytest.mark.parametrize("suffix", ["mp4", "webm", "ts", "long"])
def test_every_walk_shows_what_is_there(tmp_path: Path, suffix: str) -> None:
    settings = {"options": LONG_GROUP} if suffix == "long" else CONTAINERS[suffix]
    path = film(tmp_path / f"film.{'mp4' if suffix == 'long' else suffix}", 60, **settings)
    steps = np.random.default_rng(5)
    with VideoReader(path) as reader:
        for bias in (-3, -1, 1):
            index = 59 if bias < 0 else 0
            for _ in range(80):
                assert number_of(reader.frame(index)) == index
                index = min(59, max(0, index + int(steps.integers(-3, 4)) + bias))


@pytest.mark.usefixtures("little_room")
def test_backwards_by_time_at_a_variable_rate(tmp_path: Path) -> None:
    times = [0, 50, 100, 150, 200, 1200, 1250, 1300, 1350, 1400]
    path = film(tmp_path / "film.mp4", 10, times=times, base=Fraction(1, 1000), rate=Fraction(20))
    moments = [5000, 1400, 1200, 1199, 700, 200, 199, 50, 49, 0]
    with VideoReader(path) as reader:
        assert [number_of(reader.at(Fraction(ms, 1000))) for ms in moments] == [9, 9, 5, 4, 4, 4, 3, 1, 0, 0]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_a_late_start_counts_from_the_first_picture(tmp_path: Path, suffix: str) -> None:
    path = film(tmp_path / f"film.{suffix}", 30, times=[48 + index for index in range(30)])
    with VideoReader(path) as reader:
        assert reader.info.frames == 30
        assert [number_of(reader.frame(index)) for index in (0, 29, 13)] == [0, 29, 13]


def test_a_start_cut_off_by_an_edit_list(tmp_path: Path) -> None:
    # Ten frames lie before zero: they must be decoded but not shown.
    path = film(
        tmp_path / "film.mp4",
        30,
        times=[index - 10 for index in range(30)],
        container_options={"avoid_negative_ts": "disabled"},
    )
    with VideoReader(path) as reader:
        assert reader.info.frames == 20
        assert [number_of(reader.frame(index)) for index in (0, 19, 3)] == [10, 29, 13]


def test_a_variable_rate_is_read_by_time(tmp_path: Path) -> None:
    # In milliseconds: a burst at 20 frames a second, one picture of a second, another burst.
    times = [0, 50, 100, 150, 200, 1200, 1250, 1300, 1350, 1400]
    path = film(tmp_path / "film.mp4", 10, times=times, base=Fraction(1, 1000), rate=Fraction(20))
    with VideoReader(path) as reader:
        assert reader.info.variable_rate
        assert reader.info.rate == Rate(20)
        at = [number_of(reader.at(Fraction(ms, 1000))) for ms in (0, 49, 50, 199, 200, 700, 1199, 1200, 1400, 5000)]
        assert at == [0, 0, 1, 3, 4, 4, 4, 5, 9, 9]
        rate = Rate(10)
        assert numbers(reader.sampled(rate, 0, 15)) == [0, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 7, 9]


def test_a_missing_duration_is_measured(tmp_path: Path) -> None:
    path = film(tmp_path / "live.mkv", 40, container_options={"live": "1"})
    info = probe(path)
    assert info.frames == 40
    with VideoReader(path) as reader:
        assert number_of(reader.frame(39)) == 39


def test_a_raw_stream_without_a_clock(tmp_path: Path) -> None:
    path = film(tmp_path / "film.h264", 30, container="h264")
    with VideoReader(path) as reader:
        pictures = numbers(reader.frames())
        assert pictures == list(range(30))
        assert number_of(reader.frame(11)) == 11


def test_indices_outside_give_the_ends(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 10)
    with VideoReader(path) as reader:
        assert number_of(reader.frame(500)) == 9
        assert number_of(reader.frame(-3)) == 0
        assert numbers(reader.frames(8, 20)) == [8, 9]


@pytest.mark.parametrize(
    ("matrix", "rotation", "expected"),
    [
        ((1, 0, 0, 1), 0, "RGBW"),
        ((0, -1, 1, 0), 90, "GWRB"),
        ((-1, 0, 0, -1), 180, "WBGR"),
        ((0, 1, -1, 0), 270, "BRWG"),
        ((-1, 0, 0, 1), None, "GRWB"),
        ((1, 0, 0, -1), None, "BWRG"),
        ((0, 1, 1, 0), None, "RBGW"),
    ],
)
def test_phone_videos_stand_upright(
    tmp_path: Path, matrix: tuple[int, int, int, int], rotation: int | None, expected: str
) -> None:
    path = displayed(Film().write(tmp_path / "film.mp4", [quadrants()] * 3), *matrix)
    with VideoReader(path) as reader:
        picture = reader.frame(1)
        assert corners(picture) == expected
        assert picture.shape[:2] == (reader.info.size.height, reader.info.size.width)
        assert reader.info.size == (Size(64, 48) if matrix[0] else Size(48, 64))
        if rotation is not None:
            assert reader.info.rotation == rotation


def test_a_slanted_display_matrix_is_left_alone(tmp_path: Path) -> None:
    path = displayed(Film().write(tmp_path / "film.mp4", [quadrants()] * 3), 1, 1, -1, 1)
    with VideoReader(path) as reader:
        assert corners(reader.frame(0)) == "RGBW"


def test_wide_pixels_are_made_square(tmp_path: Path) -> None:
    path = Film(aspect=Fraction(64, 45)).write(tmp_path / "film.mp4", [quadrants(72, 58)] * 3)
    with VideoReader(path) as reader:
        assert reader.info.size == Size(102, 58)
        assert reader.frame(0).shape == (58, 102, 3)
        assert corners(reader.frame(0)) == "RGBW"
        assert any("square" in note for note in reader.info.notes)


def test_interlaced_video_is_read_as_whole_frames(tmp_path: Path) -> None:
    def moving(place: int) -> np.ndarray:
        picture = np.zeros((64, 96, 3), np.uint8)
        picture[:, place : place + 12] = 235
        return picture

    woven = []
    for index in range(20):
        picture = moving(4 * index)
        picture[1::2] = moving(4 * index + 2)[1::2]
        woven.append(picture)
    options = {"flags": "+ilme+ildct", "x264-params": "tff=1", "crf": "5", "preset": "ultrafast"}
    path = Film(options=options, form="yuv422p").write(tmp_path / "film.mp4", woven)
    with VideoReader(path) as reader:
        assert any("interlaced" in note for note in reader.info.notes)
        pictures = list(reader.frames())
        assert len(pictures) == 20
        again = reader.frame(5)

    # The comb: how much a line differs from both of its neighbours.
    def comb(picture: np.ndarray) -> float:
        lines = picture[..., 1].astype(float)
        return float(np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2).mean())

    assert comb(pictures[10]) < comb(woven[10]) / 3
    assert np.abs(again.astype(int) - pictures[5]).mean() < 2


def test_odd_sizes(tmp_path: Path) -> None:
    path = Film(form="yuv444p").write(tmp_path / "film.mp4", [quadrants(63, 47)] * 2)
    with VideoReader(path) as reader:
        assert reader.frame(1).shape == (47, 63, 3)
        assert corners(reader.frame(1)) == "RGBW"


def test_a_change_of_size_midway_keeps_the_size(tmp_path: Path) -> None:
    small, large = film(tmp_path / "a.ts", 12), film(tmp_path / "b.ts", 12, size=(128, 96))
    path = tmp_path / "both.ts"
    path.write_bytes(small.read_bytes() + large.read_bytes())
    with VideoReader(path) as reader:
        assert {picture.shape for picture in reader.frames(0, 24)} == {(48, 64, 3)}


def test_transparent_video_lies_over_grey(tmp_path: Path) -> None:
    rgba = np.zeros((48, 64, 4), np.uint8)
    rgba[:, :32] = (255, 0, 0, 255)
    frame = av.VideoFrame.from_ndarray(rgba, format="rgba")
    path = Film(codec="png", form="rgba", options={}).write(tmp_path / "film.mov", [frame])
    with VideoReader(path) as reader:
        assert reader.info.alpha
        picture = reader.frame(0)
    assert picture[20, 10].tolist() == [255, 0, 0]
    assert picture[20, 50].tolist() == [128, 128, 128]


@pytest.mark.parametrize("suffix", ["mp4", "ts"])
def test_damaged_packets_are_passed_over(tmp_path: Path, suffix: str) -> None:
    path = film(tmp_path / f"film.{suffix}", 60)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)
    with VideoReader(path) as reader:
        pictures = numbers(reader.frames())
    assert pictures[:10] == list(range(10))
    assert pictures[-1] >= 55


def test_a_file_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mkv", 60)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with VideoReader(path) as reader:
        pictures = numbers(reader.frames())
        assert 20 < len(pictures) < 60
        assert pictures == list(range(len(pictures)))
        assert reader.frames_left == len(pictures)


def test_memory_stays_flat_while_streaming(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 200)
    with VideoReader(path) as reader:
        assert sum(1 for _ in reader.frames()) == 200


def _text(path: Path) -> None:
    path.write_text("This is a letter, not a film.\n" * 50)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.mkdir()


def _noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(20_000))


def _playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n/etc/hostname\n#EXT-X-ENDLIST\n")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_text, "damaged or not"),
        (_empty, "empty"),
        (_folder, "folder"),
        (_noise, "damaged or not"),
        (_playlist, "damaged or not"),
        (sound, "only sound"),
        (lambda path: None, "not there"),
    ],
)
def test_what_is_no_video_is_refused_in_words(tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "film.mp4"
    make(path)  # type: ignore[operator]
    with pytest.raises(MediaError, match=words) as caught:
        probe(path)
    assert str(caught.value).count(".") <= 4
    assert str(caught.value).endswith(".")


def test_a_sound_track_is_reported(tmp_path: Path) -> None:
    assert probe(film(tmp_path / "a.mp4", 48, sound=True)).audio
    info = probe(film(tmp_path / "b.mp4", 48))
    assert not info.audio
    assert info.codec == "h264"
    assert info.seconds == 2.0


def test_unusual_file_names(tmp_path: Path) -> None:
    for name in ("50% %03d #1?.mp4", "Ünï çödé 日本.mp4", "-i.mp4", "a:b.mp4", " .mp4"):
        assert probe(film(tmp_path / name, 3)).frames == 3
        (tmp_path / name).unlink()


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film(tmp_path / "film.mp4", 3)
    monkeypatch.chdir(tmp_path)
    assert probe(Path("film.mp4")).frames == 3


def test_a_long_film_seeks_to_its_end(tmp_path: Path) -> None:
    base, last = numbered(0, 32, 32), numbered(1, 32, 32)
    path = Film(rate=Fraction(1)).write(tmp_path / "film.mp4", [base] * 3599 + [last])
    with VideoReader(path) as reader:
        assert reader.info.seconds == 3600
        assert number_of(reader.frame(3598)) == 0
        assert number_of(reader.frame(3599)) == 1
