"""The assistant process: answers questions about words and pictures while the worker makes frames.

Run by `python -m sora_studio.jobs.assistant_process --loader module:function`. It holds the text tower, CLIP where its
weights are there, and a language model of the artist's own while one is used. Two threads, as in the worker: this one
answers, a second listens, so that a question can be forgotten while it waits or is being answered. When its input ends,
the studio is gone, and so is the assistant.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import threading
import traceback
from pathlib import Path

from sora_studio.core.errors import Cancelled, StudioError
from sora_studio.core.language import tr
from sora_studio.core.understanding import Understanding
from sora_studio.jobs.assistant_protocol import (
    Answer,
    Counted,
    CountTokens,
    Embedded,
    EmbedPictures,
    EmbedTexts,
    Forget,
    Order,
    Question,
    Rewrite,
    Rewritten,
    Unable,
    encode,
    read,
)
from sora_studio.jobs.channel import Channel, named, settle
from sora_studio.jobs.wire import ProtocolError

NICENESS = 2
"""Between the window and the worker: somebody waits for these answers while typing, and each takes an instant."""

PROTOCOL_BROKEN = 70
"""Exit code after questions that could not be understood."""


class Assistant:
    """The state of the process: what it loaded, and which questions nobody waits for."""

    def __init__(self, channel: Channel[Order | Answer, Order | Answer], loader: str) -> None:
        self._channel = channel
        self._loader = loader
        self._understanding: Understanding | None = None
        self._todo: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._forgotten: set[int] = set()

    def listen(self) -> None:
        """The listening thread: take questions in until the studio is gone, then end the process."""
        try:
            while (message := self._channel.receive()) is not None:
                match message:
                    case Forget(ask):
                        self._forgotten.add(ask)
                    case EmbedTexts() | EmbedPictures() | CountTokens() | Rewrite():
                        self._todo.put(message)
                    case _:
                        pass
        except (ProtocolError, OSError):
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(PROTOCOL_BROKEN)
        os._exit(0)  # not sys.exit: the other thread may be deep inside a native call

    def work(self) -> None:
        """The answering thread: one question after the other, for ever."""
        while True:
            question = self._todo.get()
            self._channel.send(self._outcome(question))
            self._forgotten.discard(question.ask)

    def _outcome(self, question: Question) -> Answer:
        """Answer a question, or say why not. Nothing that goes wrong in it ends the process."""
        if question.ask in self._forgotten:
            return Unable(question.ask, "")
        try:
            return self._answer(question)
        except Cancelled:
            return Unable(question.ask, "")
        except StudioError as exc:
            return Unable(question.ask, str(exc), traceback.format_exc() if exc.__cause__ else "")
        except Exception as exc:  # noqa: BLE001 - the loop is where unknown errors become words
            reason = tr(
                "The assistant stumbled ({kind}). If it stays, report it with the details.", kind=type(exc).__name__
            )
            return Unable(question.ask, reason, traceback.format_exc())

    def _answer(self, question: Question) -> Answer:
        if self._understanding is None:
            self._understanding = named(self._loader)()
        known = self._understanding
        match question:
            case EmbedTexts(ask, texts, space):
                return Embedded(ask, known.embed_texts(texts, space))
            case EmbedPictures(ask, paths):
                return Embedded(ask, known.embed_pictures([Path(path) for path in paths]))
            case CountTokens(ask, texts):
                return Counted(ask, *known.count_tokens(texts))
            case Rewrite(ask, model, prompt):
                return Rewritten(ask, known.rewrite(Path(model), prompt, lambda: ask in self._forgotten))


def main(arguments: list[str] | None = None) -> None:
    """Run the assistant until the studio closes its input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loader", required=True, help="package.module:function that returns an Understanding")
    options = parser.parse_args(arguments)
    settle(NICENESS)
    channel: Channel[Order | Answer, Order | Answer] = Channel(read, encode)
    assistant = Assistant(channel, options.loader)
    threading.Thread(target=assistant.listen, name="questions", daemon=True).start()
    assistant.work()


if __name__ == "__main__":
    main()
