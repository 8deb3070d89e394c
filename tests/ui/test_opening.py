"""A project on a drive that does not answer: it is said, the window goes on, and it can be given up."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from sora_studio.session import folders, lock, store
from sora_studio.ui.dialogs.opening import OpeningDialog
from tests.session.test_store import project
from tests.ui.conftest import Room

pytestmark = pytest.mark.skipif(os.name == "nt", reason="named pipes are POSIX")


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose file is read when somebody writes into it."""
    monkeypatch.setattr(folders, "AT_ONCE", 0.1)
    folder = tmp_path / "far film"
    store.save(project(), folder)
    os.replace(folder / store.FILE, folder / "behind")
    os.mkfifo(folder / store.FILE)
    return folder


def answer(folder: Path) -> None:
    """The drive answers; from now on without delay."""
    pipe = os.open(folder / store.FILE, os.O_WRONLY)  # once there is a reader
    os.replace(folder / "behind", folder / store.FILE)
    os.write(pipe, (folder / store.FILE).read_bytes())
    os.close(pipe)


def begin(room: Room, folder: Path) -> OpeningDialog:
    room.answers.folder = folder
    room.window.actions_by_name["open"].trigger()
    (dialog,) = room.window.findChildren(OpeningDialog)
    room.bot.waitUntil(dialog.isVisible)
    return dialog


def is_gone(room: Room) -> Callable[[], bool]:
    return lambda: not room.window.findChildren(OpeningDialog)


def test_it_opens_when_the_drive_answers(room: Room, film: Path) -> None:
    room.film()
    before = room.desk.folder
    begin(room, film)
    assert room.desk.folder == before
    answer(film)
    room.bot.waitUntil(lambda: room.desk.folder == film)
    assert room.desk.timeline == project().timeline
    room.bot.waitUntil(is_gone(room))
    assert before is not None
    assert not (before / lock.FILE).exists()
    assert json.loads((film / lock.FILE).read_text())["pid"] == os.getpid()


def test_what_cannot_be_opened_is_said_when_it_is_known(room: Room, film: Path) -> None:
    begin(room, film)
    (film / "behind").write_text("{")
    answer(film)
    room.bot.waitUntil(lambda: any("is damaged" in text for text in room.window.toasts.texts()))
    room.bot.waitUntil(is_gone(room))
    assert not (film / lock.FILE).exists()


def test_it_can_be_given_up_and_the_folder_is_let_go_of(room: Room, film: Path) -> None:
    before = room.desk.folder
    dialog = begin(room, film)
    cancel = dialog.findChild(QPushButton, "openingCancel")
    room.bot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    room.bot.waitUntil(is_gone(room))
    assert json.loads((film / lock.FILE).read_text())["pid"] == os.getpid()
    answer(film)
    room.bot.waitUntil(lambda: not (film / lock.FILE).exists())
    assert room.desk.folder == before
