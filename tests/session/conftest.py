"""A session on a real worker process with the fake engine, and films to work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.media_item import MediaItem, Pending
from sora_studio.core.request import Frames
from sora_studio.core.time import Rate, Size
from sora_studio.jobs.queue import JobQueue
from sora_studio.media.encode import VideoWriter
from sora_studio.session.draft import Draft
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session

PATIENCE = 240.0
"""Seconds that a test waits for what will come: a busy machine is no defect of the studio."""

DRAFT = Draft(prompt="a red balloon", seconds=1, steps=2, seed=7)


@pytest.fixture(scope="session")
def queue() -> Iterator[JobQueue]:
    queue = JobQueue("tests.fakes.engine:load")
    yield queue
    queue.close()


@dataclass
class Studio:
    """A session and the loop it lives on."""

    session: Session
    loop: OwnerLoop

    def until(self, holds: Callable[[], bool]) -> None:
        assert self.loop.run_until(holds, PATIENCE), self.session.jobs()

    def settled(self) -> None:
        """Wait until no medium is being made."""
        media = self.session
        self.until(lambda: not any(isinstance(item.state, Pending) for item in media.project.media.values()))

    def made(self, clip_id: str) -> MediaItem:
        _, clip = self.session.timeline.find(clip_id)
        return self.session.item(clip.media)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def studio(home: Path, tmp_path: Path, queue: JobQueue) -> Iterator[Studio]:
    loop = OwnerLoop()
    session = Session(queue, tmp_path / "film", loop.post)
    yield Studio(session, loop)
    session.close()


@pytest.fixture(scope="session")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds at 24 frames a second, 320x180, getting brighter."""
    path = tmp_path_factory.mktemp("footage") / "moving.mp4"
    with VideoWriter(path, Size(320, 180), Rate(24)) as writer:
        writer.write(ramp(48, Size(320, 180)))
    return path


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sora_studio.media.images import save_png

    return save_png(tmp_path_factory.mktemp("footage") / "still.png", ramp(1, Size(400, 300))[0])


def ramp(count: int, size: Size) -> Frames:
    levels = np.linspace(30, 220, count).astype(np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (count, size.height, size.width, 3)).copy()
