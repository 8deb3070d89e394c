"""The editor's tools, driven by real mouse and keyboard events: ripple, roll, slip, slide, copies, dissolves."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QSizeF, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from sora_studio.core.media_item import Ready
from sora_studio.core.timeline import Dissolve
from sora_studio.core.tracks import Switches
from sora_studio.jobs.queue import JobQueue
from sora_studio.ui.timeline.clip_paint import Face
from sora_studio.ui.timeline.dialogs import SoundDialog, SpeedDialog
from sora_studio.ui.timeline.take_switch import Part, parts
from tests.ui.test_timeline_panel import DRAFT, LEFT, NONE, Stage

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier

D = TypeVar("D", bound=QDialog)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Stage]:
    """Two clips of 24 frames that touch: a shows 6 to 30 of its 36 frames at 0, b the same at 24. Snapping is off."""
    made = Stage(qtbot, tmp_path, queue)
    for clip in (made.a, made.b):
        made.desk.trim_head(clip, 6)
        made.desk.trim_tail(clip, -6)
    made.desk.move(made.a, 0, 0)
    made.desk.move(made.b, 0, 24)
    made.panel.commands["snap"].trigger()
    yield made
    made.close()


def take(stage: Stage, key: Qt.Key) -> None:
    stage.bot.keyClick(stage.view, key)


def test_keys_take_up_tools_and_the_strip_shows_them(stage: Stage) -> None:
    keys = {"B": "blade", "R": "ripple", "N": "roll", "Y": "slip", "U": "slide", "A": "forward", "V": "select"}
    for key, name in keys.items():
        stage.bot.keyClick(stage.view, getattr(Qt.Key, f"Key_{key}"))
        on = [one for one in keys.values() if stage.panel.commands[f"{one}_tool"].isChecked()]
        assert on == [name]


def test_ripple_trims_while_what_follows_stays_attached(stage: Stage) -> None:
    take(stage, Qt.Key.Key_R)
    end = stage.drag(stage.at(20), -5 * 5)
    assert stage.panel.scene.bubble.text.startswith("-00:05")
    item = stage.panel.scene.item(stage.b)
    assert item is not None
    assert item.pos().x() == stage.panel.scene.metrics.x(19)
    assert stage.clip(stage.b)[1] == 24
    stage.drop(end)
    assert stage.clip(stage.a) == (0, 0, 19, 6)
    assert stage.clip(stage.b) == (0, 19, 24, 6)
    assert stage.desk.undo_text == "Ripple trim"


def test_escape_gives_a_ripple_up(stage: Stage) -> None:
    take(stage, Qt.Key.Key_R)
    end = stage.drag(stage.at(20), -5 * 5)
    stage.bot.keyClick(stage.view, Qt.Key.Key_Escape)
    item = stage.panel.scene.item(stage.b)
    assert item is not None
    assert item.pos().x() == stage.panel.scene.metrics.x(24)
    assert not stage.panel.scene.bubble.isVisible()
    stage.drop(end)
    assert stage.clip(stage.b)[1] == 24


def test_rolling_moves_the_cut_within_the_media(stage: Stage) -> None:
    take(stage, Qt.Key.Key_N)
    stage.drop(stage.drag(stage.at(26), 4 * 5))
    assert (stage.clip(stage.a), stage.clip(stage.b)) == ((0, 0, 28, 6), (0, 28, 20, 10))
    stage.drop(stage.drag(stage.at(30), 20 * 5))
    assert stage.clip(stage.a) == (0, 0, 30, 6)


def test_slipping_drags_the_picture_along_and_shows_its_frames(stage: Stage) -> None:
    take(stage, Qt.Key.Key_Y)
    end = stage.drag(stage.at(12), 3 * 5)
    item = stage.panel.scene.item(stage.a)
    assert item is not None
    assert item.face.offset_share == pytest.approx(3 / 36)
    assert "00:00:00:03 – 00:00:01:02" in stage.panel.scene.bubble.text
    stage.drop(end)
    assert stage.clip(stage.a) == (0, 0, 24, 3)
    stage.desk.select(stage.a)
    stage.bot.keyClick(stage.view, Qt.Key.Key_Period, ALT)
    assert stage.clip(stage.a) == (0, 0, 24, 4)


def test_sliding_leaves_the_clip_as_it_is_and_its_neighbour_gives_way(stage: Stage) -> None:
    take(stage, Qt.Key.Key_U)
    stage.drop(stage.drag(stage.at(30), 4 * 5))
    assert (stage.clip(stage.a), stage.clip(stage.b)) == ((0, 0, 28, 6), (0, 28, 24, 6))


def test_forward_takes_everything_from_here_on(stage: Stage) -> None:
    take(stage, Qt.Key.Key_A)
    stage.drop(stage.drag(stage.at(30), 10 * 5))
    assert (stage.clip(stage.a)[1], stage.clip(stage.b)[1]) == (0, 34)
    stage.drop(stage.drag(stage.at(2), 10 * 5))
    assert (stage.clip(stage.a)[1], stage.clip(stage.b)[1]) == (10, 44)


def test_alt_drags_a_copy(stage: Stage) -> None:
    start = stage.at(30)
    stage.press(start, ALT)
    for step in range(1, 7):
        stage.bot.mouseMove(stage.view.viewport(), start + QPoint(50 * step, -12 * step))
    assert stage.panel.scene.bubble.text.startswith("Copy")
    stage.drop(start + QPoint(300, -72))
    assert stage.clip(stage.b)[:2] == (0, 24)
    (copy,) = stage.desk.timeline.tracks[1].clips
    assert (copy.start, copy.length, copy.offset) == (84, 24, 6)
    assert stage.desk.selection == (copy.id,)
    assert stage.desk.undo_text == "Duplicate"


def test_a_locked_track_says_so_and_keeps_its_clips(stage: Stage) -> None:
    stage.desk.switch_track(0, Switches(locked=True))
    for key in (Qt.Key.Key_V, Qt.Key.Key_R, Qt.Key.Key_Y):
        take(stage, key)
        end = stage.drag(stage.at(30), 100)
        assert stage.panel.scene.bubble.text == "Track V1 is locked"
        stage.drop(end)
    assert stage.clip(stage.b) == (0, 24, 24, 6)
    stage.bot.keyClick(stage.view, Qt.Key.Key_Delete)
    assert stage.desk.timeline.has(stage.b)
    assert "locked" in stage.desk.notices[-1].text


def test_ctrl_d_lays_a_dissolve_whose_end_is_dragged_and_a_right_click_removes(stage: Stage) -> None:
    stage.desk.seek(24)
    stage.bot.keyClick(stage.view, Qt.Key.Key_D, CTRL)
    assert stage.desk.timeline.tracks[0].dissolves == (Dissolve(stage.a, stage.b, 12),)
    bow = stage.panel.scene.bows.at(stage.view.scene_at(stage.at(24, dy=50).toPointF()))
    assert bow is not None
    stage.drop(stage.drag(stage.at(30, dx=-3, dy=50), -2 * 5))
    assert stage.desk.timeline.tracks[0].dissolves == (Dissolve(stage.a, stage.b, 8),)
    (remove,) = stage.panel.commands.menu_for(stage.view.scene_at(stage.at(24, dy=50).toPointF()))
    assert remove is not None
    remove.trigger()
    assert stage.desk.timeline.tracks[0].dissolves == ()


def test_the_menu_of_a_cut_offers_a_dissolve(stage: Stage) -> None:
    first = stage.panel.commands.menu_for(stage.view.scene_at(stage.at(24, dx=4).toPointF()))[0]
    assert first is not None
    assert first.text() == "Dissolve on this cut"
    first.trigger()
    assert len(stage.desk.timeline.tracks[0].dissolves) == 1


def test_a_dissolve_without_handles_says_what_to_do(stage: Stage) -> None:
    stage.desk.roll(stage.b, "head", 6)
    stage.desk.seek(30)
    stage.bot.keyClick(stage.view, Qt.Key.Key_D, CTRL)
    assert stage.desk.timeline.tracks[0].dissolves == ()
    assert "Trim the end of “film”" in stage.desk.notices[-1].text


def test_the_speed_dialog_by_key_shows_length_and_makes_one_edit(stage: Stage) -> None:
    stage.desk.select(stage.b)
    stage.bot.keyClick(stage.view, Qt.Key.Key_R, CTRL)
    dialog = _dialog(stage, SpeedDialog)
    assert dialog.seconds.value() == pytest.approx(1.0, abs=0.01)
    dialog.percent.setValue(200)
    assert dialog.seconds.value() == pytest.approx(0.5, abs=0.01)
    dialog.reverse.setChecked(True)
    stage.bot.keyClick(dialog, Qt.Key.Key_Return)
    clip = stage.desk.timeline.find(stage.b)[1]
    assert (clip.speed, clip.length) == (Fraction(-2), 12)
    item = stage.panel.scene.item(stage.b)
    assert item is not None
    assert (item.face.badge, item.face.backwards) == ("-200%", True)
    assert stage.desk.undo_text == "Speed"


def test_fades_are_set_in_seconds_and_escape_changes_nothing(stage: Stage) -> None:
    stage.desk.select(stage.b)
    stage.bot.keyClick(stage.view, Qt.Key.Key_G)
    dialog = _dialog(stage, SoundDialog)
    assert not dialog.gain.isVisible()
    dialog.fade_in.setValue(0.25)
    stage.bot.mouseClick(dialog.accept_button, LEFT)
    assert stage.desk.timeline.find(stage.b)[1].fade_in == 6
    stage.panel.activateWindow()
    stage.bot.waitUntil(stage.panel.isActiveWindow)
    stage.bot.keyClick(stage.view, Qt.Key.Key_G)
    dialog = _dialog(stage, SoundDialog)
    dialog.fade_in.setValue(0.5)
    stage.bot.keyClick(dialog, Qt.Key.Key_Escape)
    assert stage.desk.timeline.find(stage.b)[1].fade_in == 6


def test_a_drag_snaps_to_a_marker_and_shows_the_line(stage: Stage) -> None:
    stage.panel.commands["snap"].trigger()
    stage.desk.seek(60)
    stage.bot.keyClick(stage.view, Qt.Key.Key_M)
    stage.desk.seek(0)
    end = stage.drag(stage.at(30), 35 * 5)
    assert stage.view.hand.line == 60
    stage.drop(end)
    assert stage.clip(stage.b)[1] == 60


def test_lift_and_extract_by_keys(stage: Stage) -> None:
    stage.desk.mark_range(10, 30)
    stage.bot.keyClick(stage.view, Qt.Key.Key_Semicolon)
    assert stage.clip(stage.a) == (0, 0, 10, 6)
    assert stage.clip(stage.b) == (0, 30, 18, 12)
    stage.desk.undo()
    stage.bot.keyClick(stage.view, Qt.Key.Key_Apostrophe)
    assert stage.clip(stage.b) == (0, 10, 18, 12)


def _dialog(stage: Stage, kind: type[D]) -> D:
    QApplication.processEvents()
    found = [one for one in stage.panel.findChildren(kind) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def test_the_takes_of_a_clip_are_gone_through_on_the_clip_and_with_keys(stage: Stage) -> None:
    desk, view, port = stage.desk, stage.view, stage.view.viewport()
    desk.generate(DRAFT)
    stage.bot.waitUntil(lambda: all(isinstance(item.state, Ready) for item in desk.project.media.values()))
    (clip,) = desk.selection
    next_take, item = stage.panel.commands["take_next"], stage.panel.scene.item(clip)
    assert item is not None
    assert item.face.takes is None
    assert not next_take.isEnabled()
    desk.vary(clip, 2)
    takes = [one.id for one in desk.takes(clip)]
    view.zoom(8.0)
    view.reveal(desk.timeline.find(clip)[1])

    def shown() -> int:
        return takes.index(desk.timeline.find(clip)[1].media) + 1

    def press(part: Part) -> None:
        stage.bot.mouseClick(port, LEFT, NONE, view.mapFromScene(item.switch_centre(part)))

    assert shown() == 2
    assert item.face.takes == (2, 3)
    press("next")
    assert shown() == 3
    press("next")
    assert (shown(), item.face.takes) == (1, (1, 3))
    press("previous")
    assert shown() == 3
    assert desk.undo_text == "Another take"
    desk.select(clip)
    stage.bot.keyClick(view, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert shown() == 1
    stage.bot.keyClick(view, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
    assert shown() == 3
    stage.bot.waitUntil(lambda: all(isinstance(one.state, Ready) for one in desk.takes(clip)))
    press("menu")
    menu = stage.panel.findChild(QMenu, "timeline_menu")
    assert menu is not None
    assert "Next take (1 of 3)" in [action.text() for action in menu.actions()]
    menu.close()


def test_a_low_or_narrow_clip_keeps_its_room() -> None:
    face = Face("hills", "1 s", generated=True, takes=(2, 3))
    assert set(parts(QSizeF(200, 60), face)) == {"previous", "menu", "next"}
    assert set(parts(QSizeF(60, 60), face)) == {"menu"}
    assert parts(QSizeF(30, 60), face) == parts(QSizeF(200, 26), face) == {}
