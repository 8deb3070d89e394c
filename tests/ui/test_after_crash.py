"""What the next window says after a crash, and the report."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from sora_studio.core.project import Project
from sora_studio.session import store
from tests.session.test_store import keep_unsaved
from tests.ui.conftest import Room


def test_what_was_open_is_offered_as_it_was(room: Room, tmp_path: Path) -> None:
    film = tmp_path / "lost film"
    store.save(Project("lost film"), film)
    keep_unsaved(Project("newer"), film)
    dialog = room.window.shell.after_crash((film,))
    assert "“lost film” is kept as it was" in dialog.text.text()
    room.bot.mouseClick(dialog.recover, Qt.MouseButton.LeftButton)
    assert room.desk.folder == film
    assert room.desk.project.name == "newer"
    assert room.desk.modified
    assert not dialog.isVisible()


def test_a_project_that_is_open_already_needs_no_offer(room: Room) -> None:
    dialog = room.window.shell.after_crash((room.desk.home,))
    assert not dialog.recover.isVisible()
    assert dialog.text.text().endswith("Your project is open as it was.")
    room.bot.mouseClick(dialog.report, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("Sora Studio: report\n")
    dialog.reject()


def test_the_menu_copies_a_report(room: Room) -> None:
    QGuiApplication.clipboard().clear()
    room.window.actions_by_name["copy_report"].trigger()
    assert "Newest log lines" in QGuiApplication.clipboard().text()
    assert "on the clipboard" in room.desk.notices[-1].text
