"""LoRAs in the inspector: chosen or dropped, weighed, woken by their words, and part of what is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QPushButton, QWidget

from sora_studio.core.request import Lora
from tests.ui.conftest import Room
from tests.weights.tables import safetensors

NAMES = ("blocks.0.attn.lora_A.weight", "blocks.0.attn.lora_B.weight")


@pytest.fixture
def ink(room: Room) -> Path:
    return safetensors(room.folder / "ink.safetensors", NAMES, trigger_words="inkwash, brush & water")


def click(room: Room, widget: QWidget | None) -> None:
    assert widget is not None
    room.bot.mouseClick(widget, Qt.MouseButton.LeftButton)


def weight_of(room: Room, number: int) -> QDoubleSpinBox:
    found = room.window.inspector.loras.findChild(QDoubleSpinBox, f"lora{number}Weight")
    assert found is not None
    return found


def test_a_file_is_chosen_weighed_and_woken_by_its_words(room: Room, ink: Path) -> None:
    card = room.window.inspector.loras
    room.write(prompt="a boat at dusk.", seconds=1.0, steps=1)
    room.answers.file = ink
    click(room, card.list.add)
    assert room.draft.loras == (Lora(str(ink)),)
    weight_of(room, 0).setValue(0.6)
    chips = card.findChildren(QPushButton, "loraWord")
    assert [chip.text() for chip in chips] == ["inkwash", "brush && water"]
    click(room, chips[0])
    click(room, chips[0])
    assert room.draft.prompt == "a boat at dusk, inkwash"
    room.window.inspector.generate()
    room.idle()
    (item,) = room.desk.project.media.values()
    assert item.made_from is not None
    assert item.made_from["loras"] == [[str(ink), 0.6]]
    click(room, card.findChild(QWidget, "lora0Remove"))
    assert room.draft.loras == ()
    room.window.inspector.take_over(item.id)
    assert room.draft.loras == (Lora(str(ink), 0.6),)
    assert weight_of(room, 0).value() == 0.6


def test_a_distilled_one_offers_its_steps(room: Room) -> None:
    card = room.window.inspector.loras
    card.take(safetensors(room.folder / "wan_lightx2v_4steps.safetensors", NAMES))
    before = room.draft.steps
    assert before != 4, "nothing is changed unasked"
    chip = card.findChild(QPushButton, "loraSteps")
    assert chip is not None
    assert chip.text() == "Use its 4 steps"
    assert chip.toolTip() == "Made for 4 steps and guidance 1: many times quicker"
    click(room, chip)
    assert (room.draft.steps, room.draft.guidance) == (4, 1.0)


def test_what_is_none_is_said_and_one_file_is_taken_once(room: Room, ink: Path) -> None:
    card = room.window.inspector.loras
    card.take(ink)
    card.take(ink)
    assert len(room.draft.loras) == 1
    for bad, why in ((room.folder / "style.pt", "is a pickle"), (room.folder / "none.safetensors", "holds no LoRA")):
        bad.write_bytes(b"\x80") if bad.suffix == ".pt" else safetensors(bad, ("blocks.0.attn.weight",))
        card.take(bad)
        assert why in room.window.toasts.texts()[-1]
    assert len(room.draft.loras) == 1
    ink.unlink()
    room.write(prompt="a boat")
    room.window.inspector.generate()
    assert "“ink.safetensors” is missing" in room.window.toasts.texts()[-1]
    assert room.desk.timeline.length == 0


def test_files_are_dropped_on_the_window(room: Room, ink: Path, drop: Callable[..., bool]) -> None:
    snow = safetensors(room.folder / "snow.safetensors", NAMES)
    assert drop(room.window.monitor.view, ink, snow)
    room.bot.waitUntil(lambda: len(room.draft.loras) == 2)
    assert [Path(lora.path).name for lora in room.draft.loras] == ["ink.safetensors", "snow.safetensors"]
