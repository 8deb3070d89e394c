"""Open models in the inspector: what lies in the library can be chosen, and what does not run says why."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from sora_studio.core.time import Size
from sora_studio.ui.panels.engine_chooser import NAME, TIP, EngineChooser
from tests.fakes.checkpoint import SMALL_WAN, paper_checkpoint
from tests.ui.conftest import Room


@pytest.fixture
def models(own_home: None) -> Path:
    return Path(os.environ["SORA_STUDIO_HOME"]) / "data" / "models"


def texts(chooser: EngineChooser) -> list[str]:
    return [chooser.itemText(row) for row in range(chooser.count())]


def shown(room: Room) -> list[str]:
    """The shapes to choose from."""
    buttons = room.window.inspector.shot.aspect.findChildren(QPushButton)
    return [button.text().strip() for button in buttons if button.isVisible()]


def choose(room: Room, name: str) -> None:
    """Open the list and take an engine, as a hand does."""
    chooser = room.window.inspector.shot.expert.engine
    chooser.showPopup()
    row = chooser.findData(name)
    assert row >= 0
    chooser.hidePopup()
    chooser.setCurrentIndex(row)
    chooser.activated.emit(row)


def test_the_list_is_the_library_when_it_is_opened(room: Room, models: Path) -> None:
    room.window.inspector.shot.expert.set_open(True)
    chooser = room.window.inspector.shot.expert.engine
    assert texts(chooser) == ["Built-in sketch model"]
    paper_checkpoint(models / "Wan2.1-T2V-1.3B-Diffusers")
    paper_checkpoint(models / "Somebody" / "Painter", "StableDiffusionPipeline")
    chooser.showPopup()
    assert texts(chooser) == [
        "Built-in sketch model",
        "Wan2.1-T2V-1.3B-Diffusers",
        "Somebody/Painter (does not run)",
    ]
    assert chooser.itemData(1, TIP).startswith("Wan 2.1 text to video. ")
    assert "StableDiffusionPipeline" in chooser.itemData(2, TIP)
    assert chooser.itemData(2, NAME) is None
    assert not chooser.model().flags(chooser.model().index(2, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert chooser.currentData() == room.draft.engine == "sora"
    shutil.rmtree(models)
    chooser.hidePopup()
    chooser.showPopup()
    assert texts(chooser) == ["Built-in sketch model"]
    chooser.hidePopup()


def test_an_engine_brings_its_sizes_steps_and_guidance(room: Room, models: Path) -> None:
    paper_checkpoint(models / "small")
    paper_checkpoint(models / "large", "WanImageToVideoPipeline", SMALL_WAN | {"in_channels": 36})
    shot = room.window.inspector.shot
    shot.expert.set_open(True)
    assert not shot.dimensions.isVisible(), "one size a shape needs no list"
    room.write(size=Size(112, 192))
    choose(room, "small")
    assert room.draft.engine == "small"
    assert room.draft.size == Size(480, 832), "the shape stays"
    assert (room.draft.steps, room.draft.guidance) == (50, 5.0)
    room.bot.waitUntil(lambda: shown(room) == ["16:9", "9:16", "1:1"])
    assert shot.aspect.index == 1
    assert "frames" in shot._frames.whole
    assert not shot.dimensions.isVisible()
    choose(room, "large")
    assert room.draft.size == Size(480, 832)
    assert [shot.dimensions.itemText(row) for row in range(shot.dimensions.count())] == ["480x832", "720x1280"]
    assert shot.dimensions.isVisible()
    shot.dimensions.activated.emit(1)
    assert room.draft.size == Size(720, 1280)
    room.bot.mouseClick(shot.aspect.findChild(QPushButton, "aspect0"), Qt.MouseButton.LeftButton)
    assert room.draft.size == Size(1280, 720), "in about as many pixels"
    choose(room, "sora")
    assert room.draft.size == Size(192, 112)
    assert (room.draft.steps, room.draft.guidance) == (24, 5.0)
    assert not shot.dimensions.isVisible()


def test_what_an_engine_cannot_do_without_is_said_before_anything_is_made(room: Room, models: Path) -> None:
    paper_checkpoint(models / "pictures", "WanImageToVideoPipeline", SMALL_WAN | {"in_channels": 36})
    choose(room, "pictures")
    room.write(prompt="a boat")
    room.window.inspector.generate()
    assert "Give it a first image" in room.desk.notices[-1].text
    assert not room.desk.jobs()
