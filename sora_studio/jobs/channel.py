"""What the studio's processes stand on: their end of the conversation, and manners towards the window."""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import IO, Any, BinaryIO, Generic, TypeVar

from sora_studio.core.errors import EngineError
from sora_studio.core.memory import trim

Heard = TypeVar("Heard")
Said = TypeVar("Said")

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: send a signal to this process when its parent's thread ends."""


class Channel(Generic[Heard, Said]):
    """Both ends of the conversation. Standard input and output are taken away from everything else in the process."""

    def __init__(self, read: Callable[[IO[bytes]], Heard | None], encode: Callable[[Said], bytes]) -> None:
        self._read, self._encode = read, encode
        self._input: BinaryIO = _private(0)
        self._output: BinaryIO = _private(1)
        os.dup2(2, 1)  # stray prints must not corrupt the protocol
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)

    def receive(self) -> Heard | None:
        """The next command; None when the studio is gone."""
        return self._read(self._input)

    def send(self, report: Said) -> None:
        """Tell the studio. Ends the process when it is gone."""
        try:
            self._output.write(self._encode(report))
            self._output.flush()
        except OSError:
            os._exit(0)


def named(loader: str) -> Callable[..., Any]:
    """The function named "package.module:function". Raises EngineError when it can't be imported."""
    module_name, _, function = loader.partition(":")
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module_name), function)
    except (ImportError, AttributeError) as exc:
        raise EngineError(
            "The engines could not be loaded ({why}). Install Sora Studio again, or report this with the details.",
            why=exc,
        ) from exc
    return found


def settle(niceness: int) -> None:
    """At the start of a process: leave Ctrl+C to the studio, give way to the window, and end with the studio."""
    faulthandler.enable()  # a crash in native code leaves its place in the standard error
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the studio, which then tells the worker
    if hasattr(os, "nice"):
        os.nice(niceness)
    _die_with_the_studio()


def give_back_memory() -> None:
    """Return freed memory to the system: what glibc was told to keep for the next step is of no use to an idle one."""
    gc.collect()
    trim()


def _die_with_the_studio() -> None:
    """On Linux, let the kernel end this process with the thread that started it: an engine that hangs in native code
    and holds the interpreter would not notice the end of its input. Elsewhere that end has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _private(descriptor: int) -> BinaryIO:
    """A standard stream under another number, as binary file."""
    mine = os.dup(descriptor)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(mine, os.O_BINARY)
    return open(mine, "rb" if descriptor == 0 else "wb")
