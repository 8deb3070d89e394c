"""What a studio says, taken in line by line and put to the accounts of its projects."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO, Any, cast

from sora_studio.cli.soak.account import Account
from sora_studio.cli.soak.slope import Sample
from sora_studio.cli.soak.tally import Tally


class Hearing:
    """Hears one studio after the other."""

    def __init__(self, note: Callable[[str, object], None], fault: Callable[[str, str], None], tally: Tally) -> None:
        """`note` keeps every word, `fault` is told what contradicts another."""
        self._note, self._fault, self._tally = note, fault, tally
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.accounts: dict[str, Account] = {}
        """By the folder of the project."""
        self.samples: list[Sample] = []
        """What the longest life held."""
        self._held: list[Sample] = []
        self._forget()

    def listen(self, process: subprocess.Popen[bytes]) -> None:
        """Another studio speaks from now on."""
        self._forget()
        self._lines = lines = queue.SimpleQueue[bytes | None]()

        def listen() -> None:
            with contextlib.suppress(ValueError):  # the soak was stopped, and the pipe closed
                for line in cast(IO[bytes], process.stdout):
                    lines.put(line)
            lines.put(None)

        threading.Thread(target=listen, name="soak", daemon=True).start()

    def hear(self, seconds: float, enough: Callable[[], bool]) -> bool:
        """Take in what is said until it is enough, nothing more comes, or the time is over."""
        end = time.monotonic() + seconds
        while not enough():
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return enough()
            if line is None:
                self._lines.put(None)
                return enough()
            try:
                kind, value = json.loads(line)
            except ValueError:
                continue  # cut off by the kill
            self._note(kind, value)
            self._take(kind, value)
        return True

    @property
    def ready(self) -> int:
        """Finished media of the open project."""
        return self._states().count("ready")

    @property
    def waits(self) -> bool:
        """Whether something is to be made in the open project."""
        return "pending" in self._states()

    def _states(self) -> list[str]:
        return list(self.accounts[self.home].media.values()) if self.home else []

    def _forget(self) -> None:
        self.home, self.doing, self.ended = "", "", False
        self.touched: set[str] = set()
        self._held = []

    def _take(self, kind: str, value: Any) -> None:
        match kind:
            case "state":
                self.home, value = value
                self._account(self.home, kind, value)
            case "writing" | "written" | "sure":
                home, *rest = value
                self._account(home, kind, rest if kind == "writing" else rest[0])
            case "memory":
                self._held.append(Sample(**value))
                self.samples = max(self.samples, self._held, key=len)
            case "end":
                self.ended = True
            case "do" | "did" | "refused" | "going":
                if kind == "did":
                    self._tally.verbs[value] += 1
                self._tally.refused += kind == "refused"
                if kind in ("do", "did"):
                    self.doing = value if kind == "do" else ""
                if self.home:
                    self._account(self.home, kind, value)

    def _account(self, home: str, kind: str, value: Any) -> None:
        self.touched.add(home)
        account = self.accounts.setdefault(home, Account(home))
        for loss in account.hear(kind, value, self.doing):
            self._fault(*loss)
