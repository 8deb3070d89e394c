"""The queue in the window: order by drag and keys, priority, pause, edit, pictures, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from sora_studio.core.media_item import Ready
from sora_studio.ui.dialogs.edit_job import EditJobDialog
from sora_studio.ui.panels.queue_row import QueueRow, about
from tests.fakes.desk import picture
from tests.ui.conftest import Room

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def line(room: Room) -> Iterator[Room]:
    """A paused queue with three clips."""
    room.desk.pause_queue()
    for words in ("one", "two", "three"):
        room.write(prompt=words, steps=2, seconds=1.0)
        room.window.inspector.generate()
    room.window.queue.fold.setChecked(True)
    yield room
    for job in room.desk.jobs():
        room.desk.cancel(job.id)
    room.desk.resume_queue()


def rows(room: Room) -> list[QueueRow]:
    bar = room.window.queue
    return sorted(bar.findChildren(QueueRow), key=lambda row: bar._column.indexOf(row))


def order(room: Room) -> list[str]:
    jobs = [job.label for job in room.desk.jobs() if job.state == "waiting"]
    assert [row.title.whole for row in rows(room)][: len(jobs)] == jobs
    return jobs


def drag(room: Room, what: QWidget, to: QPoint) -> None:
    """Take hold of a widget, move to a place on the screen and let go."""
    middle = what.rect().center()
    room.bot.mousePress(what, Qt.MouseButton.LeftButton, pos=middle)
    for part in (1, 2, 3):
        room.bot.mouseMove(what, middle + (what.mapFromGlobal(to) - middle) * part / 3)
    room.bot.mouseRelease(what, Qt.MouseButton.LeftButton, pos=what.mapFromGlobal(to))


def test_a_row_is_dragged_to_another_place(line: Room) -> None:
    first, second, third = rows(line)
    line.bot.waitUntil(lambda: first.y() < second.y() < third.y())
    drag(line, third.grip, first.mapToGlobal(QPoint(20, 3)))
    assert order(line) == ["three", "one", "two"]
    assert not line.window.queue._mark.isVisible()
    drag(line, third.grip, line.window.mapToGlobal(QPoint(300, 10)))
    assert order(line) == ["three", "one", "two"], "let go outside of the list"


def test_keys_and_menu_move_a_row(line: Room) -> None:
    first, _, third = rows(line)
    third.setFocus()
    line.bot.keyClick(third, Qt.Key.Key_Up, ALT)
    assert order(line) == ["one", "three", "two"]
    line.bot.keyClick(third, Qt.Key.Key_Down, ALT)
    line.bot.keyClick(third, Qt.Key.Key_Down, ALT)
    assert order(line) == ["one", "two", "three"], "at the end it stays"
    third.menu.first.emit()
    assert order(line) == ["three", "one", "two"]
    first.menu.ranks[1].trigger()
    assert order(line) == ["one", "three", "two"]
    assert "High priority" in first.status.text()


def test_a_waiting_clip_is_edited(line: Room) -> None:
    first = rows(line)[0]
    first.menu.edit.emit()
    dialog = line.window.findChild(EditJobDialog)
    assert dialog is not None
    assert dialog.prompt.toPlainText().startswith("one")
    dialog.prompt.setPlainText("a green boat")
    dialog.seed.setValue(77)
    dialog.steps.setValue(3)
    dialog.save.click()
    assert order(line) == ["a green boat", "two", "three"]
    (item,) = [item for item in line.desk.project.media.values() if item.name == "a green boat"]
    assert item.made_from is not None
    assert (item.made_from["prompt"], item.made_from["seed"], item.made_from["steps"]) == ("a green boat", 77, 3)
    line.desk.resume_queue()
    line.idle()
    made = line.desk.item(item.id)
    assert isinstance(made.state, Ready)
    assert made.made_from == item.made_from

    line.window.queue.edit(first.id)
    assert "no longer waiting" in line.window.toasts.texts()[-1]


def test_the_queue_pauses_after_the_clip_or_at_once_and_goes_on(room: Room) -> None:
    bar, desk = room.window.queue, room.desk
    for words in ("slow one", "slow two"):
        room.write(prompt=words, steps=30, seconds=1.0)
        room.window.inspector.generate()
    room.bot.waitUntil(lambda: any(job.step >= 2 for job in desk.jobs()))
    after, now = bar.pause.menu_of_pauses.actions()
    now.trigger()
    room.bot.waitUntil(lambda: [job.state for job in desk.jobs()] == ["waiting", "waiting"])
    room.bot.waitUntil(lambda: bar.summary.whole == "Paused  ·  2 waiting")
    step = max(standing.step for standing in desk._reached.values()) if desk._reached else 0
    steps: list[int] = []
    desk.jobs_changed.connect(
        lambda: steps.extend(job.step for job in desk.jobs() if job.state == "running" and job.step)
    )
    room.bot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    room.bot.waitUntil(lambda: bool(steps))
    assert steps[0] >= max(2, step), "it goes on from where it stood"
    after.trigger()
    room.bot.waitUntil(lambda: "pauses after this clip" in bar.summary.whole)
    room.bot.waitUntil(lambda: [job.state for job in desk.jobs()] == ["done", "waiting"])
    room.bot.waitUntil(lambda: bar.summary.whole == "Paused  ·  1 waiting")
    desk.cancel(desk.jobs()[-1].id)
    desk.resume_queue()


def test_rows_show_what_their_clips_begin_with(room: Room) -> None:
    room.desk.pause_queue()
    room.write(prompt="a ball", steps=2, seconds=1.0, first=picture(room.folder / "first.png"))
    room.window.inspector.generate()
    room.window.queue.fold.setChecked(True)
    (row,) = rows(room)
    assert row.picture._image is not None
    assert row.picture._image.pixelColor(5, 5).red() == 200
    room.desk.cancel(row.id)
    room.desk.resume_queue()


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "about 1 s"), (42.4, "about 42 s"), (150, "about 2 min")])
def test_a_forecast_in_words(seconds: float, words: str) -> None:
    assert about(seconds) == words
