"""Prompt history, phrases, wildcards, the lane of given frames, and what the Expert fold remembers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sora_studio.session.draft import Keyframe
from sora_studio.session.prompt_book import EngineChoice, EngineChoices
from sora_studio.session.wordlists import lists_folder
from sora_studio.ui.panels.given_lane import LaneAxis
from tests.ui.conftest import Room

ALT = Qt.KeyboardModifier.AltModifier


def filled(menu: QMenu) -> dict[str, QAction]:
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions()}


def send(room: Room, prompt: str) -> None:
    room.write(prompt=prompt, steps=1, seconds=0.5)
    room.window.inspector.generate()
    room.idle()


# words


def test_keys_go_through_the_prompts_that_were_sent(room: Room, qtbot: QtBot) -> None:
    for prompt in ("a boat", "a cat"):
        send(room, prompt)
    clip = room.desk.selection
    editor = room.window.inspector.prompt.editor
    room.write(prompt="half a thought")
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Up, ALT)
    assert room.draft.prompt == "a cat"
    qtbot.keyClick(editor, Qt.Key.Key_Up, ALT)
    qtbot.keyClick(editor, Qt.Key.Key_Up, ALT)
    assert room.draft.prompt == "a boat"
    qtbot.keyClick(editor, Qt.Key.Key_Down, ALT)
    qtbot.keyClick(editor, Qt.Key.Key_Down, ALT)
    assert room.draft.prompt == "half a thought", "what was being written comes back"
    assert room.desk.selection == clip
    assert room.desk.timeline.find(clip[0])[0] == 0, "no clip moved to another track"
    menu = filled(room.window.inspector.tools.history.menu())
    menu["a boat"].trigger()
    assert room.draft.prompt == "a boat"
    editor.undo()
    assert room.draft.prompt == "half a thought"


def test_phrases_take_each_others_place(room: Room) -> None:
    room.write(prompt="a boat at sea")
    tools = room.window.inspector.tools
    filled(tools.kinds["Camera"].menu())["Pan left"].trigger()
    assert room.draft.prompt == "a boat at sea, the camera pans left"
    assert tools.kinds["Camera"].isChecked()
    filled(tools.kinds["Light"].menu())["Night"].trigger()
    actions = filled(tools.kinds["Camera"].menu())
    assert [text for text, action in actions.items() if action.isChecked()] == ["Pan left"]
    actions["Still"].trigger()
    assert room.draft.prompt == "a boat at sea, static camera, at night"


def test_wildcards_are_offered_and_what_was_sent_is_seen(room: Room) -> None:
    lists_folder().mkdir(parents=True)
    (lists_folder() / "animals.txt").write_text("cat\n")
    room.write(prompt="a ", seed=3)
    room.window.inspector.prompt.editor.moveCursor(room.window.inspector.prompt.editor.textCursor().MoveOperation.End)
    filled(room.window.inspector.tools.wildcards.menu())["A line of the list “animals”"].trigger()
    assert room.draft.prompt == "a __animals__"
    room.write(steps=1, seconds=0.5)
    room.window.inspector.generate()
    room.idle()
    assert room.window.inspector.verbs.name.whole.startswith("a cat")


# given frames


def lane_of(room: Room) -> LaneAxis:
    axis = room.window.inspector.lane.axis
    room.window.inspector.lane.show()
    QApplication.processEvents()
    return axis


def test_a_drop_on_the_lane_gives_a_picture_at_its_time(room: Room) -> None:
    room.write(seconds=2.0)
    axis = lane_of(room)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(room.picture()))])
    at, buttons, keys = axis.x_of(1.0), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(axis, QDragEnterEvent(QPoint(round(at), 20), copy, data, buttons, keys))
    QApplication.sendEvent(axis, QDropEvent(QPointF(at, 20), copy, data, buttons, keys))
    assert room.draft.given == (Keyframe(1.0, room.folder / "photo.png"),)
    assert "photo.png at 1.00 s" in axis.accessibleDescription()
    assert room.window.inspector.lane.strength.isVisible(), "what was dropped is picked"


def test_items_are_moved_by_hand_and_by_keys(room: Room, qtbot: QtBot) -> None:
    photo = room.picture()
    room.write(seconds=2.0, given=(Keyframe(0.5, photo),))
    axis = lane_of(room)
    qtbot.mousePress(axis, Qt.MouseButton.LeftButton, pos=QPoint(round(axis.x_of(0.5)), 20))
    qtbot.mouseMove(axis, QPoint(round(axis.x_of(1.5)), 20))
    qtbot.mouseRelease(axis, Qt.MouseButton.LeftButton, pos=QPoint(round(axis.x_of(1.5)), 20))
    assert room.draft.given == (Keyframe(1.5, photo),)
    axis.setFocus()
    qtbot.keyClick(axis, Qt.Key.Key_Left)
    assert room.draft.given == (Keyframe(1.375, photo),)
    qtbot.keyClick(axis, Qt.Key.Key_Minus)
    assert room.draft.given == (Keyframe(1.375, photo, 0.95),)
    room.window.inspector.lane.strength.slider.setValue(8)
    assert room.draft.given == (Keyframe(1.375, photo, 0.4),)
    qtbot.keyClick(axis, Qt.Key.Key_Delete)
    assert room.draft.given == ()
    assert not room.window.inspector.lane.strength.isVisible()


def test_the_first_picture_that_moves_becomes_a_keyframe_and_is_sent(room: Room, qtbot: QtBot) -> None:
    photo = room.picture()
    room.write(prompt="a boat", seconds=2.0, first=photo, steps=1)
    axis = lane_of(room)
    axis.setFocus()
    qtbot.keyClick(axis, Qt.Key.Key_Down)
    qtbot.keyClick(axis, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert room.draft.first is None
    assert room.draft.given == (Keyframe(1.0, photo),)
    room.window.inspector.generate()
    room.idle()
    recipe = room.desk.item(room.desk.timeline.tracks[0].clips[0].media).made_from
    assert recipe is not None
    assert [(given["at"], given["strength"]) for given in recipe["given"]] == [(8, 1.0)]


# the fold


def test_draft_and_fine_set_the_steps_of_the_engine(room: Room) -> None:
    fold = room.window.inspector.shot.expert
    caps = room.desk.engines()[0]
    fold.set_open(True)
    fold.mode.chosen.emit(0)
    assert room.draft.steps == caps.draft_steps
    assert room.draft.guidance == caps.guidance
    assert fold.mode.index == 0
    assert "changed" in fold.steps.slider.accessibleDescription()
    assert fold.reset.isEnabled()
    fold.mode.chosen.emit(1)
    assert (room.draft.steps, room.draft.guidance) == (caps.steps, caps.guidance)
    assert not fold.reset.isEnabled()
    room.write(guidance=7.5)
    fold.mode.chosen.emit(0)
    assert room.draft.guidance == 7.5, "what was chosen stays"


def test_what_is_set_is_remembered_for_the_engine_and_reset_in_one_click(room: Room, qtbot: QtBot) -> None:
    fold = room.window.inspector.shot.expert
    fold.set_open(True)
    room.write(steps=11, guidance=6.5, negative="text")
    qtbot.waitUntil(lambda: EngineChoices().of("sora") == EngineChoice(11, 6.5, "text"))
    assert fold._names["Avoid"].accessibleName() == "Avoid, changed"
    again = Room(qtbot, room.folder / "again", room.desk._queue)
    assert (again.draft.steps, again.draft.guidance, again.draft.negative) == (11, 6.5, "text")
    again.close()
    qtbot.mouseClick(fold.reset, Qt.MouseButton.LeftButton)
    caps = room.desk.engines()[0]
    assert room.draft == replace(room.draft, steps=caps.steps, guidance=caps.guidance, negative="")
    fold.keep()
    assert EngineChoices().of("sora") is None
