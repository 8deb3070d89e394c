"""How a model fits the machine, in the inspector; another way to run it; and the step down of a job that ran out of
memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from sora_studio.core.manner import told
from sora_studio.core.media_item import Ready
from sora_studio.core.recipe import to_recipe
from sora_studio.core.request import Request
from sora_studio.core.setup import Setup
from sora_studio.core.speed import Speed
from sora_studio.core.time import Size
from sora_studio.session.session import Notice
from sora_studio.ui.panels.engine_chooser import TIP
from sora_studio.ui.panels.queue_row import QueueRow
from tests.fakes.checkpoint import LARGE, paper_checkpoint, paper_weights
from tests.ui.conftest import Room

WAN = "Wan2.1-T2V-1.3B-Diffusers"


@pytest.fixture
def wan(room: Room) -> Room:
    """A window that knows its machine, and a model of a real size on paper."""
    folder = paper_checkpoint(Path(os.environ["SORA_STUDIO_HOME"]) / "data" / "models" / WAN)
    paper_weights(folder, LARGE)
    room.desk.engine_shelf.look_again()
    room.desk._queue.warm("fake")
    room.bot.waitUntil(lambda: room.desk.fitting.machine is not None)
    return room


def test_the_inspector_says_how_the_model_fits_what_is_asked_for(wan: Room) -> None:
    shot, prompt = wan.window.inspector.shot, wan.window.inspector.prompt
    assert not shot.fit.isVisible(), "the built-in model runs everywhere"
    wan.write(engine=WAN, size=Size(832, 480), seconds=5.0)
    assert shot.fit.isVisible()
    assert shot.fit.text().startswith("Tight: a few blocks on the card at a time and decoded in tiles")
    assert prompt.button.accessibleName() == "Generate"
    shot.expert.set_open(True)
    chooser = shot.expert.setup
    assert chooser.isVisible()
    assert chooser.currentText() == "Automatic: what fits best"
    whole = chooser.findText("All on the card")
    chooser.setCurrentIndex(whole)
    chooser.activated.emit(whole)
    assert shot.fit.text() == "Needs 23.9 GB, this card has 11.0 GB free. It can be tried anyway."
    assert shot.fit.property("role") == "warning"
    assert prompt.button.accessibleName() == "Try anyway"
    assert chooser.currentIndex() == whole
    shot.expert.engine.showPopup()
    row = shot.expert.engine.findData(WAN)
    assert shot.expert.engine.itemText(row) == f"{WAN} · too large"
    assert shot.expert.engine.itemData(row, TIP).splitlines()[1] == shot.fit.text()
    shot.expert.engine.hidePopup()
    wan.write(prompt="a boat")
    assert prompt.button.isEnabled(), "it is never forbidden"
    wan.write(engine="sora")
    assert not shot.fit.isVisible()
    assert not chooser.isVisible()
    assert prompt.button.accessibleName() == "Generate"
    wan.write(engine=WAN)
    assert chooser.currentText() == "All on the card", "remembered for the engine"
    chooser.activated.emit(0)
    assert wan.desk.fitting.chosen(WAN) is None


def test_what_makes_the_model_quicker_is_chosen_with_its_cost_and_remembered(wan: Room) -> None:
    shot = wan.window.inspector.shot
    wan.write(engine=WAN, size=Size(832, 480), seconds=5.0)
    shot.expert.set_open(True)
    speed = shot.expert.speed
    assert [speed.box(name).isVisible() for name in ("cache", "compile")] == [True, True]
    assert speed.box("cache").toolTip().endswith("; changes the picture a little.")
    assert speed.attention.count() == 3
    wan.bot.mouseClick(speed.box("cache"), Qt.MouseButton.LeftButton)
    assert wan.desk.fitting.speed(WAN) == Speed(cache=True)
    sage = speed.attention.findData("sage")
    speed.attention.setCurrentIndex(sage)
    speed.attention.activated.emit(sage)
    assert wan.desk.fitting.speed(WAN) == Speed("sage", cache=True)
    assert "Quicker: Step cache (changes the picture a little) and SageAttention" in shot.fit.text()
    chooser = shot.expert.setup
    assert chooser.currentText() == "Automatic: what fits best"
    whole = chooser.findText("All on the card")
    chooser.activated.emit(whole)
    assert chooser.currentIndex() == whole
    wan.write(engine="sora")
    assert not speed.isVisible(), "nothing to choose for the built-in model"
    wan.write(engine=WAN)
    assert speed.box("cache").isChecked()
    assert speed.attention.currentIndex() == sage
    wan.bot.mouseClick(speed.box("cache"), Qt.MouseButton.LeftButton)
    speed.attention.activated.emit(0)
    chooser.activated.emit(0)


def test_a_recipe_brings_its_model_and_how_it_was_run(wan: Room) -> None:
    wan.write(prompt="a boat", engine="sora")
    recipe = to_recipe(Request("a lake", size=Size(832, 480), steps=7, guidance=2.5, engine=WAN))
    inspector, said = wan.window.inspector, list[Notice]()
    wan.desk.noticed.connect(said.append)
    inspector.take_recipe(told(recipe, Setup("card", "bf16", "nf4", speed=Speed("sage", cache=True))))
    assert (wan.draft.engine, wan.draft.prompt, wan.draft.steps, wan.draft.guidance) == (WAN, "a lake", 7, 2.5)
    assert wan.desk.fitting.speed(WAN) == Speed("sage", cache=True)
    assert [notice.text for notice in said] == ["It was made with what this machine does not have: 4-bit weights."]
    inspector.take_recipe({**recipe, "engine": "/models/Wan-of-my-own.gguf"})
    assert wan.draft.engine == WAN
    assert said[-1].text == "Its model “Wan-of-my-own.gguf” is not here: another one takes its place."
    wan.desk.fitting.quicken(WAN, Speed())


def test_a_job_that_ran_out_of_memory_offers_steps_down_and_goes_on_with_one(wan: Room) -> None:
    bar = wan.window.queue
    bar.fold.setChecked(True)
    wan.write(prompt="cramped ball", steps=6, seconds=1.0)
    wan.window.inspector.generate()
    wan.idle()
    (row,) = bar.findChildren(QueueRow)
    assert "Memory ran out while the pictures were decoded." in row.status.text()
    button = row.step_down
    assert button.isVisible()
    assert button.accessibleName() == "Decode in tiles"
    assert button.menu().actions()[0].text() == "Move the model to the card part by part"
    assert button.popupMode() is QToolButton.ToolButtonPopupMode.MenuButtonPopup
    wan.bot.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center() / 2)
    wan.idle()
    (item,) = wan.desk.project.media.values()
    assert isinstance(item.state, Ready)
    assert not any(row.step_down.isVisible() for row in bar.findChildren(QueueRow))
