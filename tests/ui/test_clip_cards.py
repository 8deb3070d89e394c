"""The cards of the inspector that follow the selection: takes, what more can be made, gaps and cuts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sora_studio.core.time import FrameRange, Size
from sora_studio.core.timeline import Gap
from sora_studio.session.viewing import Compare
from sora_studio.ui.monitor.comparing import counterpart
from sora_studio.ui.panels.spot_card import REST_MS
from sora_studio.ui.timeline.takes_menu import clip_choices, job_choices
from tests.ui.conftest import Room


def click(room: Room, widget: QWidget) -> None:
    room.bot.mouseClick(widget, Qt.MouseButton.LeftButton)


def made(room: Room) -> str:
    room.write(prompt="a boat", steps=2, seconds=1.0, seed=None)
    room.window.inspector.generate()
    room.idle()
    return room.desk.selection[0]


def media(room: Room, clip: str) -> str:
    return room.desk.timeline.find(clip)[1].media


def test_takes_are_made_shown_starred_and_deleted(room: Room, qtbot: QtBot) -> None:
    clip = made(room)
    card = room.window.inspector.takes
    assert card.isVisible()
    click(room, card.more)
    room.idle()
    assert len(card.tiles) == 5
    assert card.count.text() == "2 of 5"
    card.tiles[3].click()
    assert media(room, clip) == card.tiles[3].media
    assert card.tiles[3].isChecked()
    card.tiles[3].setFocus()
    qtbot.keyClick(card.tiles[3], Qt.Key.Key_S)
    assert room.desk.item(card.tiles[3].media).starred
    assert "starred" in card.tiles[3].accessibleName()
    click(room, card.compare)
    assert room.desk.viewing.compare == Compare(card.tiles[2].media, card.tiles[3].media)
    room.desk.viewing.stop_comparing()
    room.window.monitor.commands["compare"].trigger()
    assert room.desk.viewing.compare == Compare(card.tiles[2].media, card.tiles[3].media)
    gone = card.tiles[3].media
    qtbot.keyClick(card.tiles[3], Qt.Key.Key_Delete)
    assert len(card.tiles) == 4
    assert gone not in [tile.media for tile in card.tiles]
    room.desk.undo()
    assert len(card.tiles) == 5
    assert room.desk.notices == []


def test_a_clip_that_was_not_generated_has_no_takes(room: Room) -> None:
    room.desk.select(room.film())
    assert not room.window.inspector.takes.isVisible()
    assert room.window.inspector.again.isVisible()
    assert not room.window.inspector.again.again.isEnabled()


def test_a_clip_is_upscaled_and_the_take_is_compared_with_it(room: Room) -> None:
    clip = made(room)
    verbs, card, session = room.window.inspector.verbs, room.window.inspector.again, room.desk
    small = session.item(media(room, clip))
    assert "384 × 224" in verbs.twice.toolTip()
    assert "768 × 448" in verbs.four_times.toolTip()
    session.pause_queue()
    click(room, verbs.four_times)
    assert card.hold.isVisible()
    assert not card.reseed.isVisible()  # there is no seed, and no frame is half made
    assert not card.enough.isVisible()
    assert not verbs.twice.isVisible()
    session.resume_queue()
    room.idle()
    large = session.item(media(room, clip))
    assert large.size == Size(4 * small.size.width, 4 * small.size.height)
    assert verbs.vary.isEnabled()  # from what the small one was generated from
    assert card.again.isEnabled()
    assert counterpart(session) == Compare(small.id, large.id)
    room.write(prompt="something else")
    click(room, verbs.again)
    assert (room.draft.prompt, room.draft.engine) == ("a boat", "sora")


def test_the_menu_of_footage_offers_upscaling(room: Room) -> None:
    film = room.film()
    clip = room.desk.timeline.find(film)[1]
    choices = {text: act for text, _, act in clip_choices(room.desk, clip, lambda: room.draft)}
    assert {"Upscale 2×", "Upscale 4×"} <= set(choices)
    choices["Upscale 2×"]()
    assert [text for text, _, _ in job_choices(room.desk, media(room, film))] in ([], ["Stop generating"])
    room.idle()
    assert room.desk.item(media(room, film)).enlarged
    room.desk.select(film)
    assert not room.window.inspector.verbs.vary.isEnabled()
    assert not room.window.inspector.verbs.again.isEnabled()


def test_a_stale_clip_says_so_and_is_refreshed(room: Room) -> None:
    first = made(room)
    room.desk.extend(first, 1, room.draft)
    room.idle()
    second = room.desk.selection[0]
    card = room.window.inspector.again
    assert not card.stale.isVisible()
    room.desk.vary(first)
    room.idle()
    room.desk.select(second)
    assert card.stale.isVisible()
    click(room, card.stale.refresh)
    room.idle()
    assert not card.stale.isVisible()
    assert len(room.desk.takes(second)) == 2


def test_a_sketch_is_finalised_and_a_range_is_retaken(room: Room) -> None:
    clip = made(room)
    card = room.window.inspector.again
    click(room, card.finalise)
    room.idle()
    assert (room.desk.item(media(room, clip)).made_from or {})["steps"] == 24
    assert not card.retake.isEnabled()
    room.desk.mark_range(6, 18)
    assert card.retake.isEnabled()
    click(room, card.retake)
    room.idle()
    ranges = [one.range for one in room.desk.timeline.tracks[0].clips]
    assert ranges == [FrameRange(0, 6), FrameRange(6, 18), FrameRange(18, 24)]


def test_longer_goes_to_the_length_that_is_asked_for(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    room.write(prompt="a boat", steps=1)
    card = room.window.inspector.again
    card.length.setValue(4)
    click(room, card.longer)
    room.idle()
    assert room.desk.timeline.length == 96


def test_a_cut_under_the_playhead_is_bridged_or_dissolved(room: Room) -> None:
    first, second = room.film("a.mp4", 36), room.film("b.mp4", 36)
    room.write(prompt="a boat", steps=1)
    card = room.window.inspector.spot
    room.desk.select()
    assert not card.isVisible()
    room.desk.seek(36)
    room.desk.seek(37)
    room.bot.wait(2 * REST_MS)
    assert not card.isVisible(), "what the playhead passes by is not offered"
    room.desk.seek(36)
    room.bot.waitUntil(card.isVisible)
    assert card.name.whole == "a → b"
    room.desk.select(first)
    assert not card.isVisible()
    room.desk.select()
    click(room, card.way.findChild(QWidget, "spotWay1"))
    click(room, card.bridge)
    room.idle()
    ranges = [one.range for one in room.desk.timeline.tracks[0].clips]
    assert ranges == [FrameRange(0, 24), FrameRange(24, 48), FrameRange(48, 72)]
    room.desk.undo()
    room.desk.trim_tail(first, -6)
    room.desk.trim_head(second, 6)
    room.desk.move(second, 0, 30)
    room.desk.select()
    room.desk.seek(30)
    room.bot.waitUntil(card.isVisible)
    card.seconds.setValue(0.3)
    click(room, card.dissolve)
    assert room.desk.timeline.tracks[0].dissolves
    click(room, card.hard)
    assert not room.desk.timeline.tracks[0].dissolves


def test_a_gap_is_picked_by_a_click_and_filled_to_the_frame(room: Room, qtbot: QtBot) -> None:
    room.film("a.mp4", 36)
    second = room.film("b.mp4", 36)
    room.desk.move(second, 0, 60)
    room.write(prompt="a boat", steps=1)
    room.desk.select(second)
    scene, view = room.window.timeline.scene, room.window.timeline.view
    x = scene.metrics.x(38)
    at = view.mapFromScene(x, scene.metrics.y(0) + 8)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert room.desk.picked == Gap(0, 36, 60)
    card = room.window.inspector.spot
    assert card.isVisible()
    assert "1.0 s" in card.note.text()
    click(room, card.fill)
    room.idle()
    clip = room.desk.timeline.find(room.desk.selection[0])[1]
    assert clip.range == FrameRange(36, 60)
    assert len((room.desk.item(clip.media).made_from or {})["given"]) == 2


def test_a_clip_that_forms_is_finished_early_or_gets_another_seed(room: Room) -> None:
    room.write(prompt="slow boat", steps=60, seconds=1.0, seed=5)
    room.window.inspector.generate()
    card = room.window.inspector.again
    room.bot.waitUntil(card.enough.isEnabled, timeout=20_000)
    assert card.enough.isVisible()
    assert not card.finalise.isVisible()
    click(room, card.reseed)
    room.bot.waitUntil(card.enough.isEnabled, timeout=20_000)
    click(room, card.enough)
    room.idle()
    assert not card.enough.isVisible()
    recipe = room.desk.item(media(room, room.desk.selection[0])).made_from
    assert recipe is not None
    assert recipe["seed"] != 5
    assert recipe["stopped_after"] < 60


def test_the_menu_of_a_clip_turns_its_takes_and_says_when_it_is_stale(room: Room) -> None:
    clip = made(room)
    room.desk.extend(clip, 1, room.draft)
    room.idle()
    after = room.desk.selection[0]
    room.desk.vary(clip)
    room.idle()
    item = room.window.timeline.scene.item(clip)
    assert item is not None
    actions = {action.text(): action for action in menu_of(room, clip)}
    first = room.desk.takes(clip)[0].id
    actions["Previous take (1 of 2)"].trigger()
    assert media(room, clip) == first
    room.desk.undo()
    stale = {action.text(): action for action in menu_of(room, after)}
    stale["Refresh: its sources have changed"].trigger()
    room.idle()
    assert len(room.desk.takes(after)) == 2
    assert room.desk.stale == frozenset()


def menu_of(room: Room, clip: str) -> list[QAction]:
    item = room.window.timeline.scene.item(clip)
    assert item is not None
    at = item.sceneBoundingRect().center()
    return [action for action in room.window.timeline.commands.menu_for(at) if action is not None]


def test_several_clips_say_what_they_share(room: Room) -> None:
    clip = made(room)
    room.desk.extend(clip, 1, room.draft)
    room.idle()
    other = room.desk.selection[0]
    film = room.film()
    verbs = room.window.inspector.verbs
    room.desk.select(clip, other)
    assert "a boat" in verbs.note.text()
    room.desk.select(clip, other, film)
    assert "3.0 s" in verbs.note.text()
    assert "2 generated" in verbs.note.text()
