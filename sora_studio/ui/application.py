"""Starts the window over a session and ends both together."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QCoreApplication, QSettings, QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from sora_studio import __version__
from sora_studio.session.session import Session
from sora_studio.ui import theme
from sora_studio.ui.async_jobs import make_loop, stop_all
from sora_studio.ui.bridge import Bridge
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.dialogs.opening import open_project
from sora_studio.ui.layout_store import system_layout
from sora_studio.ui.window import MainWindow

Post = Callable[[Callable[[], None]], None]
MakeSession = Callable[[Post], Session]


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is said at the start: a `newcomer` is shown around, once; `left` are the projects of windows that did not
    end properly, oldest first."""

    newcomer: bool = False
    left: tuple[Path, ...] = ()


def make_application() -> QApplication:
    """The one QApplication, named and dressed."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QCoreApplication.setApplicationName("sora-studio")
    QCoreApplication.setOrganizationName("sora-studio")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setApplicationDisplayName("Sora Studio")
    QGuiApplication.setDesktopFileName("sora-studio")
    # The loop ends when the window says so: a dialog that closes last must not end it.
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app)
    return app


def run(
    make_session: MakeSession,
    folder: Path | None = None,
    *,
    shown: Callable[[], None] | None = None,
    layout: QSettings | None = None,
    chooser: FileChooser | None = None,
    greeting: Greeting = Greeting(),
) -> int:
    """Open the studio, with the project of `folder` if given, and return when its window is closed.

    `make_session` is handed the bridge's `post`; `shown` is called once the window is on screen (to warm the worker).
    The queue belongs to the caller, who closes it after this returns.
    """
    app = make_application()
    bridge = Bridge()
    session = make_session(bridge.post)  # before the loop, which would stay open when there is no session
    loop = make_loop(app)
    window = MainWindow(session, layout or system_layout(), chooser)
    window.show()
    if folder is not None:
        open_project(session, folder)
    if shown is not None:
        QTimer.singleShot(0, window, shown)
    if greeting.left:
        QTimer.singleShot(0, window, partial(window.shell.after_crash, greeting.left))
    elif greeting.newcomer:
        QTimer.singleShot(0, window, window.shell.first_run)
    stopper = Stopper(window)
    try:
        loop.run_until_complete(_until_closed(window))
    finally:
        stopper.close()
        bridge.close()
        session.close()
        window.deleteLater()
        loop.close()
        asyncio.set_event_loop(None)
    return 0


async def _until_closed(window: MainWindow) -> None:
    closed = asyncio.get_running_loop().create_future()
    window.closed.connect(partial(closed.set_result, None))
    await closed
    await stop_all()


class Stopper:
    """Ctrl+C and a polite kill close the window. Python's handlers only run between bytecodes, and Qt's loop may sleep
    without running any: the signal's byte in a socket wakes it."""

    def __init__(self, window: MainWindow) -> None:
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._before_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, window)
        self._notifier.activated.connect(self._drain)
        self._window = window
        self._before = {number: signal.signal(number, self._caught) for number in (signal.SIGINT, signal.SIGTERM)}

    def close(self) -> None:
        """Put the earlier handlers back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _caught(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        QTimer.singleShot(0, self._window, self._window.close)

    def _drain(self) -> None:
        self._read.recv(64)
