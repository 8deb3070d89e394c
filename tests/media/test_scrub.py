from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sora_studio.core.time import Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.scrub import FrameCache, FrameService
from sora_studio.media.source import Picture
from tests.media.films import film, number_of, numbered

Delivered = tuple[str, int, np.ndarray, str]


class Receiver:
    """Collects what is delivered."""

    def __init__(self) -> None:
        self.box: queue.Queue[Delivered] = queue.Queue()

    def __call__(self, path: str, index: int, image: np.ndarray) -> None:
        self.box.put((path, index, image, threading.current_thread().name))

    def next(self) -> Delivered:
        return self.box.get(timeout=30)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def service(receiver: Receiver) -> Iterator[FrameService]:
    service = FrameService(receiver)
    yield service
    service.close()


@pytest.mark.parametrize("options", [{"g": "12", "bf": "0"}, {"g": "250", "bf": "3"}])
def test_any_frame_is_delivered_exactly(
    tmp_path: Path, service: FrameService, receiver: Receiver, options: dict[str, str]
) -> None:
    path = film(tmp_path / "film.mp4", 120, options={**options, "preset": "ultrafast"})
    for index in (0, 50, 51, 60, 20, 119, 118, 5, 90, 0):
        service.request(path, index)
        name, told, image, thread = receiver.next()
        assert (name, told, number_of(image)) == (str(path), index, index)
        assert thread != threading.current_thread().name
        cached = service.cached(path, index)
        assert cached is not None
        assert number_of(cached) == index


def test_a_seek_brings_the_group_into_the_cache(tmp_path: Path, service: FrameService, receiver: Receiver) -> None:
    path = film(tmp_path / "film.mp4", 60)
    service.request(path, 30)
    receiver.next()
    service.request(path, 59)  # is served after the group of 30 was dealt with
    receiver.next()
    held = [index for index in range(60) if service.cached(path, index) is not None]
    assert {24, 25, 26, 27, 28, 29, 30} <= set(held)
    for index in held:
        cached = service.cached(path, index)
        assert cached is not None
        assert number_of(cached) == index


def test_on_a_long_way_nearer_frames_are_shown_until_the_wanted_one_is(tmp_path: Path, receiver: Receiver) -> None:
    path = film(tmp_path / "film.mp4", 120, options={"g": "250", "bf": "3", "preset": "ultrafast"})
    service = FrameService(receiver, glimpse=0.0)
    try:
        service.request(path, 100)
        seen = []
        while not seen or seen[-1] != 100:
            _, told, image, _ = receiver.next()
            assert number_of(image) == told
            seen.append(told)
        assert seen == sorted(set(seen))
        assert len(seen) > 1
        service.request(path, 96)  # from 100 nothing earlier than 93 is nearer
        while seen[-1] != 96:
            seen.append(receiver.next()[1])
            assert seen[-1] > 92
    finally:
        service.close()


def one_group(path: Path, count: int = 120) -> Path:
    return film(path, count, options={"g": "250", "bf": "3", "preset": "ultrafast"})


def room_for(frames: int) -> int:
    """A cache of which a quarter, for what was passed, holds so many frames."""
    return 4 * frames * 64 * 48 * 3


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_going_back_frames_are_decoded_before_they_are_wanted(tmp_path: Path, receiver: Receiver) -> None:
    path = one_group(tmp_path / "film.mp4")
    service = FrameService(receiver, room_for(10))
    try:
        service.request(path, 100)
        receiver.next()
        until(lambda: service.cached(path, 90) is not None)
        service.look_back(path, 96)  # six are left, which is enough
        service.request(path, 100)
        receiver.next()
        assert service.cached(path, 89) is None
        service.look_back(path, 95)
        until(lambda: service.cached(path, 79) is not None)
        for index in range(79, 96):
            cached = service.cached(path, index)
            assert cached is not None
            assert number_of(cached) == index
        assert receiver.box.empty(), "nobody waits for them yet"
        service.look_back(path, 0)
        service.request(path, 3)
        assert receiver.next()[1] == 3
    finally:
        service.close()


def test_what_was_just_passed_is_shown_without_another_way(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = one_group(tmp_path / "film.mp4")
    ways: list[int] = []
    run = VideoReader.run

    def counted(reader: VideoReader, index: int) -> Iterator[tuple[int, Picture]]:
        ways.append(index)
        return run(reader, index)

    monkeypatch.setattr(VideoReader, "run", counted)
    asked = threading.Event()

    def deliver(name: str, index: int, image: np.ndarray) -> None:
        if index >= 60 and not asked.is_set():  # on the way to 100: the hand has gone back
            asked.set()
            service.request(path, index - 8)
        receiver(name, index, image)

    service = FrameService(deliver, room_for(12), glimpse=0.0)
    try:
        service.request(path, 100)
        seen: list[int] = []
        while not seen or seen[-1] < 60:
            seen.append(receiver.next()[1])
        _, told, image, _ = receiver.next()
        assert told == seen[-1] - 8
        assert number_of(image) == told
        assert ways == [100]
    finally:
        service.close()


def test_the_latest_request_of_a_file_wins(tmp_path: Path, receiver: Receiver) -> None:
    path = film(tmp_path / "film.mp4", 120)
    held = threading.Event()

    def deliver(name: str, index: int, image: np.ndarray) -> None:
        receiver(name, index, image)
        held.wait(30)

    service = FrameService(deliver)
    try:
        service.request(path, 0)
        assert receiver.next()[1] == 0
        for index in range(1, 100):  # the service is busy delivering
            service.request(path, index)
        held.set()
        assert receiver.next()[1] == 99
    finally:
        held.set()
        service.close()
    assert receiver.box.empty()


def test_each_file_has_its_own_latest_request(tmp_path: Path, service: FrameService, receiver: Receiver) -> None:
    paths = [film(tmp_path / f"{name}.mp4", 24) for name in "abcdef"]
    for path in paths:
        service.request(path, 7)
    got = [receiver.next() for _ in paths]
    assert {name for name, *_ in got} == {str(path) for path in paths}
    assert all(number_of(image) == 7 for _, _, image, _ in got)


def test_what_cannot_be_read_is_never_delivered_and_kills_nothing(
    tmp_path: Path, service: FrameService, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    good = film(tmp_path / "good.mp4", 12)
    (tmp_path / "bad.mp4").write_text("no film")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            service.request(tmp_path / "missing.mp4", 3)
            service.request(tmp_path / "bad.mp4", 3)
            service.request(good, 3)
            assert receiver.next()[0] == str(good)
            service.forget(good)
    assert "not there" in caplog.text
    assert "damaged" in caplog.text
    assert len(caplog.records) <= 2
    assert receiver.box.empty()


def test_an_error_of_the_receiver_kills_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    box: queue.Queue[int] = queue.Queue()

    def deliver(name: str, index: int, image: np.ndarray) -> None:
        box.put(index)
        if index == 1:
            raise KeyError("a fault of the receiver")

    service = FrameService(deliver)
    path = film(tmp_path / "film.mp4", 12)
    for index in (1, 2):
        service.request(path, index)
        assert box.get(timeout=30) == index
    service.close()
    assert "showing frame 1" in caplog.text


def test_the_cache_stays_in_its_budget(tmp_path: Path, receiver: Receiver) -> None:
    path = film(tmp_path / "film.mp4", 120)
    budget = 10 * 64 * 48 * 3
    service = FrameService(receiver, budget)
    for index in (0, 100, 30, 70, 119):
        service.request(path, index)
        assert number_of(receiver.next()[2]) == index
    service.close()
    held = [index for index in range(120) if service.cached(path, index) is not None]
    assert 1 <= len(held) <= 10


def test_large_pictures_are_delivered_smaller(tmp_path: Path, receiver: Receiver) -> None:
    path = film(tmp_path / "film.mp4", 3, size=(640, 480))
    service = FrameService(receiver, largest=Size(320, 200))
    service.request(path, 1)
    image = receiver.next()[2]
    service.close()
    assert image.shape == (200, 267, 3)
    assert number_of(image) == 1


def test_stills_and_indices_past_the_end(tmp_path: Path, service: FrameService, receiver: Receiver) -> None:
    path = film(tmp_path / "film.mp4", 12)
    still = tmp_path / "still.png"
    Image.fromarray(numbered(99)).save(still)
    for wanted, index, number in ((path, 500, 11), (still, 0, 99), (still, 240, 99), (path, -4, 0)):
        service.request(wanted, index)
        name, told, image, _ = receiver.next()
        assert (name, told, number_of(image)) == (str(wanted), max(0, index), number)
        assert service.cached(wanted, index) is not None


def test_a_file_written_anew_is_read_anew(tmp_path: Path, service: FrameService, receiver: Receiver) -> None:
    path = tmp_path / "picture.png"
    for number in (3, 4):
        Image.fromarray(numbered(number)).save(path)
        service.forget(path)
        service.request(path, 0)
        assert number_of(receiver.next()[2]) == number


def test_nothing_comes_after_closing(tmp_path: Path, receiver: Receiver) -> None:
    path = film(tmp_path / "film.mp4", 120)
    service = FrameService(receiver)
    for index in range(0, 120, 7):
        service.request(path, index)
    service.close()
    before = receiver.box.qsize()
    service.request(path, 3)
    service.close()
    assert receiver.box.qsize() == before
    assert not any(thread.name == "frames" for thread in threading.enumerate())


def test_a_variable_rate_is_scrubbed_by_time(tmp_path: Path, service: FrameService, receiver: Receiver) -> None:
    times = [0, 50, 100, 150, 200, 1200, 1250, 1300, 1350, 1400]
    path = film(tmp_path / "film.mp4", 10, times=times, base=Fraction(1, 1000), rate=Fraction(20))
    with VideoReader(path) as reader:
        expected = [number_of(reader.frame(index)) for index in range(reader.info.frames)]
    assert expected == [0, 1, 2, 3, *[4] * 20, 5, 6, 7, 8, 9]
    for index in (28, 5, 0, 10, 3, 14, 26, 1):
        service.request(path, index)
        assert number_of(receiver.next()[2]) == expected[index]


def test_the_cache_counts_its_bytes() -> None:
    cache = FrameCache(100)
    image = np.zeros((2, 5, 3), np.uint8)
    for index in range(5):
        cache.put("a", index, None, image)
    assert cache.bytes == 90
    assert cache.get("a", 0) is None
    assert cache.get("a", 2) is not None
    cache.put("b", 0, None, image)  # 3 is the longest unused
    assert cache.get("a", 3) is None
    assert cache.get("a", 2) is not None
    cache.drop("a")
    assert cache.bytes == 30
