"""The views of the monitor: timeline, clip and live; marks, shuttle with a held key, zoom, guides, comparison."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sora_studio.core.engine import Preview
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.jobs.queue import JobQueue
from sora_studio.session.viewing import Compare, Marks
from sora_studio.ui.monitor.comparing import beside
from sora_studio.ui.monitor.guides import Guides
from sora_studio.ui.monitor.placement import Placement
from sora_studio.ui.monitor.shot import Side
from sora_studio.ui.monitor.shown import medium_at
from sora_studio.ui.monitor.words import NO_CLIP, NOT_LIVE
from tests.fakes.desk import looks, number_of, numbered, picture
from tests.ui.test_monitor_panel import Stage

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path, queue)
    yield made
    made.close()


def _tab(stage: Stage) -> int:
    return stage.panel.header.tabs.index


def _do(stage: Stage, name: str) -> None:
    stage.panel.commands[name].trigger()


# -- views -----------------------------------------------------------------------------------------------------


def test_a_medium_is_looked_at_in_its_own_frames_and_keeps_its_place(stage: Stage) -> None:
    stage.film()
    slow = stage.desk.import_media(numbered(stage.folder / "slow.mp4", rate=Rate(8)))
    stage.desk.viewing.look_at(slow)
    assert _tab(stage) == 1
    assert stage.panel.header.name.whole == "slow"
    _do(stage, "second_forward")
    stage.wait_number(8)
    assert stage.desk.playhead == 0
    assert stage.panel.transport.timecode.text == "00:00:01:00"
    _do(stage, "to_end")
    stage.wait_number(35)
    _do(stage, "view_timeline")
    stage.wait_number(0)
    stage.desk.viewing.look_at(slow)
    stage.wait_number(35)


def test_the_clip_view_opens_the_selected_clip_else_the_one_under_the_playhead(stage: Stage) -> None:
    _do(stage, "view_clip")
    assert stage.view.message is NO_CLIP
    _do(stage, "view_timeline")
    first, second = stage.film("first.mp4"), stage.film("second.mp4", start=40)
    _do(stage, "view_clip")
    assert stage.panel.header.name.whole == "first"
    stage.desk.select(second)
    assert _tab(stage) == 0
    stage.bot.mouseClick(stage.panel.header.tabs.findChild(object, "monitorView1"), Qt.MouseButton.LeftButton)
    assert stage.panel.header.name.whole == "second"
    assert first != second


def test_going_somewhere_on_the_timeline_leaves_the_clip_view(stage: Stage) -> None:
    stage.film()
    _do(stage, "view_clip")
    stage.desk.seek(20)
    assert _tab(stage) == 0
    stage.wait_number(20)


def test_the_live_view_follows_what_is_being_made_and_says_when_nothing_is(stage: Stage) -> None:
    stage.film()
    _do(stage, "view_live")
    assert stage.view.message is NOT_LIVE
    media = stage.pending()
    assert _tab(stage) == 2
    stage.desk.seek(5)
    assert _tab(stage) == 0
    _do(stage, "view_live")
    stage.desk.show_preview(media, Preview(1, 4, looks(1, level=250)))
    assert stage.view.pill is not None
    assert stage.level() in range(247, 256)


def test_what_is_at_work_is_watched_while_the_newest_waits(stage: Stage) -> None:
    first = stage.pending("endless lake")
    second = stage.pending("a forest")
    stage.bot.waitUntil(lambda: stage.panel.director.subject == first and stage.view.image is not None)
    assert stage.panel.header.name.whole == "endless lake"
    stage.desk.enough(stage.desk.jobs()[0].id)
    stage.bot.waitUntil(lambda: not stage.panel.director.attention.pending(second))
    assert _tab(stage) == 0
    assert stage.panel.header.name.whole == ""
    assert stage.desk.playhead == stage.desk.timeline.find(stage.desk.selection[0])[1].start


def test_playing_leaves_the_live_view(stage: Stage) -> None:
    stage.film()
    stage.pending()
    assert _tab(stage) == 2
    stage.panel.play()
    assert _tab(stage) == 0
    stage.panel.pause()


def test_playing_a_clip_moves_its_own_playhead(stage: Stage) -> None:
    stage.film()
    _do(stage, "view_clip")
    _do(stage, "play")
    stage.bot.waitUntil(lambda: stage.desk.viewing.source.frame >= 4, timeout=5000)
    _do(stage, "play")
    assert stage.desk.playhead == 0


# -- marks -----------------------------------------------------------------------------------------------------


def test_marks_are_set_gone_to_and_cleared(stage: Stage) -> None:
    stage.film()
    reel = stage.panel.reels
    stage.desk.seek(10)
    _do(stage, "mark_in")
    stage.desk.seek(20)
    _do(stage, "mark_out")
    assert reel.stretch() == FrameRange(10, 21)
    _do(stage, "go_in")
    assert stage.desk.playhead == 10
    _do(stage, "go_out")
    assert stage.desk.playhead == 20
    stage.desk.seek(25)
    _do(stage, "mark_in")
    assert reel.stretch() == FrameRange(25, 36)
    _do(stage, "clear_in")
    assert reel.stretch() is None
    _do(stage, "mark_in")
    _do(stage, "mark_out")
    _do(stage, "clear_marks")
    assert reel.stretch() is None


def test_marks_of_a_clip_are_its_own(stage: Stage) -> None:
    stage.film()
    media = stage.desk.timeline.tracks[0].clips[0].media
    _do(stage, "view_clip")
    stage.desk.viewing.seek(6)
    _do(stage, "mark_in")
    assert stage.desk.viewing.marks_of(media) == Marks(6, None)
    _do(stage, "view_timeline")
    assert stage.panel.reels.stretch() is None


def test_a_loop_goes_round_the_marked_range(stage: Stage) -> None:
    stage.film()
    stage.desk.seek(10)
    _do(stage, "mark_in")
    stage.desk.seek(13)
    _do(stage, "mark_out")
    stage.panel.commands["loop"].setChecked(True)
    stage.panel.player.loop = True
    seen: set[int] = set()
    stage.desk.playhead_moved.connect(lambda frame: seen.add(frame))
    stage.desk.seek(0)
    stage.panel.play()
    stage.bot.waitUntil(lambda: {10, 11, 12, 13} <= seen, timeout=8000)
    stage.bot.wait(200)
    stage.panel.pause()
    assert seen <= {0, 10, 11, 12, 13}


# -- keys ------------------------------------------------------------------------------------------------------


def test_k_held_with_l_or_j_goes_one_frame(stage: Stage) -> None:
    stage.film()
    stage.panel.activateWindow()
    stage.bot.waitUntil(stage.panel.isActiveWindow)
    stage.desk.seek(10)
    bot, panel = stage.bot, stage.panel
    bot.keyPress(panel, Qt.Key.Key_K)
    bot.keyClick(panel, Qt.Key.Key_L)
    bot.keyClick(panel, Qt.Key.Key_L)
    assert stage.desk.playhead == 12
    bot.keyClick(panel, Qt.Key.Key_J)
    assert stage.desk.playhead == 11
    assert not panel.player.playing
    bot.keyRelease(panel, Qt.Key.Key_K)
    bot.keyClick(panel, Qt.Key.Key_L)
    assert panel.player.playing
    panel.pause()


def test_a_typed_timecode_is_gone_to_and_nonsense_is_said(stage: Stage) -> None:
    stage.film()
    timecode = stage.panel.transport.timecode
    stage.bot.mouseClick(timecode, Qt.MouseButton.LeftButton)
    assert timecode.field.isVisible()
    timecode.field.setText("1:06")
    stage.bot.keyClick(timecode.field, Qt.Key.Key_Return)
    assert stage.desk.playhead == 30
    assert not timecode.field.isVisible()
    timecode.edit()
    timecode.field.setText("-10")
    stage.bot.keyClick(timecode.field, Qt.Key.Key_Return)
    assert stage.desk.playhead == 20
    timecode.edit()
    timecode.field.setText("soon")
    stage.bot.keyClick(timecode.field, Qt.Key.Key_Return)
    assert "not a timecode" in stage.desk.notices[-1].text
    timecode.edit()
    stage.bot.keyClick(timecode.field, Qt.Key.Key_Escape)
    assert not timecode.field.isVisible()
    assert stage.desk.playhead == 20


def test_the_seek_bar_follows_and_leads(stage: Stage) -> None:
    stage.film()
    bar = stage.panel.seek_bar
    stage.desk.seek(12)
    assert (bar.value(), bar.maximum()) == (12, 35)
    stage.bot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 1, 8))
    assert stage.desk.playhead >= 35
    stage.bot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(1, 8))
    assert stage.desk.playhead == 0


# -- picture ---------------------------------------------------------------------------------------------------


def test_the_wheel_zooms_at_the_pointer_and_a_drag_pans(stage: Stage) -> None:
    stage.film()
    stage.wait_number(0)
    fitted, view = stage.view.target(), stage.view
    at = QPointF(fitted.left() + fitted.width() * 0.25, fitted.top() + fitted.height() * 0.25)
    for _ in range(6):
        _wheel(stage, at, 120)
    larger = view.target()
    assert larger.width() > fitted.width() * 2
    # The height fills the surface from the start, so there the point stays exactly.
    part = (at.y() - larger.top()) / larger.height()
    assert part == pytest.approx(0.25, abs=0.01)
    assert not stage.panel.commands["fit"].isChecked()
    centre = view.rect().center()
    stage.bot.mousePress(view, Qt.MouseButton.LeftButton, pos=centre)
    stage.bot.mouseMove(view, centre + QPoint(30, 10))
    stage.bot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=centre + QPoint(30, 10))
    assert view.target().left() - larger.left() in range(25, 36)
    _do(stage, "fit")
    assert view.target() == fitted


def test_a_picture_is_never_dragged_out_of_sight() -> None:
    surface, shape = QSize(400, 300), QSize(640, 360)
    placed = Placement(2.0).panned(QPointF(99_999, -99_999), surface, shape)
    target = placed.target(surface, shape)
    assert target.left() == 0
    assert target.bottom() == 299
    small = Placement(0.2).panned(QPointF(50, 50), surface, shape).target(surface, shape)
    assert small.center().x() in (199, 200)


def test_guides_are_drawn_in_turn(stage: Stage) -> None:
    stage.desk.place(stage.desk.import_media(picture(stage.folder / "grey.png", 128)), 0, 0)
    stage.bot.waitUntil(lambda: stage.view.image is not None, timeout=8000)
    plain = stage.view.grab().toImage()
    shots: list[QImage] = []
    for _ in Guides:
        _do(stage, "guides")
        shots.append(stage.view.grab().toImage())
    assert shots[-1] == plain
    assert len({_bytes(shot) for shot in (*shots, plain)}) == len(Guides)
    target = stage.view.target()
    third = QPoint(target.left() + target.width() // 3, target.top() + target.height() // 5)
    near = [shots[0].pixelColor(third + QPoint(by, 0)).green() for by in (-1, 0, 1)]
    assert max(near) > 180


def test_a_lower_resolution_shows_the_same_frame_smaller(stage: Stage) -> None:
    large = stage.desk.import_media(numbered(stage.folder / "large.mp4", 6, size=Size(1280, 720)))
    stage.desk.place(large, 0, 0)
    stage.bot.waitUntil(lambda: stage.view.image is not None and stage.view.image.width() == 1280, timeout=15_000)
    _do(stage, "resolution")
    assert stage.panel.commands["resolution"].iconText() == "360p"
    stage.bot.waitUntil(lambda: stage.view.image is not None and stage.view.image.width() == 640, timeout=15_000)
    stage.wait_number(0)
    _do(stage, "resolution")
    assert stage.panel.commands["resolution"].iconText() == "Full"
    stage.bot.waitUntil(lambda: stage.view.image is not None and stage.view.image.width() == 1280, timeout=15_000)


# -- comparison ------------------------------------------------------------------------------------------------


def _versus(stage: Stage) -> tuple[str, str]:
    """Two films over each other: the upper one runs three frames ahead and is called B."""
    a = stage.desk.import_media(numbered(stage.folder / "a.mp4"))
    b = stage.desk.import_media(numbered(stage.folder / "b.mp4"))
    stage.desk.place(a, 0, 0)
    clip = stage.desk.place(b, 1, 3)
    stage.desk.trim_head(clip, 3)
    return a, b


def _levels(stage: Stage) -> tuple[int, int]:
    """The frame numbers left and right of the middle."""
    image, target = stage.view.grab().toImage(), stage.view.target()
    y = target.top() + target.height() // 4
    left, right = target.left() + target.width() // 8, target.left() + target.width() * 7 // 8
    return number_of(image.pixelColor(left, y).green()), number_of(image.pixelColor(right, y).green())


def test_two_clips_under_the_playhead_are_compared_with_a_divider(stage: Stage) -> None:
    a, b = _versus(stage)
    stage.desk.seek(10)
    _do(stage, "compare")
    assert stage.desk.viewing.compare == Compare(a, b)
    stage.bot.waitUntil(lambda: stage.view.wipe is not None and _levels(stage) == (10, 7), timeout=15_000)
    assert stage.view.wipe is not None
    assert stage.view.wipe.names == ("a", "b")
    target = stage.view.target()
    stage.bot.mousePress(stage.view, Qt.MouseButton.LeftButton, pos=QPoint(target.left() + 2, target.center().y()))
    stage.bot.mouseRelease(stage.view, Qt.MouseButton.LeftButton)
    assert _levels(stage) == (7, 7)
    _do(stage, "divider_right")
    _do(stage, "divider_right")
    _do(stage, "divider_right")
    assert _levels(stage) == (10, 7)
    _do(stage, "compare_swap")
    stage.bot.waitUntil(lambda: _levels(stage) == (7, 10), timeout=15_000)
    _do(stage, "compare")
    assert stage.desk.viewing.compare is None
    stage.wait_number(7)


def test_a_and_b_are_shown_in_turn_and_move_together(stage: Stage) -> None:
    _versus(stage)
    stage.desk.seek(10)
    _do(stage, "compare")
    stage.bot.waitUntil(lambda: stage.view.wipe is not None, timeout=15_000)
    _do(stage, "compare_side")
    assert stage.view.wipe is not None
    assert stage.view.wipe.side is Side.A
    stage.bot.waitUntil(lambda: _levels(stage) == (10, 10), timeout=15_000)
    stage.desk.seek(20)
    stage.bot.waitUntil(lambda: _levels(stage) == (20, 20), timeout=15_000)
    _do(stage, "compare_side")
    stage.bot.waitUntil(lambda: _levels(stage) == (17, 17), timeout=15_000)


def test_any_panel_may_ask_for_a_comparison_of_media_that_are_not_on_the_timeline(stage: Stage) -> None:
    a, b = (stage.desk.import_media(numbered(stage.folder / f"{name}.mp4")) for name in "ab")
    stage.desk.viewing.look_at(a)
    stage.desk.viewing.comparing(a, b)
    stage.desk.viewing.seek(9)
    stage.bot.waitUntil(lambda: stage.view.wipe is not None and _levels(stage) == (9, 9), timeout=15_000)
    assert stage.panel.header.name.whole == "a  |  b"


def test_what_forms_moves_beside_what_it_is_compared_with(stage: Stage) -> None:
    a = stage.desk.import_media(numbered(stage.folder / "a.mp4"))
    media = stage.pending()
    stage.desk.viewing.comparing(a, media)
    stage.bot.waitUntil(lambda: stage.view.wipe is not None)
    assert stage.view.wipe is not None
    assert stage.view.wipe.names == ("a", "endless")
    assert stage.view.pill is not None
    seen: set[int] = set()
    stage.bot.waitUntil(lambda: seen.add(_levels(stage)[0]) or len(seen) > 2)
    assert beside(stage.desk, media, 0.5) == (medium_at(stage.desk, a, Fraction(1, 2)), True)
    _do(stage, "compare_swap")
    assert beside(stage.desk, media, 0.5) == (medium_at(stage.desk, a, Fraction(1, 2)), False)
    stage.bot.waitUntil(lambda: stage.view.wipe is not None and stage.view.wipe.names == ("endless", "a"))
    _do(stage, "compare")
    stage.bot.waitUntil(lambda: stage.view.wipe is None)
    assert stage.view.pill is not None


def test_what_was_taken_back_is_compared_no_more(stage: Stage) -> None:
    a = stage.desk.import_media(numbered(stage.folder / "a.mp4"))
    media = stage.pending()
    stage.desk.viewing.comparing(a, media)
    stage.desk.cancel(stage.desk.jobs()[-1].id)
    stage.bot.waitUntil(lambda: media not in stage.desk.project.media)
    assert stage.desk.viewing.compare is None


def test_nothing_to_compare_is_said(stage: Stage) -> None:
    stage.film()
    _do(stage, "compare")
    assert "to compare them" in stage.desk.notices[-1].text
    assert not stage.panel.commands["compare"].isChecked()


def _wheel(stage: Stage, at: QPointF, turn: int) -> None:
    where = stage.view.mapToGlobal(at)
    event = QWheelEvent(
        at, where, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(stage.view, event)


def _bytes(image: QImage) -> bytes:
    return np.asarray(image.convertToFormat(QImage.Format.Format_RGB32).constBits()).tobytes()
