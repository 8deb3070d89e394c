"""The studio's side of the assistant process: it starts with the first question, and again after it died.

`ask`, `forget` and `close` may be called from any thread and never block on the process. Replies are called on the
assistant's thread.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import logging
import os
import queue
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import IO, cast

from sora_studio.core.errors import EngineError
from sora_studio.core.language import mark, tr
from sora_studio.jobs.assistant_protocol import Answer, Forget, Order, Question, Unable, encode, read
from sora_studio.jobs.client import KEPT_LINES, death_in_words, keep_lines, spawn, worker_environment, write_all
from sora_studio.jobs.wire import ProtocolError

log = logging.getLogger(__name__)

Reply = Callable[[Answer], None]

MODULE = "sora_studio.jobs.assistant_process"
MOST_DEATHS = 3
"""Deaths in a row without an answer in between, after which it is not started again before the studio is."""
LAST_BREATH = 2.0
"""Seconds between the rungs at the end: input closed, terminate, kill."""

IDLE = 900.0
"""Seconds without a question after which the process ends, since it holds half a gigabyte."""

GIVEN_UP = mark("The assistant for words stopped several times, so it rests until the studio is started again.")


class _Life:
    """One life of the process, with a thread for what it says and one for what it prints."""

    def __init__(self, loader: str, hear: Callable[[_Life, Answer | None], None]) -> None:
        self._hear = hear
        self._process = _start(loader)
        self._lines: collections.deque[str] = collections.deque(maxlen=KEPT_LINES)
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=target, name=f"assistant-{name}", daemon=True)
            for name, target in (("answers", self._receive), ("errors", self._listen), ("questions", self._write))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, order: Order) -> None:
        """Ask or forget; written by a thread, so that a full pipe holds nobody up."""
        self._outbox.put(encode(order))

    def last_words(self) -> tuple[str, str]:
        """Why it ended and the tail of what it printed; after it is gone."""
        named = tr("The assistant for words"), tr("It starts again by itself")
        return death_in_words(self._process.wait(), *named), "\n".join(self._lines)

    def close(self) -> None:
        """End the process, by closing its input, then by force; returns when it is gone."""
        self._outbox.put(None)
        for force in (None, self._process.terminate, self._process.kill):
            if force is not None:
                force()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LAST_BREATH)
                break
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(LAST_BREATH)

    def _write(self) -> None:
        write_all(cast(IO[bytes], self._process.stdin), self._outbox)

    def _listen(self) -> None:
        keep_lines(cast(IO[bytes], self._process.stderr), self._lines)

    def _receive(self) -> None:
        with cast(IO[bytes], self._process.stdout) as stream:
            try:
                while (message := read(stream)) is not None:
                    self._hear(self, cast(Answer, message))
            except ProtocolError:
                log.exception("the assistant for words sent something that is no message")
            try:
                self._process.wait(LAST_BREATH)
            except subprocess.TimeoutExpired:  # it closed its output and lives on
                self._process.kill()
        self._outbox.put(None)
        self._hear(self, None)


@dataclass(frozen=True, slots=True)
class _Ask:
    """A question and who wants the answer."""

    question: Question
    reply: Reply


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a life said; None when it ended."""

    life: _Life
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class _Close:
    """The studio ends."""


_Item = _Ask | Forget | _Heard | _Close


@dataclass(slots=True)
class _Waiting:
    """Whom the process owes an answer."""

    replies: dict[int, Reply] = field(default_factory=dict)

    def take(self, ask: int) -> Reply | None:
        """Who asked; no longer waiting from now on."""
        return self.replies.pop(ask, None)


class Assistant:
    """Questions about words and pictures, answered in order by a process of their own."""

    def __init__(self, loader: str, idle: float = IDLE) -> None:
        self._loader = loader
        self._idle = idle
        self._numbers = itertools.count(1)
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._waiting = _Waiting()
        self._life: _Life | None = None
        self._deaths = 0
        # On Linux a process ends with the thread that started it: this one stays.
        self._thread = threading.Thread(target=self._live, name="assistant", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process id; None while there is no process."""
        life = self._life
        return life.pid if life else None

    def ask(self, question: Question, reply: Reply) -> int:
        """Put a question (its `ask` is replaced). Returns its number. The reply is called once, unless forgotten."""
        number = next(self._numbers)
        self._inbox.put(_Ask(replace(question, ask=number), reply))
        return number

    def forget(self, number: int) -> None:
        """Nobody waits for this answer any more; a rewriting is stopped."""
        self._inbox.put(Forget(number))

    def close(self) -> None:
        """End the process and wait for it. Open questions stay unanswered, later ones too."""
        self._inbox.put(_Close())
        if threading.current_thread() is not self._thread:
            self._thread.join()

    # everything below runs on the assistant's thread

    def _live(self) -> None:
        while not isinstance(item := self._next(), _Close):
            match item:
                case _Ask(question, reply):
                    self._put(question, reply)
                case Forget(ask) if self._waiting.take(ask) is not None and self._life is not None:
                    self._life.send(item)
                case _Heard(life, answer) if life is self._life:
                    self._hear(life, answer)
                case _:
                    pass  # forgotten before, or the last words of a life that was given up
        self._end()

    def _next(self) -> _Item:
        """What comes next. After a long silence in between the process ends."""
        try:
            return self._inbox.get(timeout=self._idle if self._life and not self._waiting.replies else None)
        except queue.Empty:
            self._end()
            return self._inbox.get()

    def _end(self) -> None:
        if self._life is not None:
            self._life.close()
            self._life = None

    def _put(self, question: Question, reply: Reply) -> None:
        if self._deaths >= MOST_DEATHS:
            self._tell(reply, Unable(question.ask, tr(GIVEN_UP)))
            return
        try:
            if self._life is None:
                self._life = _Life(self._loader, lambda life, answer: self._inbox.put(_Heard(life, answer)))
        except EngineError as exc:
            self._tell(reply, Unable(question.ask, str(exc)))
            return
        self._waiting.replies[question.ask] = reply
        self._life.send(question)

    def _hear(self, life: _Life, answer: Answer | None) -> None:
        if answer is None:
            self._deaths += 1
            reason, details = life.last_words()
            life.close()
            self._life = None
            for ask, reply in list(self._waiting.replies.items()):
                self._waiting.take(ask)
                self._tell(reply, Unable(ask, reason, details))
            return
        self._deaths = 0
        reply_to = self._waiting.take(answer.ask)
        if reply_to is not None:
            self._tell(reply_to, answer)

    def _tell(self, reply: Reply, answer: Answer) -> None:
        try:
            reply(answer)
        except Exception:
            log.exception("a listener of the assistant failed")


def _start(loader: str) -> subprocess.Popen[bytes]:
    """The process, with one thread for maths: its questions are small, and the cores belong to the worker."""
    environment = {**worker_environment(), "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    return spawn(MODULE, loader, environment)
