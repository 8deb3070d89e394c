"""Callbacks become a stream."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sora_studio.core.engine import Progress
from sora_studio.core.errors import Cancelled
from sora_studio.engines.stream import Emit, stream


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_events_come_in_order_from_one_thread(pool: ThreadPoolExecutor) -> None:
    threads = set()

    def work(emit: Emit) -> None:
        for step in range(5):
            threads.add(threading.get_ident())
            emit(Progress(step, 5))

    for _ in range(2):
        assert [event.step for event in stream(work, pool)] == [0, 1, 2, 3, 4]
    assert len(threads) == 1


def test_errors_come_after_the_events_before_them(pool: ThreadPoolExecutor) -> None:
    def work(emit: Emit) -> None:
        emit(Progress(1, 5))
        raise ValueError("broken")

    events = stream(work, pool)
    assert next(events) == Progress(1, 5)
    with pytest.raises(ValueError, match="broken"):
        next(events)


def test_work_stops_when_nobody_listens(pool: ThreadPoolExecutor) -> None:
    ended = []

    def work(emit: Emit) -> None:
        try:
            while True:
                emit(Progress(1, 5))
        except Cancelled:
            ended.append(True)
            raise

    events = stream(work, pool)
    next(events)
    events.close()
    assert ended == [True]
