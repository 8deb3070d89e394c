"""The timeline, driven by real mouse and keyboard events over a real session."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from sora_studio.core.engine import Preview
from sora_studio.core.media_item import Lost, Pending
from sora_studio.core.timeline import Gap
from sora_studio.jobs.queue import JobQueue
from sora_studio.session.draft import Draft
from sora_studio.ui.timeline.metrics import PLUS
from sora_studio.ui.timeline.panel import TimelinePanel
from sora_studio.ui.timeline.workout import crowd, exercises
from tests.fakes.desk import Desk, looks, numbered, picture

LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
DRAFT = Draft(prompt="hills", steps=2)


class Stage:
    """A panel on a desk with two clips of 36 frames on V1: a at 0, b at 60."""

    def __init__(self, qtbot: QtBot, folder: Path, queue: JobQueue) -> None:
        self.bot = qtbot
        self.desk = Desk(folder / "project", queue)
        film = numbered(folder / "film.mp4")
        other = numbered(folder / "other.mp4")
        self.a = self.desk.place(self.desk.import_media(film), 0, 0)
        self.b = self.desk.place(self.desk.import_media(other), 0, 60)
        self.panel = TimelinePanel(self.desk, lambda: DRAFT)
        self.panel.resize(1000, 260)
        qtbot.addWidget(self.panel)
        with qtbot.waitExposed(self.panel):
            self.panel.show()
        QApplication.processEvents()
        self.view = self.panel.view
        self.view.zoom(5.0)
        self.view.horizontalScrollBar().setValue(self.view.horizontalScrollBar().minimum())

    def at(self, frame: float, track: int = 0, dx: int = 0, dy: int = 40) -> QPoint:
        """The viewport position of a frame on a track."""
        metrics = self.panel.scene.metrics
        origin = self.view.scene_at_origin()
        x = frame * metrics.per_frame - origin.x() + dx
        return QPoint(round(x), round(metrics.y(track) - origin.y() + dy))

    def press(self, at: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.bot.mousePress(self.view.viewport(), LEFT, modifiers, at)

    def drag(self, at: QPoint, by: int, down: int = 0, steps: int = 6) -> QPoint:
        """Press and move in steps, without letting go."""
        self.press(at)
        end = at
        for step in range(1, steps + 1):
            end = at + QPoint(by * step // steps, down * step // steps)
            self.bot.mouseMove(self.view.viewport(), end)
        return end

    def drop(self, at: QPoint) -> None:
        self.bot.mouseRelease(self.view.viewport(), LEFT, NONE, at)

    def clip(self, clip_id: str) -> tuple[int, int, int, int]:
        """Track, start, length, offset."""
        track, clip = self.desk.timeline.find(clip_id)
        return track, clip.start, clip.length, clip.offset

    def close(self) -> None:
        self.panel.shutdown()
        self.desk.close()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path, queue)
    yield made
    made.close()


def test_a_press_on_the_ruler_seeks_and_a_drag_scrubs(stage: Stage) -> None:
    ruler, bot = stage.view.ruler, stage.bot
    bot.mousePress(ruler, LEFT, NONE, QPoint(stage.at(30).x(), 15))
    assert stage.desk.playhead == 30
    bot.mouseMove(ruler, QPoint(stage.at(44).x(), 15))
    assert stage.desk.playhead == 44
    bot.mouseRelease(ruler, LEFT, NONE, QPoint(stage.at(44).x(), 15))
    bot.mouseMove(ruler, QPoint(stage.at(80).x(), 15))
    assert stage.desk.playhead == 44


def test_a_click_selects_ctrl_adds_and_takes_away_and_the_ground_selects_nothing(stage: Stage) -> None:
    stage.bot.mouseClick(stage.view.viewport(), LEFT, NONE, stage.at(10))
    assert stage.desk.selection == (stage.a,)
    stage.bot.mouseClick(stage.view.viewport(), LEFT, CTRL, stage.at(70))
    assert stage.desk.selection == (stage.a, stage.b)
    stage.bot.mouseClick(stage.view.viewport(), LEFT, CTRL, stage.at(10))
    assert stage.desk.selection == (stage.b,)
    stage.bot.mouseClick(stage.view.viewport(), LEFT, NONE, stage.at(10, track=1))
    assert stage.desk.selection == ()


def test_a_rubber_band_selects_what_it_touches(stage: Stage) -> None:
    stage.drop(stage.drag(stage.at(45, track=1), 200, down=80))
    assert stage.desk.selection == (stage.b,)
    end = stage.drag(stage.at(110, track=1), -500, down=80)
    assert stage.desk.selection == (stage.a, stage.b)
    stage.bot.keyClick(stage.view, Qt.Key.Key_Escape)
    assert stage.desk.selection == (stage.b,)
    stage.drop(end)


def test_dragging_a_clip_moves_it_in_time_and_between_tracks_as_one_step_of_undo(stage: Stage) -> None:
    stage.drop(stage.drag(stage.at(70), 100, down=-72))
    assert stage.clip(stage.b) == (1, 80, 36, 0)
    stage.panel.commands["undo"].trigger()
    assert stage.clip(stage.b) == (0, 60, 36, 0)
    stage.panel.commands["redo"].trigger()
    assert stage.clip(stage.b) == (1, 80, 36, 0)


def test_a_moved_clip_snaps_to_its_neighbour_unless_snapping_is_off(stage: Stage) -> None:
    stage.drop(stage.drag(stage.at(70), -5 * 24 + 6))
    assert stage.clip(stage.b)[1] == 36
    stage.panel.commands["undo"].trigger()
    stage.panel.commands["snap"].trigger()
    stage.drop(stage.drag(stage.at(70), -5 * 24 + 6))
    assert stage.clip(stage.b)[1] == 37


def test_escape_cancels_a_drag_and_a_click_moves_nothing(stage: Stage) -> None:
    end = stage.drag(stage.at(70), 150)
    item = stage.panel.scene.item(stage.b)
    assert item is not None
    moved = item.pos()
    stage.bot.keyClick(stage.view, Qt.Key.Key_Escape)
    assert item.pos() != moved
    stage.drop(end)
    assert stage.clip(stage.b)[1] == 60
    assert stage.desk.undo_text == "Place"


def test_trimming_both_edges_stays_within_the_media(stage: Stage) -> None:
    stage.drop(stage.drag(stage.at(96, dx=-3), -50))
    assert stage.clip(stage.b) == (0, 60, 26, 0)
    stage.drop(stage.drag(stage.at(60, dx=3), 50))
    assert stage.clip(stage.b) == (0, 70, 16, 10)
    stage.drop(stage.drag(stage.at(70, dx=3), -25))
    assert stage.clip(stage.b) == (0, 65, 21, 5)
    assert stage.desk.asked == []


def test_dragging_the_tail_past_its_media_shows_a_ghost_and_generates_its_seconds(stage: Stage) -> None:
    stage.panel.commands["snap"].trigger()
    end = stage.drag(stage.at(96, dx=-3), 48 * 5)
    assert stage.panel.scene.ghost.text == "Generate 2.0 s"
    assert stage.clip(stage.b)[2] == 36
    stage.drop(end)
    assert stage.desk.asked == [("extend", stage.b, 2.0, False)]
    assert not stage.panel.scene.ghost.isVisible()
    made = stage.desk.timeline.tracks[0].clips[-1]
    assert (made.start, made.length) == (96, 48)
    item = stage.panel.scene.item(made.id)
    assert item is not None
    assert item.face.pending


def test_dragging_the_head_before_its_media_generates_what_comes_before(stage: Stage) -> None:
    stage.panel.commands["snap"].trigger()
    end = stage.drag(stage.at(60, dx=3), -18 * 5)
    assert stage.panel.scene.ghost.text == "Generate 0.8 s"
    stage.drop(end)
    assert stage.desk.asked == [("extend", stage.b, 0.75, True)]
    made = stage.desk.timeline.neighbours(stage.b)[0]
    assert made is not None
    assert made.stop == stage.clip(stage.b)[1]


def test_a_trimmed_tail_first_gives_its_media_back_then_the_ghost_begins(stage: Stage) -> None:
    stage.panel.commands["snap"].trigger()
    stage.desk.trim_tail(stage.b, -12)
    end = stage.drag(stage.at(84, dx=-3), 36 * 5)
    assert stage.panel.scene.ghost.text == "Generate 1.0 s"
    stage.bot.keyClick(stage.view, Qt.Key.Key_Escape)
    stage.drop(end)
    assert stage.clip(stage.b)[2] == 24
    assert stage.desk.asked == []
    stage.drop(stage.drag(stage.at(84, dx=-3), 36 * 5))
    assert stage.clip(stage.b)[2] == 36
    assert stage.desk.asked == [("extend", stage.b, 1.0, False)]


def test_plus_handles_stand_at_the_ends_of_the_selected_clip_and_a_click_generates_two_seconds(stage: Stage) -> None:
    before, after = stage.panel.scene.handles
    assert not before.isVisible()
    stage.desk.select(stage.b)
    assert before.isVisible()
    assert after.isVisible()
    stage.bot.mouseClick(stage.view.viewport(), LEFT, NONE, stage.at(96, dx=PLUS // 2))
    assert stage.desk.asked == [("extend", stage.b, 2.0, False)]
    stage.desk.undo()
    stage.desk.trim_head(stage.b, 4)
    stage.desk.select(stage.b)
    assert not before.isVisible()
    stage.desk.select(stage.a)
    stage.bot.mouseClick(stage.view.viewport(), LEFT, NONE, stage.at(0, dx=-PLUS // 2))
    assert stage.desk.asked[-1] == ("extend", stage.a, 2.0, True)


def test_dragging_a_plus_handle_generates_at_once_even_when_media_remain(stage: Stage) -> None:
    stage.desk.trim_tail(stage.b, -12)
    stage.desk.select(stage.b)
    stage.drop(stage.drag(stage.at(84, dx=PLUS // 2), 24 * 5))
    assert stage.desk.asked == [("extend", stage.b, 1.0, False)]
    assert stage.clip(stage.b)[2] == 24


def test_a_still_picture_is_lengthened_by_its_edge_without_generating(stage: Stage, tmp_path: Path) -> None:
    still = stage.desk.place(stage.desk.import_media(picture(tmp_path / "still.png")), 1, 0)
    length = stage.clip(still)[2]
    stage.drop(stage.drag(stage.at(length, track=1, dx=-3), 12 * 5))
    assert stage.clip(still)[2] == length + 12
    assert stage.desk.asked == []


def test_the_blade_splits_where_it_is_pressed_and_ctrl_k_at_the_playhead(stage: Stage) -> None:
    stage.panel.commands["blade_tool"].trigger()
    stage.bot.mouseClick(stage.view.viewport(), LEFT, NONE, stage.at(70))
    assert stage.clip(stage.b) == (0, 60, 10, 0)
    assert len(stage.desk.timeline.tracks[0].clips) == 3
    stage.panel.commands["select_tool"].trigger()
    stage.desk.select()
    stage.desk.seek(20)
    stage.bot.keyClick(stage.view, Qt.Key.Key_K, CTRL)
    assert stage.clip(stage.a) == (0, 0, 20, 0)


def test_delete_leaves_a_gap_and_ripple_delete_closes_it(stage: Stage) -> None:
    stage.desk.select(stage.a)
    stage.bot.keyClick(stage.view, Qt.Key.Key_Delete)
    assert not stage.desk.timeline.has(stage.a)
    assert stage.clip(stage.b)[1] == 60
    stage.desk.undo()
    stage.desk.select(stage.a)
    stage.bot.keyClick(stage.view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert stage.clip(stage.b)[1] == 24


def test_the_place_that_the_inspector_speaks_of_is_framed(stage: Stage) -> None:
    picked, metrics = stage.panel.scene.picked, stage.panel.scene.metrics
    stage.desk.select(stage.a)
    assert not picked.isVisible()
    stage.press(stage.at(48))
    stage.drop(stage.at(48))
    assert stage.desk.picked == Gap(0, 36, 60)
    assert picked.isVisible()
    assert picked.sceneBoundingRect() == metrics.area(0, 36, 60)
    stage.view.zoom(3.0)
    assert picked.sceneBoundingRect() == stage.panel.scene.metrics.area(0, 36, 60)
    stage.desk.close_gap(Gap(0, 36, 60))
    assert not picked.isVisible()
    stage.desk.seek(36)
    assert picked.isVisible()
    assert picked.sceneBoundingRect().center().x() == stage.panel.scene.metrics.x(36)
    stage.desk.select(stage.b)
    assert not picked.isVisible()


def test_a_gap_under_the_pointer_offers_to_close_or_to_bridge(stage: Stage) -> None:
    scene, port = stage.panel.scene, stage.view.viewport()
    stage.bot.mouseMove(port, stage.at(48))
    assert scene.gap.gap == Gap(0, 36, 60)
    spot = scene.gap.centre("bridge") - stage.view.scene_at_origin()
    stage.bot.mouseClick(port, LEFT, NONE, spot.toPoint())
    middle = stage.desk.timeline.neighbours(stage.a)[1]
    assert middle is not None
    assert (middle.start, middle.length) == (36, 24)
    stage.desk.undo()
    stage.bot.mouseMove(port, stage.at(49))
    spot = scene.gap.centre("close") - stage.view.scene_at_origin()
    stage.bot.mouseClick(port, LEFT, NONE, spot.toPoint())
    assert stage.clip(stage.b)[1] == 36


def test_keys_do_what_the_pointer_does(stage: Stage) -> None:
    bot, view, alt = stage.bot, stage.view, Qt.KeyboardModifier.AltModifier
    bot.keyClick(view, Qt.Key.Key_Right, CTRL)
    assert stage.desk.selection == (stage.a,)
    bot.keyClick(view, Qt.Key.Key_Right, CTRL)
    assert (stage.desk.selection, stage.desk.playhead) == ((stage.b,), 60)
    bot.keyClick(view, Qt.Key.Key_Right, alt)
    bot.keyClick(view, Qt.Key.Key_Up, alt)
    assert stage.clip(stage.b)[:2] == (1, 61)
    stage.desk.seek(70)
    bot.keyClick(view, Qt.Key.Key_Q)
    assert stage.clip(stage.b) == (1, 70, 27, 9)
    stage.desk.seek(80)
    bot.keyClick(view, Qt.Key.Key_W)
    assert stage.clip(stage.b) == (1, 70, 10, 9)
    bot.keyClick(view, Qt.Key.Key_E)
    assert stage.desk.asked == [("extend", stage.b, 2.0, False)]


def test_two_selected_clips_are_moved_together(stage: Stage) -> None:
    stage.desk.select(stage.a, stage.b)
    stage.drop(stage.drag(stage.at(10), 60))
    assert (stage.clip(stage.a)[1], stage.clip(stage.b)[1]) == (12, 72)
    assert len(stage.desk.timeline.tracks[0].clips) == 2


def test_the_wheel_zooms_at_the_pointer_and_fit_shows_everything(stage: Stage) -> None:
    at = stage.at(50)
    frame = stage.view.scene_at(QPointF(at)).x() / stage.view.per_frame
    _wheel(stage, at, 240, CTRL)
    assert stage.view.per_frame > 5.0
    assert abs(stage.view.scene_at(QPointF(at)).x() / stage.view.per_frame - frame) < 1
    before = stage.view.per_frame
    stage.bot.keyClick(stage.view, Qt.Key.Key_Minus)
    assert stage.view.per_frame < before
    stage.panel.commands["fit"].trigger()
    assert stage.view.x_in_view(0) > 0
    assert stage.view.x_in_view(stage.desk.timeline.length) < stage.view.viewport().width()
    stage.panel.tools.slider.setValue(stage.panel.tools.slider.maximum())
    assert stage.view.per_frame == pytest.approx(48.0)


def test_the_first_clip_is_fitted_and_one_being_made_is_scrolled_to(stage: Stage) -> None:
    stage.desk.select(stage.a, stage.b)
    stage.desk.delete()
    stage.view.zoom(0.1)
    media = next(iter(stage.desk.project.media))
    stage.desk.place(media, 0, 0)
    assert stage.view.per_frame > 2
    stage.desk.seek(5000)
    stage.view.horizontalScrollBar().setValue(0)
    stage.desk.generate(Draft(prompt="hills", steps=2))
    made = stage.desk.timeline.find(stage.desk.selection[0])[1]
    assert 0 <= stage.view.x_in_view(made.start) < stage.view.x_in_view(made.stop) <= stage.view.viewport().width()


def test_a_plain_wheel_goes_along_the_time_axis(stage: Stage) -> None:
    stage.view.zoom(40.0)
    bar = stage.view.horizontalScrollBar()
    before = bar.value()
    _wheel(stage, stage.at(50), -120, NONE)
    assert bar.value() > before


def test_thumbnails_arrive_in_the_background(stage: Stage) -> None:
    item = stage.panel.scene.item(stage.a)
    assert item is not None
    stage.bot.waitUntil(lambda: item.face.strip is not None, timeout=10_000)
    first = item.face.strip.at(0.0).toImage().pixelColor(2, 2).red() if item.face.strip else 0
    last = item.face.strip.at(0.999).toImage().pixelColor(2, 2).red() if item.face.strip else 0
    assert last - first > 100


def test_a_pending_clip_moves_and_counts_its_steps_until_it_is_made(stage: Stage) -> None:
    stage.desk.generate(Draft(prompt="slow hills", steps=6))
    clip_id = stage.desk.selection[0]
    item = stage.panel.scene.item(clip_id)
    assert item is not None
    assert item.face.pending
    seen: list[tuple[str, bool]] = []
    stage.desk.previewed.connect(lambda *_: seen.append((item.face.step, item.face.strip is not None)))
    stage.bot.waitUntil(lambda: not item.face.pending, timeout=20_000)
    assert len(seen) >= 3
    assert all(has_pictures and step.endswith("/ 6") for step, has_pictures in seen)
    assert item.face.lost == ""
    stage.bot.waitUntil(lambda: item.face.strip is not None, timeout=20_000)


def test_a_failed_clip_shows_its_reason(stage: Stage) -> None:
    stage.desk.generate(Draft(prompt="fail", steps=2))
    clip_id = stage.desk.selection[0]
    media = stage.desk.timeline.find(clip_id)[1].media
    assert isinstance(stage.desk.item(media).state, Pending)
    stage.bot.waitUntil(lambda: isinstance(stage.desk.item(media).state, Lost), timeout=20_000)
    item = stage.panel.scene.item(clip_id)
    assert item is not None
    assert "cannot paint" in item.face.lost
    assert item.toolTip() == item.face.lost


def test_the_menu_of_a_failed_clip_tries_again_and_that_of_a_forming_one_stops_it(stage: Stage) -> None:
    stage.desk.generate(Draft(prompt="slow fail", steps=60))  # forms long enough to be stopped
    clip = stage.desk.timeline.find(stage.desk.selection[0])[1]
    stage.bot.waitUntil(lambda: isinstance(stage.desk.item(clip.media).state, Lost), timeout=20_000)
    at = QPointF(stage.panel.scene.metrics.x(clip.start) + 30, stage.panel.scene.metrics.y(0) + 30)
    again = stage.panel.commands.menu_for(at)[0]
    assert again is not None
    assert again.text() == "Try again"
    again.trigger()
    assert isinstance(stage.desk.item(clip.media).state, Pending)
    offered = [action for action in stage.panel.commands.menu_for(at) if action is not None]
    next(action for action in offered if action.text() == "Stop generating").trigger()
    stage.bot.waitUntil(lambda: not any(job.active for job in stage.desk.jobs()), timeout=20_000)


def test_the_steps_to_measure_do_what_they_say(stage: Stage) -> None:
    crowd(stage.desk, stage.desk.timeline.find(stage.a)[1].media, 8)
    assert sum(len(track.clips) for track in stage.desk.timeline.tracks) >= 8
    steps = exercises(stage.panel)
    before = stage.desk.timeline
    for name, step in steps.items():
        for count in range(3):
            step(count)
            QApplication.processEvents()
        assert stage.desk.timeline == before, name
    assert not stage.view.hand.busy


def test_a_missing_file_is_named(stage: Stage) -> None:
    path = stage.desk.media_path(stage.desk.timeline.find(stage.a)[1].media)
    assert path is not None
    path.unlink()
    stage.desk.move(stage.b, 0, 100)
    item = stage.panel.scene.item(stage.a)
    assert item is not None
    assert "film.mp4" in item.face.lost


def test_items_follow_the_session_by_identity(stage: Stage) -> None:
    scene = stage.panel.scene
    item = scene.item(stage.a)
    stage.desk.move(stage.b, 1, 10)
    assert scene.item(stage.a) is item
    stage.desk.select(stage.b)
    stage.desk.delete()
    assert scene.item(stage.b) is None
    assert len(list(scene.clip_items())) == 1


def test_every_control_is_named_and_every_command_has_a_key(stage: Stage) -> None:
    for button in stage.panel.tools.children():
        if button.isWidgetType() and button.metaObject().className() == "QToolButton":
            assert button.accessibleName()  # type: ignore[attr-defined]
            assert button.objectName()
    for action in stage.panel.actions_list():
        assert action.shortcuts(), action.text()
    assert stage.view.accessibleDescription() == "Nothing selected"
    stage.desk.select(stage.a)
    assert "film on V1" in stage.view.accessibleDescription()


def test_live_previews_reach_the_clip_at_once_and_move_with_the_clock(stage: Stage) -> None:
    stage.desk.generate(Draft(prompt="endless", steps=2))
    clip_id = stage.desk.selection[0]
    media = stage.desk.timeline.find(clip_id)[1].media
    stage.desk.previewed.emit(media, Preview(1, 4, looks()))
    item = stage.panel.scene.item(clip_id)
    assert item is not None
    assert item.face.strip is not None
    assert item.face.progress == pytest.approx(0.25)
    before = stage.view.grab().toImage()
    stage.panel.scene.tick()
    assert stage.view.grab().toImage() != before


def _wheel(stage: Stage, at: QPoint, delta: int, modifiers: Qt.KeyboardModifier) -> None:
    port = stage.view.viewport()
    event = QWheelEvent(
        QPointF(at),
        QPointF(port.mapToGlobal(at)),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(port, event)


def test_a_narrow_strip_of_tools_gives_up_groups_and_has_them_back(stage: Stage) -> None:
    tools = stage.panel.tools

    def shown() -> list[str]:
        buttons = [one for one in tools.findChildren(QToolButton) if one.isVisible()]
        assert all(one.geometry().right() <= tools.width() for one in buttons)
        assert not any(one.geometry().intersects(other.geometry()) for one, other in combinations(buttons, 2))
        return [one.objectName() for one in buttons]

    stage.panel.resize(1400, 260)
    everything = shown()
    assert tools.slider.isVisible()
    stage.panel.resize(780, 260)
    assert not tools.slider.isVisible()
    assert len(shown()) < len(everything)
    stage.panel.resize(tools.minimumWidth(), 260)
    assert "timeline_select_tool_button" in shown()
    assert "timeline_fit_button" in shown()
    stage.panel.resize(1400, 260)
    assert shown() == everything
