"""Heads of tracks, the ruler's markers and range, gaps and the divider, driven by real mouse and keyboard events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Marker
from sora_studio.core.tracks import Switches
from sora_studio.jobs.queue import JobQueue
from sora_studio.ui.timeline.dialogs import MarkerDialog
from sora_studio.ui.timeline.header import TrackHeader
from sora_studio.ui.timeline.metrics import AUDIO_HEIGHT, HIGHEST, TRACK_HEIGHT
from tests.media.test_audio import flash_and_beep
from tests.ui.test_timeline_panel import LEFT, NONE, Stage


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    made = Stage(qtbot, tmp_path, queue)
    made.panel.resize(1000, 340)
    QApplication.processEvents()
    yield made
    made.close()


def head(stage: Stage, index: int) -> TrackHeader:
    return stage.view.headers.rows[index]


def pull(stage: Stage, row: TrackHeader, by: int) -> None:
    """Drag the lower edge of a head."""
    edge = QPoint(60, row.height() - 2)
    stage.bot.mousePress(row, LEFT, NONE, edge)
    stage.bot.mouseMove(row, edge + QPoint(0, by))
    stage.bot.mouseRelease(row, LEFT, NONE, edge + QPoint(0, by))


def names(stage: Stage) -> list[str]:
    return [track.name for track in stage.desk.timeline.tracks]


def test_every_track_has_a_head_beside_it_with_named_switches(stage: Stage) -> None:
    assert [row.accessibleName() for row in stage.view.headers.rows] == ["Track V1", "Track V2", "Track A1"]
    origin = stage.view.scene_at_origin().y()
    for index in range(3):
        assert head(stage, index).y() == round(stage.panel.scene.metrics.y(index) - origin)
    shown = {button.accessibleName() for button in (head(stage, 0).lock, head(stage, 0).hide_button)}
    assert shown == {"Lock track V1", "Hide track V1"}
    assert not head(stage, 0).mute.isVisible()
    assert not head(stage, 2).hide_button.isVisible()


def test_switches_change_the_track_and_say_what_a_click_does_next(stage: Stage) -> None:
    stage.bot.mouseClick(head(stage, 0).lock, LEFT)
    assert stage.desk.timeline.tracks[0].locked
    assert head(stage, 0).lock.accessibleName() == "Unlock track V1"
    item = stage.panel.scene.item(stage.a)
    assert item is not None
    assert item.face.locked
    stage.bot.mouseClick(head(stage, 0).hide_button, LEFT)
    assert stage.desk.timeline.tracks[0].hidden
    assert item.face.dim
    stage.bot.mouseClick(head(stage, 2).mute, LEFT)
    stage.bot.mouseClick(head(stage, 2).solo, LEFT)
    assert (stage.desk.timeline.tracks[2].muted, stage.desk.timeline.tracks[2].solo) == (True, True)
    stage.desk.undo()
    assert not stage.desk.timeline.tracks[2].solo
    assert not head(stage, 2).solo.isChecked()


def test_a_double_click_renames_and_escape_does_not(stage: Stage) -> None:
    row = head(stage, 1)
    stage.bot.mouseDClick(row, LEFT, NONE, QPoint(20, row.height() // 2))
    stage.bot.keyClicks(row.editor, "Titles")
    stage.bot.keyClick(row.editor, Qt.Key.Key_Return)
    assert names(stage) == ["V1", "Titles", "A1"]
    row.rename()
    stage.bot.keyClicks(row.editor, "Nonsense")
    stage.bot.keyClick(row.editor, Qt.Key.Key_Escape)
    assert names(stage) == ["V1", "Titles", "A1"]
    assert row.editor.isHidden()


def test_tracks_are_added_moved_and_deleted(stage: Stage) -> None:
    for kind in ("video", "audio"):
        button = stage.view.headers.findChild(object, f"add_{kind}_track_button")
        stage.bot.mouseClick(button, LEFT)
    assert names(stage) == ["V1", "V2", "V3", "A1", "A2"]
    assert len(stage.view.headers.rows) == 5
    _choose(stage.view.headers.menu_of(0), "Move track up")
    assert names(stage) == ["V2", "V1", "V3", "A1", "A2"]
    item = stage.panel.scene.item(stage.a)
    assert item is not None
    assert item.pos().y() == stage.panel.scene.metrics.y(1)
    _choose(stage.view.headers.menu_of(1), "Delete track with 2 clips")
    assert names(stage) == ["V2", "V3", "A1", "A2"]
    assert stage.panel.scene.item(stage.a) is None
    stage.desk.undo()
    assert stage.panel.scene.item(stage.a) is not None
    stage.bot.keyClick(stage.view, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert "V4" in names(stage)


def test_the_lower_edge_of_a_head_changes_the_height_of_its_track(stage: Stage) -> None:
    row = head(stage, 0)
    pull(stage, row, 30)
    assert stage.panel.scene.metrics.high(0) == TRACK_HEIGHT + 30
    item = stage.panel.scene.item(stage.a)
    assert item is not None
    assert item.boundingRect().height() == TRACK_HEIGHT + 30
    assert row.height() == TRACK_HEIGHT + 30


def test_the_heights_of_tracks_come_back_with_their_project(stage: Stage, tmp_path: Path) -> None:
    scene, row = stage.panel.scene, head(stage, 0)
    stage.desk.save()
    pull(stage, row, 30)
    assert not stage.desk.modified
    stage.desk.new(tmp_path / "other")
    assert scene.metrics.high(0) == head(stage, 0).height() == TRACK_HEIGHT
    stage.desk.open(tmp_path / "project")
    assert scene.metrics.high(0) == head(stage, 0).height() == TRACK_HEIGHT + 30
    stage.desk.rename_track(0, "Actors")
    assert scene.metrics.high(0) == head(stage, 0).height() == TRACK_HEIGHT + 30
    stage.desk.move_track(0, 1)
    assert (scene.metrics.high(0), scene.metrics.high(1)) == (TRACK_HEIGHT, TRACK_HEIGHT + 30)
    stage.desk.undo()
    stage.desk.save()
    stage.desk.new(tmp_path / "second")
    stage.desk.open(tmp_path / "project")
    assert stage.desk.timeline.tracks[0].name == "Actors"
    assert scene.metrics.high(0) == head(stage, 0).height() == TRACK_HEIGHT + 30
    stage.desk.undo()
    stage.desk.rename_track(0, "V1")
    stage.desk.save()
    stage.desk.new(tmp_path / "third")
    (tmp_path / "project" / "view.json").write_text('{"heights": [["video", "V1", 9000], ["x", "V1", 1]]}')
    stage.desk.open(tmp_path / "project")
    assert scene.metrics.high(0) == HIGHEST


def test_the_divider_gives_height_from_sound_to_pictures(stage: Stage) -> None:
    divider = stage.panel.scene.metrics.divider
    assert divider is not None
    at = QPoint(300, round(divider - stage.view.scene_at_origin().y()))
    stage.press(at)
    stage.bot.mouseMove(stage.view.viewport(), at + QPoint(0, 10))
    assert stage.panel.scene.metrics.high(0) == TRACK_HEIGHT + 5
    assert stage.panel.scene.metrics.high(2) == AUDIO_HEIGHT - 10
    stage.bot.keyClick(stage.view, Qt.Key.Key_Escape)
    assert stage.panel.scene.metrics.high(0) == TRACK_HEIGHT
    stage.drop(at)


def test_m_sets_a_marker_and_again_asks_for_its_name(stage: Stage) -> None:
    stage.desk.seek(40)
    stage.bot.keyClick(stage.view, Qt.Key.Key_M)
    assert [marker.frame for marker in stage.desk.timeline.markers] == [40]
    stage.bot.keyClick(stage.view, Qt.Key.Key_M)
    (dialog,) = stage.panel.findChildren(MarkerDialog)
    stage.bot.keyClicks(dialog.name, "Sunrise")
    dialog.colour.setCurrentIndex(4)
    stage.bot.keyClick(dialog, Qt.Key.Key_Return)
    assert [(marker.name, marker.colour) for marker in stage.desk.timeline.markers] == [("Sunrise", "orange")]


def test_markers_are_dragged_on_the_ruler_and_gone_to_by_keys(stage: Stage) -> None:
    stage.desk.put_marker(Marker(20, "a"))
    stage.desk.put_marker(Marker(60, "b"))
    ruler, x = stage.view.ruler, stage.at(20).x()
    stage.bot.mousePress(ruler, LEFT, NONE, QPoint(x, 6))
    stage.bot.mouseMove(ruler, QPoint(x + 50, 6))
    assert [marker.frame for marker in stage.desk.timeline.markers] == [20, 60]
    stage.bot.mouseRelease(ruler, LEFT, NONE, QPoint(x + 50, 6))
    assert [marker.frame for marker in stage.desk.timeline.markers] == [30, 60]
    assert stage.desk.playhead == 0
    stage.bot.keyClick(stage.view, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert stage.desk.playhead == 30
    stage.bot.mouseClick(ruler, LEFT, NONE, QPoint(stage.at(60).x(), 6))
    assert stage.desk.playhead == 60
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    stage.bot.keyClick(stage.view, Qt.Key.Key_M, both)
    assert stage.desk.playhead == 30


def test_the_ends_of_the_range_are_dragged(stage: Stage) -> None:
    stage.desk.mark_range(20, 60)
    ruler, x = stage.view.ruler, stage.at(60).x()
    stage.bot.mousePress(ruler, LEFT, NONE, QPoint(x, 25))
    stage.bot.mouseMove(ruler, QPoint(x + 100, 25))
    stage.bot.mouseRelease(ruler, LEFT, NONE, QPoint(x + 100, 25))
    assert stage.desk.timeline.marked == FrameRange(20, 80)
    assert stage.desk.undo_text == "Marks"


def test_a_gap_names_its_length_and_is_filled_from_the_prompt(stage: Stage) -> None:
    scene, port = stage.panel.scene, stage.view.viewport()
    stage.view.zoom(12.0, 0)
    stage.bot.mouseMove(port, stage.at(48))
    assert scene.gap.gap is not None
    assert [name for name, _box in scene.gap.buttons()] == ["fill", "bridge", "close"]
    spot = scene.gap.centre("fill") - stage.view.scene_at_origin()
    stage.bot.mouseClick(port, LEFT, NONE, spot.toPoint())
    middle = stage.desk.timeline.neighbours(stage.a)[1]
    assert middle is not None
    assert (middle.start, middle.length) == (36, 24)


def test_the_gap_at_the_playhead_is_bridged_filled_and_closed_with_keys(stage: Stage) -> None:
    commands, names = stage.panel.commands, ("fill_gap", "bridge_gap", "close_gap")
    stage.desk.seek(10)
    assert [commands[name].isEnabled() for name in names] == [False, False, False]
    stage.desk.seek(48)
    assert [commands[name].isEnabled() for name in names] == [True, True, True]
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    stage.bot.keyClick(stage.view, Qt.Key.Key_B, both)
    assert stage.desk.undo_text == "Fill gap"
    middle = stage.desk.timeline.neighbours(stage.a)[1]
    assert middle is not None
    assert stage.desk.item(middle.media).made_from["given"]  # the neighbours' frames
    stage.desk.delete()
    stage.bot.keyClick(stage.view, Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert [clip.start for clip in stage.desk.timeline.tracks[0].clips] == [0, 36]
    stage.desk.seek(0)
    stage.desk.move(stage.a, 1, 20)
    assert [commands[name].isEnabled() for name in names] == [True, False, True]  # a leading gap


def test_gaps_between_sounds_can_only_be_closed(stage: Stage, tmp_path: Path) -> None:
    media = stage.desk.import_media(flash_and_beep(tmp_path / "beep.mov", 20, frames=24))
    stage.desk.place(media, 0, 100)
    stage.bot.mouseMove(stage.view.viewport(), stage.at(80, track=2, dy=30))
    assert [name for name, _box in stage.panel.scene.gap.buttons()] == ["close"]


def test_a_film_with_sound_shows_its_waveform_and_moves_with_it(stage: Stage, tmp_path: Path) -> None:
    media = stage.desk.import_media(flash_and_beep(tmp_path / "beep.mov", 20, frames=24))
    clip = stage.desk.place(media, 0, 110)
    (sound,) = stage.desk.timeline.tracks[2].clips
    item = stage.panel.scene.item(sound.id)
    assert item is not None
    stage.bot.waitUntil(lambda: item.face.wave is not None, timeout=20_000)
    assert item.face.wave is not None
    levels = item.face.wave.columns(0.0, 1.0, 24)
    assert max(range(24), key=lambda place: levels[place]) in (20, 21, 22)
    stage.drop(stage.drag(stage.at(115), 5 * 5))
    assert stage.clip(clip)[1] == stage.clip(sound.id)[1] == 115


def test_a_hidden_or_locked_track_is_read_to_screen_readers_by_its_head(stage: Stage) -> None:
    stage.desk.switch_track(1, Switches(hidden=True))
    assert head(stage, 1).hide_button.accessibleName() == "Show track V2"
    assert head(stage, 1).hide_button.isChecked()


def test_sound_and_locked_clips_offer_no_generation(stage: Stage, tmp_path: Path) -> None:
    handles = stage.panel.scene.handles
    stage.desk.select(stage.b)
    assert any(handle.isVisible() for handle in handles)
    stage.desk.switch_track(0, Switches(locked=True))
    assert not any(handle.isVisible() for handle in handles)
    stage.desk.undo()
    media = stage.desk.import_media(flash_and_beep(tmp_path / "beep.mov", 20, frames=24))
    stage.desk.place(media, 0, 110)
    (sound,) = stage.desk.timeline.tracks[2].clips
    stage.desk.select(sound.id)
    assert not any(handle.isVisible() for handle in handles)
    assert not stage.panel.commands["extend_end"].isEnabled()


def _choose(menu: QMenu, text: str) -> None:
    action = next(one for one in menu.actions() if one.text() == text)
    assert action.isEnabled()
    action.trigger()
