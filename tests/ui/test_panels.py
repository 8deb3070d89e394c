"""The panels: each follows the draft, the selection or the jobs, and writes back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sora_studio.core.looks import shipped_looks
from sora_studio.core.time import Size
from sora_studio.session.views import JobView, Notice
from sora_studio.ui.monitor.words import time_left
from sora_studio.ui.panels.look_art import landscape
from sora_studio.ui.panels.queue_row import QueueRow
from sora_studio.ui.panels.shot import shape_name
from tests.media.test_sound_info import tone
from tests.ui.conftest import Room

LEFT = Qt.MouseButton.LeftButton


def click(room: Room, widget: QWidget) -> None:
    room.bot.mouseClick(widget, LEFT)


def test_generate_waits_for_words_or_a_picture(room: Room) -> None:
    button = room.window.inspector.prompt.button
    assert not button.isEnabled()
    room.write(prompt="   ")
    assert not button.isEnabled()
    room.write(first=room.picture())
    assert button.isEnabled()
    room.write(first=None, prompt="a boat")
    assert button.isEnabled()


def test_the_word_count_says_when_the_engine_reads_less(room: Room) -> None:
    panel = room.window.inspector.prompt
    room.write(prompt="a boat")
    assert panel._count.text() == "2 words"
    room.write(prompt="word " * 200)
    assert "are read" in panel._count.text()


def test_pasted_files_stay_out_of_the_prompt_and_words_come_in_plain(room: Room) -> None:
    from PySide6.QtCore import QMimeData, QUrl

    editor = room.window.inspector.prompt.editor
    rich = QMimeData()
    rich.setHtml("<b>bold</b> words")
    rich.setText("bold words")
    editor.insertFromMimeData(rich)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/tmp/x.png")])
    editor.insertFromMimeData(files)
    assert editor.toPlainText() == "bold words"


def test_a_place_for_a_file_is_filled_by_choosing_and_emptied_by_delete(room: Room, qtbot: QtBot) -> None:
    zone = room.window.inspector.given.first
    room.answers.file = room.picture()
    click(room, zone)
    assert room.draft.first == room.answers.file
    assert zone.file == room.answers.file
    assert zone.findChild(QWidget, "firstImageClear").isVisible()
    zone.setFocus()
    QTest.keyClick(zone, Qt.Key.Key_Delete)
    assert room.draft.first is None
    assert zone.file is None


def test_keep_is_asked_only_when_there_is_a_video_to_keep(room: Room) -> None:
    given = room.window.inspector.given
    assert not given.keep.isVisible()
    room.film("given.mp4")
    room.write(video=room.folder / "given.mp4")
    assert given.keep.isVisible()
    given.keep.slider.setValue(8)
    assert room.draft.strength == pytest.approx(0.4)


def test_one_look_holds_at_a_time(room: Room) -> None:
    looks = room.window.looks
    room.window.docks.shelves.bring(looks)
    assert [card.look for card in looks.cards if card.isChecked()] == [""]
    click(room, looks.cards[3])
    assert room.draft.look == looks.cards[3].look != ""
    room.write(look="")
    assert [card.look for card in looks.cards if card.isChecked()] == [""]


def test_every_look_has_a_picture_of_its_own() -> None:
    pictures = [landscape(look.name) for look in shipped_looks()] + [landscape(""), landscape("nobody painted this")]
    assert all(isinstance(picture, QImage) and not picture.isNull() for picture in pictures)
    digests = {bytes(picture.constBits()) for picture in pictures}
    assert len(digests) == len(pictures)


def test_the_seed_is_random_until_it_is_locked_rolled_or_typed(room: Room) -> None:
    shot = room.window.inspector.shot
    assert room.draft.seed is None
    assert shot.seed.text() == "Random each time"
    click(room, shot.lock)
    kept = room.draft.seed
    assert kept is not None
    assert shot.lock.isChecked()
    click(room, shot.dice)
    assert room.draft.seed not in (None, kept)
    click(room, shot.lock)
    assert room.draft.seed is None
    shot.seed.setValue(42)
    assert room.draft.seed == 42
    assert shot.lock.isChecked()


def test_shape_length_and_loop_go_into_the_draft(room: Room) -> None:
    shot = room.window.inspector.shot
    click(room, shot.aspect.findChild(QWidget, "aspect2"))
    shot.length.setValue(6)
    shot.loop.setChecked(True)
    assert room.draft.size.height > room.draft.size.width
    assert room.draft.seconds == 6
    assert room.draft.loop
    assert "parts" in shot._frames.whole


def test_the_expert_fold_holds_what_a_first_clip_does_not_need(room: Room) -> None:
    fold = room.window.inspector.shot.expert
    assert not fold.negative.isVisible()
    fold.set_open(True)
    assert fold.negative.isVisible()
    fold.negative.setText("blur")
    fold.guidance.slider.setValue(13)
    assert room.draft.negative == "blur"
    assert room.draft.guidance == 6.5
    assert fold.engine.currentData() == room.draft.engine


@pytest.mark.parametrize(
    ("size", "name"), [(Size(192, 112), "16:9"), (Size(144, 144), "1:1"), (Size(112, 192), "9:16")]
)
def test_shapes_have_their_usual_names(size: Size, name: str) -> None:
    assert shape_name(size) == name


def test_verbs_follow_the_selection(room: Room) -> None:
    verbs = room.window.inspector.verbs
    first, second = room.film("a.mp4"), room.film("b.mp4")
    assert not verbs.isVisible()
    room.desk.select(first)
    assert verbs.isVisible()
    assert verbs.after.isVisible()
    assert not verbs.bridge.isVisible()
    assert not verbs.vary.isEnabled()  # it was not generated
    room.desk.select(second, first)
    assert verbs.bridge.isVisible()
    assert not verbs.after.isVisible()
    assert verbs.name.whole == "a → b"
    room.desk.select(first, second, room.film("c.mp4"))
    assert not verbs.bridge.isVisible()
    assert "3 clips" in verbs.name.whole
    room.desk.select()
    assert not verbs.isVisible()


def test_extend_makes_a_clip_behind_with_the_same_prompt(room: Room) -> None:
    room.write(prompt="hills", steps=4)
    clip = room.film()
    room.desk.select(clip)
    verbs = room.window.inspector.verbs
    verbs.seconds.setValue(1)
    click(room, verbs.after)
    assert room.desk.asked == [("extend", clip, 1.0, False)]
    assert len(room.desk.timeline.tracks[0].clips) == 2
    room.idle()
    room.desk.select(room.desk.timeline.tracks[0].clips[1].id)
    assert verbs.vary.isEnabled()
    room.write(prompt="something else", seed=7)
    click(room, verbs.again)
    assert room.draft.prompt == "hills"


def test_a_verb_that_is_refused_says_why_and_asks_nothing(room: Room) -> None:
    room.write(prompt="x" * 30_000)
    room.window.inspector.generate()
    assert "longer than" in room.window.toasts.texts()[0]
    assert room.desk.timeline.length == 0


def test_the_queue_says_what_is_under_way_and_why_something_failed(room: Room) -> None:
    bar = room.window.queue
    assert bar.summary.whole == "Queue is empty"
    room.write(prompt="slow fail", steps=40, seconds=1.0)  # fails after a second: time to be seen under way
    room.window.inspector.generate()
    assert bar.stop.isVisible() or "waiting" in bar.summary.whole
    room.idle()
    assert "failed" in bar.summary.whole
    bar.fold.setChecked(True)
    (row,) = bar.findChildren(QueueRow)
    assert row.again.isVisible()
    assert not row.stop.isVisible()
    assert "Ask for something else" in row.status.text()


def test_a_failed_job_is_dismissed_by_pointer_and_key_and_its_clip_stays(room: Room) -> None:
    bar = room.window.queue
    bar.fold.setChecked(True)
    for words in ("fail one", "fail two"):
        room.write(prompt=words, steps=2, seconds=1.0)
        room.window.inspector.generate()
    room.idle()
    clips = room.desk.timeline.tracks[0].clips
    one, two = sorted(bar.findChildren(QueueRow), key=lambda row: row.title.whole)
    assert one.away.accessibleName() == "Dismiss fail one"
    click(room, one.away)
    room.bot.waitUntil(lambda: bar.findChildren(QueueRow) == [two])
    two.setFocus()
    room.bot.keyClick(two, Qt.Key.Key_Delete)
    room.bot.waitUntil(lambda: bar.findChildren(QueueRow) == [])
    assert room.desk.timeline.tracks[0].clips == clips
    assert len(clips) == 2


def test_a_running_job_is_cancelled_from_the_bar_and_made_again_from_its_row(room: Room) -> None:
    bar = room.window.queue
    room.write(prompt="endless", steps=4, seconds=1.0)
    room.window.inspector.generate()
    room.bot.waitUntil(bar.stop.isVisible, timeout=20_000)
    click(room, bar.stop)
    room.idle()
    (job,) = room.desk.jobs()
    assert job.state == "cancelled"
    bar.fold.setChecked(True)
    click(room, bar.findChildren(QueueRow)[0].again)
    room.bot.waitUntil(lambda: any(job.active for job in room.desk.jobs()), timeout=20_000)


def test_the_queue_puts_what_runs_first_and_what_ended_last(room: Room) -> None:
    bar = room.window.queue
    views = (
        JobView("old", "old", "done", "Done in 2 s", 1.0),
        JobView("new", "new", "failed", "Failed", error="No."),
        JobView("run", "run", "running", "Step 3 of 24", 3 / 24, 4.0),
        JobView("next", "next", "waiting", "Waiting"),
    )
    bar.fold.setChecked(True)
    for view in views:
        bar._add(view)
    bar._order(views)
    rows = sorted(bar.findChildren(QueueRow), key=lambda row: bar._column.indexOf(row))
    assert [row.id for row in rows] == ["run", "next", "new", "old"]
    room.bot.waitUntil(lambda: [row.id for row in sorted(rows, key=lambda row: row.y())] == [row.id for row in rows])


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.3, "almost done"), (42.4, "42 s left"), (150, "2 min left")]
)
def test_time_left_in_words(seconds: float | None, words: str) -> None:
    assert time_left(seconds) == words


def test_notices_stack_say_a_thing_once_and_go(room: Room, qtbot: QtBot) -> None:
    toasts = room.window.toasts
    for text in ("one", "two", "two", "three", "four", "five"):
        room.desk.noticed.emit(Notice("info", text))
    assert toasts.texts() == ("two", "three", "four", "five")
    shown = toasts._shown
    assert all(upper.geometry().bottom() < lower.y() for upper, lower in pairwise(shown))
    assert shown[-1].geometry().bottom() < room.window.queue.mapTo(room.window, room.window.queue.rect().topLeft()).y()
    click(room, shown[0].findChild(QWidget, "toastClose"))
    assert toasts.texts() == ("three", "four", "five")


def test_a_notice_is_as_high_as_its_words(room: Room) -> None:
    room.desk.noticed.emit(Notice("error", "A long sentence that says what happened and what to do. " * 3))
    words = room.window.toasts._shown[-1].text
    assert words.height() >= words.heightForWidth(words.width()) > 2 * words.fontMetrics().height()


def test_a_notice_may_offer_an_act(room: Room) -> None:
    acted: list[str] = []
    room.window.toasts.show(Notice("info", "Written"), ("Show in folder", lambda: acted.append("shown")))
    click(room, room.window.toasts._shown[0].findChild(QWidget, "toastAct"))
    assert acted == ["shown"]


def test_dragged_files_are_told_what_will_happen(room: Room, drop: Callable[..., bool]) -> None:
    drop(room.window, room.picture())
    assert room.window.drops.hints.text == ""
    assert room.window.drops.hints.veil.accessibleName() == "Add to the timeline"


def test_a_sound_is_called_a_sound_and_offers_no_pictures(room: Room) -> None:
    media = room.desk.import_media(tone(room.folder / "song.wav", 0.5))
    room.desk.select(room.desk.place(media, room.desk.timeline.of_kind("audio")[0], 0))
    inspector = room.window.inspector
    assert inspector.verbs.note.text() == "0.5 s · Sound"
    verbs = inspector.verbs
    for part in (verbs.before, verbs.after, verbs.restyle, verbs.loop, verbs.vary, verbs.again, verbs.keep):
        assert not part.isVisible()
    assert not verbs.twice.isVisible()
    assert not inspector.again.isVisible()
    room.desk.select(room.film())
    assert verbs.after.isEnabled()
    assert verbs.again.isVisible()
    assert inspector.again.isVisible()
