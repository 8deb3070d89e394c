"""Captions of a medium at the foot of the library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.ui.library.captions import LOOKING, NOT_THERE, NOT_YET, CaptionEditor
from tests.ui.conftest import Room


@pytest.fixture(scope="module")
def assistant(queue: JobQueue) -> Iterator[Assistant]:
    made = Assistant("tests.fakes.understanding:load")
    yield made
    made.close()


@pytest.fixture
def seeing(
    qtbot: QtBot, tmp_path: Path, queue: JobQueue, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    """A window whose model folder says that CLIP is there; the assistant of the tests sees colours by itself."""
    (tmp_path / "model" / "clip").mkdir(parents=True)
    (tmp_path / "model" / "clip" / "config.json").write_text("{}")
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tmp_path / "model"))
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    made = Room(qtbot, tmp_path, queue, assistant=assistant)
    yield made
    made.close()


def chosen(room: Room, media: str) -> CaptionEditor:
    room.window.library.choose(media)
    line = room.window.library.detail.captions
    room.bot.mouseClick(line.edit, Qt.MouseButton.LeftButton)
    assert line.editor.isVisible()
    return line.editor


def said(room: Room) -> str:
    return room.window.library.detail.captions.words.whole


def test_a_picture_is_described_when_it_comes_in_and_on_wish(seeing: Room) -> None:
    desk = seeing.desk
    media = desk.import_media(seeing.picture())
    editor = chosen(seeing, media)
    assert editor.state.text() == LOOKING
    assert said(seeing) == LOOKING
    assert not editor.again.isEnabled()
    seeing.bot.waitUntil(lambda: bool(desk.item(media).short_caption), timeout=20_000)
    editor = chosen(seeing, media)
    assert editor.short.text() == desk.item(media).short_caption == said(seeing)
    assert editor.long.toPlainText() == desk.item(media).long_caption
    first = desk.item(media)
    desk.set_captions(media, "", "")
    seeing.bot.mouseClick(editor.again, Qt.MouseButton.LeftButton)
    seeing.bot.waitUntil(lambda: desk.item(media) == first, timeout=20_000)
    assert desk.notices == []


def test_captions_are_edited_by_hand(room: Room) -> None:
    media = room.desk.import_media(room.picture())
    editor = chosen(room, media)
    assert editor.state.text() == NOT_THERE
    assert not editor.again.isEnabled()
    assert said(room) == NOT_YET
    QTest.keyClicks(editor.short, "a grey wall")
    QTest.keyClick(editor.short, Qt.Key.Key_Return)
    assert room.desk.item(media).short_caption == "a grey wall" == said(room)
    QTest.keyClicks(editor.long, "A grey wall in the rain.")
    assert room.desk.item(media).long_caption == "", "not before the artist is done"
    editor.close()
    assert room.desk.item(media).long_caption == "A grey wall in the rain."
    room.desk.save()
    assert not room.desk.modified


def test_what_is_being_typed_stays_and_goes_to_the_right_medium(room: Room) -> None:
    one, two = room.desk.import_media(room.picture("a.png")), room.desk.import_media(room.picture("b.png"))
    editor = chosen(room, one)
    QTest.keyClicks(editor.short, "half a th")
    room.desk.star(two)
    assert editor.short.text() == "half a th"
    chosen(room, two)
    assert editor.short.text() == ""
    assert room.desk.item(one).short_caption == "half a th", "nothing typed is lost"
    assert room.desk.item(two).short_caption == ""
    room.window.library.choose()
    assert not editor.isVisible()
