"""Keys: editable, free of conflicts in every preset, kept, exported and imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QTabBar
from pytestqt.qtbot import QtBot

from sora_studio.core import language
from sora_studio.core.errors import BadInput
from sora_studio.jobs.queue import JobQueue
from sora_studio.settings.keys import KeyMap, keys_file, load_key_map, read_key_map, write_key_map
from sora_studio.ui.menus import menu_keys
from sora_studio.ui.registry import Known, keys_of
from sora_studio.ui.shell.key_maps import PRESETS, resolved
from sora_studio.ui.shell.shortcuts import ShortcutsDialog
from sora_studio.ui.window import MainWindow
from tests.ui.conftest import Room


@pytest.fixture
def dialog(room: Room) -> ShortcutsDialog:
    room.window.actions_by_name["shortcuts"].trigger()
    made = room.window.findChild(ShortcutsDialog)
    assert made is not None
    return made


def known(room: Room, name: str) -> Known:
    return room.window.registry[name]


def press_new(dialog: ShortcutsDialog, name: str, key: str) -> None:
    dialog.choose(name)
    dialog.keys.setKeySequence(QKeySequence(key))


def test_in_every_preset_a_key_means_one_thing_and_names_are_right(room: Room) -> None:
    registry = room.window.registry
    for preset, wishes in PRESETS.items():
        assert set(wishes) - {one.id for one in registry.all()} == set(), preset
        keys = resolved(registry, KeyMap(preset))
        used = Counter((registry[name].panel, key) for name, several in keys.items() for key in several)
        assert [key for key, count in used.items() if count > 1] == [], preset
        for name, wanted in wishes.items():
            assert keys[name] == wanted, preset
        for key in {key for _, key in used}:
            assert QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) == key
        assert declared_twice(registry.all(), wishes) == [], preset


def declared_twice(commands: Iterable[Known], wishes: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Commands of one reach with the same key. A panel's keys without Ctrl or Alt go before the window's while the
    panel has the focus, all others do not."""
    claims = [(one, key) for one in commands for key in wishes.get(one.id, one.keys)]
    return [
        (one.id, other.id, key)
        for place, (one, key) in enumerate(claims)
        for other, wanted in claims[place + 1 :]
        if key == wanted and (one.panel == other.panel or (not (one.panel and other.panel) and _strong(key)))
    ]


@pytest.fixture(params=language.LANGUAGES)
def told(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Room]:
    """A window in each language."""
    language.use(request.param)
    room = Room(qtbot, tmp_path, queue)
    yield room
    room.close()
    language.use("en")


def letters(window: MainWindow) -> list[str]:
    """The keys that the window's menus, buttons and pages answer to by a letter of their name."""
    texts = [action.text() for action in window.top.menus.actions()]
    texts += [button.text() for button in window.findChildren(QAbstractButton)]
    for bar in window.findChildren(QTabBar):
        texts += [bar.tabText(index) for index in range(bar.count())]
    keys = [QKeySequence.mnemonic(text).toString(QKeySequence.SequenceFormat.PortableText) for text in texts]
    return [key for key in keys if key]


def test_no_command_has_the_key_of_a_menu_in_any_preset_and_language(told: Room) -> None:
    taken = letters(told.window)
    assert len(set(taken)) == len(taken) >= 7
    assert set(menu_keys()) <= set(taken)
    for preset in PRESETS:
        claims = {one.id: PRESETS[preset].get(one.id, one.keys) for one in told.window.registry.all()}
        clashes = [(name, key) for name, keys in claims.items() for key in keys if key in taken]
        assert clashes == []


def test_a_key_that_opens_a_menu_is_not_given_away(room: Room, dialog: ShortcutsDialog) -> None:
    press_new(dialog, "monitor.to_end", "Alt+C")
    assert dialog.note.text() == "⚠ Alt+C opens the menu “Clip”. Press another key."
    assert not dialog.add.isEnabled()
    dialog.give()
    assert keys_of(known(room, "monitor.to_end").action) == ("End",)
    assert resolved(room.window.registry, KeyMap(own={"monitor.to_end": ("Alt+C", "F4")}))["monitor.to_end"] == ("F4",)


def _strong(key: str) -> bool:
    return "Ctrl+" in key or "Alt+" in key


def test_a_new_key_works_at_once_and_at_the_next_start(room: Room, dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    room.film()
    press_new(dialog, "monitor.to_end", "Ctrl+Alt+9")
    assert dialog.note.text() == "Ctrl+Alt+9 is free."
    dialog.add.click()
    dialog.accept()
    room.window.activateWindow()
    qtbot.waitUntil(room.window.isActiveWindow)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(room.window.timeline.view, Qt.Key.Key_9, both)
    assert room.desk.playhead == 23
    assert load_key_map().own == {"monitor.to_end": ("End", "Ctrl+Alt+9")}
    again = MainWindow(room.desk, room.layout, room.answers)
    qtbot.addWidget(again)
    assert keys_of(again.registry["monitor.to_end"].action) == ("End", "Ctrl+Alt+9")
    again.close()


def test_a_key_in_use_is_told_before_it_is_taken(room: Room, dialog: ShortcutsDialog) -> None:
    press_new(dialog, "monitor.to_end", "Ctrl+S")
    assert "belongs to “Save”" in dialog.note.text()
    assert keys_of(known(room, "window.save").action) == ("Ctrl+S",)
    dialog.add.click()
    assert keys_of(known(room, "window.save").action) == ()
    assert keys_of(known(room, "monitor.to_end").action) == ("End", "Ctrl+S")
    dialog.choose("window.save")
    dialog.default.click()
    assert keys_of(known(room, "window.save").action) == ()
    dialog.reset.click()
    assert keys_of(known(room, "window.save").action) == ("Ctrl+S",)
    assert load_key_map() == KeyMap()


def test_a_preset_is_worn_and_own_keys_stay(room: Room, dialog: ShortcutsDialog) -> None:
    press_new(dialog, "monitor.to_end", "Ctrl+Alt+9")
    dialog.add.click()
    dialog.preset.setCurrentIndex(dialog.preset.findData("premiere"))
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    assert keys_of(known(room, "timeline.blade_tool").action) == ("C",)
    assert "Ctrl+Alt+9" in keys_of(known(room, "monitor.to_end").action)
    dialog.remove.click()
    assert keys_of(known(room, "monitor.to_end").action) == ()


def test_the_search_finds_words_and_keys(dialog: ShortcutsDialog) -> None:
    def shown() -> list[str]:
        return [str(item.data(0, Qt.ItemDataRole.UserRole)) for item in dialog._items() if not item.isHidden()]

    everything = len(shown())
    dialog.search.setText("split")
    assert "timeline.split" in shown()
    assert len(shown()) < 5
    dialog.search.setText("ctrl+shift+s")
    assert shown() == ["window.save_as"]
    dialog.search.clear()
    assert len(shown()) == everything


def test_a_key_map_travels_in_a_file(room: Room, dialog: ShortcutsDialog) -> None:
    press_new(dialog, "monitor.to_end", "Ctrl+Alt+9")
    dialog.add.click()
    room.answers.file = room.folder / "mine.toml"
    dialog.export.click()
    dialog.reset.click()
    dialog.load.click()
    assert keys_of(known(room, "monitor.to_end").action) == ("End", "Ctrl+Alt+9")
    room.answers.file.write_text("keys = 3", encoding="utf-8")
    dialog.load.click()
    assert "is not a key map" in dialog.note.text()
    assert keys_of(known(room, "monitor.to_end").action) == ("End", "Ctrl+Alt+9")


@pytest.mark.parametrize("text", ["preset = 3", "[keys]\na = 'Ctrl+A'", "[keys]\na = [3]", "}{", "\x00"])
def test_what_is_no_key_map_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"keys\.toml"):
        read_key_map(path)


def test_a_key_map_is_read_as_it_was_written(tmp_path: Path) -> None:
    chosen = KeyMap("avid", {"timeline.split": ("Ctrl+K", "\\"), "window.save": ()})
    write_key_map(chosen, tmp_path / "deep" / "keys.toml")
    assert read_key_map(tmp_path / "deep" / "keys.toml") == chosen
    assert load_key_map() == KeyMap()
    assert not keys_file().exists()
