"""The program itself, killed while its queue is at work, and opened again.

Run by name: python -m pytest -m slow tests/e2e/test_killed.py
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sora_studio.core.media_item import Ready
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.queue_store import FILE, JobRow, QueueStore
from sora_studio.session import store
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from tests.session.conftest import DRAFT

ROOT = Path(__file__).resolve().parents[2]
LONG = 240.0
"""Seconds after which it is given up."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")]


def rows(data: Path) -> dict[str, JobRow]:
    kept = QueueStore(data / FILE)
    found = {row.label: row for row in kept.rows()}
    kept.close()
    return found


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + LONG
    while not holds():
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def program(film: Path, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The studio with a project, as one starts it."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "SORA_STUDIO_HOME": str(home),
        "SORA_STUDIO_LOADER": "tests.fakes.engine:load",
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen([sys.executable, "-m", "sora_studio", str(film)], cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_program_goes_on_where_it_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, film = tmp_path / "home", tmp_path / "film"
    data = home / "data"
    monkeypatch.setenv("SORA_STUDIO_HOME", str(home))
    kept = QueueStore(data / FILE)
    kept.pause(True)
    queue = JobQueue("tests.fakes.engine:load", store=kept)
    session = Session(queue, film, OwnerLoop().post)
    for words in ("slow first", "slow second", "third"):
        session.generate(replace(DRAFT, prompt=words, steps=40))
    session.save()
    session.close()
    kept.pause(False)
    queue.close()
    kept.close()
    kills, seen = 0, set[str]()
    while kills < 3:
        with program(film, home) as process:
            step = len(list((film / store.KEPT).glob("*/window-*")))
            until(lambda: any(row.state == "running" for row in rows(data).values()), process)
            until(lambda step=step: len(list((film / store.KEPT).glob("*/window-*"))) > 0 or step > 0, process)
            workers = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert psutil.wait_procs(workers, timeout=60)[1] == [], "no worker is left"
        kills += 1
        left = rows(data)
        seen |= {label for label, row in left.items() if row.state == "running"}
        for row in left.values():  # one that it was killed with twice would wait for the artist
            if row.attempts > 1:
                kept = QueueStore(data / FILE)
                kept.end(row.id, "waiting")
                kept.close()
    with program(film, home) as process:
        until(lambda: rows(data) == {}, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 0
    media = store.load(film).media.values()
    assert sorted(item.name for item in media) == ["slow first", "slow second", "third"]
    assert all(isinstance(item.state, Ready) for item in media)
    assert seen
