"""The monitor over a real session, real files and the engine of gradients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from sora_studio.core.engine import Preview
from sora_studio.core.time import Rate
from sora_studio.jobs.queue import JobQueue
from sora_studio.session.draft import Draft
from sora_studio.ui.monitor.panel import MonitorPanel
from sora_studio.ui.monitor.picture import to_image, to_soft_image
from sora_studio.ui.monitor.view import EMPTY
from tests.fakes.desk import Desk, looks, number_of, numbered, picture

NONE = Qt.KeyboardModifier.NoModifier


class Stage:
    """A monitor on a desk."""

    def __init__(self, qtbot: QtBot, folder: Path, queue: JobQueue) -> None:
        self.bot = qtbot
        self.folder = folder
        self.desk = Desk(folder / "project", queue)
        self.panel = MonitorPanel(self.desk)
        self.panel.resize(480, 360)
        qtbot.addWidget(self.panel)
        with qtbot.waitExposed(self.panel):
            self.panel.show()
        self.view = self.panel.view

    def film(self, name: str = "film.mp4", start: int = 0, track: int = 0, rate: Rate = Rate(24)) -> str:
        media = self.desk.import_media(numbered(self.folder / name, rate=rate))
        return self.desk.place(media, track, start)

    def level(self) -> int | None:
        """The grey level in the middle of what is painted; None without a picture."""
        if self.view.image is None:
            return None
        return self.view.grab().toImage().pixelColor(self.view.rect().center()).green()

    def wait_number(self, number: int) -> None:
        """Until frame `number` of a numbered film is on the surface."""
        self.bot.waitUntil(lambda: self.level() is not None and number_of(self.level() or 0) == number, timeout=15_000)

    def pending(self, words: str = "endless") -> str:
        """The medium of a clip that is being made."""
        self.desk.generate(Draft(prompt=words, steps=4))
        return self.desk.timeline.find(self.desk.selection[0])[1].media

    def close(self) -> None:
        self.panel.shutdown()
        self.desk.close()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path, queue)
    yield made
    made.close()


def test_an_empty_timeline_names_the_next_act(stage: Stage) -> None:
    assert stage.view.message is EMPTY
    assert "Ctrl+Enter" in EMPTY.text


def test_the_frame_at_the_playhead_is_shown_exactly(stage: Stage) -> None:
    stage.film()
    stage.wait_number(0)
    for frame in (7, 35, 12, 13, 14, 3):
        stage.desk.seek(frame)
        stage.wait_number(frame)


def test_media_of_another_rate_are_read_by_time_and_trimmed_ones_from_their_offset(stage: Stage) -> None:
    stage.film("first.mp4")
    slow = stage.film("slow.mp4", start=40, rate=Rate(8))
    stage.desk.seek(40 + 3 * 5 + 2)
    stage.wait_number(5)
    stage.desk.trim_head(slow, 9)
    stage.desk.seek(49)
    stage.wait_number(3)


def test_a_gap_is_black_and_what_comes_too_late_is_not_shown(stage: Stage) -> None:
    stage.film()
    stage.film("other.mp4", start=60)
    stage.desk.seek(70)
    stage.desk.seek(45)
    assert stage.view.image is None
    assert stage.view.message is None
    stage.bot.wait(150)
    assert stage.view.image is None


def test_the_highest_track_is_seen(stage: Stage) -> None:
    stage.film()
    still = stage.desk.import_media(picture(stage.folder / "still.png", 240))
    stage.desk.place(still, 1, 0)
    stage.desk.seek(20)
    stage.bot.waitUntil(lambda: (stage.level() or 0) >= 236, timeout=15_000)


def test_a_missing_file_says_which_one(stage: Stage) -> None:
    stage.film()
    stage.wait_number(0)
    (stage.folder / "film.mp4").unlink()
    stage.desk.seek(5)
    assert stage.view.message is not None
    assert "film.mp4" in stage.view.message.text


def test_a_failed_generation_says_why(stage: Stage) -> None:
    stage.pending("fail")
    stage.bot.waitUntil(
        lambda: stage.view.message is not None and "cannot paint" in stage.view.message.text, timeout=20_000
    )


def test_keys_step_and_jump(stage: Stage) -> None:
    stage.film()
    stage.film("other.mp4", start=60)
    bot, panel, desk = stage.bot, stage.panel, stage.desk
    for key, frame in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_Down, 36),
        (Qt.Key.Key_Down, 60),
        (Qt.Key.Key_Up, 36),
        (Qt.Key.Key_End, 95),
        (Qt.Key.Key_Home, 0),
    ):
        bot.keyClick(panel, key)
        assert desk.playhead == frame
    bot.keyClick(panel, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert desk.playhead == 24
    assert panel.transport.timecode.text == "00:00:01:00"


def test_space_plays_pictures_and_pauses(stage: Stage) -> None:
    stage.film()
    stage.wait_number(0)
    stage.bot.keyClick(stage.panel, Qt.Key.Key_Space)
    assert stage.panel.player.playing
    stage.bot.waitUntil(lambda: stage.desk.playhead > 4, timeout=15_000)
    stage.bot.keyClick(stage.panel, Qt.Key.Key_Space)
    assert not stage.panel.player.playing
    stage.wait_number(stage.desk.playhead)


def test_j_k_l_shuttle_and_the_speed_is_shown(stage: Stage) -> None:
    stage.film()
    bot, panel = stage.bot, stage.panel
    bot.keyClick(panel, Qt.Key.Key_L)
    bot.keyClick(panel, Qt.Key.Key_L)
    assert panel.player.speed == 2
    assert panel.transport.speed.text() == "2×"
    bot.keyClick(panel, Qt.Key.Key_K)
    assert not panel.player.playing
    stage.desk.seek(30)
    bot.keyClick(panel, Qt.Key.Key_J)
    assert panel.player.speed == -1
    panel.pause()


def test_buttons_play_and_loop(stage: Stage) -> None:
    stage.film()
    play = stage.panel.findChild(QToolButton, "monitor_play_button")
    loop = stage.panel.findChild(QToolButton, "monitor_loop_button")
    stage.bot.mouseClick(loop, Qt.MouseButton.LeftButton)
    assert stage.panel.player.loop
    stage.bot.mouseClick(play, Qt.MouseButton.LeftButton)
    assert stage.panel.player.playing
    assert play.accessibleName() == "Pause"
    stage.bot.mouseClick(play, Qt.MouseButton.LeftButton)
    assert not stage.panel.player.playing


def test_live_previews_play_in_a_loop_with_progress_until_the_clip_is_made(stage: Stage) -> None:
    levels: set[int | None] = set()
    pills: set[str] = set()

    def look(*_: object) -> None:
        levels.add(stage.level())
        pills.add(stage.view.pill.text if stage.view.pill else "")

    stage.desk.previewed.connect(look)
    media = stage.pending("slow hills")
    assert stage.view.message is not None
    assert stage.view.message.title in ("Waiting", "Starting")
    stage.bot.waitUntil(lambda: stage.desk.media_path(media) is not None, timeout=30_000)
    assert len(levels) >= 3
    assert {"Denoising 1 / 4", "Denoising 4 / 4"} <= {text.split("  ")[0] for text in pills}
    stage.bot.waitUntil(lambda: stage.view.pill is None and stage.view.image is not None, timeout=20_000)


def test_the_newest_preview_moves_by_itself(stage: Stage) -> None:
    media = stage.pending()
    _show(stage, media, Preview(2, 4, looks()))
    seen: set[int | None] = set()

    def enough() -> bool:
        seen.add(stage.level())
        return len(seen) >= 3

    stage.bot.waitUntil(enough, timeout=15_000)


def test_the_step_slider_looks_back_and_stays_there_while_more_steps_come(stage: Stage) -> None:
    media = stage.pending()
    for step, level in ((1, 30), (2, 90), (3, 150)):
        _show(stage, media, Preview(step, 4, looks(1, level=level)))
    slider = stage.panel.steps.slider
    assert stage.panel.steps.isVisible()
    assert slider.value() == slider.maximum()
    slider.setValue(slider.maximum() - 2)
    assert _near(stage.level(), 30)
    assert stage.view.pill is not None
    assert stage.view.pill.text == "Step 1 of 4"
    _show(stage, media, Preview(4, 4, looks(1, level=210)))
    assert _near(stage.level(), 30)
    slider.setValue(slider.maximum())
    assert _near(stage.level(), 210)


def test_selecting_another_clip_leaves_the_forming_one_and_selecting_it_returns(stage: Stage) -> None:
    film = stage.film()
    media = stage.pending()
    forming = stage.desk.selection[0]
    _show(stage, media, Preview(1, 4, looks(1, level=250)))
    assert _near(stage.level(), 250)
    stage.desk.select(film)
    stage.wait_number(0)
    stage.desk.select(forming)
    assert _near(stage.level(), 250)


def test_scrubbing_leaves_a_forming_clip_that_is_selected(stage: Stage) -> None:
    stage.film()
    media = stage.pending()
    _show(stage, media, Preview(1, 4, looks(1, level=250)))
    stage.desk.seek(9)
    stage.wait_number(9)
    assert stage.view.pill is None


def test_looking_back_at_a_finished_clip_and_returning_shows_the_clip_again(stage: Stage) -> None:
    stage.film()
    stage.wait_number(0)
    media = stage.desk.timeline.tracks[0].clips[0].media
    for step, level in ((1, 120), (2, 200)):
        _show(stage, media, Preview(step, 2, looks(1, level=level)))
    slider = stage.panel.steps.slider
    slider.setValue(0)
    assert _near(stage.level(), 120)
    slider.setValue(1)
    assert _near(stage.level(), 200)
    slider.setValue(2)
    stage.wait_number(0)


def test_playing_through_a_forming_clip_shows_its_newest_preview(stage: Stage) -> None:
    stage.film()
    media = stage.pending()
    clip = stage.desk.timeline.find(stage.desk.selection[0])[1]
    _show(stage, media, Preview(1, 4, looks(8, level=60)))
    stage.desk.select()
    stage.panel.player.loop = True
    stage.desk.seek(clip.start)
    stage.panel.play()
    assert stage.view.image is not None
    assert stage.view.pill is None
    stage.panel.pause()


def test_full_screen_takes_the_picture_and_gives_it_back(stage: Stage) -> None:
    panel = stage.panel
    panel.commands["full_screen"].trigger()
    assert stage.view.window() is not panel.window()
    stage.bot.keyClick(stage.view.window(), Qt.Key.Key_Escape)
    assert stage.view.window() is panel.window()
    assert panel.transport.isVisible()
    assert not panel.commands["full_screen"].isChecked()


def test_fit_off_shows_pixel_for_pixel(stage: Stage) -> None:
    stage.film()
    stage.wait_number(0)
    assert stage.view.target().height() == stage.view.height() or stage.view.target().width() == stage.view.width()
    stage.panel.commands["fit"].trigger()
    assert (stage.view.target().width(), stage.view.target().height()) == (96, 64)


def test_every_control_is_named(stage: Stage) -> None:
    for button in stage.panel.findChildren(QToolButton):
        assert button.accessibleName()
        assert button.objectName()
    for action in stage.panel.actions_list():
        assert action.shortcuts(), action.text()


def test_images_take_their_own_memory_and_refuse_what_qt_would_misread() -> None:
    frame = np.full((3, 5, 3), (10, 20, 30), np.uint8)
    image = to_image(frame[:, ::-1])
    frame[:] = 0
    assert image.pixelColor(4, 2).getRgb()[:3] == (10, 20, 30)
    with pytest.raises(ValueError, match="picture"):
        to_image(np.zeros((3, 5), np.uint8))
    soft = to_soft_image(np.zeros((14, 24, 3), np.uint8))
    assert soft.width() == 768
    assert soft.height() == 448


def _show(stage: Stage, media: str, preview: Preview) -> None:
    """A preview as the session would bring it."""
    stage.desk.show_preview(media, preview)


def _near(level: int | None, wanted: int) -> bool:
    return level is not None and abs(level - wanted) <= 2
