"""Search by meaning in the library: words and pictures, through a real assistant process that sees colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sora_studio.jobs.assistant import Assistant
from sora_studio.media.images import save_png
from sora_studio.session.errands import Errands
from sora_studio.session.meaning import Meaning
from sora_studio.ui.library.panel import LibraryPanel
from tests.ui.conftest import Room

COLOURS = {"red": (220, 40, 40), "green": (40, 200, 60), "blue": (40, 60, 220)}


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    made = Assistant("tests.fakes.understanding:load")
    yield made
    made.close()


def patch(path: Path, colour: str) -> Path:
    return save_png(path, np.full((48, 64, 3), COLOURS[colour], np.uint8))


@pytest.fixture
def panel(room: Room, assistant: Assistant) -> LibraryPanel:
    room.desk.meaning = Meaning(Errands(assistant, room.desk.way_home.post))
    for name, colour in (("one", "red"), ("two", "green"), ("three", "blue")):
        room.desk.import_media(patch(room.folder / f"{name}.png", colour))
    return room.window.library


@pytest.fixture
def with_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model" / "clip").mkdir(parents=True)
    (tmp_path / "model" / "clip" / "config.json").write_text("{}")
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tmp_path / "model"))


def names(panel: LibraryPanel) -> list[str]:
    return [item.name for item in panel.model.items()]


def test_similar_pictures_come_first_and_the_way_back_is_there(
    room: Room, panel: LibraryPanel, with_clip: None
) -> None:
    panel.choose(panel.model.items()[1].id)
    panel.commands["library_similar"].trigger()
    assert panel.note.isVisible()
    room.bot.waitUntil(lambda: panel.finder.order is not None, timeout=20_000)
    assert names(panel)[0] == "two"
    assert panel.note.words.text() == "Like “two”"
    panel.note.closed.emit()
    assert names(panel) == ["three", "two", "one"]
    assert not panel.note.isVisible()


def test_a_dropped_picture_is_searched_for(
    room: Room, panel: LibraryPanel, with_clip: None, drop: Callable[..., bool]
) -> None:
    assert drop(panel.search, patch(room.folder / "other.png", "blue"))
    room.bot.waitUntil(lambda: panel.finder.order is not None, timeout=20_000)
    assert names(panel)[0] == "three"
    assert panel.search.text() == ""


def test_words_are_searched_by_what_they_mean(room: Room, panel: LibraryPanel, with_clip: None) -> None:
    panel.meaning.click()
    panel.search.setText("red")
    room.bot.waitUntil(lambda: panel.finder.order is not None, timeout=20_000)
    assert names(panel)[0] == "one"
    assert len(names(panel)) == 3
    panel.search.clear()
    room.bot.waitUntil(lambda: panel.finder.order is None)
    panel.meaning.click()
    panel.search.setText("three")
    room.bot.waitUntil(lambda: names(panel) == ["three"])


def test_without_clip_words_alone_are_compared_and_it_is_said(
    room: Room, panel: LibraryPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bare").mkdir()
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tmp_path / "bare"))
    room.desk.describe(panel.model.items()[0].id, "red sails")
    panel.meaning.click()
    panel.search.setText("red")
    room.bot.waitUntil(lambda: panel.finder.order is not None, timeout=20_000)
    assert names(panel)[0] == "three"
    assert "not pictures" in panel.note.words.text()
    panel.find_similar(room.folder / "one.png")
    room.bot.waitUntil(lambda: bool(room.window.toasts.texts()), timeout=20_000)
    assert "CLIP" in room.window.toasts.texts()[-1]
    assert len(names(panel)) == 3
