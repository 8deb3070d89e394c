"""What every test of the window stands on: the dressed application, its asyncio loop, and a window on a desk."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sora_studio.core.media_item import Pending
from sora_studio.core.time import Size
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.session import folders
from sora_studio.session.draft import Draft
from sora_studio.ui.application import make_application
from sora_studio.ui.async_jobs import make_loop
from sora_studio.ui.window import MainWindow
from tests.fakes.desk import Desk, fake_queue, numbered, picture


@pytest.fixture(scope="session", autouse=True)
def studio(qapp: QApplication) -> Iterator[QApplication]:
    """The application as the studio dresses it, with its asyncio loop over the loops of the tests."""
    app = make_application()
    loop = make_loop(app, already_running=True)
    yield app
    loop.stop()
    loop.close()


@pytest.fixture(scope="session")
def queue(studio: QApplication) -> Iterator[JobQueue]:
    """One worker for all tests of the window: starting one takes longer than most of them."""
    made = fake_queue()
    yield made
    worker = made._worker
    made.close()
    assert worker is None or not psutil.pid_exists(worker.pid)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, prompts and looks of the artist who runs the tests stay out of them, and theirs of his."""
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))


STAYING = ("studio", "worker-", "jobs", "assistant")
"""The pool of the asyncio loop, and the threads of the shared queue."""


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """Every test ends the threads it started."""
    before = {thread.ident for thread in threading.enumerate()}
    yield
    left = [
        thread.name
        for thread in threading.enumerate()
        if thread.ident not in before and thread.is_alive() and not thread.name.startswith(STAYING)
    ]
    assert left == []


@pytest.fixture(autouse=True)
def drives_that_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no drive that does not answer."""
    monkeypatch.setattr(folders, "AT_ONCE", 60.0)


PATIENCE_MS = 60_000
"""How long a test waits for what will come: a busy machine is no defect of the window."""


class PatientBot(QtBot):
    """Waits as long as it takes, so that no test measures the machine it runs on."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        """Until the callback holds; a shorter `timeout` counts for nothing."""
        super().waitUntil(callback, timeout=max(timeout, PATIENCE_MS))

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        """Until the widget is on the screen, on leaving the context."""
        return super().waitExposed(widget, timeout=max(timeout, PATIENCE_MS))

    def mouseClick(self, widget: QWidget, *how: Any, **more: Any) -> None:
        """Once the widget is laid out: one that has just come has no height yet, and takes no click."""
        self.waitUntil(lambda: not widget.size().isEmpty())
        QTest.mouseClick(widget, *how, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """The bot of pytest-qt, with patience."""
    return PatientBot(request)


class Answers:
    """A file chooser that says what it is told to."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self.folder: Path | None = None
        self.asked: list[str] = []

    def open_file(self, parent: QWidget, title: str, kinds: str) -> Path | None:
        self.asked.append(title)
        return self.file

    def open_files(self, parent: QWidget, title: str, kinds: str) -> list[Path]:
        self.asked.append(title)
        return [self.file] if self.file else []

    def open_folder(self, parent: QWidget, title: str) -> Path | None:
        self.asked.append(title)
        return self.folder

    def save_file(self, parent: QWidget, title: str, suggested: Path, kinds: str) -> Path | None:
        self.asked.append(title)
        return self.file


class Room:
    """A window on a desk in a folder of its own."""

    def __init__(
        self,
        bot: QtBot,
        folder: Path,
        queue: JobQueue,
        size: Size = Size(1440, 900),
        assistant: Assistant | None = None,
    ) -> None:
        self.bot, self.folder = bot, folder
        self.answers = Answers()
        self.desk = Desk(folder / "project", queue, assistant)
        self.layout = QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.desk, self.layout, self.answers)
        self.window.resize(size.width, size.height)
        with bot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        bot.waitUntil(self.window.isActiveWindow)

    @property
    def draft(self) -> Draft:
        return self.window.inspector.draft()

    def write(self, **changes: object) -> None:
        """Set fields of the draft."""
        self.window.inspector.state.update(**changes)

    def film(self, name: str = "film.mp4", frames: int = 24) -> str:
        """A clip of numbered frames behind the last one."""
        path = numbered(self.folder / name, frames)
        return self.desk.place(self.desk.import_media(path), 0, self.desk.timeline.tracks[0].stop)

    def picture(self, name: str = "photo.png") -> Path:
        return picture(self.folder / name)

    def idle(self) -> None:
        """Wait until no job is under way and the session has heard of it."""

        def ended() -> bool:
            media = self.desk.project.media.values()
            return not any(job.active for job in self.desk.jobs()) and not any(
                isinstance(item.state, Pending) for item in media
            )

        self.bot.waitUntil(ended, timeout=20_000)

    def close(self) -> None:
        self.window.close()
        self.desk.close()
        self.window.deleteLater()


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Room]:
    made = Room(qtbot, tmp_path, queue)
    yield made
    made.close()
    queue.resume()  # also when the test failed while it was paused: the next one shares the queue


@pytest.fixture
def drop() -> Callable[..., bool]:
    """Drops files on a widget as the system does; whether they were taken."""

    def dropped(target: QWidget, *files: Path) -> bool:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        at = target.rect().center()
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(at), Qt.DropAction.CopyAction, data, buttons, keys)
        enter.ignore()
        QApplication.sendEvent(target, enter)
        if not enter.isAccepted():
            return False
        event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, buttons, keys)
        event.ignore()
        QApplication.sendEvent(target, event)
        return event.isAccepted()

    return dropped
