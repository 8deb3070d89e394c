"""Export: what is offered and foretold, and a film written beside the work."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QProgressBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from sora_studio.core.edits import append
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.media.export import ExportSettings
from sora_studio.media.presets import PRESETS
from sora_studio.media.probe import probe
from sora_studio.settings.file import load_settings
from sora_studio.ui.dialogs import export_plan as plan
from sora_studio.ui.dialogs.export import ExportDialog
from tests.media.test_audio import flash_and_beep
from tests.media.test_credentials import told
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


def test_other_shapes_have_sizes_of_their_own_and_name_none_twice() -> None:
    choices = plan.size_choices(Timeline(size=Size(1280, 720)), (1, 1))
    sizes = [choice.value for choice in choices]
    assert sizes[0] == Size(720, 720)
    assert len(set(sizes)) == len(sizes)
    assert None not in sizes


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


def foretold(dialog: ExportDialog) -> float:
    """Bytes of the film."""
    number, unit = dialog.forecast.text().split()[-2:]
    return float(number) * {"kB": 1e3, "MB": 1e6}[unit]


def test_pictures_of_sixteen_bits_are_foretold_larger(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    """Once their header is read, and only where they are seen."""
    noise = np.random.default_rng(1).integers(0, 65536, (112, 192, 3), np.uint16)
    cv2.imwrite(str(room.folder / "deep.png"), noise)
    cv2.imwrite(str(room.folder / "flat.png"), (noise >> 8).astype(np.uint8))
    sizes = {}
    dialog.size_box.setCurrentIndex(1)
    dialog.preset.setCurrentIndex(dialog.preset.findData("png"))
    dialog.form.range.select(1)
    for name in ("flat", "deep"):
        start = room.desk.timeline.tracks[0].stop
        room.desk.place(room.desk.import_media(room.folder / f"{name}.png"), 0, start)
        room.desk.mark_range(start, start + 4)
        dialog.form.range.select(1)
        dialog.form.range.chosen.emit(1)
        if name == "deep":
            qtbot.waitUntil(lambda: foretold(dialog) > 2 * sizes["flat"])
        sizes[name] = foretold(dialog)
    dialog.path.setText(str(room.folder / "film"))
    dialog.run()
    qtbot.waitUntil(lambda: not dialog.is_running)
    written = sum(file.stat().st_size for file in (room.folder / "film").iterdir())
    assert written == pytest.approx(sizes["deep"], rel=0.5)
    room.desk.mark_range(start - 2, start + 2)
    assert sizes["flat"] < foretold(dialog) < sizes["deep"], "half of it"
    dialog.preset.setCurrentIndex(dialog.preset.findData("prores"))
    prores = foretold(dialog)
    room.desk.mark_range(start - 4, start)
    assert foretold(dialog) == prores, "ProRes is as large from either"


def test_a_film_is_written_while_the_window_lives(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    ticks: list[int] = []
    dialog.progress.valueChanged.connect(ticks.append)
    with qtbot.waitSignal(dialog.finished_file, timeout=20_000) as written:
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
        assert dialog.is_running
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


def test_another_shape_keeps_the_shorter_side_and_the_picture_is_fitted_or_fills(
    dialog: ExportDialog, room: Room, qtbot: QtBot
) -> None:
    own = room.desk.timeline.size
    dialog.form.shape.select(2)
    dialog.form.shape.chosen.emit(2)
    size = dialog.settings().size
    assert size is not None
    assert size.width == min(own.width, own.height)
    assert size.aspect == pytest.approx(9 / 16, rel=0.02)
    dialog.form.fit.select(1)
    assert dialog.settings().fit == "cover"
    dialog.run()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    written = probe(room.folder / "out.mp4").size
    assert (written.width, written.height) == (size.width, size.height)


def test_the_marked_range_alone_is_written(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    assert not dialog.form.range.isEnabled()
    room.desk.mark_range(6, 16)
    assert dialog.form.range.isEnabled()
    dialog.form.range.select(1)
    dialog.form.range.chosen.emit(1)
    assert dialog.forecast.text().startswith("0.4 s  ·  10 frames")
    dialog.run()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    assert probe(room.folder / "out.mp4").frames == 10
    room.desk.mark_range(None, None)
    assert dialog.settings().range is None


def test_sound_is_written_or_left_out(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    assert not dialog.form.sound.isEnabled()
    silent = dialog.forecast.text()
    beep = room.desk.import_media(flash_and_beep(room.folder / "beep.mov", 6, 24))
    room.desk.place(beep, 0, room.desk.timeline.tracks[0].stop)
    assert dialog.form.sound.isEnabled()
    assert "AAC" in dialog.form.sound.text()
    assert dialog.forecast.text() != silent
    for name, wanted in (("with.mp4", True), ("without.mp4", False)):
        dialog.path.setText(str(room.folder / name))
        dialog.form.sound.setChecked(wanted)
        dialog.run()
        qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
        assert probe(room.folder / name).audio is wanted
    dialog.preset.setCurrentIndex(dialog.preset.findData("gif"))
    assert not dialog.form.sound.isEnabled()


def test_credentials_are_off_are_remembered_and_sign_the_film(dialog: ExportDialog, room: Room, qtbot: QtBot) -> None:
    box = dialog.form.credentials
    assert box.isEnabled()
    assert not box.isChecked()
    assert dialog.settings().credentials is None
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert box.isChecked()
    assert load_settings().settings.general.credentials
    dialog.run()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    assert told(room.folder / "out.mp4")[0] == "Valid"
    for name in ("vp9", "png"):
        dialog.preset.setCurrentIndex(dialog.preset.findData(name))
        assert not box.isEnabled()
        assert not box.isChecked()
        assert "holds no credentials" in box.text()
        assert dialog.settings().credentials is None
    dialog.preset.setCurrentIndex(dialog.preset.findData("h264"))
    assert box.isEnabled()
    assert box.isChecked()


def test_without_the_extra_the_control_says_how_to_install_it(
    dialog: ExportDialog, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)  # what Python itself writes for a module that is not to be found
    room.desk.adjust(replace(room.desk.settings, general=replace(room.desk.settings.general, credentials=True)))
    dialog.form.follow()
    box = dialog.form.credentials
    assert not box.isEnabled()
    assert "pip install c2pa-python" in box.text()
    assert "extra “credentials”" in box.toolTip()
    assert dialog.settings().credentials is None


def test_films_wait_their_turn_as_the_timeline_was_when_they_were_asked_for(
    dialog: ExportDialog, room: Room, qtbot: QtBot
) -> None:
    dialog.run()
    dialog.run()
    assert "already" in dialog.message.text()
    for name in ("second.mp4", "third.mp4"):
        dialog.path.setText(str(room.folder / name))
        dialog.run()
    assert [path.name for path in dialog.exports.waiting] == ["second.mp4", "third.mp4"]
    assert dialog.queue.isVisible()
    qtbot.mouseClick(dialog.findChild(QToolButton, "dropExport1"), Qt.MouseButton.LeftButton)
    assert [path.name for path in dialog.exports.waiting] == ["second.mp4"]
    room.desk.select(room.desk.timeline.tracks[0].clips[0].id)
    room.desk.delete()
    qtbot.waitUntil(lambda: not dialog.is_running and not dialog.exports.waiting, timeout=20_000)
    assert probe(room.folder / "second.mp4").frames == 36
    assert not (room.folder / "third.mp4").exists()
    assert not dialog.queue.isVisible()


def test_every_field_has_a_name(dialog: ExportDialog) -> None:
    for control in dialog.findChildren(QWidget):
        if control.focusPolicy() != Qt.FocusPolicy.NoFocus and control.isVisibleTo(dialog):
            assert control.accessibleName() or control.objectName().startswith("qt_"), control.objectName()


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
