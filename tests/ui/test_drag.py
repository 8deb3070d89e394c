"""Drag and drop in the window, with Qt's own events: what is said while something hovers, and what is done."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from sora_studio.core.library import Shelf
from sora_studio.core.looks import Look, to_text
from sora_studio.core.media_item import Pending
from sora_studio.core.tracks import Switches
from sora_studio.session.carried import Clips, LookCard, Media, Payload, Still, Words
from sora_studio.ui.drag import sources
from sora_studio.ui.drag.chooser import ChoiceList
from sora_studio.ui.drag.mime import MIME, from_mime, to_mime
from tests.fakes.desk import numbered, picture
from tests.media.test_sound_info import tone
from tests.ui.conftest import Room

NO_BUTTON = Qt.MouseButton.NoButton
COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Hand:
    """Carries something over the window, as the system does."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def files(self, *paths: Path) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        return data

    def hover(self, target: QWidget, data: QMimeData, at: QPoint | None = None) -> str:
        """The sentence that is shown."""
        place = at or target.rect().center()
        for kind in (QDragEnterEvent, QDragMoveEvent):
            event = kind(place, COPY, data, LEFT, NONE)
            event.ignore()
            QApplication.sendEvent(target, event)
        self.taken = event.isAccepted()
        ghost = self.room.window.timeline.scene.ghost
        return self.room.window.drops.hints.text or ghost.text

    def drop(self, target: QWidget, data: QMimeData, at: QPoint | None = None) -> str:
        said = self.hover(target, data, at)
        event = QDropEvent(QPointF(at or target.rect().center()), COPY, data, LEFT, NONE)
        QApplication.sendEvent(target, event)
        assert self.room.window.drops.hints.text == ""
        assert not self.room.window.timeline.scene.ghost.isVisible()
        return said

    def leave(self, target: QWidget) -> None:
        QApplication.sendEvent(target, QDragLeaveEvent())

    @property
    def tracks(self) -> QWidget:
        return self.room.window.timeline.view.viewport()

    def on_track(self, frame: float, track: int = 0, dx: int = 0) -> QPoint:
        """A place of the viewport."""
        view = self.room.window.timeline.view
        metrics = view.tracks.metrics
        return view.mapFromScene(QPointF(metrics.x(frame) + dx, metrics.y(track) + 30))


@pytest.fixture
def hand(room: Room) -> Hand:
    return Hand(room)


def told(room: Room) -> str:
    return "\n".join(room.window.toasts.texts())


@pytest.mark.parametrize(
    "payload",
    [Media(("a", "b")), Clips(("c",)), Still("m", 1.5), LookCard("ink", "Ink"), Words("a boat"), Media(())],
)
def test_what_is_carried_survives_the_way(payload: Payload) -> None:
    assert from_mime(to_mime(payload)) == payload


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"kind": "media"}', b'{"kind": "still", "value": 3}', b"\xff"])
def test_foreign_data_under_our_name_carries_nothing(text: bytes) -> None:
    data = QMimeData()
    data.setData(MIME, text)
    assert from_mime(data) is None


def test_a_picture_over_the_prompt_is_animated(room: Room, hand: Hand) -> None:
    editor = room.window.inspector.prompt.editor.viewport()
    photo = room.picture()
    assert hand.hover(editor, hand.files(photo)) == "Animate this image"
    assert hand.taken
    hand.leave(editor)
    assert room.window.drops.hints.text == ""
    assert room.draft.first is None
    hand.drop(editor, hand.files(photo))
    assert room.draft.first == photo
    assert QApplication.focusWidget() is room.window.inspector.prompt.editor
    assert room.window.inspector.prompt.editor.toPlainText() == ""


def test_the_monitor_animates_pictures_and_lays_videos(room: Room, hand: Hand) -> None:
    view = room.window.monitor.view
    assert hand.drop(view, hand.files(room.picture())) == "Animate this image"
    assert room.draft.first is not None
    film = numbered(room.folder / "film.mp4", 24)
    assert hand.drop(view, hand.files(film)) == "Add to the timeline"
    assert [clip.name for clip in room.desk.timeline.tracks[0].clips] or room.desk.selection


def test_two_pictures_are_the_first_and_the_last(room: Room, hand: Hand) -> None:
    zone = room.window.inspector.given.first
    one, two = room.picture("one.png"), room.picture("two.png")
    assert hand.drop(zone, hand.files(one, two)) == "Use as first and last image"
    assert (room.draft.first, room.draft.last) == (one, two)


def test_many_pictures_become_keyframes(room: Room, hand: Hand) -> None:
    room.write(seconds=4.0)
    paths = [room.picture(f"{number}.png") for number in range(3)]
    hand.drop(room.window.inspector.given.first, hand.files(*paths))
    assert [(frame.at, frame.path) for frame in room.draft.given] == [(0.0, paths[0]), (2.0, paths[1]), (4.0, paths[2])]


def test_refusals_are_shown_while_hovering_and_told_on_release(room: Room, hand: Hand) -> None:
    notes = room.folder / "notes.txt"
    notes.write_text("words")
    for target in (room.window, room.window.monitor.view, hand.tracks, room.window.inspector.given.first):
        assert "“notes.txt” is not a picture" in hand.hover(target, hand.files(notes))
        assert hand.taken
        hand.leave(target)
    broken = room.folder / "letter.mp4"
    broken.write_text("Dear film")
    assert "letter.mp4" in hand.drop(hand.tracks, hand.files(broken), hand.on_track(20))
    assert "letter.mp4" in told(room)
    assert room.desk.timeline.length == 0


def test_files_land_on_the_track_where_the_ghost_was(room: Room, hand: Hand) -> None:
    room.desk.move(room.film("far.mp4", 24), 0, 200)
    room.window.timeline.fit()
    film = numbered(room.folder / "new.mp4", 24)
    at = hand.on_track(120, track=1)
    said = hand.drop(hand.tracks, hand.files(film), at)
    assert said.startswith("Place on V2")
    assert said.endswith("1.0 s")
    clip = next(clip for track in room.desk.timeline.tracks for clip in track.clips if clip.name == "new")
    assert abs(clip.start - 120) <= 2
    assert clip.length == 24


ON_CUT = "Insert, dissolve or bridge here"


def choices(room: Room) -> ChoiceList:
    """The list that opens at the pointer."""
    chooser = room.window.drops.chooser
    room.bot.waitUntil(lambda: chooser.list is not None and chooser.list.isVisible())
    assert chooser.list is not None
    return chooser.list


def test_a_cut_takes_what_is_dropped_between_its_clips(room: Room, hand: Hand) -> None:
    left, right = room.film("a.mp4", 36), room.film("b.mp4", 36)
    room.window.timeline.fit()
    film = numbered(room.folder / "c.mp4", 24)
    assert hand.drop(hand.tracks, hand.files(film), hand.on_track(36)).startswith(ON_CUT)
    shown = choices(room)
    assert [row.text() for row in shown.rows] == ["Insert here", "Dissolve", "Generate a bridge", "Overwrite"]
    assert all(row.accessibleDescription() for row in shown.rows)
    assert room.desk.timeline.find(right)[1].start == 36
    room.bot.mouseClick(shown.rows[0], LEFT)
    line = room.desk.timeline
    assert line.find(right)[1].start == 60
    assert line.find(left)[1].stop == 36


def test_a_film_on_the_middle_of_a_clip_is_asked_about(room: Room, hand: Hand) -> None:
    room.film("a.mp4", 40), room.film("b.mp4", 40)
    room.window.timeline.fit()
    room.window.timeline.commands["snap"].trigger()
    before, new = room.desk.timeline, hand.files(numbered(room.folder / "new.mp4", 10))
    assert hand.drop(hand.tracks, new, hand.on_track(20)).startswith("Insert or overwrite here")
    assert room.desk.timeline == before
    QTest.keyClick(choices(room).rows[0], Qt.Key.Key_Escape)
    assert room.desk.timeline == before
    hand.drop(hand.tracks, new, hand.on_track(20))
    room.bot.mouseClick(choices(room).rows[0], LEFT)
    assert [(clip.name, clip.start) for clip in room.desk.timeline.tracks[0].clips] == [
        ("a", 0),
        ("new", 20),
        ("a", 30),
        ("b", 50),
    ]
    room.desk.undo()
    hand.drop(hand.tracks, new, hand.on_track(20))
    room.bot.mouseClick(choices(room).rows[1], LEFT)
    assert [(clip.name, clip.start) for clip in room.desk.timeline.tracks[0].clips] == [
        ("a", 0),
        ("new", 20),
        ("a", 30),
        ("b", 40),
    ]
    assert hand.drop(hand.tracks, new, hand.on_track(20, track=1)).startswith("Place on V2")


def test_nudged_clips_stop_at_others_and_ask_before_they_come_onto_them(room: Room, hand: Hand) -> None:
    a, b = room.film("a.mp4", 40), room.film("b.mp4", 40)
    room.window.timeline.fit()
    before, view = room.desk.timeline, room.window.timeline.view
    room.desk.select(b)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Left, ALT)
    assert "“a” on track V1 lies in the way. Slide the clip" in told(room)
    assert room.desk.timeline == before
    QTest.keyClick(view, Qt.Key.Key_Right, ALT)
    assert room.desk.timeline.find(b)[1].start == 41
    QTest.keyClick(view, Qt.Key.Key_Left, ALT)
    assert room.desk.timeline == before
    QTest.keyClick(view, Qt.Key.Key_Up, ALT)  # nothing lies there
    assert room.desk.timeline.find(b)[0] == 1
    QTest.keyClick(view, Qt.Key.Key_Left, ALT)
    moved = room.desk.timeline
    QTest.keyClick(view, Qt.Key.Key_Down, ALT)
    assert room.desk.timeline == moved
    shown = choices(room)
    assert [row.text() for row in shown.rows] == ["Insert here", "Overwrite"]
    room.bot.mouseClick(shown.rows[1], LEFT)
    assert [(clip.id, clip.length) for clip in room.desk.timeline.tracks[0].clips] == [(a, 39), (b, 40)]


def test_escape_leaves_a_cut_as_it_is(room: Room, hand: Hand) -> None:
    room.film("a.mp4", 36)
    room.film("b.mp4", 36)
    room.window.timeline.fit()
    before = room.desk.timeline
    hand.drop(hand.tracks, hand.files(numbered(room.folder / "c.mp4", 24)), hand.on_track(36))
    QTest.keyClick(choices(room).rows[0], Qt.Key.Key_Escape)
    room.bot.waitUntil(lambda: room.window.drops.chooser.list is None)
    assert room.desk.timeline == before
    assert [item.name for item in room.desk.project.media.values()] == ["a", "b"]


def test_the_keyboard_lets_a_film_dissolve_into_a_cut(room: Room, hand: Hand) -> None:
    left, right = room.film("a.mp4", 40), room.film("b.mp4", 40)
    room.window.timeline.fit()
    hand.drop(hand.tracks, hand.files(numbered(room.folder / "c.mp4", 40)), hand.on_track(40))
    shown = choices(room)
    QTest.keyClick(shown.rows[0], Qt.Key.Key_Down)
    assert shown.rows[1].hasFocus()
    QTest.keyClick(shown.rows[1], Qt.Key.Key_Return)
    made = room.desk.selection[0]
    track = room.desk.timeline.tracks[0]
    assert [clip.id for clip in track.clips] == [left, made, right]
    assert [(one.left, one.right, one.length) for one in track.dissolves] == [(left, made, 12), (made, right, 12)]
    room.desk.undo()
    assert [clip.id for clip in room.desk.timeline.tracks[0].clips] == [left, right]


def test_a_film_too_short_to_dissolve_is_told_and_nothing_moves(room: Room, hand: Hand) -> None:
    room.film("a.mp4", 40)
    room.film("b.mp4", 40)
    room.window.timeline.fit()
    before = room.desk.timeline
    hand.drop(hand.tracks, hand.files(numbered(room.folder / "c.mp4", 12)), hand.on_track(40))
    room.bot.mouseClick(choices(room).rows[1], LEFT)
    assert "“c” is too short to dissolve" in told(room)
    assert room.desk.timeline == before


def test_a_picture_on_a_cut_is_reached_and_left_by_generated_passages(room: Room, hand: Hand) -> None:
    left, right = room.film("a.mp4", 36), room.film("b.mp4", 36)
    room.window.timeline.fit()
    room.write(steps=2)
    hand.drop(hand.tracks, hand.files(room.picture()), hand.on_track(36))
    room.bot.mouseClick(choices(room).rows[2], LEFT)
    room.idle()
    clips = room.desk.timeline.tracks[0].clips
    assert [clips[at].id for at in (0, 2, 4)] == [left, room.desk.selection[0], right]
    assert all(clips[at].stop == clips[at + 1].start for at in range(4))
    assert all(room.desk.item(clips[at].media).made_from is not None for at in (1, 3))


def test_a_bridge_on_a_cut_is_one_step_and_leaves_nothing_when_it_is_refused(room: Room, hand: Hand) -> None:
    _left, right = room.film("a.mp4", 36), room.film("b.mp4", 36)
    room.desk.set_speed(right, Fraction(-1))
    room.window.timeline.fit()
    room.write(steps=2)
    before, undo = room.desk.timeline, room.desk.undo_text
    photo = hand.files(room.picture())
    hand.drop(hand.tracks, photo, hand.on_track(36))
    room.bot.mouseClick(choices(room).rows[2], LEFT)  # the second passage leads to a clip that plays backwards
    assert "plays backwards" in told(room)
    assert room.desk.timeline == before
    assert room.desk.undo_text == undo
    assert not room.desk.jobs()
    assert [item.name for item in room.desk.project.media.values()] == ["a", "b", "photo"]
    room.desk.set_speed(right, Fraction(1))
    whole = room.desk.timeline
    hand.drop(hand.tracks, photo, hand.on_track(36))
    room.bot.mouseClick(choices(room).rows[2], LEFT)
    assert len(room.desk.timeline.tracks[0].clips) == 5
    assert len(room.desk.jobs()) == 2
    room.desk.undo()
    assert room.desk.timeline == whole
    room.idle()


ALT = Qt.KeyboardModifier.AltModifier


def slid(room: Room, hand: Hand, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NONE) -> str:
    """Move the selected clips, or the one under the pointer, and let go; what is said before that."""
    view, bubble = hand.tracks, room.window.timeline.scene.bubble
    room.bot.mousePress(view, LEFT, keys, start)
    for step in range(1, 7):
        room.bot.mouseMove(view, start + (end - start) * step / 6)
    said = bubble.text if bubble.isVisible() else ""
    room.bot.mouseRelease(view, LEFT, NONE, end)
    return said


def test_a_clip_moved_onto_a_cut_is_put_between_its_clips(room: Room, hand: Hand) -> None:
    a, b, c = (room.film(f"{name}.mp4", 40) for name in "abc")
    room.window.timeline.fit()
    before = room.desk.timeline

    def order() -> list[tuple[str, int]]:
        return [(clip.id, clip.start) for clip in room.desk.timeline.tracks[0].clips]

    assert slid(room, hand, hand.on_track(100), hand.on_track(40)) == ON_CUT
    assert room.desk.timeline == before
    QTest.keyClick(choices(room).rows[0], Qt.Key.Key_Return)
    assert order() == [(a, 0), (c, 40), (b, 80)]
    assert room.desk.undo_text == "Move and insert"
    assert slid(room, hand, hand.on_track(20), hand.on_track(80)) == ON_CUT  # the row it was in closes up
    QTest.keyClick(choices(room).rows[0], Qt.Key.Key_Return)
    assert order() == [(c, 0), (a, 40), (b, 80)]
    slid(room, hand, hand.on_track(20), hand.on_track(80))
    room.bot.mouseClick(choices(room).rows[3], LEFT)
    assert order() == [(a, 40), (c, 80)]
    slid(room, hand, hand.on_track(100), hand.on_track(100, track=1))
    assert room.desk.timeline.find(c)[0] == 1  # where no cut is, it is simply moved


def test_a_clip_moved_onto_a_cut_is_led_to_by_generated_passages_in_one_step(room: Room, hand: Hand) -> None:
    for name in "abc":
        room.film(f"{name}.mp4", 40)
    room.window.timeline.fit()
    room.write(steps=2)
    before = room.desk.timeline
    c = before.tracks[0].clips[2].id
    slid(room, hand, hand.on_track(100), hand.on_track(40))
    room.bot.mouseClick(choices(room).rows[2], LEFT)
    clips = room.desk.timeline.tracks[0].clips
    assert [clip.id for clip in clips][2] == c
    assert len(clips) == 5
    room.desk.undo()
    assert room.desk.timeline == before
    room.idle()
    slid(room, hand, hand.on_track(100), hand.on_track(40))
    room.bot.mouseClick(choices(room).rows[1], LEFT)
    assert [clip.id for clip in room.desk.timeline.tracks[0].clips][1] == c
    assert len(room.desk.timeline.tracks[0].dissolves) == 2


def media(room: Room, track: int = 0) -> str:
    """The names of a track's clips in a row."""
    return "".join(clip.name for clip in room.desk.timeline.tracks[track].clips)


def test_several_clips_moved_onto_a_cut_are_asked_about(room: Room, hand: Hand) -> None:
    a, b, c, d = (room.film(f"{name}.mp4", 40) for name in "abcd")
    room.window.timeline.fit()
    before = room.desk.timeline
    room.desk.select(c, d)
    assert slid(room, hand, hand.on_track(100), hand.on_track(40)) == ON_CUT
    QTest.keyClick(choices(room).rows[0], Qt.Key.Key_Escape)
    assert room.desk.timeline == before
    slid(room, hand, hand.on_track(140), hand.on_track(40))  # whichever of them is grabbed
    room.bot.mouseClick(choices(room).rows[0], LEFT)
    assert media(room) == "acdb"
    assert room.desk.selection == (d, c)
    room.desk.undo()
    assert room.desk.timeline == before
    slid(room, hand, hand.on_track(100), hand.on_track(40))
    room.bot.mouseClick(choices(room).rows[1], LEFT)
    assert media(room) == "acdb"
    assert [(one.left, one.right) for one in room.desk.timeline.tracks[0].dissolves] == [(a, c), (d, b)]
    room.desk.undo()
    assert room.desk.timeline == before
    slid(room, hand, hand.on_track(100), hand.on_track(40))
    room.bot.mouseClick(choices(room).rows[3], LEFT)
    assert [(clip.name, clip.start) for clip in room.desk.timeline.tracks[0].clips] == [("a", 0), ("c", 40), ("d", 80)]
    room.desk.undo()
    assert room.desk.timeline == before


def test_several_clips_are_led_to_and_from_by_generated_passages_in_one_step(room: Room, hand: Hand) -> None:
    _a, _b, c, d = (room.film(f"{name}.mp4", 40) for name in "abcd")
    room.window.timeline.fit()
    room.write(steps=2)
    before = room.desk.timeline
    room.desk.select(c, d)
    slid(room, hand, hand.on_track(100), hand.on_track(40))
    room.bot.mouseClick(choices(room).rows[2], LEFT)
    row = [clip.id for clip in room.desk.timeline.tracks[0].clips]
    assert len(row) == 6
    assert row[2:4] == [c, d]
    assert len(room.desk.jobs()) == 2
    room.desk.undo()
    assert room.desk.timeline == before
    room.idle()


def test_copies_on_a_cut_are_asked_about(room: Room, hand: Hand) -> None:
    a, b, c = (room.film(f"{name}.mp4", 40) for name in "abc")
    room.window.timeline.fit()
    before = room.desk.timeline
    assert slid(room, hand, hand.on_track(20), hand.on_track(80), ALT) == ON_CUT
    assert room.desk.timeline == before
    room.bot.mouseClick(choices(room).rows[0], LEFT)
    assert media(room) == "abac"
    assert not {a, b, c} & set(room.desk.selection)
    assert room.desk.undo_text == "Copy and insert"
    room.desk.undo()
    room.desk.select(a, b)
    slid(room, hand, hand.on_track(20), hand.on_track(80), ALT)
    room.bot.mouseClick(choices(room).rows[1], LEFT)
    assert media(room) == "ababc"
    assert len(room.desk.timeline.tracks[0].dissolves) == 2
    room.desk.undo()
    room.desk.select(b)
    room.window.timeline.commands["duplicate"].trigger()
    room.bot.mouseClick(choices(room).rows[0], LEFT)
    assert media(room) == "abbc"
    room.desk.undo()
    assert room.desk.timeline == before


def test_clips_on_the_middle_of_another_are_asked_about(room: Room, hand: Hand) -> None:
    a, b, _c, _d = (room.film(f"{name}.mp4", 40) for name in "abcd")
    room.window.timeline.fit()
    room.window.timeline.commands["snap"].trigger()
    before = room.desk.timeline
    room.desk.select(a, b)
    assert slid(room, hand, hand.on_track(20), hand.on_track(160)) == "Insert or overwrite here"
    shown = choices(room)
    assert [row.text() for row in shown.rows] == ["Insert here", "Overwrite"]
    room.bot.mouseClick(shown.rows[0], LEFT)
    assert media(room) == "cdabd"
    assert room.desk.timeline.length == 160
    room.desk.undo()
    slid(room, hand, hand.on_track(20), hand.on_track(160))
    room.bot.mouseClick(choices(room).rows[1], LEFT)
    assert media(room) == "cdab"
    room.desk.undo()
    assert room.desk.timeline == before
    slid(room, hand, hand.on_track(20), hand.on_track(20, track=1))
    assert media(room, 1) == "ab"  # nothing lies there, so nothing is asked


def test_what_cannot_be_inserted_is_told_and_nothing_moves(room: Room, hand: Hand) -> None:
    a, _b, _c = (room.film(f"{name}.mp4", 40) for name in "abc")
    short = room.film("short.mp4", 12)
    room.window.timeline.fit()
    before = room.desk.timeline
    room.desk.select(a, short)
    slid(room, hand, hand.on_track(126), hand.on_track(80), ALT)
    room.bot.mouseClick(choices(room).rows[1], LEFT)
    assert "“short” is too short to dissolve" in told(room)
    assert room.desk.timeline == before
    room.desk.switch_track(1, Switches(locked=True))
    locked = room.desk.timeline
    slid(room, hand, hand.on_track(20), hand.on_track(20, track=1))
    assert "Track V2 is locked" in told(room)
    assert room.desk.timeline == locked


def test_a_look_on_a_cut_bridges_and_on_a_clip_restyles(room: Room, hand: Hand) -> None:
    left, right = room.film("a.mp4", 36), room.film("b.mp4", 36)
    room.window.timeline.fit()
    room.write(steps=2)
    look = to_mime(LookCard("watercolour", "Watercolour"))
    assert hand.drop(hand.tracks, look, hand.on_track(36)) == "Bridge these two in “Watercolour”"
    made = room.desk.timeline.find(room.desk.selection[0])[1]
    assert room.desk.timeline.find(left)[1].stop == made.start
    assert room.desk.timeline.find(right)[1].start == made.stop
    room.idle()
    assert hand.drop(hand.tracks, look, hand.on_track(20)) == "Restyle in “Watercolour”"
    assert room.desk.viewing.compare is not None
    compare = room.desk.viewing.compare
    assert (compare.a, compare.b) == room.desk.timeline.find(left)[1].takes
    recipe = room.desk.item(room.desk.viewing.compare.b).made_from
    assert recipe is not None
    assert recipe["look"] == "watercolour"
    room.idle()


def test_words_at_an_edge_extend_and_a_picture_there_is_reached(room: Room, hand: Hand) -> None:
    clip = room.film("a.mp4", 36)
    room.window.timeline.fit()
    room.write(steps=2)
    assert hand.drop(hand.tracks, to_mime(Words("snow falls")), hand.on_track(36, dx=4)).startswith("Extend from here")
    made = room.desk.timeline.find(room.desk.selection[0])[1]
    assert made.start == room.desk.timeline.find(clip)[1].stop
    recipe = room.desk.item(made.media).made_from
    assert recipe is not None
    assert recipe["prompt"] == "snow falls"
    room.idle()
    room.window.timeline.fit()
    photo = hand.files(room.picture())
    assert hand.drop(hand.tracks, photo, hand.on_track(made.stop, dx=4)) == "Extend to this image"
    room.idle()
    assert isinstance(room.desk.item(made.media).state, object)
    last = room.desk.timeline.find(room.desk.selection[0])[1]
    assert last.start == made.stop


def test_a_picture_fills_a_gap(room: Room, hand: Hand) -> None:
    first = room.film("a.mp4", 24)
    second = room.film("b.mp4", 24)
    room.desk.move(second, 0, 120)
    room.window.timeline.fit()
    assert hand.drop(hand.tracks, hand.files(room.picture()), hand.on_track(70)) == "Put it into the gap"
    filled = room.desk.timeline.find(room.desk.selection[0])[1]
    assert (filled.start, filled.stop) == (room.desk.timeline.find(first)[1].stop, 120)


def test_media_of_the_library_go_everywhere(room: Room, hand: Hand) -> None:
    photo = room.desk.import_media(room.picture())
    film = room.desk.import_media(numbered(room.folder / "film.mp4", 24))
    carried = to_mime(Media((photo,)))
    assert hand.drop(room.window.inspector.given.last, carried) == "Use as last frame"
    assert room.draft.last == room.desk.media_path(photo)
    assert hand.drop(room.window.inspector.given.video, to_mime(Media((film,)))) == "Restyle this video"
    assert hand.drop(hand.tracks, to_mime(Media((film,))), hand.on_track(10)).startswith("Place on")
    assert room.desk.uses(film)
    assert hand.drop(room.window.library, carried) == "It is in the library already."


def test_a_generated_file_brings_its_recipe_back(room: Room, hand: Hand) -> None:
    room.write(prompt="a kite over the sea", steps=3, seconds=0.5, seed=41)
    room.window.inspector.generate()
    room.idle()
    path = room.desk.media_path(room.desk.timeline.find(room.desk.selection[0])[1].media)
    assert path is not None
    sent = room.folder / "sent.mp4"
    sent.write_bytes(path.read_bytes())
    room.write(prompt="", steps=9, seed=None)
    editor = room.window.inspector.prompt.editor.viewport()
    assert hand.drop(editor, hand.files(sent)) == "Use its prompt, seed and settings"
    assert (room.draft.prompt, room.draft.seed, room.draft.steps) == ("a kite over the sea", 41, 3)
    room.write(prompt="")
    hand.drop(room.window, hand.files(sent))
    toast = next(toast for toast in room.window.toasts._shown if "carries its recipe" in toast.accessibleName())
    act = toast.findChild(QWidget, "toastAct")
    room.bot.mouseClick(act, LEFT)
    assert room.draft.prompt == "a kite over the sea"


def test_files_and_folders_come_into_the_library(room: Room, hand: Hand) -> None:
    library = room.window.library
    folder = room.folder / "shoot"
    folder.mkdir()
    for number in range(4):
        picture(folder / f"{number}.png")
    assert hand.drop(library.view.viewport(), hand.files(folder)) == "Add the folder to the project"
    room.bot.waitUntil(lambda: library.model.rowCount() == 4)
    assert room.desk.timeline.length == 0
    assert hand.drop(library, hand.files(room.picture())) == "Add to the project"
    assert library.model.items()[0].name == "photo"


def test_a_still_of_the_monitor_is_kept(room: Room, hand: Hand) -> None:
    room.film("film.mp4", 24)
    media = room.desk.timeline.find(room.desk.timeline.top(0).id)[1].media  # type: ignore[union-attr]
    still = to_mime(Still(media, 0.5))
    assert hand.drop(room.window.library, still) == "Keep this frame as a picture"
    kept = room.window.library.model.items()[0]
    assert kept.frames == 1
    assert hand.drop(room.window.inspector.given.first, still) == "Use as first frame"
    assert room.draft.first is not None


def test_looks_are_taken_made_and_tried_by_dropping(room: Room, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(room.folder / "home"))
    window = room.window
    window.docks.shelves.bring(window.looks)
    file = room.folder / "ink.json"
    file.write_text(to_text(Look("ink", "Ink", "{prompt}, ink")))
    assert hand.drop(window, hand.files(file)) == "Add this look"
    assert room.draft.look == "ink"
    assert "Ink" in [card.text() for card in window.looks.cards]
    broken = room.folder / "broken.json"
    broken.write_text("{")
    hand.drop(window, hand.files(broken))
    assert "“broken.json” is not a look" in told(room)
    assert hand.drop(window.looks, hand.files(room.picture())) == "Make a look of this picture"
    editor = window.looks.desk.editor
    assert editor is not None
    assert editor.look.reference
    editor.reject()
    clip = room.film("a.mp4", 24)
    room.write(steps=2)
    card = next(card for card in window.looks.cards if card.look == "ink")
    assert hand.drop(card, to_mime(Clips((clip,)))) == "Restyle in “Ink”"
    assert isinstance(room.desk.item(room.desk.timeline.find(room.desk.selection[0])[1].media).state, Pending)
    room.idle()


def test_words_go_into_the_prompt_and_into_the_storyboard(room: Room, hand: Hand) -> None:
    assert hand.drop(room.window.monitor.view, to_mime(Words("a red\nboat"))) == "Use as the prompt"
    assert room.draft.prompt == "a red boat"
    room.window.actions_by_name["show_storyboard"].trigger()
    strip = room.window.storyboard.strip
    assert hand.drop(strip, to_mime(Words("the boat sinks"))) == "New card with these words"
    assert [card.text for card in room.desk.storyboard.cards] == ["the boat sinks"]
    assert hand.drop(strip, hand.files(room.picture())) == "New card"
    assert len(room.desk.storyboard.cards) == 2


def test_a_web_address_is_refused_in_words(room: Room, hand: Hand) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/boat.png")])
    assert "Save the picture" in hand.drop(room.window, data)
    assert "Save the picture" in told(room)


def test_the_hint_stays_inside_the_window_and_says_refusals_in_red(room: Room, hand: Hand) -> None:
    hints = room.window.drops.hints
    zone = room.window.inspector.given.last
    notes = room.folder / "notes.txt"
    notes.write_text("words")
    hand.hover(zone, hand.files(notes), QPoint(zone.width() - 2, zone.height() - 2))
    assert hints.pointer.refused
    assert room.window.rect().contains(hints.pointer.geometry())
    hand.hover(zone, hand.files(room.picture()))
    assert not hints.pointer.refused
    hand.leave(zone)


def test_sound_goes_to_an_audio_track_wherever_it_falls(room: Room, hand: Hand) -> None:
    room.film("a.mp4", 24)
    room.window.timeline.fit()
    song = tone(room.folder / "song.wav", 0.5)
    lane = room.desk.timeline.of_kind("video")[0]
    assert hand.drop(hand.tracks, hand.files(song), hand.on_track(8, track=lane)).startswith("Place on an audio track")
    line = room.desk.timeline
    lanes = [line.tracks[index] for index in line.of_kind("audio")]
    assert [clip.name for track in lanes for clip in track.clips] == ["song"]
    assert room.window.library.model.items()[0].picture is False
    room.window.library.shelves.select(Shelf.SOUND)
    assert [item.name for item in room.window.library.model.items()] == ["song"]
    assert "no picture" in hand.hover(room.window.inspector.given.first, hand.files(song))


class Carried:
    """Takes down what is carried off, in the place of the system's drag."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.payloads: list[Payload | None] = []
        monkeypatch.setattr(sources, "carry", lambda _source, data, _image: self.payloads.append(from_mime(data)))


def move(widget: QWidget, *places: QPoint) -> None:
    """Press at the first place and move over the others, with the button held."""
    QTest.mousePress(widget, LEFT, NONE, places[0])
    for place in places[1:]:
        at, glob = QPointF(place), QPointF(widget.mapToGlobal(place))
        QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, at, glob, NO_BUTTON, LEFT, NONE))


def test_the_picture_of_the_monitor_can_be_carried_off(room: Room, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    carried = Carried(monkeypatch)
    view = room.window.monitor.view
    move(view, QPoint(100, 100), QPoint(160, 130))
    QTest.mouseRelease(view, LEFT, NONE, QPoint(160, 130))
    assert carried.payloads == []
    clip = room.film("film.mp4", 24)
    room.desk.seek(12)
    room.bot.waitUntil(lambda: view.image is not None)
    move(view, QPoint(100, 100), QPoint(104, 102))
    assert carried.payloads == []
    move(view, QPoint(100, 100), QPoint(160, 130))
    assert carried.payloads == [Still(room.desk.timeline.find(clip)[1].media, 0.5)]
    room.desk.viewing.look_at(room.desk.timeline.find(clip)[1].media)
    room.desk.viewing.seek(6)
    assert room.window.drops.stills.still() == Still(room.desk.timeline.find(clip)[1].media, 0.25)


def test_a_clip_moved_out_of_the_timeline_is_carried_on(
    room: Room, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = Carried(monkeypatch)
    clip = room.film("film.mp4", 24)
    room.window.timeline.fit()
    lane = room.desk.timeline.of_kind("video")[0]
    start = hand.on_track(12, track=lane)
    before = room.desk.timeline
    move(hand.tracks, start, start + QPoint(20, 0), QPoint(start.x(), -20))
    assert carried.payloads == []
    outside = hand.tracks.mapFromGlobal(room.window.timeline.mapToGlobal(QPoint(200, -60)))
    move(hand.tracks, start, start + QPoint(20, 0), outside)
    assert carried.payloads == [Clips((clip,))]
    assert not room.window.timeline.view.hand.busy
    assert room.desk.timeline == before
    assert hand.drop(room.window.inspector.prompt.editor.viewport(), to_mime(Clips((clip,)))) == "Restyle this video"
    assert room.draft.video == room.folder / "film.mp4"


def test_the_lane_says_the_moment_and_cards_what_they_begin_with(room: Room, hand: Hand) -> None:
    room.write(seconds=4.0, video=None)
    axis = room.window.inspector.lane.axis
    said = hand.drop(axis, hand.files(room.picture()), QPoint(axis.width() // 2, 10))
    assert said.startswith("Keep it at ")
    assert room.draft.given[0].at == pytest.approx(float(said.split()[3]), abs=0.06)
    assert "Only pictures and videos" in hand.hover(axis, to_mime(Words("a boat")))
    hand.leave(axis)
    room.window.actions_by_name["show_storyboard"].trigger()
    room.window.storyboard.add_card()
    card = room.window.storyboard.cards[0]
    assert hand.drop(card, hand.files(room.picture("other.png"))) == "Begin the card with this image"
    assert room.desk.item(room.desk.storyboard.cards[0].media).name == "other"
    assert hand.drop(card, to_mime(Words("a boat sails"))) == "Let the card say these words"
    assert room.desk.storyboard.cards[0].text == "a boat sails"


def test_an_answer_past_the_side_of_the_tracks_is_said_at_the_pointer(room: Room, hand: Hand) -> None:
    clip = room.film("a.mp4", 36)
    room.window.timeline.view.zoom(hand.tracks.width() * 0.85 / 36, 0)
    stop = room.desk.timeline.find(clip)[1].stop
    photo = hand.files(room.picture())
    hints = room.window.drops.hints.pointer
    assert hand.hover(hand.tracks, photo, hand.on_track(stop, dx=4)) == "Extend to this image"
    assert hints.isVisible()
    hand.leave(hand.tracks)
    assert not hints.isVisible()
    hand.hover(hand.tracks, to_mime(LookCard("oil", "Oil")), hand.on_track(18))
    assert not hints.isVisible()
    hand.leave(hand.tracks)
