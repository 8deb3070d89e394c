"""The dialog of models, driven as an artist does, against a hub on loopback."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from sora_studio.core import language
from sora_studio.core.ahead import usual_run
from sora_studio.core.fetching import Broken, Fetching, Waiting
from sora_studio.core.fitting import Fit, Verdict
from sora_studio.core.forecast import Forecast
from sora_studio.core.setup import Setup
from sora_studio.session.fitting import Ahead
from sora_studio.settings.file import load_settings
from sora_studio.ui.models.dialog import ModelsDialog
from sora_studio.ui.models.words import fit_ahead
from tests.fakes.engine import CAPABILITIES
from tests.fakes.hub import TOKEN, FakeHub
from tests.fakes.keyring import Memory
from tests.ui.conftest import Room
from tests.weights.conftest import BIG, GATED, REPO, hub, memory
from tests.weights.tables import safetensors
from tests.weights.test_scan import LORA, cached, comfy

__all__ = ["hub", "memory"]


def opened(room: Room) -> ModelsDialog:
    room.window.actions_by_name["models"].trigger()
    dialog = room.window.findChild(ModelsDialog)
    assert isinstance(dialog, ModelsDialog)
    room.bot.waitUntil(lambda: not room.desk.models.looking)
    return dialog


def shown(dialog: ModelsDialog) -> set[str]:
    """The buttons in sight."""
    return {button.objectName() for button in dialog.pane.findChildren(QPushButton) if button.isVisible()}


def whole(room: Room, repo: str = REPO) -> bool:
    row = room.desk.models.row(repo)
    return row.whole and not isinstance(row.busy, Waiting | Fetching)


def test_the_catalogue_says_what_each_model_does_needs_and_costs(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    assert dialog.catalogue.count() == len(room.desk.models.rows()) > 30
    dialog.choose("hunyuanvideo-community/HunyuanVideo")
    pane = dialog.pane
    assert pane.title.text() == "HunyuanVideo text to video"
    assert "One part on the card at a time: 34.2 GB of the card, 44.4 GB of memory." in pane.needs.text()
    assert "the hub is asked how large it is before anything is fetched" in pane.needs.text()
    assert "Not for the European Union" in pane.licence.text()
    assert f"{hub.endpoint}/hunyuanvideo-community/HunyuanVideo" in pane.access.text()
    for row in room.desk.models.rows():
        dialog.choose(row.model.repo)
        assert ("No engine runs this family here yet." in pane.about.text()) != row.runs
    assert room.desk.models.row(REPO).runs
    assert hub.asked == [], "nothing is asked of the hub before the artist wants it"


def test_how_a_model_would_fit_this_machine_is_said_before_it_is_fetched(room: Room, hub: FakeHub) -> None:
    room.desk._queue.advice.machine = None  # tests share a queue, which another one may have asked
    dialog = opened(room)
    dialog.choose("Wan-AI/Wan2.2-TI2V-5B-Diffusers")
    assert "On this machine" not in dialog.pane.needs.text()
    room.desk._queue.warm("fake")
    room.bot.waitUntil(lambda: room.desk.fitting.machine is not None)
    room.bot.waitUntil(lambda: "On this machine" in dialog.pane.needs.text())
    first = dialog.pane.needs.text().splitlines()[0]
    assert first.startswith("On this machine, 5.0 s at 1280 × 704: Tight: a few blocks on the card at a time")
    assert dialog.catalogue.currentItem().text().splitlines()[1] == "Not here · tight"
    dialog.search.setText("too large")
    seen = [dialog.catalogue.item(row) for row in range(dialog.catalogue.count())]
    assert {item.text().splitlines()[1] for item in seen if not item.isHidden()} == {"Not here · too large"}


@pytest.mark.parametrize(
    ("setup", "verdict", "word"),
    [
        (Setup("card", "bf16"), "fits", "fits"),
        (Setup("processor", "fp32"), "fits", "on the processor"),
        (Setup("processor", "fp32"), "too large", "too large"),
    ],
)
def test_a_model_on_the_processor_is_not_said_to_fit(setup: Setup, verdict: Verdict, word: str) -> None:
    run = usual_run(CAPABILITIES)
    assert fit_ahead(Ahead((), run, CAPABILITIES, Fit(setup, Forecast(0, 0, 1.0), verdict))) == word
    assert fit_ahead(Ahead((), run, CAPABILITIES, None)) == fit_ahead(None) == ""


def test_get_pause_go_on_check_remove(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    pane = dialog.pane
    assert {"modelGet", "modelOpenPage"} <= shown(dialog)
    assert not {"modelPause", "modelCheck", "modelRemove"} & shown(dialog)
    hub.manners.rate = 1.2e6
    pane.get.click()
    room.bot.waitUntil(lambda: 0.1 < pane.progress.value() / 1000 < 0.9)
    assert "Fetching" in pane.state.whole
    assert "Fetching" in dialog.catalogue.item(0).text()
    assert {"modelPause"} <= shown(dialog)
    assert "modelGet" not in shown(dialog)
    pane.pause.click()
    room.bot.waitUntil(lambda: "Paused" in pane.state.whole)
    assert pane.get.accessibleName() == "Go on"
    assert {"modelGet", "modelRemove"} <= shown(dialog)
    hub.manners.rate = None
    row, before = room.desk.models.row(REPO), len(hub.sent)
    pane.get.click()
    room.bot.waitUntil(lambda: whole(room))
    assert sum(one.count for one in hub.sent[before:]) == row.total - row.there
    room.bot.waitUntil(lambda: "Here, 2 MB" in pane.state.whole)
    assert any("is here. Choose it as the engine" in notice.text for notice in room.desk.notices)

    pane.check.click()
    room.bot.waitUntil(lambda: any("is sound" in notice.text for notice in room.desk.notices))
    file = room.desk.models.folders()[0] / REPO / BIG
    file.write_bytes(bytes(len(file.read_bytes())))
    pane.check.click()
    room.bot.waitUntil(lambda: any("is damaged" in notice.text for notice in room.desk.notices))
    assert BIG in room.desk.notices[-1].text
    assert not whole(room)
    pane.get.click()
    room.bot.waitUntil(lambda: whole(room))

    pane.remove.click()
    assert whole(room), "the first click only asks"
    assert {"modelRemoveSure"} <= shown(dialog)
    pane.sure.click()
    assert not whole(room)
    assert not (room.desk.models.folders()[0] / "Wan-AI").exists()
    assert any("2 MB are free again" in notice.text for notice in room.desk.notices)
    assert pane.state.whole == "Not here"


def test_downloads_go_on_when_the_dialog_is_closed(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    hub.manners.rate = 2e6
    dialog.pane.get.click()
    room.bot.waitUntil(lambda: isinstance(room.desk.models.row(REPO).busy, Fetching))
    dialog.close()
    room.bot.waitUntil(lambda: whole(room))


def test_a_gated_model_says_where_to_ask_and_takes_a_token(room: Room, hub: FakeHub, memory: Memory) -> None:
    dialog = opened(room)
    dialog.choose(GATED)
    pane = dialog.pane
    pane.get.click()
    room.bot.waitUntil(lambda: pane.trouble.text() != "")
    assert isinstance(room.desk.models.row(GATED).busy, Broken)
    assert f"Ask for access at {hub.endpoint}/{GATED}, then paste a token" in pane.trouble.text()
    assert pane.trouble.isVisible()
    pane.token.setText("no token")
    pane.keep_token.click()
    assert "That is no token" in room.desk.notices[-1].text
    pane.token.setText(TOKEN)
    pane.keep_token.click()
    assert list(memory.kept.values()) == [TOKEN]
    assert pane.token.text() == "", "a secret does not stay on the screen"
    pane.get.click()
    room.bot.waitUntil(lambda: whole(room, GATED))
    assert not pane.trouble.isVisible()


def test_a_model_that_other_programs_fetched_is_here_already(
    room: Room, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(room.folder / "cache"))
    version = cached(room.folder / "cache", REPO, "a" * 40)
    dialog = opened(room)
    assert dialog.pane.state.whole == f"Here, used in place: {version}"


def test_enter_in_a_field_begins_no_download(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    for field in (dialog.search, dialog.pane.token):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert not isinstance(room.desk.models.row(REPO).busy, Waiting | Fetching)
    assert hub.asked == []


def test_a_download_goes_into_the_folder_that_is_chosen(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    drive = room.folder / "drive"
    room.answers.folder = drive
    dialog.folders.add.click()
    assert dialog.folders.folder == drive == dialog.pane.into
    dialog.pane.get.click()
    room.bot.waitUntil(lambda: whole(room))
    assert room.desk.models.row(REPO).root == drive


def test_folders_are_added_looked_into_and_taken_out(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    dialog.page._group.button(1).click()
    assert dialog.nothing.isVisible()
    assert "add a folder that holds models" in dialog.nothing.text()
    room.answers.folder = comfy(room.folder / "ComfyUI")
    dialog.folders.add.click()
    room.bot.waitUntil(lambda: dialog.here.count() == 6)
    texts = [dialog.here.item(place).text() for place in range(6)]
    assert any("wan-Q8_0.gguf\nWan, transformer, Q8_0 (ComfyUI" in text for text in texts)
    assert any("v1-5.ckpt" in text and "it can run any program" in text for text in texts)
    assert load_settings().settings.models.more == (str(room.folder / "ComfyUI"),)
    safetensors(room.folder / "ComfyUI" / "models" / "loras" / "new.safetensors", LORA)
    dialog.again.click()
    room.bot.waitUntil(lambda: dialog.here.count() == 7)
    dialog.folders.drop.click()
    room.bot.waitUntil(lambda: dialog.here.count() == 0)
    assert load_settings().settings.models.more == ()
    assert not dialog.folders.drop.isEnabled(), "the studio's own folder stays"
    assert (room.folder / "ComfyUI" / "models" / "loras" / "new.safetensors").exists()


def test_words_find_models_and_none_is_said(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    dialog.search.setText("sky endless small")
    seen = [place for place in range(dialog.catalogue.count()) if not dialog.catalogue.item(place).isHidden()]
    assert [dialog.catalogue.item(place).text().split("\n")[0] for place in seen] == ["SkyReels V2 endless, small"]
    dialog.search.setText("zzzz")
    assert dialog.nothing.isVisible()
    assert dialog.nothing.text() == "No model has these words."


def test_every_part_has_a_name_for_screen_readers(room: Room, hub: FakeHub) -> None:
    dialog = opened(room)
    for part, words in (
        (dialog.catalogue, "Models of the catalogue"),
        (dialog.here, "Models on this machine"),
        (dialog.pane.progress, "Download progress"),
        (dialog.pane.token, "Token of your account on the hub"),
        (dialog.folders.box, "Folder for new models"),
    ):
        assert part.accessibleName() == words


def test_it_speaks_the_artist_s_language(room: Room, hub: FakeHub) -> None:
    language.use("zh_TW")
    try:
        dialog = ModelsDialog(room.desk, room.answers)
        dialog.show()
        assert dialog.windowTitle() == "模型"
        assert dialog.catalogue.item(0).text().startswith("Wan 2.1 文字生成影片，小型\n未取得")
        assert "顯示卡" in dialog.pane.needs.text()
        dialog.close()
        room.bot.waitUntil(lambda: not room.desk.models.looking)
        dialog.deleteLater()
    finally:
        language.use("en")


def test_it_has_a_key_a_place_in_the_menu_and_in_the_palette(room: Room) -> None:
    known = room.window.registry["window.models"]
    assert known.keys == ("Ctrl+Alt+M",)
    assert known.group == "File"
    listed = {action for menu in room.window.top.menus.actions() for action in menu.menu().actions()}
    assert known.action in listed
