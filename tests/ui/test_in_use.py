"""A project that another window has open: the sentence offers a copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from sora_studio.core.project import Project
from sora_studio.session import store
from sora_studio.ui.panels.toasts import Toast
from tests.session.test_lock import window
from tests.ui.conftest import Room


def test_a_project_in_use_is_opened_as_a_copy(room: Room, tmp_path: Path) -> None:
    film = tmp_path / "shared film"
    store.save(Project("shared film"), film)
    before = room.desk.folder
    with window(film):
        room.answers.folder = film
        room.window.actions_by_name["open"].trigger()
        assert room.desk.folder == before
        (toast,) = [one for one in room.window.findChildren(Toast) if "is open in another window" in one.text.text()]
        button = toast.findChild(QToolButton, "toastAct")
        assert button.text() == "Open a copy"
        room.bot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert room.desk.project.name == "shared film (copy)"
        assert room.desk.folder is None
