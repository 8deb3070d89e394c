"""Panels that float, go back and stand elsewhere: by pointer, by keys and by commands, remembered with the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from sora_studio.ui import theme
from sora_studio.ui.dock import GRIP, SIDES, TITLE, PanelDock, Side
from sora_studio.ui.docks import Docks
from sora_studio.ui.slicing import Split, above, first_of, names_of, sliced
from sora_studio.ui.window import MainWindow
from tests.fakes.desk import numbered
from tests.ui.conftest import Room

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def dark_afterwards(studio: QApplication) -> Iterator[None]:
    yield
    if theme.tokens() != theme.DARK:
        theme.apply(studio, theme.DARK)


def run(room: Room, command: str) -> None:
    room.window.actions_by_name[command].trigger()
    QApplication.processEvents()


def float_it(room: Room, dock: PanelDock) -> None:
    """In its own window, which is the active one."""
    dock.turn()
    room.bot.waitUntil(lambda: dock.isVisible() and dock.isActiveWindow())


def where(dock: PanelDock) -> QRect:
    """Its place in the room of the docks."""
    return dock.geometry()


def at_side(docks: Docks, dock: PanelDock, key: Qt.Key) -> bool:
    """Whether a panel stands at a side over the whole width or height, and nothing overlaps."""
    place, room = dock.geometry(), docks.rect()
    standing = [one.geometry() for one in docks.all if one.standing]
    assert not any(one.intersects(other) for one, other in combinations(standing, 2))
    match key:
        case Qt.Key.Key_Left | Qt.Key.Key_Right:
            edge = place.left() == 0 if key == Qt.Key.Key_Left else place.right() == room.right()
            return edge and place.height() == room.height()
        case _:
            edge = place.top() == 0 if key == Qt.Key.Key_Up else place.bottom() == room.bottom()
            return edge and place.width() == room.width()


def test_every_panel_floats_and_goes_back_by_the_key_and_keeps_the_focus(room: Room) -> None:
    docks = room.window.docks
    run(room, "show_storyboard")
    inside: dict[PanelDock, QWidget] = {
        docks.library: room.window.library.search,
        docks.monitor: room.window.monitor.view,
        docks.storyboard: room.window.storyboard.add,
        docks.timeline: room.window.timeline.view,
        docks.inspector: room.window.inspector.prompt.editor,
    }
    assert set(inside) == set(docks.all)
    for dock, part in inside.items():
        before = where(dock)
        part.setFocus()
        assert docks.current is dock
        assert room.window.registry["window.float_panel"].text == f"Float “{dock.windowTitle()}”"
        QTest.keyClick(part, Qt.Key.Key_F, CTRL_ALT)
        assert dock.isFloating()
        assert dock.window() is dock
        room.bot.waitUntil(lambda part=part: QApplication.focusWidget() is part)
        assert room.window.registry["window.float_panel"].text.startswith("Put “")
        QTest.keyClick(part, Qt.Key.Key_F, CTRL_ALT)
        assert not dock.isFloating()
        room.bot.waitUntil(lambda part=part: QApplication.focusWidget() is part)
        room.bot.waitUntil(lambda dock=dock, before=before: where(dock) == before)


def test_a_floating_panel_answers_the_keys_of_the_window_and_writes_in_its_fields(room: Room) -> None:
    clip = room.film()
    docks = room.window.docks
    float_it(room, docks.monitor)
    QTest.keyClick(docks.monitor.widget(), Qt.Key.Key_Right)
    assert room.desk.playhead == 1
    room.desk.select(clip)
    QTest.keyClick(docks.monitor.widget(), Qt.Key.Key_Delete)
    assert not room.desk.timeline.has(clip)
    QTest.keyClick(docks.monitor.widget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert room.desk.timeline.has(clip)
    float_it(room, docks.inspector)
    editor = room.window.inspector.prompt.editor
    editor.setFocus()
    QTest.keyClicks(editor, "b s =q")
    QTest.keyClick(editor, Qt.Key.Key_Space)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert room.draft.prompt == "b s =q"
    assert room.desk.timeline.has(clip)
    assert not room.window.monitor.player.playing
    assert room.window.timeline.commands["select_tool"].isChecked()


def test_the_grip_is_worked_by_pointer_and_by_keys(room: Room) -> None:
    docks, dock = room.window.docks, room.window.docks.library
    grip = dock.grip
    assert grip.height() == GRIP
    QTest.mouseDClick(grip, LEFT, NONE, grip.rect().center())
    assert dock.isFloating()
    assert grip.height() == TITLE
    grip.back.click()
    assert not dock.isFloating()
    grip.setFocus()
    QTest.keyClick(grip, Qt.Key.Key_Return)
    assert dock.isFloating()
    room.bot.waitUntil(grip.hasFocus)
    at, size = dock.pos(), dock.size()
    QTest.keyClick(grip, Qt.Key.Key_Right)
    QTest.keyClick(grip, Qt.Key.Key_Down)
    assert dock.pos() == at + QPoint(20, 20)
    QTest.keyClick(grip, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert dock.width() == size.width() + 20
    assert room.desk.playhead == 0
    QTest.keyClick(grip, Qt.Key.Key_Space)
    assert not dock.isFloating()
    assert not room.window.monitor.player.playing
    room.bot.waitUntil(grip.hasFocus)
    for key in SIDES:
        QTest.keyClick(grip, key)
        QApplication.processEvents()
        assert at_side(docks, dock, key)
        assert QApplication.focusWidget() is grip
    grip.hide_it.click()
    assert not dock.isVisible()
    assert not room.window.actions_by_name["show_library"].isChecked()
    assert all(one.grip.accessibleName() and one.grip.accessibleDescription() for one in docks.all)


def test_the_menu_of_the_grip_is_about_its_panel(room: Room) -> None:
    docks = room.window.docks
    room.window.inspector.prompt.editor.setFocus()
    docks.timeline.menu_asked.emit(QPoint(200, 200))
    menu = docks.findChild(QMenu, "panelMenu")
    assert menu is not None
    assert [action.text() for action in menu.actions()] == [
        "Float “Timeline”",
        "“Timeline” to the left side",
        "“Timeline” to the right side",
        "“Timeline” to the top",
        "“Timeline” to the bottom",
        "Reset the layout",
    ]
    menu.actions()[3].trigger()
    menu.close()
    QApplication.processEvents()
    assert at_side(docks, docks.timeline, Qt.Key.Key_Up)


def test_the_window_s_gain_is_the_monitor_s(room: Room) -> None:
    window, docks = room.window, room.window.docks

    def kept() -> tuple[int, ...]:
        return docks.library.width(), docks.inspector.width(), docks.timeline.height()

    before, monitor = kept(), docks.monitor.size()
    window.resize(window.width() + 160, window.height() + 90)
    QApplication.processEvents()
    assert kept() == before
    assert (docks.monitor.width(), docks.monitor.height()) == (monitor.width() + 160, monitor.height() + 90)
    run(room, "show_create")
    assert (docks.library.width(), docks.timeline.height()) == (before[0], before[2])
    run(room, "show_create")
    run(room, "show_library")
    assert docks.inspector.width() == before[1]
    run(room, "show_library")
    run(room, "show_storyboard")
    run(room, "show_storyboard")
    assert kept() == before
    for _ in range(2):
        docks.monitor.turn()
        QApplication.processEvents()
    assert kept() == before


def test_panels_are_remembered_where_they_stood_and_floated(room: Room, qtbot: QtBot) -> None:
    docks = room.window.docks
    docks.send(docks.timeline, Side.TopDockWidgetArea)
    float_it(room, docks.monitor)
    docks.monitor.setGeometry(60, 80, 600, 460)
    run(room, "show_library")
    room.window.close()
    assert not docks.monitor.isVisible()
    again = MainWindow(room.desk, room.layout, room.answers)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    other = again.docks
    assert other.monitor.isFloating()
    assert other.monitor.isVisible()
    assert other.monitor.geometry() == QRect(60, 80, 600, 460)
    assert at_side(other, other.timeline, Qt.Key.Key_Up)
    assert where(other.timeline).y() < where(other.inspector).y()
    assert not other.library.isVisible()
    assert not again.actions_by_name["show_library"].isChecked()
    again.actions_by_name["reset_layout"].trigger()
    QApplication.processEvents()
    assert not other.monitor.isFloating()
    assert other.library.isVisible()
    assert where(other.timeline).y() > where(other.monitor).y()
    assert where(other.library).x() < where(other.monitor).x() < where(other.inspector).x()
    again.close()


def test_a_layout_that_cannot_be_read_is_left_as_built(room: Room, qtbot: QtBot) -> None:
    before = [where(dock) for dock in room.window.docks.all]
    room.window.close()
    for state in (b"", b"nonsense", "text", None):
        room.layout.setValue("docks/places", state)
        room.layout.setValue("docks/sizes", '{"libraryDock": 3}')
        again = MainWindow(room.desk, room.layout, room.answers)
        qtbot.addWidget(again)
        with qtbot.waitExposed(again):
            again.show()
        again.resize(room.window.size())
        again.default_layout()
        QApplication.processEvents()
        assert [where(dock) for dock in again.docks.all if dock.standing] == before[:3] + before[4:], state
        again.close()


def test_layouts_bring_floating_panels_back(room: Room) -> None:
    for command in ("layout_edit", "layout_generate", "layout_review", "reset_layout"):
        for dock in room.window.docks.all:
            dock.show()
            dock.setFloating(True)
        run(room, command)
        assert not any(dock.isFloating() for dock in room.window.docks.all), command
        assert room.window.docks.monitor.isVisible()


def test_a_floating_panel_wears_the_theme(room: Room) -> None:
    dock = room.window.docks.library
    float_it(room, dock)
    for tokens in (theme.DARK, theme.LIGHT):
        picture = dock.grab().toImage()
        assert picture.pixelColor(picture.width() // 2, 4) == QColor(tokens["panel"])
        run(room, "switch_theme")


class Carrier:
    """Carries a file over widgets, as the system does."""

    def __init__(self, *paths: Path) -> None:
        self.data = QMimeData()
        self.data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])

    def hover(self, target: QWidget, at: QPoint) -> None:
        for kind in (QDragEnterEvent, QDragMoveEvent):
            event = kind(at, Qt.DropAction.CopyAction, self.data, LEFT, NONE)
            event.ignore()
            QApplication.sendEvent(target, event)
        assert event.isAccepted()

    def drop(self, target: QWidget, at: QPoint) -> None:
        self.hover(target, at)
        event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, self.data, LEFT, NONE)
        QApplication.sendEvent(target, event)


def test_drops_are_answered_and_done_in_floating_panels(room: Room) -> None:
    docks, hints = room.window.docks, room.window.drops.hints
    room.film("a.mp4", 40)
    room.film("b.mp4", 40)
    float_it(room, docks.timeline)
    room.window.timeline.fit()
    view = room.window.timeline.view
    metrics = view.tracks.metrics
    cut = view.mapFromScene(QPointF(metrics.x(40), metrics.y(0) + 30))
    hand = Carrier(numbered(room.folder / "c.mp4", 24))
    hand.drop(view.viewport(), cut)
    chooser = room.window.drops.chooser
    room.bot.waitUntil(lambda: chooser.list is not None and chooser.list.isVisible())
    assert chooser.list is not None
    assert docks.timeline.geometry().contains(chooser.list.geometry())
    QTest.keyClick(chooser.list.rows[0], Qt.Key.Key_Return)
    assert [clip.name for clip in room.desk.timeline.tracks[0].clips] == ["a", "c", "b"]
    float_it(room, docks.inspector)
    first = room.window.inspector.given.first
    photo = Carrier(room.picture())
    photo.hover(first, first.rect().center())
    assert hints.pointer.window() is docks.inspector
    assert hints.pointer.text == "Use as first frame"
    photo.drop(first, first.rect().center())
    assert room.draft.first is not None
    float_it(room, docks.library)
    notes = room.folder / "notes.txt"
    notes.write_text("hello")
    Carrier(notes).hover(room.window.library, QPoint(40, 40))
    assert hints.veil.window() is docks.library
    assert "notes.txt" in hints.text
    video = Carrier(numbered(room.folder / "d.mp4", 24))
    video.drop(docks.inspector, QPoint(20, 5))  # beside all that takes something itself
    assert [clip.name for clip in room.desk.timeline.tracks[0].clips][-1] == "d"


def test_the_tour_passes_over_what_floats(room: Room) -> None:
    float_it(room, room.window.docks.monitor)
    room.window.activateWindow()
    tour = room.window.shell.tour()
    seen = [tour.title.text()]
    while tour.isVisible() and len(seen) < 10:
        QTest.keyClick(tour, Qt.Key.Key_Right)
        seen.append(tour.title.text())
    assert "Watch it form" not in seen
    assert len(set(seen)) == 5


def test_a_hidden_or_floating_panel_is_brought_when_it_is_asked_for(room: Room) -> None:
    window = room.window
    float_it(room, window.docks.inspector)
    window.docks.inspector.hide()
    window.commands.write_prompt()
    assert window.docks.inspector.isVisible()
    assert window.actions_by_name["show_create"].isChecked()
    assert window.docks.inspector.focusWidget() is window.inspector.prompt.editor
    run(room, "show_library")
    window.commands.show_looks()
    assert window.looks.isVisible()


@pytest.mark.parametrize("moved", [lambda docks: docks.library, lambda docks: docks.inspector])
def test_the_sides_are_swapped_from_any_arrangement(room: Room, moved: Callable[..., PanelDock]) -> None:
    docks = room.window.docks
    moved(docks).turn()
    run(room, "mirror")
    assert where(docks.inspector).x() < where(docks.monitor).x() < where(docks.library).x()
    run(room, "mirror")
    assert where(docks.library).x() < where(docks.monitor).x() < where(docks.inspector).x()


H, V = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
PLANS = [
    "a",
    Split(H, ("a", "b", "c")),
    Split(H, (Split(V, (Split(H, ("a", "b")), "c", "d")), "e")),
    Split(V, ("a", Split(H, ("b", Split(V, ("c", Split(H, ("d", "e")))))))),
]


def laid(plan: Split | str, room: QRect) -> dict[str, QRect]:
    """Rectangles that divide a room by a plan, with walls between them."""
    if isinstance(plan, str):
        return {plan: room}
    found: dict[str, QRect] = {}
    count = len(plan.parts)
    for number, part in enumerate(plan.parts):
        if plan.way is H:
            wide = room.width() // count
            place = QRect(room.x() + number * wide, room.y(), wide - 8, room.height())
        else:
            high = room.height() // count
            place = QRect(room.x(), room.y() + number * high, room.width(), high - 8)
        found |= laid(part, place)
    return found


@pytest.mark.parametrize("plan", PLANS)
def test_rows_and_columns_are_found_again_in_the_places_of_panels(plan: Split | str) -> None:
    assert sliced(laid(plan, QRect(0, 0, 1600, 900))) == plan
    assert first_of(plan) == "a"
    assert names_of(plan) == tuple("abcde"[: len(names_of(plan))])
    higher = above(plan, "x", "a")
    assert names_of(higher) == ("x", *names_of(plan))


def test_places_that_cannot_be_cut_apart_become_a_row() -> None:
    wheel = {"a": QRect(0, 0, 200, 100), "b": QRect(210, 0, 100, 200), "c": QRect(110, 210, 200, 100)}
    wheel |= {"d": QRect(0, 110, 100, 200), "e": QRect(110, 110, 90, 90)}
    assert sorted(names_of(sliced(wheel))) == sorted(wheel)


def test_a_panel_that_was_folded_comes_up_above_the_timeline_wherever_that_went(room: Room) -> None:
    docks = room.window.docks
    docks.send(docks.library, Side.RightDockWidgetArea)
    docks.send(docks.timeline, Side.LeftDockWidgetArea)
    run(room, "show_storyboard")
    assert where(docks.storyboard).x() == where(docks.timeline).x()
    assert where(docks.storyboard).width() == where(docks.timeline).width()
    assert where(docks.storyboard).bottom() < where(docks.timeline).top()
    assert docks.timeline.isVisible()
    assert docks.storyboard.isVisible()
