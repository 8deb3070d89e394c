"""Stopping a clip to go on later, in the queue and beside the clip, and decoding a finished one again."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sora_studio.core.media_item import Ready
from sora_studio.ui.panels.queue_row import QueueRow
from tests.ui.conftest import Room


def click(room: Room, widget: QWidget) -> None:
    assert widget.isVisible()
    assert widget.isEnabled()
    room.bot.mouseClick(widget, Qt.MouseButton.LeftButton)


def begun(room: Room) -> None:
    room.write(prompt="slow ball", steps=30, seconds=1.0)
    room.window.inspector.generate()
    room.bot.waitUntil(lambda: any(job.step >= 2 and job.state == "running" for job in room.desk.jobs()))


@pytest.mark.parametrize("place", ["queue", "clip"])
def test_a_running_clip_is_stopped_and_goes_on(room: Room, place: str) -> None:
    bar, card = room.window.queue, room.window.inspector.again
    bar.fold.setChecked(True)
    begun(room)
    (row,) = bar.findChildren(QueueRow)
    click(room, row.pause if place == "queue" else card.hold)
    room.idle()
    (job,) = room.desk.jobs()
    assert job.state == "stopped"
    assert job.goes_on in row.status.text()
    assert bar.summary.whole == "1 stopped: unfold to go on"
    assert bar.kept.text().startswith("Kept to go on or decode again: ")
    assert row.again.isVisible(), "it can be made anew, too"
    assert "Stopped at step" in room.window.inspector.verbs.note.text()
    click(room, row.go_on if place == "queue" else card.go_on)
    room.bot.waitUntil(lambda: any(one.step > job.step for one in room.desk.jobs() if one.state == "running"))
    room.idle()
    (item,) = room.desk.project.media.values()
    assert isinstance(item.state, Ready)
    assert not card.go_on.isVisible()


def test_a_finished_clip_is_decoded_again_until_what_it_left_is_removed(room: Room) -> None:
    bar, card = room.window.queue, room.window.inspector.again
    room.write(prompt="a ball", steps=2, seconds=1.0)
    room.window.inspector.generate()
    room.idle()
    click(room, card.decode)
    room.idle()
    assert len(room.desk.takes(room.desk.selection[0])) == 2
    bar.fold.setChecked(True)
    click(room, bar.forget)
    assert not bar.forget.isVisible()
    assert bar.kept.text() == ""
    assert not card.decode.isVisible()


@pytest.mark.skipif(os.name == "nt", reason="a process is stopped by a POSIX signal")
def test_a_job_that_hangs_says_so_and_is_restarted(room: Room) -> None:
    bar, desk = room.window.queue, room.desk
    bar.fold.setChecked(True)
    begun(room)
    (row,) = bar.findChildren(QueueRow)
    assert not row.afresh.isVisible()
    assert desk._queue._worker is not None
    worker = psutil.Process(desk._queue._worker.pid)
    worker.send_signal(signal.SIGSTOP)
    try:
        desk._stillness._clock = lambda: time.monotonic() + 200
        room.bot.waitUntil(lambda: bar.follow() or row.afresh.isVisible())
        assert row.status.text().startswith("No progress for 3 minutes. Wait if the model is large")
        assert bar.summary.whole.endswith("No progress: unfold to see what to do")
        assert row.pause.isVisible(), "what is there can be kept"
    finally:
        worker.send_signal(signal.SIGCONT)
    click(room, row.afresh)
    # Between the end of the old run and the start of the new one nothing is under way.
    room.bot.waitUntil(
        lambda: all(isinstance(item.state, Ready) for item in desk.project.media.values()), timeout=30_000
    )
    room.idle()
    assert len(desk.project.media) == 1
