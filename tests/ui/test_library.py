"""The library: tiles follow the project, search and filter; keys and menu act; thousands of media do not hold it up."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from sora_studio.core.library import Shelf
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.request import Frames
from sora_studio.core.time import Rate, Size
from sora_studio.media.thumbnails import thumbnails
from sora_studio.session.carried import Media
from sora_studio.ui.drag.mime import from_mime
from sora_studio.ui.library.panel import LibraryPanel
from tests.fakes.desk import numbered, picture
from tests.ui.conftest import Room

NONE = Qt.KeyboardModifier.NoModifier


def names(panel: LibraryPanel) -> list[str]:
    return [item.name for item in panel.model.items()]


def filled(room: Room) -> LibraryPanel:
    for path in (numbered(room.folder / "boat.mp4"), picture(room.folder / "lake.png"), room.picture()):
        room.desk.import_media(path)
    return room.window.library


def key(room: Room, pressed: Qt.Key, text: str = "") -> None:
    view = room.window.library.view
    view.setFocus()
    QTest.keyClick(view, text or pressed, NONE)


def test_an_empty_library_names_the_next_act_and_does_it(room: Room) -> None:
    panel = room.window.library
    assert panel.empty.isVisible()
    assert "Drop pictures" in panel.empty.words.text()
    room.answers.file = room.picture()
    room.bot.mouseClick(panel.empty.button, Qt.MouseButton.LeftButton)
    room.bot.waitUntil(lambda: names(panel) == ["photo"])
    assert panel.view.isVisible()
    assert [item.name for item in panel.chosen()] == ["photo"]


def test_the_newest_media_stand_first_and_the_filter_leaves_what_it_says(room: Room) -> None:
    panel = filled(room)
    assert names(panel) == ["photo", "lake", "boat"]
    panel.shelves.select(Shelf.VIDEO)
    assert names(panel) == ["boat"]
    panel.shelves.select(Shelf.STARRED)
    assert panel.empty.isVisible()
    assert "No stars yet" in panel.empty.heading.text()
    room.bot.mouseClick(panel.empty.button, Qt.MouseButton.LeftButton)
    assert names(panel) == ["photo", "lake", "boat"]


def test_words_are_searched_in_names_prompts_and_captions(room: Room) -> None:
    panel = filled(room)
    room.write(prompt="a fox in deep snow", steps=2, seconds=0.5)
    room.window.inspector.generate()
    room.idle()
    panel.search.setText("snow fox")
    room.bot.waitUntil(lambda: len(names(panel)) == 1)
    assert panel.model.items()[0].made_from is not None
    panel.search.setText("dawn")
    room.bot.waitUntil(lambda: panel.empty.isVisible())
    panel.show_everything()
    panel.choose(panel.model.items()[-1].id)
    panel.detail.caption.setFocus()
    QTest.keyClicks(panel.detail.caption, "at dawn")
    QTest.keyClick(panel.detail.caption, Qt.Key.Key_Return)
    panel.search.setText("dawn")
    room.bot.waitUntil(lambda: names(panel) == ["boat"])


def test_pictures_come_beside_the_window_and_are_painted(room: Room) -> None:
    panel = filled(room)
    assert all(panel.faces.look(item).picture is None for item in panel.model.items())
    room.bot.waitUntil(lambda: all(panel.faces.look(item).picture is not None for item in panel.model.items()))
    image = panel.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    place = panel.view.visualRect(panel.model.index(1)).center() - QPoint(0, 12)
    assert image.pixelColor(place * image.devicePixelRatio()).red() == pytest.approx(200, abs=6)


def test_keys_star_rename_add_and_remove(room: Room) -> None:
    panel = filled(room)
    media = panel.model.items()[1].id
    panel.choose(media)
    key(room, Qt.Key.Key_Asterisk, "*")
    assert room.desk.item(media).starred
    key(room, Qt.Key.Key_Asterisk, "*")
    assert not room.desk.item(media).starred
    key(room, Qt.Key.Key_F2)
    editor = panel.view.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "Still water")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    room.bot.waitUntil(lambda: room.desk.item(media).name == "Still water")
    key(room, Qt.Key.Key_Return)
    assert room.desk.uses(media)
    assert room.desk.selection == (room.desk.uses(media)[0].id,)
    key(room, Qt.Key.Key_Delete)
    assert "shown by a clip" in room.window.toasts.texts()[-1]
    room.desk.delete()
    key(room, Qt.Key.Key_Delete)
    assert media not in room.desk.project.media
    assert panel.detail.offer.isVisible()
    room.bot.mouseClick(panel.detail.offer, Qt.MouseButton.LeftButton)
    assert room.desk.item(media).name == "Still water"


def test_the_menu_offers_what_fits(room: Room) -> None:
    panel = filled(room)
    panel.choose(panel.model.items()[0].id)
    room.bot.waitUntil(lambda: panel.faces.look(panel.model.items()[0]).picture is not None)
    menu = panel.commands.menu(panel)
    texts = {action.text() for action in menu.actions() if not action.isSeparator()}
    assert {"Use as first image", "Use as last image", "Rename", "Show in folder"} <= texts
    assert "Restore its recipe" not in texts
    assert "Locate the file…" not in texts
    menu.deleteLater()
    panel.commands["library_first"].trigger()
    assert room.draft.first == room.folder / "photo.png"
    panel.commands["library_last"].trigger()
    assert room.draft.last == room.folder / "photo.png"


def test_the_recipe_of_a_take_comes_back_into_the_draft(room: Room) -> None:
    panel = room.window.library
    room.write(prompt="a kite", steps=3, seconds=0.5, seed=77)
    room.window.inspector.generate()
    room.idle()
    room.write(prompt="", seed=None, steps=9)
    panel.choose(panel.model.items()[0].id)
    assert panel.detail.recipe.isVisible()
    room.bot.mouseClick(panel.detail.recipe, Qt.MouseButton.LeftButton)
    assert (room.draft.prompt, room.draft.seed, room.draft.steps) == ("a kite", 77, 3)


def test_chosen_media_stay_chosen_while_others_come_and_go(room: Room) -> None:
    panel = filled(room)
    panel.choose(panel.model.items()[2].id)
    room.desk.import_media(picture(room.folder / "new.png"))
    assert [item.name for item in panel.chosen()] == ["boat"]
    room.desk.remove_media(panel.model.items()[1].id)
    assert [item.name for item in panel.chosen()] == ["boat"]


def test_a_drag_carries_the_chosen_media(room: Room) -> None:
    panel = filled(room)
    indexes = [panel.model.index(row) for row in (2, 0)]
    wanted = Media((panel.model.items()[0].id, panel.model.items()[2].id))
    assert from_mime(panel.model.mimeData(indexes)) == wanted


def test_what_is_missing_says_so_and_is_found_again(room: Room) -> None:
    panel = filled(room)
    away = room.folder / "away"
    away.mkdir()
    panel.thumbs._kept.clear()
    for name in ("boat.mp4", "lake.png"):
        shutil.move(room.folder / name, away / f"moved {name}")
    panel.view.viewport().update()
    boat = panel.model.items()[2]
    room.bot.waitUntil(lambda: panel.faces.look(boat).problem == "Missing")
    assert "Find the file" in panel.faces.describe(boat)
    panel.choose(boat.id)
    room.answers.file = room.folder / "photo.png"
    panel.commands["library_locate"].trigger()
    room.bot.waitUntil(lambda: any("is not “boat”" in text for text in room.window.toasts.texts()))
    room.answers.folder = away
    panel.commands["library_locate_folder"].trigger()
    room.bot.waitUntil(lambda: room.desk.missing_media() == ())
    assert "2 media are linked again." in room.window.toasts.texts()
    room.bot.waitUntil(lambda: panel.faces.look(room.desk.item(boat.id)).picture is not None)


def test_a_folder_is_taken_in_and_what_is_unreadable_is_told(room: Room) -> None:
    folder = room.folder / "shoot" / "day 1"
    folder.mkdir(parents=True)
    for number in range(20):
        picture(folder / f"{number:02d}.png", 10 * number)
    for number in range(5):
        (folder / f"note {number}.txt").write_text("words")
    room.window.library.intake.take([room.folder / "shoot"])
    room.bot.waitUntil(lambda: len(room.desk.project.media) == 20)
    room.bot.waitUntil(lambda: "2 more files" in "".join(room.window.toasts.texts()))
    assert len(room.window.library.chosen()) == 20


def thousands(room: Room, count: int) -> LibraryPanel:
    """A project of many media that all show one picture."""
    path = room.picture()
    items = [
        MediaItem(f"m{number}", f"Shot {number}", Ready(str(path)), 1, Rate(24), Size(64, 48))
        for number in range(count)
    ]
    room.desk._media = {item.id: item for item in items}
    room.desk.changed.emit()
    return room.window.library


def test_five_thousand_media_scroll_without_reading_what_is_not_seen(room: Room) -> None:
    panel = thousands(room, 5000)
    assert panel.model.rowCount() == 5000
    room.bot.waitUntil(lambda: len(panel.thumbs._kept) > 0 and not panel.thumbs._wanted)
    bar = panel.view.verticalScrollBar()
    assert bar.maximum() > 100_000
    for step in range(0, bar.maximum(), bar.maximum() // 200):
        bar.setValue(step)
        panel.view.viewport().repaint()
        with panel.thumbs._lock:
            assert len(panel.thumbs._wanted) <= panel.thumbs._most
    bar.setValue(bar.maximum())
    last = panel.model.items()[-1]
    room.bot.waitUntil(lambda: panel.faces.look(last).picture is not None)
    room.bot.waitUntil(lambda: not panel.thumbs._wanted)
    assert len(panel.thumbs._kept) <= panel.thumbs._most


def test_pictures_are_read_on_threads_of_their_own(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from sora_studio.ui.library import thumbs

    readers: set[str] = set()

    def noting(path: Path, count: int, size: Size) -> Frames:
        readers.add(threading.current_thread().name.split("_")[0])
        return thumbnails(path, count, size)

    monkeypatch.setattr(thumbs, "thumbnails", noting)
    panel = filled(room)
    room.bot.waitUntil(lambda: all(panel.faces.look(item).picture is not None for item in panel.model.items()))
    assert readers == {"library"}


def test_one_change_among_thousands_leaves_the_place_in_the_list(room: Room) -> None:
    panel = thousands(room, 5000)
    bar = panel.view.verticalScrollBar()
    bar.setValue(50_000)
    QApplication.processEvents()
    media = panel.model.items()[1500].id
    room.desk.star(media)
    assert bar.value() == 50_000
    assert panel.model.items()[1500].starred
    panel.choose(media)
    at = bar.value()
    fresh = replace(room.desk.item("m1"), id="fresh")
    room.desk._keep(fresh)
    room.desk.changed.emit()
    assert names(panel)[0] == "Shot 1"
    assert [item.id for item in panel.chosen()] == [media]
    assert abs(bar.value() - at) <= panel.view.visualRect(panel.model.index(0)).height() + 1


def test_describe_speaks_to_screen_readers(room: Room) -> None:
    panel = filled(room)
    index = panel.model.row_of(panel.model.items()[2].id)
    words = panel.model.data(index, Qt.ItemDataRole.AccessibleDescriptionRole)
    assert words == "boat\n1.5 s · 96 × 64 · 24 fps"
