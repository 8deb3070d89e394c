"""The command palette: everything is found by a few letters, done by Enter, and greyed commands say why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from sora_studio.ui.registry import keys_of
from sora_studio.ui.shell.palette import CommandPalette, score
from tests.ui.conftest import Room

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def opened(room: Room) -> CommandPalette:
    QTest.keyClick(room.window, Qt.Key.Key_P, CTRL_SHIFT)
    palette = room.window.findChild(CommandPalette)
    assert palette is not None
    assert palette.isVisible()
    return palette


def ids(palette: CommandPalette) -> list[str]:
    return [str(palette.list.item(row).data(Qt.ItemDataRole.UserRole)) for row in range(palette.list.count())]


def test_every_command_of_the_window_is_in_the_palette(room: Room) -> None:
    palette = opened(room)
    actions = {*room.window.actions(), *room.window.library.commands.all()}
    assert {room.window.registry[name].action for name in ids(palette)} == actions
    assert len(actions) > 60
    palette.close()


def test_a_few_letters_find_it_and_enter_does_it(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    palette = opened(room)
    QTest.keyClicks(palette.field, "delclo")
    assert ids(palette)[0] == "timeline.ripple_delete"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert not room.desk.timeline.has(clip)


def test_what_was_done_last_stands_first(room: Room) -> None:
    for letters in ("next cut", "zoom to fit"):
        palette = opened(room)
        QTest.keyClicks(palette.field, letters)
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
    palette = opened(room)
    assert ids(palette)[:2] == ["timeline.fit", "monitor.cut_forward"]
    palette.close()


def test_a_greyed_command_says_why_and_stays(room: Room) -> None:
    palette = opened(room)
    QTest.keyClicks(palette.field, "restyle")
    assert ids(palette)[0] == "window.restyle"
    assert palette.hint.text() == "Select one clip first."
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.close()


def test_every_greyed_command_has_a_reason(room: Room) -> None:
    vague = [
        known.id
        for known in room.window.registry.all()
        if not known.action.isEnabled() and known.needs == "This cannot be done right now."
    ]
    assert vague == []


def test_every_verb_of_the_inspector_is_a_command(room: Room) -> None:
    inspector = room.window.inspector
    elsewhere = {inspector.verbs.before, inspector.verbs.after, inspector.verbs.bridge}  # at home in the timeline
    buttons = {button for card in (inspector.verbs, inspector.again) for button in card.findChildren(QPushButton)}
    assert set(room.window.commands.verbs.buttons.values()) == buttons - elsewhere


def test_a_range_is_retaken_without_a_mouse(room: Room) -> None:
    room.write(prompt="a lake", seconds=1.0, steps=2)
    room.desk.generate(room.draft)
    enabled = {name: room.window.actions_by_name[name].isEnabled for name in room.window.commands.verbs.buttons}
    assert enabled["stop_clip"]()
    assert not enabled["again"]()
    room.idle()
    assert enabled["again"]()
    assert not enabled["stop_clip"]()
    assert not enabled["retake"]()
    room.window.monitor.commands["mark_in"].trigger()
    room.desk.seek(5)
    room.window.monitor.commands["mark_out"].trigger()
    assert room.desk.marked is not None
    assert enabled["retake"]()
    palette = opened(room)
    QTest.keyClicks(palette.field, "retake")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert room.desk.undo_text == "Retake"
    room.idle()


def test_arrows_choose_while_letters_are_written(room: Room) -> None:
    palette = opened(room)
    first = palette.current()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.current() is not first
    QTest.keyClicks(palette.field, "qqqqq")
    assert palette.list.count() == 0
    assert palette.hint.text().startswith("No command")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_letters_at_the_beginnings_of_words_count_more() -> None:
    assert score("ztf", "Zoom to fit") > score("ztf", "Azimuth tuft off")
    assert score("xyz", "Zoom to fit") is None


def test_tooltips_follow_the_keys(room: Room) -> None:
    registry = room.window.registry
    registry.use_keys({"timeline.split": ("Ctrl+Shift+9",)})
    split = registry["timeline.split"]
    assert keys_of(split.action) == ("Ctrl+Shift+9",)
    assert "Ctrl+Shift+9" in split.action.toolTip()
    registry.use_keys({})
    assert keys_of(split.action) == split.keys
