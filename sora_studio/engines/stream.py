"""A pipeline's call as a stream of events: pipelines call back, engines yield."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from sora_studio.core.engine import EngineEvent
from sora_studio.core.errors import Cancelled

Emit = Callable[[EngineEvent], None]
"""Hands one event on. Raises Cancelled when nobody listens any more."""


def stream(work: Callable[[Emit], None], pool: ThreadPoolExecutor) -> Iterator[EngineEvent]:
    """Run `work` on the pool and yield what it emits; raises what it raises.

    The pool should be one thread that stays: a torch thread brings its own team of OpenMP threads, and a new one each
    time would leave the old teams behind. When the consumer goes away, the work is stopped at its next event.
    """
    events: queue.SimpleQueue[EngineEvent | None] = queue.SimpleQueue()
    abandoned = threading.Event()

    def emit(event: EngineEvent) -> None:
        if abandoned.is_set():
            raise Cancelled("The work was stopped.")
        events.put(event)

    def body() -> None:
        try:
            work(emit)
        finally:
            events.put(None)

    future = pool.submit(body)
    try:
        while (event := events.get()) is not None:
            yield event
    except GeneratorExit:
        abandoned.set()
        future.exception()  # waits for the work's end; nobody is left to hear how it was
        raise
    future.result()
