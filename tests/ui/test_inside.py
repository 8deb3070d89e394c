"""The Inside view under mouse and keys: steps, frames, words, blocks, tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sora_studio.core.language import tr
from sora_studio.ui.inside.dialog import InsideDialog
from sora_studio.ui.inside.heat import heat_image, relative
from tests.ui.conftest import Room

PROMPT = "a red balloon"


@pytest.fixture
def looked(room: Room, qtbot: QtBot) -> Iterator[InsideDialog]:
    """A made clip of six steps, and its Inside view once all steps are there."""
    room.write(prompt=PROMPT, steps=6, seed=3)
    room.window.inspector.generate()
    room.idle()
    action = room.window.actions_by_name["look_inside"]
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    dialog = room.window.findChild(InsideDialog)
    assert dialog is not None
    dialog.resize(1200, 620)
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: room.desk.inside is not None and room.desk.inside.over, timeout=20_000)
    yield dialog
    dialog.close()


def shown(dialog: InsideDialog) -> list[QImage]:
    images = [pane.image for pane in dialog.panes]
    assert all(images)
    return [image.copy() for image in images if image is not None]


def point(dialog: InsideDialog, x: float, y: float, pane: int = 1) -> None:
    """Move the pointer to a part of the picture, 0..1."""
    place = dialog.panes[pane].place()
    at = QPointF(place.left() + x * place.width(), place.top() + y * place.height())
    none = Qt.MouseButton.NoButton
    there = QPointF(dialog.panes[pane].mapToGlobal(at))
    move = QMouseEvent(QEvent.Type.MouseMove, at, there, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(dialog.panes[pane], move)


def test_the_step_slider_goes_through_the_steps(looked: InsideDialog, qtbot: QtBot) -> None:
    assert "6 steps" in looked.state.text()
    assert looked.step.slider.maximum() == 6
    assert looked.step.value == 6, "it went along with the newest"
    last = shown(looked)
    looked.step.slider.setFocus()
    qtbot.keyClick(looked.step.slider, Qt.Key.Key_Home)
    assert looked.seen is not None
    assert looked.seen.step == 1
    first = shown(looked)
    assert first[0] != last[0]
    assert first[1] != last[1]
    assert first[2] == last[2], "the result is the same at every step"
    looked.frame.slider.setFocus()
    qtbot.keyClick(looked.frame.slider, Qt.Key.Key_End)
    assert shown(looked)[2] != first[2]


def test_a_word_lights_where_the_picture_attends_to_it(looked: InsideDialog, qtbot: QtBot) -> None:
    assert [button.text() for button in looked.words.buttons] == PROMPT.split()
    assert all(pane.heat is None for pane in looked.panes)
    looked.block.setFocus()
    qtbot.keyClick(looked.block, Qt.Key.Key_Down)
    assert looked.block.currentText() == tr("Block {number}", number=1)
    qtbot.mouseClick(looked.words.buttons[2], Qt.MouseButton.LeftButton)
    heat = looked.panes[1].heat
    assert heat is not None
    assert looked.panes[0].heat is None, "the noise is left as it is"
    dark = [heat.pixelColor(x, 0).alphaF() * (1 - heat.pixelColor(x, 0).lightnessF()) for x in range(heat.width())]
    assert dark.index(min(dark)) == 2, "the third word owns the third column in the first block"
    qtbot.mouseClick(looked.words.buttons[0], Qt.MouseButton.LeftButton)
    assert [button.isChecked() for button in looked.words.buttons] == [True, False, False]
    assert looked.panes[1].heat != heat
    qtbot.mouseClick(looked.words.buttons[0], Qt.MouseButton.LeftButton)
    assert looked.panes[1].heat is None, "a second click lets it go"


def test_the_subject_lights_where_the_network_sees_it(looked: InsideDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(looked.words.buttons[1], Qt.MouseButton.LeftButton)
    looked.subject.click()
    assert not any(button.isChecked() for button in looked.words.buttons), "one light at a time"
    heat = looked.panes[1].heat
    assert heat is not None
    assert looked.panes[0].heat is None
    rows = [heat.pixelColor(0, y).lightnessF() * heat.pixelColor(0, y).alphaF() for y in range(heat.height())]
    assert rows.index(max(rows)) == heat.height() - 1
    assert max(rows) > max(rows[:-1])
    point(looked, 0.05, 0.97)
    assert "100 % sure" in looked.readout.whole
    qtbot.mouseClick(looked.words.buttons[1], Qt.MouseButton.LeftButton)
    assert not looked.subject.isChecked()
    assert looked.panes[1].heat != heat


def test_a_token_under_the_pointer_is_told(looked: InsideDialog, qtbot: QtBot) -> None:
    looked.frame.slider.setValue(2)
    point(looked, 5.5 / 12, 3.5 / 7)
    said = looked.readout.whole
    assert "t 1, y 3, x 5" in said
    assert "frames 2 to 5" in said
    assert "80 to 95 across" in said
    assert "48 to 63 down" in said
    qtbot.mouseClick(looked.words.buttons[1], Qt.MouseButton.LeftButton)
    looked.block.setCurrentIndex(2)
    point(looked, 1.5 / 12, 3.5 / 7, pane=2)
    assert "t 1, y 3, x 1" in looked.readout.whole
    assert "20.0 %" in looked.readout.whole, "in the second block five tokens share alike"
    looked.frame.slider.setValue(1)
    assert "t 0" in looked.readout.whole
    assert "frame 1," in looked.readout.whole


def test_the_grid_is_drawn_on_demand(looked: InsideDialog, qtbot: QtBot) -> None:
    def painted() -> QImage:
        return looked.panes[2].grab().toImage()

    plain = painted()
    qtbot.mouseClick(looked.grid, Qt.MouseButton.LeftButton, pos=QPoint(8, looked.grid.height() // 2))
    assert looked.grid.isChecked()
    assert painted() != plain


def test_closing_ends_the_look_and_it_can_be_had_again(looked: InsideDialog, room: Room, qtbot: QtBot) -> None:
    before = room.desk.timeline
    qtbot.mouseClick(looked.leave, Qt.MouseButton.LeftButton)
    assert not looked.isVisible()
    assert room.desk.inside is None
    assert room.desk.timeline == before
    clip = before.tracks[0].clips[0]
    item = room.window.timeline.view.tracks.item(clip.id)
    assert item is not None
    actions = room.window.timeline.commands.menu_for(item.sceneBoundingRect().center())
    action = next(one for one in actions if one is not None and "inside" in one.text())
    action.trigger()
    assert looked.isVisible()
    assert room.desk.inside is not None
    qtbot.waitUntil(lambda: room.desk.inside is not None and room.desk.inside.over, timeout=20_000)


def test_what_was_not_made_here_cannot_be_looked_into(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    action = room.window.actions_by_name["look_inside"]
    assert not action.isEnabled()
    action = room.window.registry["window.look_inside"].action
    menus = {menu.objectName(): menu for menu in room.window.top.menus.findChildren(QMenu)}
    assert action in menus["menuView"].actions()


def test_an_error_is_said_in_the_view(room: Room, qtbot: QtBot) -> None:
    room.write(prompt=PROMPT, steps=2)
    room.window.inspector.generate()
    room.idle()
    item = next(iter(room.desk.project.media.values()))
    assert item.made_from is not None
    room.desk._keep(replace(item, made_from={**item.made_from, "prompt": "fail"}))
    room.window.commands.look_inside(item.id)
    dialog = room.window.findChild(InsideDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: "cannot paint this" in dialog.readout.whole, timeout=20_000)
    dialog.close()


def test_an_even_map_is_even_light() -> None:
    assert np.all(relative(np.full((1, 2, 3), 0.25, np.float32)) == 0.5)
    image = heat_image(np.array([[0.0, 1.0]], np.float32))
    assert image.pixelColor(0, 0).alphaF() > 0.6
    assert image.pixelColor(0, 0).lightnessF() < 0.05
    assert image.pixelColor(1, 0).lightnessF() > 0.5
    assert image.pixelColor(1, 0).alphaF() < 0.5
