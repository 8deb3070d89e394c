"""Earlier versions in the window."""

from __future__ import annotations

import os
import time
from datetime import date, datetime

from PySide6.QtCore import Qt

from sora_studio.session import store, versions
from sora_studio.ui.dialogs.versions import VersionsDialog, time_words
from tests.ui.conftest import Room


def test_a_version_is_looked_at_and_brought_back(room: Room) -> None:
    room.film("one.mp4")
    room.desk.save()
    os.utime(room.desk.home / store.FILE, (time.time() - 3600,) * 2)
    then = room.desk.timeline
    room.film("two.mp4")
    room.desk.save()
    newest = room.desk.timeline
    dialog = room.window.commands.restore()
    assert dialog.list.count() == 2, "with the empty one it began as"
    assert dialog.facts.text().startswith("0 clips")
    dialog.list.setCurrentRow(1)
    assert dialog.facts.text().startswith("1 clip  ·  00:00:01:00  ·  now 2 clips")
    room.bot.mouseClick(dialog.act, Qt.MouseButton.LeftButton)
    assert room.desk.timeline == then
    assert not dialog.isVisible()
    day = "Today" if time.localtime().tm_hour > 0 else "Yesterday"  # an hour ago
    assert any(f"Restored: {day}" in text for text in room.window.toasts.texts())
    room.desk.undo()
    assert room.desk.timeline == newest


def test_what_cannot_be_read_says_so_and_what_is_the_same_needs_no_restoring(room: Room) -> None:
    room.film("one.mp4")
    room.desk.save()
    room.film("two.mp4")
    room.desk.save()
    newest, *_ = versions.versions(room.desk.home)
    newest.path.write_bytes(b"{")
    dialog = room.window.commands.restore()
    assert "damaged" in dialog.facts.text()
    assert not dialog.act.isEnabled()
    dialog.reject()
    newest.path.write_bytes((room.desk.home / store.FILE).read_bytes())
    dialog = room.window.commands.restore()
    assert dialog.facts.text().endswith("the same as now")
    assert not dialog.act.isEnabled()
    dialog.reject()


def test_without_versions_it_is_said_when_there_will_be_some(room: Room) -> None:
    room.window.actions_by_name["restore"].trigger()
    dialog = room.window.findChild(VersionsDialog)
    assert "whenever you save" in dialog.facts.text()
    assert not dialog.list.isVisible()
    dialog.reject()


def test_days_in_words() -> None:
    at, today = datetime(2026, 11, 28, 9, 5, 7).astimezone(), date(2026, 11, 28)
    assert time_words(at, today) == "Today, 09:05:07"
    assert time_words(at, date(2026, 11, 29)) == "Yesterday, 09:05:07"
    assert time_words(at, date(2026, 12, 1)) == "2026-11-28, 09:05:07"
