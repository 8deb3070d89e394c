"""Four seeds in the window: seen side by side, chosen by key or click, given up by closing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sora_studio.core.media_item import Ready
from sora_studio.ui.dialogs.seeds import SeedsDialog
from tests.ui.conftest import Room


def opened(room: Room, qtbot: QtBot) -> SeedsDialog:
    room.write(prompt="a red balloon", steps=8, seed=None)
    room.window.inspector.shot.four.click()
    dialog = room.window.findChild(SeedsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: room.desk.trial is not None and room.desk.trial.decided, timeout=20_000)
    return dialog


def test_a_key_chooses_the_seed_that_goes_on(room: Room, qtbot: QtBot) -> None:
    dialog = opened(room, qtbot)
    trial = room.desk.trial
    assert trial is not None
    assert not dialog.isModal()
    assert all(words.width() >= words.sizeHint().width() for words in dialog.step.findChildren(QLabel))
    assert "step 2 of 8" in dialog.state.text()
    assert [tile.accessibleName() for tile in dialog.tiles] == [f"Seed {n}: Ready to go on" for n in (1, 2, 3, 4)]
    qtbot.keyClick(dialog, Qt.Key.Key_2)
    assert not dialog.isVisible()
    assert room.desk.trial is None
    room.idle()
    (clip,) = room.desk.timeline.tracks[0].clips
    item = room.desk.item(clip.media)
    assert isinstance(item.state, Ready)
    assert item.made_from is not None
    assert item.made_from["seed"] == trial.contenders[1].seed


def test_a_click_chooses_too_and_four_others_are_other_seeds(room: Room, qtbot: QtBot) -> None:
    dialog = opened(room, qtbot)
    before = room.desk.trial
    assert before is not None
    dialog.step.slider.setValue(5)
    qtbot.mouseClick(dialog.others, Qt.MouseButton.LeftButton)
    after = room.desk.trial
    assert after is not None
    assert after.step == 5
    assert not {one.seed for one in before.contenders} & {one.seed for one in after.contenders}
    qtbot.waitUntil(lambda: room.desk.trial is not None and room.desk.trial.decided, timeout=20_000)
    qtbot.mouseClick(dialog.tiles[3], Qt.MouseButton.LeftButton)
    room.idle()
    assert room.desk.timeline.length > 0


def test_closing_gives_the_trial_up_and_leaves_nothing(room: Room, qtbot: QtBot) -> None:
    dialog = opened(room, qtbot)
    qtbot.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    assert room.desk.trial is None
    assert room.desk.timeline.length == 0
    assert room.desk.jobs() == ()


def test_without_words_the_reason_is_said_and_no_dialog_opens(room: Room) -> None:
    room.write(prompt="")
    room.window.commands.try_seeds()
    assert room.window.findChild(SeedsDialog) is None
    assert "few words" in room.desk.notices[-1].text
