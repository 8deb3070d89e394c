"""The window as a whole: keys, files, projects, layout, and what it must not do."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sora_studio.core.media_item import Ready
from sora_studio.ui.window import MainWindow
from tests.fakes.desk import Desk
from tests.ui.conftest import Room

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
Drop = Callable[..., bool]


def press(room: Room, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """A key to whatever has the focus, as a person presses it."""
    target = QApplication.focusWidget() or room.window
    QTest.keyClick(target, key, modifiers)


def test_the_first_key_goes_into_the_prompt(room: Room) -> None:
    assert QApplication.focusWidget() is room.window.inspector.prompt.editor
    QTest.keyClicks(QApplication.focusWidget(), "a red balloon")
    assert room.draft.prompt == "a red balloon"


def test_ctrl_return_in_the_prompt_makes_a_clip_that_becomes_a_film(room: Room) -> None:
    room.write(steps=4, seconds=1.0)
    QTest.keyClicks(QApplication.focusWidget(), "a red balloon")
    press(room, Qt.Key.Key_Return, CTRL)
    (clip,) = room.desk.timeline.tracks[0].clips
    room.idle()
    assert isinstance(room.desk.item(clip.media).state, Ready)
    assert room.draft.prompt == "a red balloon"


def test_letters_and_keys_stay_in_a_text_field(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    room.window.inspector.prompt.editor.setFocus()
    QTest.keyClicks(QApplication.focusWidget(), "b s v  =q")
    for key in (Qt.Key.Key_Backspace, Qt.Key.Key_Home, Qt.Key.Key_Delete, Qt.Key.Key_Up, Qt.Key.Key_Space):
        press(room, key)
    assert room.draft.prompt == "  s v  ="
    assert room.desk.timeline.has(clip)
    assert not room.window.monitor.player.playing
    assert room.desk.playhead == 0
    assert room.window.timeline.commands["select_tool"].isChecked()


def test_escape_leaves_the_field_and_the_keys_work_again(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    room.window.inspector.prompt.editor.setFocus()
    press(room, Qt.Key.Key_Escape)
    assert room.desk.selection == (clip,)
    press(room, Qt.Key.Key_Right)
    assert room.desk.playhead == 1
    press(room, Qt.Key.Key_Delete)
    assert not room.desk.timeline.has(clip)
    press(room, Qt.Key.Key_Z, CTRL)
    assert room.desk.timeline.has(clip)
    room.desk.select(clip)
    press(room, Qt.Key.Key_Escape)
    assert room.desk.selection == ()


def test_space_presses_the_focused_button_and_plays_elsewhere(room: Room) -> None:
    room.film()
    dice = room.window.inspector.shot.dice
    dice.setFocus()
    press(room, Qt.Key.Key_Space)
    assert room.draft.seed is not None
    assert not room.window.monitor.player.playing
    room.window.timeline.view.setFocus()
    press(room, Qt.Key.Key_Space)
    assert room.window.monitor.player.playing
    press(room, Qt.Key.Key_Space)
    assert not room.window.monitor.player.playing


def test_arrows_move_the_focused_slider_and_not_the_playhead(room: Room) -> None:
    room.film()
    room.desk.seek(5)
    room.window.inspector.shot.expert.set_open(True)
    slider = room.window.inspector.shot.expert.steps.slider
    slider.setFocus()
    steps = room.draft.steps
    press(room, Qt.Key.Key_Right)
    assert room.draft.steps == steps + 1
    assert room.desk.playhead == 5


def test_a_click_on_a_button_leaves_the_focus_where_it_was(room: Room, qtbot: QtBot) -> None:
    room.window.timeline.view.setFocus()
    qtbot.mouseClick(room.window.inspector.shot.dice, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is room.window.timeline.view


def test_no_key_means_two_things(room: Room) -> None:
    actions = [action for action in room.window.actions() if isinstance(action, QAction)]
    keys = Counter(
        key.toString(QKeySequence.SequenceFormat.PortableText) for action in actions for key in action.shortcuts()
    )
    assert [key for key, count in keys.items() if count > 1] == []
    assert len(keys) > 40


def test_every_command_is_in_a_menu(room: Room) -> None:
    listed = {action for menu in room.window.top.menus.actions() for action in menu.menu().actions()}
    assert {action.text() for action in room.window.actions()} - {action.text() for action in listed} == set()


def controls(window: MainWindow) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QProgressBar)
    return [
        child
        for child in window.findChildren(QWidget)
        if isinstance(child, kinds)
        and not isinstance(child, QScrollBar)
        and not child.objectName().startswith("qt_")
        and not isinstance(child.parent(), QAbstractSpinBox | QComboBox)
    ]


def test_every_control_has_a_name_for_code_and_for_a_screen_reader(room: Room) -> None:
    room.write(steps=4, seconds=1.0, prompt="fail")
    room.window.inspector.generate()
    room.idle()
    found = controls(room.window)
    assert len(found) > 60
    assert [child for child in found if not child.objectName()] == []
    nameless = []
    for child in found:
        face = QAccessible.queryAccessibleInterface(child)
        if face is None or not face.text(QAccessible.Text.Name).strip():
            nameless.append(child.objectName())
    assert nameless == []


def test_nothing_is_cut_off_at_the_sides(room: Room) -> None:
    window = room.window
    window.inspector.shot.expert.set_open(True)
    room.film()
    room.desk.select(room.desk.timeline.tracks[0].clips[0].id)
    touched = QAbstractButton | QLineEdit | QAbstractSpinBox | QPlainTextEdit
    for width, height in ((1280, 720), (1600, 1000)):
        window.resize(width, height)
        window.default_layout()
        QApplication.processEvents()
        assert (window.width(), window.height()) == (width, height)
        for column in (window.inspector, window.docks.shelves):
            right = column.mapToGlobal(QPoint(column.width(), 0)).x()
            for child in column.findChildren(QWidget):
                if child.isVisible() and isinstance(child, touched):
                    assert child.mapToGlobal(QPoint(child.width(), 0)).x() <= right, child.objectName()
        assert window.timeline.height() >= 190


def test_a_picture_dropped_anywhere_stands_on_the_timeline(room: Room, drop: Drop) -> None:
    assert drop(room.window, room.picture())
    (clip,) = room.desk.timeline.tracks[0].clips
    assert room.desk.selection == (clip.id,)
    assert drop(room.window.top, room.picture("second.png")) or drop(room.window, room.picture("second.png"))
    assert len(room.desk.timeline.tracks[0].clips) == 2


def test_a_picture_dropped_on_the_first_place_starts_the_clip_and_gives_it_its_shape(room: Room, drop: Drop) -> None:
    import numpy as np

    from sora_studio.media.images import save_png

    tall = room.folder / "tall.png"
    save_png(tall, np.full((96, 54, 3), 90, np.uint8))
    zones = room.window.inspector.given
    assert drop(zones.first, tall)
    assert room.draft.first == tall
    room.bot.waitUntil(lambda: room.draft.size.height > room.draft.size.width)
    assert drop(zones.last, room.picture())
    assert room.draft.last is not None
    assert room.desk.timeline.length == 0
    assert room.window.inspector.prompt.button.isEnabled()


def test_a_refused_file_is_told_why(room: Room, drop: Drop) -> None:
    notes = room.folder / "notes.txt"
    notes.write_text("hello")
    assert drop(room.window, notes)
    assert drop(room.window.inspector.given.video, room.picture())
    told = room.window.toasts.texts()
    assert len(told) == 2
    assert "notes.txt" in told[0]
    assert told[1].startswith("“photo.png” is not a video")
    assert room.desk.timeline.length == 0
    assert room.draft.video is None


def test_a_broken_picture_is_told_why(room: Room, drop: Drop) -> None:
    broken = room.folder / "broken.png"
    broken.write_bytes(b"not a picture")
    drop(room.window.inspector.given.first, broken)
    room.bot.waitUntil(lambda: len(room.window.toasts.texts()) == 1)
    assert "broken.png" in room.window.toasts.texts()[0]


def test_a_dropped_project_folder_is_opened(room: Room, drop: Drop) -> None:
    room.film()
    room.desk.save()
    room.desk.new(room.folder / "other")
    assert room.desk.timeline.length == 0
    assert drop(room.window, room.folder / "project")
    assert room.desk.timeline.length > 0
    assert room.window.windowTitle() == "project — Sora Studio"


def test_projects_are_made_opened_and_saved_in_folders_of_choice(room: Room) -> None:
    act = room.window.actions_by_name
    room.film()
    assert "•" in room.window.windowTitle()
    room.answers.folder = room.folder / "copy"
    act["save_as"].trigger()
    assert (room.folder / "copy" / "project.json").exists()
    assert "•" not in room.window.windowTitle()
    room.answers.folder = room.folder / "fresh"
    act["new"].trigger()
    assert room.desk.timeline.length == 0
    room.answers.folder = room.folder / "copy"
    act["open"].trigger()
    assert room.desk.timeline.length == 24
    room.answers.folder = room.folder
    act["open"].trigger()
    assert len(room.window.toasts.texts()) == 1
    assert room.desk.timeline.length == 24


def test_changing_ones_mind_in_a_file_dialog_changes_nothing(room: Room) -> None:
    for name in ("new", "open", "save_as", "import"):
        room.window.actions_by_name[name].trigger()
    assert len(room.answers.asked) == 4
    assert room.desk.timeline.length == 0


def test_closing_saves_what_was_changed(room: Room) -> None:
    room.film()
    room.window.close()
    assert not room.desk.modified


def test_the_layout_is_remembered(room: Room, qtbot: QtBot) -> None:
    docks = room.window.docks
    docks.size_docks([docks.library, docks.monitor], [420, 684], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    room.window.actions_by_name["show_create"].trigger()
    room.window.queue.fold.setChecked(True)
    room.window.inspector.shot.expert.set_open(True)
    room.window.close()
    again = MainWindow(room.desk, room.layout, room.answers)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    # The screen of the tests is narrower: what that takes is the monitor's.
    assert again.docks.library.width() == 420
    assert not again.inspector.isVisible()
    assert not again.actions_by_name["show_create"].isChecked()
    assert again.queue.fold.isChecked()
    assert again.inspector.shot.expert.is_open
    again.actions_by_name["reset_layout"].trigger()
    assert again.inspector.isVisible()
    again.close()


def test_panels_come_and_go_by_key(room: Room) -> None:
    for name, panel in room.window.panels().items():
        if name in room.window.FOLDED_AT_FIRST:
            room.window.actions_by_name[name].trigger()
            assert panel.isVisible()
        room.window.actions_by_name[name].trigger()
        assert not panel.isVisible()
        room.window.actions_by_name[name].trigger()
        assert panel.isVisible()
    press(room, Qt.Key.Key_4, CTRL)
    assert room.window.queue.list.isVisible()


def test_keys_of_the_timeline_work_while_it_is_hidden(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    room.window.actions_by_name["show_timeline"].trigger()
    room.window.monitor.view.setFocus()
    press(room, Qt.Key.Key_Delete)
    assert not room.desk.timeline.has(clip)


RUN = """
import os, sys, threading
os.environ["SORA_STUDIO_HOME"] = sys.argv[1]
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from sora_studio.jobs.queue import JobQueue
from sora_studio.session.session import Session
from sora_studio.ui import application
queue = JobQueue("tests.fakes.engine:load")
seen = []
def shown():
    queue.warm()
    window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "mainWindow")
    seen.append(window.isVisible())
    QTimer.singleShot(300, window.close)
layout = QSettings(sys.argv[1] + "/layout.ini", QSettings.Format.IniFormat)
code = application.run(lambda post: Session(queue, None, post), shown=shown, layout=layout)
queue.close()
heavy = [name for name in ("torch", "diffusers", "transformers") if name in sys.modules]
print(code, seen, heavy, [t.name for t in threading.enumerate()])
"""


def test_the_program_starts_without_torch_and_ends_without_a_trace(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "0 [True] [] ['MainThread']", done.stderr
    assert done.stderr == ""


def test_a_desk_is_a_session_and_the_window_asks_no_more_of_it(room: Room) -> None:
    assert isinstance(room.window.session, Desk)
