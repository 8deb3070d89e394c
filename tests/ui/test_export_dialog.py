"""Export: what is offered and foretold, and a film written beside the work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from sora_studio.core.edits import append
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.media.export import ExportSettings
from sora_studio.media.presets import PRESETS
from sora_studio.media.probe import probe
from sora_studio.ui.dialogs import export_plan as plan
from sora_studio.ui.dialogs.export import ExportDialog
from tests.ui.conftest import Room

TWO_SECONDS = append(Timeline(), 0, Clip("m", 0, 48))


@pytest.fixture
def dialog(room: Room) -> Iterator[ExportDialog]:
    room.film(frames=36)
    made = ExportDialog(room.desk, room.answers, room.window)
    made.path.setText(str(room.folder / "out.mp4"))
    room.bot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_sizes_keep_the_shape_and_have_even_sides() -> None:
    choices = plan.size_choices(Timeline(size=Size(448, 768)))
    assert choices[0].value is None
    for choice in choices[1:]:
        assert isinstance(choice.value, Size)
        assert choice.value.width % 2 == choice.value.height % 2 == 0
        assert choice.value.aspect == pytest.approx(448 / 768, rel=0.01)


def test_rates_start_with_the_timelines_own_and_name_no_rate_twice() -> None:
    choices = plan.rate_choices(Timeline(rate=Rate(25)))
    assert choices[0].text.startswith("25 fps")
    assert Rate(25) not in [choice.value for choice in choices]


@pytest.mark.parametrize("name", PRESETS)
def test_grades_stay_inside_the_presets_limits(name: str) -> None:
    preset = PRESETS[name]
    for grade in range(3):
        quality = plan.quality_of_grade(preset, grade)
        low, high = sorted((preset.best, preset.worst))
        assert quality is None or low <= quality <= high
    if preset.quality_option:
        smaller, best = plan.quality_of_grade(preset, 0), plan.quality_of_grade(preset, 2)
        assert abs(smaller - preset.best) > abs(preset.quality - preset.best) > abs(best - preset.best)


def test_the_file_takes_the_ending_of_its_format_and_keeps_dots_of_its_own() -> None:
    assert plan.file_for(Path("a/film.mp4"), PRESETS["gif"]) == Path("a/film.gif")
    assert plan.file_for(Path("take 1.5"), PRESETS["prores"]) == Path("take 1.5.mov")
    assert plan.file_for(Path("film.webm"), PRESETS["png"]) == Path("film")


def test_the_forecast_grows_with_size_and_rate() -> None:
    small = plan.forecast(TWO_SECONDS, ExportSettings(Path("x")), 1)
    large = plan.forecast(TWO_SECONDS, ExportSettings(Path("x"), size=Size(1536, 896), rate=Rate(60)), 1)
    assert small.startswith("2.0 s  ·  48 frames")
    assert large.startswith("2.0 s  ·  120 frames")
    assert plan.in_bytes(950) == "0.9 kB"
    assert plan.in_bytes(3_200_000) == "3.2 MB"
    assert plan.in_bytes(2_500_000_000) == "2.5 GB"


def test_a_film_is_written_while_the_window_lives(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    ticks: list[int] = []
    dialog.progress.valueChanged.connect(ticks.append)
    with qtbot.waitSignal(dialog.finished_file, timeout=20_000) as written:
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
        assert dialog.is_running
        assert not dialog.start.isEnabled()
    assert written.args == [room.folder / "out.mp4"]
    info = probe(room.folder / "out.mp4")
    assert (info.frames, info.rate, info.size) == (36, Rate(24), room.desk.timeline.size)
    assert max(ticks) == 36
    assert dialog.reveal.isVisible()
    assert not dialog.is_running


def test_cancel_leaves_nothing(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    dialog.size_box.setCurrentIndex(dialog.size_box.count() - 1)
    dialog.run()
    qtbot.waitUntil(lambda: dialog.findChild(QProgressBar).maximum() > 0, timeout=20_000)
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    assert "Nothing was written" in dialog.message.text()
    assert sorted(path.name for path in room.folder.glob("out*")) == []


def test_a_folder_that_is_missing_is_said_in_a_sentence(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    dialog.path.setText(str(room.folder / "missing" / "out.mp4"))
    dialog.run()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    assert "missing" in dialog.message.text()
    assert dialog.message.isVisible()
    assert dialog.start.isEnabled()


@pytest.mark.skipif(os.name == "nt", reason="paths differ")
def test_changing_the_format_changes_the_ending(dialog: ExportDialog) -> None:
    dialog.preset.setCurrentIndex(dialog.preset.findData("webp"))
    assert dialog.path.text().endswith("out.webp")
    assert dialog.quality.isEnabled()
    dialog.preset.setCurrentIndex(dialog.preset.findData("prores"))
    assert dialog.path.text().endswith("out.mov")
    assert not dialog.quality.isEnabled()


def test_the_windows_export_opens_one_dialog_and_tells_when_it_is_done(room: Room, qtbot: QtBot) -> None:
    room.film()
    room.window.actions_by_name["export"].trigger()
    room.window.actions_by_name["export"].trigger()
    (dialog,) = room.window.findChildren(ExportDialog)
    assert not dialog.isModal()
    dialog.path.setText(str(room.folder / "done.mp4"))
    dialog.run()
    dialog.close()
    qtbot.waitUntil(lambda: room.window.toasts.texts() == ("done.mp4 is written.",), timeout=20_000)
    assert (room.folder / "done.mp4").exists()
