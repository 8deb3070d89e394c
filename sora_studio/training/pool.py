"""Where training data is made: an ordered stream of examples, computed here or in workers, the same either way."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Generic, TypeVar

T = TypeVar("T")


class Stream(Generic[T]):
    """make(start), make(start + 1), ... in order, with `workers` processes working ahead.

    `make` is a picklable pure function of the index, so a stream that starts at k continues any other stream exactly.
    """

    def __init__(self, make: Callable[[int], T], start: int, executor: ProcessPoolExecutor | None, ahead: int) -> None:
        self.make = make
        self.position = start
        self._executor = executor
        self._ahead = ahead
        self._waiting: deque[Future[T]] = deque()

    def __next__(self) -> T:
        if self._executor is None:
            item = self.make(self.position)
        else:
            while len(self._waiting) <= self._ahead:
                self._waiting.append(self._executor.submit(self.make, self.position + len(self._waiting)))
            item = self._waiting.popleft().result()
        self.position += 1
        return item

    def ready(self) -> bool:
        """Whether the next item is there without waiting (always true without workers)."""
        return not self._waiting or self._waiting[0].done()


@contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor | None]:
    """`count` fresh processes, or None for none; they end with the block, or with this process."""
    if count == 0:
        yield None
        return
    executor = ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(os.getpid(),)
    )
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _start_worker(parent: int) -> None:
    """One thread each, polite, deaf to Ctrl-C (the trainer ends them), and gone when the trainer is."""
    import cv2
    import torch

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
