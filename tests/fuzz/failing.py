"""Readers that fail in every way there is, to see that each is noticed: `python -m tests.fuzz.failing`."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from sora_studio.core.errors import BadInput
from tests.fuzz.serving import Reader, serve


def _refuse(folder: Path) -> None:
    raise BadInput("“a.txt” is not what it should be. Choose another file.")


def _mumble(folder: Path) -> None:
    raise BadInput("bad file")


def _trip(folder: Path) -> None:
    raise KeyError("size")


def _die(folder: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _spin(folder: Path) -> None:
    while True:
        pass


def _sleep(folder: Path) -> None:
    time.sleep(600)


def _eat(folder: Path) -> None:
    bytearray(1 << 40)


EXPECTED = {
    "refuse": (_refuse, "refused"),
    "mumble": (_mumble, "speechless"),
    "trip": (_trip, "broken"),
    "eat": (_eat, "broken"),
    "die": (_die, "crash"),
    "spin": (_spin, "hang"),
    "sleep": (_sleep, "hang"),
    "accept": (str, "accepted"),
}

if __name__ == "__main__":
    serve({name: Reader(read) for name, (read, _) in EXPECTED.items()})
