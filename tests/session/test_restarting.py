"""A worker that hangs: it is said, and the clip goes on in another one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sora_studio.core.media_item import Ready
from sora_studio.jobs.client import Patience
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.stillness import Stillness
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from tests.session.conftest import DRAFT, Studio

SLOW = replace(DRAFT, prompt="slow ball", steps=12)
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a process is stopped by a POSIX signal")


@pytest.fixture
def hurried(home: Path, tmp_path: Path) -> Iterator[Studio]:
    """A studio that does not wait long for a deaf worker, and for which time flies."""
    queue, loop = JobQueue("tests.fakes.engine:load", patience=Patience(0.2, 0.2, 0.2)), OwnerLoop()
    session = Session(queue, tmp_path / "film", loop.post)
    session._stillness = Stillness(lambda: 2000 * time.monotonic())
    yield Studio(session, loop)
    session.close()
    queue.close()


def test_a_clip_goes_on_when_its_worker_hung(hurried: Studio) -> None:
    session = hurried.session
    job = session.generate(SLOW)
    hurried.until(lambda: any(row.id == job and row.step >= 3 for row in session.jobs()))
    assert session._queue._worker is not None
    deaf = psutil.Process(session._queue._worker.pid)
    deaf.send_signal(signal.SIGSTOP)
    hurried.until(lambda: session.jobs()[0].still != "")
    assert session.jobs()[0].still.startswith("No progress for ")
    session.restart(job)
    hurried.until(lambda: any(isinstance(item.state, Ready) for item in session.project.media.values()))
    assert job not in {row.id for row in session.jobs()}
    assert not deaf.is_running()
    assert all(row.still == "" for row in session.jobs())
    assert [row.state for row in session.jobs()] == ["done"]


def test_nothing_happens_to_a_job_that_is_not_there(hurried: Studio) -> None:
    hurried.session.restart("unknown")
    assert hurried.session.jobs() == ()
