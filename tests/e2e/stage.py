"""A stage for the real program: a virtual screen, a window manager, real key and mouse events, and screenshots.

The program runs in this process on its own main thread; the script of what a person does runs beside it on a second
thread, moves the real pointer with xdotool, and asks the window only where things are and what they show.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, QRect, Signal
from PySide6.QtWidgets import QApplication, QWidget

T = TypeVar("T")


class OnStage(QObject):
    """Runs callables on the window's thread and brings their results back."""

    _wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._wanted.connect(lambda call: call())

    def ask(self, question: Callable[[], T], timeout: float = 60.0) -> T:
        """The answer of `question`, worked out on the window's thread."""
        answered = threading.Event()
        answers: list[T] = []
        errors: list[Exception] = []

        def answer() -> None:
            try:
                answers.append(question())
            except Exception as exc:  # noqa: BLE001 - carried to the asking thread
                errors.append(exc)
            answered.set()

        self._wanted.emit(answer)
        if not answered.wait(timeout):
            raise TimeoutError("the window did not answer")
        if errors:
            raise errors[0]
        return answers[0]

    def until(self, what: str, question: Callable[[], T], timeout: float = 120.0) -> T:
        """Ask until the answer is true; raises TimeoutError that names `what`."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            answer = self.ask(question)
            if answer:
                return answer
            time.sleep(0.05)
        raise TimeoutError(f"waited {timeout} s for: {what}")

    def screenshot(self, path: Path) -> None:
        """The whole virtual screen as it is seen now."""
        time.sleep(0.35)  # let hover, caret and toasts settle
        path.parent.mkdir(parents=True, exist_ok=True)
        self.ask(lambda: QApplication.primaryScreen().grabWindow(0).save(str(path)))

    def centre(self, widget: Callable[[], QWidget]) -> QPoint:
        """The middle of a widget on the screen."""

        def where() -> QPoint:
            found = widget()
            return found.mapToGlobal(found.rect().center())

        return self.ask(where)


def on_screen(widget: QWidget, area: QRect) -> QRect:
    """An area of a widget in screen coordinates."""
    return QRect(widget.mapToGlobal(area.topLeft()), area.size())


class Hands:
    """A pointer and a keyboard. `events` counts what was done with them: moves, presses of buttons, wheel and keys."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()

    def do(self, *command: object) -> None:
        """One xdotool command."""
        self.events[str(command[0])] += len(str(command[-1])) if command[0] == "type" else 1
        subprocess.run(["xdotool", *map(str, command)], check=True, capture_output=True)

    def move(self, to: QPoint) -> None:
        """Put the pointer somewhere."""
        self.do("mousemove", to.x(), to.y())
        time.sleep(0.05)

    def click(self, at: QPoint) -> None:
        """Click the left button."""
        self.move(at)
        self.do("click", 1)
        time.sleep(0.15)

    def wheel(self, at: QPoint, notches: int) -> None:
        """Turn the wheel over a place: down when positive."""
        self.move(at)
        for _ in range(abs(notches)):
            self.do("click", 5 if notches > 0 else 4)
            time.sleep(0.03)
        time.sleep(0.1)

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """A key held down meanwhile."""
        self.do("keydown", key)
        try:
            yield
        finally:
            self.do("keyup", key)

    def drag(
        self, start: QPoint, end: QPoint, steps: int = 14, before_release: Callable[[], None] | None = None
    ) -> None:
        """Press, move in steps (a drag does not start from one jump), release."""
        self.move(start)
        self.do("mousedown", 1)
        time.sleep(0.1)
        for step in range(1, steps + 1):
            self.move(start + (end - start) * (step / steps))
        time.sleep(0.2)
        if before_release:
            before_release()
        self.do("mouseup", 1)
        time.sleep(0.3)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.do("type", "--delay", 12, text)
        time.sleep(0.2)

    def press(self, keys: str) -> None:
        """Press a chord such as ctrl+Return."""
        self.do("key", keys)
        time.sleep(0.2)


@contextmanager
def virtual_screen(size: str = "1920x1080") -> Iterator[str]:
    """An X server of its own with a window manager; yields the value for DISPLAY."""
    missing = [name for name in ("Xvfb", "openbox", "xdotool") if shutil.which(name) is None]
    if missing:
        raise RuntimeError(
            f"Install {', '.join(missing)} to drive a real window (apt-get install xvfb openbox xdotool)."
        )
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        display = f":{server.stdout.readline().strip()}"
        manager = subprocess.Popen(["openbox"], env=_env(display), stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        try:
            yield display
        finally:
            manager.terminate()
            manager.wait(10)
    finally:
        server.terminate()
        server.communicate(timeout=10)


def _env(display: str) -> dict[str, str]:
    return {**os.environ, "DISPLAY": display}
