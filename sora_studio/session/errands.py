"""Errands: what the session asks its assistant, step by step, without waiting for it.

An errand is written as a generator that yields questions and is sent their answers; what it returns is handed to
`done`. All of it runs on the owner thread, so an errand may touch the session's own values.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from sora_studio.core.errors import StudioError
from sora_studio.core.language import mark, tr
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.assistant_protocol import Answer, Question, Unable
from sora_studio.session.state import Post

T = TypeVar("T")
Steps = Generator[Question, Answer, T]
"""Yields questions, is sent their answers, returns a result. May raise StudioError."""

NO_ASSISTANT = mark("There is no assistant for words here. Open the studio's window to use it.")


class Errand:
    """An errand under way. After `cancel` neither `done` nor `failed` is called."""

    def __init__(self) -> None:
        self.over = False
        """Whether it has ended, in whatever way."""
        self.ending: list[Callable[[], None]] = []
        """What is done when it is cancelled: the owner of the errand fills it."""

    def cancel(self) -> None:
        """Nobody waits for it any more. May be called at any time, on the owner thread."""
        if not self.over:
            self.over = True
            for act in self.ending:
                act()


class Errands:
    """Runs errands on an assistant. Methods are called on the owner thread, and so are the callbacks."""

    def __init__(self, assistant: Assistant | None, post: Post) -> None:
        self._assistant = assistant
        self._post = post
        self._running: set[Errand] = set()

    @property
    def there(self) -> bool:
        """Whether there is an assistant to ask."""
        return self._assistant is not None

    def run(self, steps: Steps[T], done: Callable[[T], None], failed: Callable[[str], None]) -> Errand:
        """Start an errand. `done` gets its result, `failed` a sentence; never before this returns."""
        errand = Errand()
        self._running.add(errand)

        def end(tell: Callable[[], None]) -> None:
            if not errand.over:
                errand.over = True
                self._running.discard(errand)
                tell()

        def step(answer: Answer | None) -> None:
            if errand.over:
                return
            if isinstance(answer, Unable):
                reason = answer.reason
                steps.close()
                end(lambda: failed(reason))
                return
            try:
                question = next(steps) if answer is None else steps.send(answer)
            except StopIteration as stop:
                result = stop.value
                end(lambda: done(result))
            except StudioError as exc:
                reason = str(exc)
                end(lambda: failed(reason))
            else:
                self._ask(errand, question, step)

        def stopped() -> None:
            self._running.discard(errand)
            steps.close()

        errand.ending = [stopped]
        self._post(lambda: step(None))
        return errand

    def close(self) -> None:
        """Cancel what is under way."""
        for errand in tuple(self._running):
            errand.cancel()

    def _ask(self, errand: Errand, question: Question, step: Callable[[Answer], None]) -> None:
        assistant = self._assistant
        if assistant is None:
            step(Unable(0, tr(NO_ASSISTANT)))
            return
        number = assistant.ask(question, lambda answer: self._post(lambda: step(answer)))
        errand.ending = [errand.ending[0], lambda: assistant.forget(number)]
