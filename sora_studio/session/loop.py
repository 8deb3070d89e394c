"""An owner thread without a window: work of other threads is brought home and run while somebody waits."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable


class OwnerLoop:
    """`post` may be called from any thread; `run_until` runs what was posted on the calling thread, in order."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def post(self, call: Callable[[], None]) -> None:
        """Run `call` at the next wait."""
        self._calls.put(call)

    def run_until(self, predicate: Callable[[], bool], timeout: float | None = None) -> bool:
        """Run posted work until `predicate` holds; False when `timeout` seconds went by before. The predicate is
        asked after every call and ten times a second."""
        end = None if timeout is None else time.monotonic() + timeout
        while not predicate():
            left = 0.1 if end is None else min(0.1, end - time.monotonic())
            if left <= 0:
                return False
            try:
                call = self._calls.get(timeout=left)
            except queue.Empty:
                continue
            call()
        return True

    def run_pending(self) -> None:
        """Run what is there and return."""
        while True:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                return
            call()
