"""What is done to a drive that may not answer: on a thread of its own, waited for a while."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sora_studio.core.errors import Unanswered

T = TypeVar("T")


class Hand:
    """Does one thing after the other. While it is stuck it does nothing else."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._deeds: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stuck = False

    def do(self, act: Callable[[], T], seconds: float, late: Callable[[T], None] | None = None) -> T:
        """Do `act` and return what it returns; it may raise. Raises Unanswered when that takes longer: what was not
        begun by then is not done; what was may still come to an end, and `late` is told then, on the hand's thread.
        Until then everything else is refused at once."""
        if self._stuck:
            raise Unanswered()
        future: Future[T] = Future()
        self._deeds.put(lambda: _carry_out(future, act))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        try:
            return future.result(seconds)
        except TimeoutError:
            if future.done():  # the system's own, from within
                raise
        if not future.cancel():
            self._stuck = True
            future.add_done_callback(lambda done: self._answered(done, late))
        raise Unanswered()

    @property
    def stuck(self) -> bool:
        """Whether something that was given up is still under way."""
        return self._stuck

    def close(self, seconds: float) -> None:
        """End the thread; one that is stuck ends when it can."""
        if self._thread is not None:
            self._deeds.put(None)
            self._thread.join(seconds)
            self._thread = None

    def _answered(self, future: Future[T], late: Callable[[T], None] | None) -> None:
        self._stuck = False
        if late is not None and future.exception() is None:
            late(future.result())

    def _run(self) -> None:
        while (deed := self._deeds.get()) is not None:
            deed()


def _carry_out(future: Future[T], act: Callable[[], T]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(act())
        except Exception as exc:  # noqa: BLE001 - it is raised again where it is waited for
            future.set_exception(exc)
