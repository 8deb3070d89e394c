"""Weights of phrases in the window: keys raise and lower them, undo takes them back, a tint shows them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from sora_studio.ui.theme import colour
from tests.ui.conftest import Room

CTRL = Qt.KeyboardModifier.ControlModifier


def select(field: QPlainTextEdit, words: str) -> None:
    """Select words of a field, or put the cursor where `|` would stand in them."""
    text = field.toPlainText()
    start = text.index(words)
    cursor = field.textCursor()
    units = len(text[:start].encode("utf-16-le")) // 2
    cursor.setPosition(units)
    cursor.setPosition(units + len(words), QTextCursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)


def tinted(field: QPlainTextEdit) -> list[tuple[str, QColor]]:
    return [(tint.cursor.selectedText(), tint.format.background().color()) for tint in field.extraSelections()]


@pytest.fixture
def field(room: Room) -> QPlainTextEdit:
    made = room.window.inspector.prompt.editor
    made.setFocus()
    return made


def test_keys_weigh_the_word_at_the_cursor(room: Room, field: QPlainTextEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "a boat")
    qtbot.keyClick(field, Qt.Key.Key_Up, CTRL)
    assert room.draft.prompt == "a (boat:1.1)"
    assert field.textCursor().selectedText() == "boat"
    qtbot.keyClick(field, Qt.Key.Key_Up, CTRL)
    assert room.draft.prompt == "a (boat:1.2)"
    field.undo()
    assert room.draft.prompt == "a (boat:1.1)"
    field.undo()
    assert room.draft.prompt == "a boat"
    for _ in range(2):
        qtbot.keyClick(field, Qt.Key.Key_Down, CTRL)
    assert room.draft.prompt == "a (boat:0.8)"
    for _ in range(2):
        qtbot.keyClick(field, Qt.Key.Key_Up, CTRL)
    assert room.draft.prompt == "a boat"


def test_selected_words_are_weighed_behind_wide_signs(room: Room, field: QPlainTextEdit, qtbot: QtBot) -> None:
    room.write(prompt="𝒜 🎈 golden light over hills")
    select(field, "golden light ")
    qtbot.keyClick(field, Qt.Key.Key_Up, CTRL)
    assert room.draft.prompt == "𝒜 🎈 (golden light:1.1) over hills"
    assert field.textCursor().selectedText() == "golden light"
    assert [words for words, _ in tinted(field)] == ["(golden light:1.1)"]


def test_weights_are_seen_in_the_colours_of_the_theme(room: Room, field: QPlainTextEdit) -> None:
    room.write(prompt="(fog:0.5), (light:1.5), a (plain) bracket")
    (less, more) = tinted(field)
    assert (less[0], more[0]) == ("(fog:0.5)", "(light:1.5)")
    assert less[1].rgb() == colour("warn").rgb()
    assert more[1].rgb() == colour("accent").rgb()
    room.write(prompt="fog")
    assert tinted(field) == []


def test_the_count_leaves_weights_out_and_says_what_they_cost(room: Room) -> None:
    count = room.window.inspector.prompt._count
    room.write(prompt="a (golden:1.2) boat (:, fog")
    assert count.text() == "5 words · 1 weighted phrase"
    assert "about 40 % longer" in count.toolTip()
    room.write(prompt="a (golden:1) boat")
    assert count.text() == "3 words"


def test_nothing_to_weigh_is_said(room: Room, field: QPlainTextEdit, qtbot: QtBot) -> None:
    qtbot.keyClick(field, Qt.Key.Key_Up, CTRL)
    assert room.draft.prompt == ""
    assert room.window.queue.status.text() == "Put the cursor into a word of the prompt first"


def test_words_of_a_card_have_weights_too(room: Room, qtbot: QtBot) -> None:
    room.window.actions_by_name["show_storyboard"].trigger()
    qtbot.mouseClick(room.window.storyboard.add, Qt.MouseButton.LeftButton)
    words = room.window.storyboard.cards[-1].words
    qtbot.waitUntil(words.hasFocus)
    qtbot.keyClicks(words, "a boat")
    qtbot.keyClick(words, Qt.Key.Key_Down, CTRL)
    assert words.toPlainText() == "a (boat:0.9)"
    assert [text for text, _ in tinted(words)] == ["(boat:0.9)"]
    assert room.draft.prompt == ""


def test_the_menu_of_wildcards_weighs_too(room: Room, field: QPlainTextEdit) -> None:
    room.write(prompt="a golden boat")
    select(field, "golden")
    menu = room.window.inspector.tools.wildcards.menu()
    menu.aboutToShow.emit()
    {action.text(): action for action in menu.actions()}["Less weight for the words"].trigger()
    assert room.draft.prompt == "a (golden:0.9) boat"
