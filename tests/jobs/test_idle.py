"""An engine that nobody uses gives its memory back, and comes again when it is asked for."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from sora_studio.jobs.client import worker_environment
from sora_studio.jobs.protocol import Hello, Warm, encode, read
from tests.fakes.engine import HEAVY

LONG = 60.0


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONG
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked to give memory back")
def test_an_idle_worker_gives_memory_back_and_loads_again() -> None:
    command = [sys.executable, "-m", "sora_studio.jobs.worker", "--loader", "tests.fakes.engine:load", "--idle", "0.5"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=worker_environment()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert isinstance(read(process.stdout), Hello)
        worker = psutil.Process(process.pid)
        before = worker.memory_info().rss
        for _ in range(2):
            process.stdin.write(encode(Warm("heavy")))
            process.stdin.flush()
            assert until(lambda: worker.memory_info().rss - before > 0.9 * HEAVY)
            assert until(lambda: worker.memory_info().rss - before < 0.2 * HEAVY)
        process.stdin.close()
        assert process.wait(LONG) == 0
