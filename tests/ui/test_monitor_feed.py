"""The feed over a film that is slow to seek in: the small copy answers at once, the film itself when the hand rests."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from sora_studio.core.time import Size
from sora_studio.media.foreign import foreign_film
from sora_studio.media.proxy import LARGEST, Proxies
from sora_studio.ui.monitor import feed as monitor_feed
from sora_studio.ui.monitor.feed import FrameFeed


def test_a_jump_is_answered_by_the_copy_and_then_by_the_film(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = foreign_film(tmp_path / "film.mp4", 80, Size(960, 540))
    proxies = Proxies(tmp_path / "copies")
    proxies.of(path)
    while proxies.busy:
        time.sleep(0.01)
    assert proxies.of(path) is not None
    feed = FrameFeed(proxies=proxies)
    widths: list[int] = []

    def arrived(images: list[QImage]) -> None:
        widths.append(images[0].width())

    feed.arrived.connect(arrived)
    try:
        monkeypatch.setattr(monitor_feed, "REST_MS", 600_000)  # a hand that never rests
        for index in (60, 20, 75):
            widths.clear()
            feed.want([(str(path), index)])
            qtbot.waitUntil(lambda: bool(widths), timeout=30_000)
            assert widths == [LARGEST.width]
            assert feed.complete
        widths.clear()
        feed.want([(str(path), 76)])  # a step, as in playback: the film itself
        qtbot.waitUntil(lambda: feed.complete, timeout=30_000)
        assert set(widths) == {960}
        monkeypatch.setattr(monitor_feed, "REST_MS", 1)
        feed.want([(str(path), 10)])
        qtbot.waitUntil(lambda: feed.complete and widths[-1] == 960, timeout=30_000)
    finally:
        feed.close()


def test_backwards_the_film_is_decoded_before_its_frames_are_wanted(qtbot: QtBot, tmp_path: Path) -> None:
    path = foreign_film(tmp_path / "film.mp4", 140, Size(96, 54))
    feed = FrameFeed()
    try:
        feed.want([(str(path), 120)])
        qtbot.waitUntil(lambda: feed.complete and feed._service.cached(path, 80) is not None)
        assert feed._service.cached(path, 60) is None
        for index in range(119, 90, -1):  # one after the other, as in playback
            feed.want([(str(path), index)])
            assert feed.complete, "it was at hand"
        qtbot.waitUntil(lambda: feed._service.cached(path, 60) is not None)
    finally:
        feed.close()
