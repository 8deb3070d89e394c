"""The prompt helper in the window, over a real assistant process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from sora_studio.core.phrasing import compose
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.ui.panels.chips import OfferChip
from sora_studio.ui.panels.flow import Flow
from sora_studio.ui.panels.prompt import PromptPanel
from tests.ui.conftest import Room

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def assistant(queue: JobQueue) -> Iterator[Assistant]:
    made = Assistant("tests.fakes.understanding:load")
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def helped(qtbot: QtBot, home: Path, tmp_path: Path, queue: JobQueue, assistant: Assistant) -> Iterator[Room]:
    made = Room(qtbot, tmp_path, queue, assistant=assistant)
    yield made
    made.close()


def panel(room: Room) -> PromptPanel:
    return room.window.inspector.prompt


def type_words(room: Room, prompt: str) -> None:
    """Type a prompt and wait for what becomes of it."""
    room.write(prompt=prompt)
    room.bot.waitUntil(lambda: panel(room).aid.fresh is not None, timeout=20_000)


def chips(room: Room) -> dict[str, OfferChip]:
    return {
        chip.offer.category: chip
        for chip in panel(room).help.offers.findChildren(OfferChip)
        if chip.isVisibleTo(panel(room).help.offers)
    }


def settled(room: Room) -> None:
    """Wait until the last change was considered."""
    room.bot.waitUntil(lambda: panel(room).aid.fresh is not None, timeout=20_000)


def words(room: Room) -> list[str]:
    flow = panel(room).help.understood
    return [label.text() for label in flow.findChildren(QLabel) if label.isVisibleTo(flow)]


def menu_texts(chip: OfferChip) -> list[str]:
    return [action.text() for action in chip.words.menu().actions() if action.text()]


def test_a_short_prompt_gets_chips_and_what_will_be_sent_is_shown_word_for_word(helped: Room) -> None:
    type_words(helped, "a red balloon")
    assert list(chips(helped)) == ["place", "time", "weather", "light", "camera", "look"]
    sent = compose("a red balloon", helped.draft.phrases)
    assert panel(helped).help.sent.text() == f"Will be sent: “{sent}”"
    assert sent.startswith("a red balloon ")
    assert panel(helped).editor.toPlainText() == "a red balloon", "the artist's words stay as they are"
    helped.write(look="watercolour")
    settled(helped)
    assert "look" not in chips(helped)
    assert panel(helped).help.sent.text().endswith("watercolour painting”")


def test_what_the_model_reads_is_shown_where_it_is_not_what_is_sent(helped: Room) -> None:
    told = panel(helped).help.told
    type_words(helped, "a red balloon")
    assert not told.isVisibleTo(panel(helped).help)
    type_words(helped, "a taxi among (sand dunes:1.2)")
    assert told.isVisibleTo(panel(helped).help)
    assert told.text().startswith("The model reads: “a car in the desert")
    assert panel(helped).help.sent.text().startswith("Will be sent: “a taxi among (sand dunes:1.2)")


def test_what_is_sent_is_in_the_recipe_of_the_clip(helped: Room) -> None:
    type_words(helped, "a red balloon")
    helped.write(seconds=1, steps=2, seed=3)
    shown = panel(helped).help.sent.text()
    helped.window.inspector.generate()
    (item,) = helped.desk.project.media.values()
    assert item.made_from is not None
    assert shown == f"Will be sent: “{item.made_from['prompt']}”"
    helped.idle()
    (item,) = helped.desk.project.media.values()
    helped.window.inspector.take_over(item.id)
    assert helped.draft.prompt == item.made_from["prompt"]
    settled(helped)
    assert helped.draft.phrases == (), "the same words make the same clip"
    type_words(helped, "a red balloon and a cat")
    assert len(helped.draft.phrases) == 6


def test_another_phrase_is_taken_from_the_menu_and_a_cross_takes_one_away(helped: Room) -> None:
    type_words(helped, "a red balloon")
    time = chips(helped)["time"]
    other = next(action for action in time.words.menu().actions() if action.text() == "at night")
    other.trigger()
    settled(helped)
    assert chips(helped)["time"].offer.text == "at night"
    assert chips(helped)["time"].offer.chosen
    assert "at night" not in menu_texts(chips(helped)["time"])
    helped.bot.mouseClick(chips(helped)["camera"].cross, LEFT)
    settled(helped)
    assert "camera" not in chips(helped)
    assert "the camera" not in panel(helped).help.sent.text()
    type_words(helped, "a red balloon and a cat")
    assert chips(helped)["time"].offer.text == "at night", "a choice outlives further typing"
    assert "camera" not in chips(helped)
    again = panel(helped).help.offers.findChild(QWidget, "offersAgain")
    helped.bot.mouseClick(again, LEFT)
    settled(helped)
    assert "camera" in chips(helped)
    helped.write(prompt="")
    assert chips(helped) == {}
    type_words(helped, "a red balloon")
    assert chips(helped)["time"].offer.text != "at night", "an empty prompt starts anew"


def test_chips_work_from_the_keyboard_and_keep_the_focus(helped: Room) -> None:
    type_words(helped, "a red balloon")
    chips(helped)["weather"].words.setFocus()
    QTest.keyClick(chips(helped)["weather"].words, Qt.Key.Key_Delete)
    settled(helped)
    assert "weather" not in chips(helped)
    chips(helped)["time"].words.setFocus()
    panel(helped).aid.choose("time", "at night")
    settled(helped)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "offerWords-time"
    for chip in chips(helped).values():
        assert chip.words.accessibleName()
        assert chip.cross.accessibleName()


def test_what_the_next_word_speaks_against_goes_before_it_could_be_sent(helped: Room) -> None:
    type_words(helped, "a cat")
    assert "time" in chips(helped)
    helped.write(prompt="a cat at night")
    assert panel(helped).aid.fresh is None, "not considered yet"
    assert not {phrase.category for phrase in helped.draft.phrases} & {"time"}


def test_a_phrase_becomes_words_of_the_prompt(helped: Room) -> None:
    type_words(helped, "a red balloon")
    phrase = chips(helped)["place"].offer.text
    keep = next(action for action in chips(helped)["place"].words.menu().actions() if "edit" in action.text())
    keep.trigger()
    assert helped.draft.prompt == f"a red balloon, {phrase}"
    assert "place" not in {one.category for one in helped.draft.phrases}
    panel(helped).editor.undo()
    assert helped.draft.prompt == "a red balloon"


def test_the_switch_turns_phrases_off_and_is_remembered(helped: Room, home: Path) -> None:
    type_words(helped, "a red balloon under a chandelier")
    panel(helped).help.switch.click()
    settled(helped)
    assert chips(helped) == {}
    assert helped.draft.phrases == ()
    assert not panel(helped).help.sent.isVisible(), "nothing is added, so the prompt itself is what is sent"
    assert words(helped) == ["red", "balloon"], "what was understood is still said"
    assert "helper = false" in (home / "config" / "settings.toml").read_text()


def test_the_switch_and_open_preferences_follow_each_other(helped: Room) -> None:
    dialog = helped.window.shell.preferences()
    helper, captions = (dialog.line("prompting", name).control for name in ("helper", "captions"))
    assert isinstance(helper, QCheckBox)
    assert isinstance(captions, QCheckBox)
    panel(helped).help.switch.click()
    assert not helper.isChecked()
    captions.click()
    assert not helped.desk.settings.prompting.helper, "an older copy does not come back"
    helper.click()
    assert panel(helped).help.switch.isChecked()
    dialog.close()


def test_what_was_understood_and_what_was_not_is_said(helped: Room) -> None:
    type_words(helped, "a yacht under a chandelier at dusk")
    assert words(helped) == ["yacht → boat", "dusk → sunset"]
    assert panel(helped).help.unknown.text() == "Not understood: chandelier"
    type_words(helped, "a red boat")
    assert words(helped) == ["red", "boat"]
    assert not panel(helped).help.unknown.isVisible()


def test_weighted_words_are_understood_as_words(helped: Room) -> None:
    type_words(helped, "a (red:1.3) boat")
    assert words(helped) == ["red", "boat"]
    assert not panel(helped).help.unknown.isVisible()
    sent = compose("a (red:1.3) boat", helped.draft.phrases)
    assert panel(helped).help.sent.text() == f"Will be sent: “{sent}”"
    fresh = panel(helped).aid.fresh
    assert fresh is not None
    assert fresh.sent == sent
    type_words(helped, "a (red:3) boat")
    assert "between 0 and 2, not as in “(red:3)”" in panel(helped).help.unknown.text()


def test_wildcards_are_shown_as_the_seed_decides_them(helped: Room) -> None:
    type_words(helped, "a {red|red} boat")
    assert panel(helped).help.sent.text().startswith("Will be sent, once the seed has chosen: “a {red|red} boat ")
    helped.write(seed=7)
    assert panel(helped).help.sent.text().startswith("Will be sent: “a red boat ")
    helped.write(prompt="a __nowhere__ boat")
    assert helped.desk.notices == [], "a list that is missing is told when it is sent"


def test_a_prompt_that_is_too_long_says_that_its_end_is_cut(helped: Room) -> None:
    type_words(helped, "a boat")
    assert panel(helped)._count.text() == "2 words"
    assert "of the 77 pieces" in panel(helped)._count.toolTip()
    type_words(helped, "word " * 200)
    assert panel(helped)._count.text() == "202 of 77 word pieces: the end is cut"
    assert chips(helped) == {}


def test_an_assistant_that_fails_blocks_nothing_and_is_told_once(helped: Room) -> None:
    helped.write(prompt="a cat that will fail")
    helped.bot.waitUntil(lambda: bool(helped.desk.notices), timeout=20_000)
    helped.write(prompt="a cat that will fail again")
    helped.bot.wait(600)
    assert [notice.kind for notice in helped.desk.notices] == ["info"]
    assert "These words cannot be weighed" in helped.desk.notices[0].text
    assert chips(helped) == {}
    assert panel(helped).button.isEnabled()
    helped.write(seconds=1, steps=2)
    helped.window.inspector.generate()
    helped.idle()
    (item,) = helped.desk.project.media.values()
    assert item.made_from is not None
    assert item.made_from["prompt"] == "a cat that will fail again"


def test_suggestions_come_while_a_clip_is_made(helped: Room) -> None:
    helped.write(prompt="a slow cat", steps=60, seconds=1)
    helped.window.inspector.generate()
    helped.bot.waitUntil(lambda: any(job.state == "running" for job in helped.desk.jobs()), timeout=20_000)
    type_words(helped, "a red balloon")
    assert any(job.active for job in helped.desk.jobs()), "the clip is still being made"
    assert len(chips(helped)) == 6


def test_a_language_model_rewrites_the_prompt_and_undo_brings_it_back(helped: Room) -> None:
    model = helped.folder / "poet.gguf"
    model.touch()
    helped.answers.file = model
    type_words(helped, "a red balloon")
    panel(helped).help._choose()
    helped.bot.waitUntil(lambda: not panel(helped).aid.rewriting, timeout=20_000)
    assert helped.draft.prompt == "a red balloon, told in more words by poet."
    panel(helped).editor.undo()
    assert helped.draft.prompt == "a red balloon"
    panel(helped).help._fill_menu()
    assert [action.text() for action in panel(helped).help.menu.actions()] == [
        "Rewrite with “poet”",
        "Choose a language model (.gguf)…",
    ]


def test_a_rewriting_that_drops_the_subject_leaves_the_prompt(helped: Room) -> None:
    model = helped.folder / "poet.gguf"
    model.touch()
    type_words(helped, "a forgetful balloon")
    panel(helped).aid.rewrite(model)
    helped.bot.waitUntil(lambda: bool(helped.desk.notices), timeout=20_000)
    assert helped.draft.prompt == "a forgetful balloon"
    assert "left out “forgetful”, “balloon”" in helped.desk.notices[0].text


def test_a_rewriting_can_be_stopped(helped: Room) -> None:
    model = helped.folder / "poet.gguf"
    model.touch()
    type_words(helped, "an endless balloon")
    panel(helped).aid.rewrite(model)
    stop = panel(helped).help.stop
    assert stop.isVisible()
    assert not panel(helped).help.more.isVisible()
    helped.bot.mouseClick(stop, LEFT)
    assert not panel(helped).aid.rewriting
    assert not stop.isVisible()
    type_words(helped, "a red balloon")
    assert helped.desk.notices == []


def test_without_an_assistant_the_prompt_stands_alone(room: Room) -> None:
    room.write(prompt="a red balloon")
    assert not panel(room).help.isVisible()
    assert room.draft.phrases == ()


def test_chips_wrap_and_none_is_cut_off(helped: Room) -> None:
    helped.window.resize(1280, 720)
    helped.window.default_layout()
    type_words(helped, "a red balloon")
    flow = panel(helped).help.offers
    assert flow.width() <= panel(helped).width()
    for chip in chips(helped).values():
        assert flow.rect().contains(chip.geometry())
        assert chip.words.width() >= chip.words.sizeHint().width() or chip.width() == flow.width()


class Block(QWidget):
    def sizeHint(self) -> QSize:
        return QSize(45, 20)


def test_a_flow_is_as_high_as_its_lines(qtbot: QtBot) -> None:
    flow = Flow("flow")
    qtbot.addWidget(flow)
    flow.resize(100, 10)
    flow.show()
    parts = [Block() for _ in range(4)]
    flow.show_items(parts)
    assert [part.pos().toTuple() for part in parts] == [(0, 0), (49, 0), (0, 24), (49, 24)]
    assert flow.height() == 44
    flow.show_items([])
    assert flow.height() == 0


def test_chips_that_stay_are_not_made_anew(helped: Room) -> None:
    type_words(helped, "a red balloon")
    before = chips(helped)
    panel(helped).aid.changed.emit()
    assert chips(helped) == before


def test_beside_a_given_picture_only_the_camera_is_spoken_of(helped: Room) -> None:
    type_words(helped, "a red balloon")
    assert "place" in chips(helped)
    helped.write(first=helped.picture())
    assert {phrase.category for phrase in helped.draft.phrases} <= {"camera"}, "at once"
    settled(helped)
    assert list(chips(helped)) == ["camera"]
    helped.write(first=None)
    settled(helped)
    assert "place" in chips(helped)
