"""What the window keeps of clips that were made: pictures of the last ones, and nothing that grows with them."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import av
import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from sora_studio.core.time import Size
from sora_studio.jobs import ledger
from sora_studio.media.scrub import FrameCache
from sora_studio.session import works
from sora_studio.ui import memory
from sora_studio.ui.library.thumbs import SCREENS, TileThumbs
from sora_studio.ui.timeline import thumbs
from tests.fakes.desk import picture
from tests.ui.conftest import Room

LAST = 2
"""Jobs, files and strips that stay in this test."""
MADE = 6
"""Clips that are counted: what the window has in hand just now is less."""


def census(room: Room) -> Counter[str]:
    """How many objects of each kind of ours there are, and of Qt's and FFmpeg's that hold much."""
    gc.collect()
    found = Counter(
        type(one).__name__
        for one in gc.get_objects()
        if str(type(one).__module__).startswith("sora_studio")
        or issubclass(type(one), QImage | QPixmap | av.VideoFrame)
    )
    found["objects of the window"] = len(room.window.findChildren(QObject))
    found["widgets"] = len(QApplication.allWidgets())
    found["frames at hand"] = len(room.window.monitor.director.feed._service._cache._frames)
    return found


def test_the_window_does_not_grow_with_the_clips_it_makes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "KEPT_JOBS", LAST)
    monkeypatch.setattr(works, "KEPT_BYTES", 0)
    monkeypatch.setattr(thumbs, "SPARE", LAST)
    monkeypatch.setattr(FrameCache, "FILES", LAST)
    window, desk = room.window, room.desk
    window.queue.fold.setChecked(True)
    window.docks.shelves.setVisible(False)  # how the library's pictures are kept is tested below
    room.write(prompt="a lake", steps=2, seconds=0.5, seed=7)  # previews of fewer frames than clips are counted

    def make() -> None:
        window.inspector.generate()
        room.idle()
        media = next(reversed(desk.project.media))
        room.bot.waitUntil(lambda: window.timeline.faces.thumbs.strip(media) is not None)
        room.bot.waitUntil(lambda: window.monitor.director.feed.complete)
        desk.undo()

    for _ in range(2 * LAST):
        make()
    before = census(room)
    for _ in range(MADE):
        make()
    after = census(room)
    grown = {name for name, count in after.items() if count - before[name] >= MADE}
    assert grown - {"Rate", "Size"} == {"MediaItem", "Ready", "Reached"}, "the media, and how far each is kept on disk"


def test_the_library_keeps_a_few_screens_of_pictures(room: Room, tmp_path: Path) -> None:
    store = TileThumbs(Size(32, 18))
    store.set_seen(2)
    came: list[str] = []
    store.ready.connect(came.append)
    files = [picture(tmp_path / f"{number}.png") for number in range(4 * SCREENS)]
    for number, file in enumerate(files):
        assert store.picture(str(number), file) is None
        room.bot.waitUntil(lambda number=number: str(number) in came)
    kept = [number for number, file in enumerate(files) if (str(number), str(file)) in store._kept]
    assert kept == list(range(4 * SCREENS))[-2 * SCREENS :]
    store.close()


def test_freed_memory_is_given_back_once_jobs_are_over(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bool] = []
    room.window.memory.rest.timeout.connect(lambda: given.append(True))
    room.window.memory.rest.setInterval(1)
    room.write(prompt="a lake", steps=2, seconds=1.0)
    room.window.inspector.generate()
    assert not room.window.memory.rest.isActive()
    room.idle()
    room.bot.waitUntil(lambda: bool(given))
    memory.trim()
