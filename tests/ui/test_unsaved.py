"""A project that cannot be saved: what the window says, and what it offers when it is closed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from sora_studio.session import store, unsaved
from sora_studio.session.views import Notice
from sora_studio.ui.dialogs.unsaved import UnsavedDialog
from sora_studio.ui.panels.toasts import Toast
from tests.session.test_store import project
from tests.ui.conftest import Room


@pytest.fixture
def gone(room: Room) -> Path:
    """The window's project, changed, and its folder away."""
    room.desk.settings = replace(room.desk.settings, general=replace(room.desk.settings.general, autosave=True))
    home = room.desk.home
    home.rename(home.with_name("away"))
    room.film()
    room.bot.waitUntil(lambda: any(notice.elsewhere for notice in room.desk.notices))
    return home


def button_of(room: Room, words: str) -> QWidget:
    (toast,) = [one for one in room.window.findChildren(Toast) if words in one.text.text()]
    button = toast.findChild(QToolButton, "toastAct")
    assert isinstance(button, QToolButton)
    return button


def test_the_notice_offers_another_folder(room: Room, gone: Path, tmp_path: Path) -> None:
    room.answers.folder = tmp_path / "elsewhere"
    room.bot.mouseClick(button_of(room, "cannot be written now"), Qt.MouseButton.LeftButton)
    assert room.desk.folder == tmp_path / "elsewhere"
    assert not room.desk.modified


def test_closing_asks_and_what_was_changed_is_kept(room: Room, gone: Path) -> None:
    changed = room.desk.timeline
    room.window.close()
    assert room.window.isVisible()
    dialog = room.window.findChild(UnsavedDialog)
    assert "is gone" in dialog.text.text()
    assert "come back when you open the project again" in dialog.text.text()
    room.bot.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    assert not room.window.isVisible()
    room.desk.close()
    assert unsaved.left_aside() == (gone,)
    (kept,) = unsaved.found(gone, "")
    assert kept.project.timeline == changed
    shutil.move(gone.with_name("away"), gone)


def test_closing_after_saving_elsewhere(room: Room, gone: Path, tmp_path: Path) -> None:
    room.answers.folder = tmp_path / "elsewhere"
    room.window.close()
    dialog = room.window.findChild(UnsavedDialog)
    room.bot.mouseClick(dialog.save_as, Qt.MouseButton.LeftButton)
    assert not room.window.isVisible()
    assert store.load(tmp_path / "elsewhere").timeline == room.desk.timeline


def test_closing_can_be_given_up_and_says_what_is_lost(room: Room, gone: Path) -> None:
    room.desk.settings = replace(room.desk.settings, general=replace(room.desk.settings.general, autosave=False))
    room.window.close()
    dialog = room.window.findChild(UnsavedDialog)
    assert "lost if you quit now" in dialog.text.text()
    dialog.reject()
    assert room.window.isVisible()
    gone.with_name("away").rename(gone)


def test_what_could_not_be_saved_is_offered_at_the_next_start(room: Room, tmp_path: Path) -> None:
    film = tmp_path / "film"
    store.save(project(), film)
    spot = unsaved.Spot(film, store.digest_of(film))
    unsaved.keep(replace(project(), name="newest"), spot, spot.aside, 1)
    (left,) = unsaved.left_aside()
    room.desk.noticed.emit(Notice("error", "Changes to “film” could not be saved.", left=left))
    room.bot.mouseClick(button_of(room, "could not be saved"), Qt.MouseButton.LeftButton)
    assert room.desk.folder == film
    assert room.desk.project.name == "newest"
    assert room.desk.modified
