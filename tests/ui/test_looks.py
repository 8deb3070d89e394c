"""The page of looks: chosen, made, changed, sent, taken in, deleted and brought back; tried on a clip, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from sora_studio.core.looks import load_look
from sora_studio.core.phrasing import Phrase
from sora_studio.core.request import Lora
from sora_studio.session.session import Session
from sora_studio.ui.looks.card import LookCard
from sora_studio.ui.looks.editor import LookEditor
from sora_studio.ui.looks.panel import LooksPanel
from sora_studio.ui.monitor.comparing import pair_at
from sora_studio.ui.monitor.shown import Picture
from tests.ui.conftest import Room

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def looks(room: Room, monkeypatch: pytest.MonkeyPatch) -> Iterator[LooksPanel]:
    """The page, with a folder of looks of its own."""
    monkeypatch.setenv("SORA_STUDIO_HOME", str(room.folder / "home"))
    room.window.docks.shelves.bring(room.window.looks)
    yield room.window.looks
    if room.window.looks.desk.editor is not None:
        room.window.looks.desk.editor.reject()


def card(looks: LooksPanel, name: str) -> LookCard:
    return next(card for card in looks.cards if card.look == name)


def click(room: Room, widget: QWidget) -> None:
    room.bot.mouseClick(widget, LEFT)


def editor_of(looks: LooksPanel) -> LookEditor:
    assert looks.desk.editor is not None
    return looks.desk.editor


def written(looks: LooksPanel, room: Room, title: str = "Ink", words: str = "{prompt}, ink on paper") -> LookEditor:
    """The editor of a new look with its first fields filled."""
    click(room, looks.fresh)
    editor = editor_of(looks)
    editor.title.setText(title)
    editor.template.setPlainText(words)
    return editor


def test_a_look_is_chosen_and_brings_how_much_it_keeps(room: Room, looks: LooksPanel) -> None:
    room.write(strength=0.1)
    click(room, card(looks, "watercolour"))
    assert room.draft.look == "watercolour"
    assert room.draft.strength == pytest.approx(0.6)
    assert "watercolour painting" in looks.words.whole
    looks.keep.slider.setValue(6)
    assert room.draft.strength == pytest.approx(0.3)
    click(room, looks.cards[0])
    assert room.draft.look == ""
    assert looks.words.whole == "The words alone"


def test_a_look_of_ones_own_is_made_and_used(room: Room, looks: LooksPanel) -> None:
    editor = written(looks, room)
    editor.negative.setText("colour")
    editor.keep.set_value(35)
    click(room, editor.save)
    assert looks.desk.editor is None
    assert room.draft.look == "ink"
    assert room.draft.strength == pytest.approx(0.35)
    look = room.desk.lookbook.find("ink")
    assert (look.template, look.negative) == ("{prompt}, ink on paper", "colour")
    room.write(prompt="a boat", steps=2, seconds=0.5)
    room.window.inspector.generate()
    recipe = room.desk.item(room.desk.timeline.find(room.desk.selection[0])[1].media).made_from
    assert recipe is not None
    assert recipe["prompt"] == "a boat, ink on paper"
    room.idle()


@pytest.mark.parametrize(
    ("title", "words", "told"), [("", "{prompt}", "needs a title"), ("Ink", "ink on paper", "needs {prompt}")]
)
def test_what_cannot_be_a_look_is_told_and_the_fields_stay(
    room: Room, looks: LooksPanel, title: str, words: str, told: str
) -> None:
    editor = written(looks, room, title, words)
    click(room, editor.save)
    assert told in editor.problem.text()
    assert editor.problem.isVisible()
    assert editor.template.toPlainText() == words
    assert all(room.desk.lookbook.is_own(look.name) is False for look in room.desk.looks())


def test_a_reference_and_loras_are_kept_with_the_look(room: Room, looks: LooksPanel) -> None:
    editor = written(looks, room)
    room.answers.file = room.picture()
    click(room, editor.reference.button)
    assert editor.look.reference
    assert editor.look.picture
    lora = room.folder / "ink.safetensors"
    lora.write_bytes(b"weights")
    room.answers.file = lora
    click(room, editor.loras.add)
    weight = editor.findChild(QWidget, "lookLora0Weight")
    weight.setValue(0.7)  # type: ignore[attr-defined]
    click(room, editor.save)
    look = room.desk.lookbook.find("ink")
    assert look.loras == (Lora(str(lora), 0.7),)
    assert look.reference
    looks.desk.edit("ink")
    click(room, editor_of(looks).findChild(QWidget, "lookLora0Remove"))
    click(room, editor_of(looks).reference.clear)
    click(room, editor_of(looks).save)
    assert room.desk.lookbook.find("ink").loras == ()
    assert room.desk.lookbook.find("ink").reference == b""


def test_a_shipped_look_is_changed_as_a_copy(room: Room, looks: LooksPanel) -> None:
    looks.desk.edit("watercolour")
    assert looks.desk.editor is None
    assert "Duplicate it" in room.window.toasts.texts()[-1]
    looks.desk.duplicate("watercolour")
    editor_of(looks).title.setText("Wet watercolour")
    click(room, editor_of(looks).save)
    assert card(looks, "watercolour-copy").text() == "Wet watercolour"


def test_a_deleted_look_comes_back(room: Room, looks: LooksPanel) -> None:
    click(room, written(looks, room).save)
    menu = looks.desk.menu("ink")
    next(action for action in menu.actions() if action.text() == "Delete").trigger()
    menu.deleteLater()
    assert "ink" not in [one.look for one in looks.cards]
    assert room.draft.look == ""
    toast = next(toast for toast in room.window.toasts._shown if "Ink" in toast.accessibleName())
    click(room, toast.findChild(QWidget, "toastAct"))
    assert card(looks, "ink").text() == "Ink"


def test_a_look_is_sent_and_taken_in(room: Room, looks: LooksPanel) -> None:
    click(room, written(looks, room).save)
    room.answers.file = room.folder / "sent.json"
    looks.desk.export("ink")
    assert load_look(room.folder / "sent.json").title == "Ink"
    looks.desk.remove("ink")
    click(room, looks.take_button)
    assert room.draft.look == "ink"
    (room.folder / "sent.json").write_text('{"title": 3}')
    click(room, looks.take_button)
    assert "“sent.json” is not a look" in room.window.toasts.texts()[-1]


def test_looks_are_commands_of_the_window_that_act_on_the_chosen_one(room: Room, looks: LooksPanel) -> None:
    registry, commands = room.window.registry, looks.commands

    def allowed() -> set[str]:
        return {one.id for one in registry.all() if one.id.startswith("looks.") and one.action.isEnabled()}

    always = {"looks.new", "looks.import"}
    assert allowed() == always
    click(room, card(looks, "oil"))
    assert allowed() == always | {"looks.duplicate", "looks.export"}
    assert "duplicated" in registry["looks.delete"].needs
    room.window.docks.shelves.bring(room.window.library)
    commands["duplicate"].trigger()
    assert looks.isVisible()
    click(room, editor_of(looks).save)
    assert room.draft.look == "oil-copy"
    assert len(allowed()) == len(commands.all())
    room.answers.file = room.folder / "sent.json"
    commands["export"].trigger()
    commands["delete"].trigger()
    assert "oil-copy" not in [one.look for one in looks.cards]
    commands["import"].trigger()
    assert room.draft.look == "oil-copy"
    menu = room.window.top.menus.findChild(QMenu, "menuMedia")
    assert menu is not None
    assert set(commands.all()) <= set(menu.actions())


def test_a_card_gets_its_picture_from_the_monitor_and_from_the_model(room: Room, looks: LooksPanel) -> None:
    click(room, written(looks, room).save)
    looks.desk.picture_from_monitor("ink")
    assert "no picture under the playhead" in room.window.toasts.texts()[-1]
    room.film()
    looks.desk.picture_from_monitor("ink")
    first = room.desk.lookbook.find("ink").picture
    assert first.startswith(b"\xff\xd8")
    room.write(steps=2)
    looks.desk.paint("ink")
    assert card(looks, "ink").busy
    room.bot.waitUntil(lambda: not room.desk.is_painted("ink"), timeout=20_000)
    assert room.desk.lookbook.find("ink").picture not in (b"", first)
    assert not card(looks, "ink").busy
    looks.desk.paint("watercolour")
    assert "shipped" in room.window.toasts.texts()[-1]


def test_the_selected_clip_is_tried_on_and_compared(room: Room, looks: LooksPanel) -> None:
    assert not looks.restyle.isEnabled()
    clip = room.film()
    room.desk.select(clip)
    click(room, card(looks, "oil"))
    assert looks.restyle.isEnabled()
    room.write(steps=2)
    click(room, looks.restyle)
    compare = room.desk.viewing.compare
    assert compare is not None
    assert (compare.a, compare.b) == room.desk.timeline.find(clip)[1].takes
    assert looks.compare.isChecked()
    names = room.window.monitor.header.name
    assert names.whole == "film  |  oil painting"
    room.idle()
    click(room, looks.compare)
    assert room.desk.viewing.compare is None
    assert not looks.compare.isChecked()
    click(room, looks.compare)
    assert room.desk.viewing.compare == compare
    room.desk.vary(clip)
    made = room.desk.timeline.find(clip)[1].takes
    room.desk.viewing.comparing(made[1], made[2])
    assert names.whole == "Take 2  |  Take 3"
    room.idle()


def test_a_trimmed_clip_and_its_take_in_a_look_are_compared_at_the_same_moment(room: Room, looks: LooksPanel) -> None:
    clip = room.film("long.mp4", 39)
    room.desk.trim_head(clip, 25)
    room.write(steps=2)
    room.desk.select(clip)
    click(room, card(looks, "oil"))
    click(room, looks.restyle)
    room.idle()
    compare = room.desk.viewing.compare
    assert compare is not None
    for frame in (25, 37):
        room.desk.seek(frame)
        for shown in (compare.a, compare.b):
            room.desk.show_take(clip, shown)
            before, made = pair_at(room.desk, compare)
            assert isinstance(before, Picture)
            assert isinstance(made, Picture)
            assert before.layers[0].index == frame
            assert made.layers[0].index == (frame - 24) // 3  # the take begins at a whole frame of the model's eight


def test_a_clip_that_was_made_from_words_keeps_them_in_another_look(room: Room, looks: LooksPanel) -> None:
    phrases = (Phrase("time", "at sunset"), Phrase("camera", "the camera is still"))
    room.write(prompt="a small red boat on the wide and quiet evening sea", phrases=phrases, steps=2, seconds=0.5)
    room.desk.generate(room.draft)
    room.idle()
    clip = room.desk.timeline.find(room.desk.selection[0])[1]
    assert clip.name == room.desk.item(clip.media).name == "a small red boat on the wide and quiet…"
    room.desk.vary(clip.id)
    room.idle()
    room.write(prompt="something else", phrases=())
    click(room, card(looks, "oil"))
    click(room, looks.restyle)
    made = room.desk.timeline.find(room.desk.selection[0])[1]
    assert made.name == clip.name
    assert room.window.monitor.header.name.whole == "Before  |  Oil"
    recipe = room.desk.item(made.media).made_from
    assert recipe is not None
    assert recipe["prompt"] == room.desk.lookbook.find("oil").apply(recipe["words"])
    assert recipe["words"] == "a small red boat on the wide and quiet evening sea"
    room.idle()
    click(room, looks.cards[0])
    room.desk.select(clip.id)
    click(room, looks.restyle)  # without a look the words of the prompt are tried
    last = room.desk.item(room.desk.timeline.find(room.desk.selection[0])[1].media)
    assert last.name == "something else"
    room.idle()


def test_cards_are_reached_by_keyboard_and_wrap_with_the_width(room: Room, looks: LooksPanel) -> None:
    room.write(look="")
    looks.cards[0].setFocus()
    QTest.keyClick(looks.cards[0], Qt.Key.Key_Right)
    assert room.draft.look == looks.cards[1].look

    def lines() -> int:
        return len({one.y() for one in looks.cards})

    room.bot.waitUntil(lambda: lines() == -(-len(looks.cards) // 3))
    docks = room.window.docks
    docks.size_docks([docks.library, docks.monitor], [560, 544], Qt.Orientation.Horizontal)
    room.bot.waitUntil(lambda: lines() == 2)


def test_a_folder_of_others_looks_is_read_when_the_window_opens(room: Room, looks: LooksPanel) -> None:
    assert isinstance(room.desk, Session)
    folder = room.desk.lookbook.folder
    folder.mkdir(parents=True)
    (folder / "bad.json").write_text("{")
    click(room, written(looks, room).save)
    assert len(room.desk.lookbook.problems()) == 1
    assert card(looks, "ink")
    kept = room.desk.lookbook.find("ink")
    room.desk.lookbook.keep(replace(kept, title="Indian ink"))
    assert card(looks, "ink").text() == "Indian ink"
