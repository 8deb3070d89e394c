"""No state is told by colour alone: where every lit colour is the same, a shape or a word still tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QScrollArea, QWidget

from sora_studio.core.tracks import Switches
from sora_studio.session.views import JobView, Notice
from sora_studio.ui import theme
from sora_studio.ui.drag.carry import faint
from sora_studio.ui.panels.queue_row import words_of
from sora_studio.ui.panels.toasts import Toast
from sora_studio.ui.timeline.clip_paint import Face, draw
from sora_studio.ui.timeline.ground import INVITATION
from tests.ui.conftest import Room

LIT = ("accent", "accent2", "ok", "warn", "err", "faint", "dim")
GROUNDS = ("accent_soft", "err_soft", "raised2")


def one_tone(studio: QApplication) -> None:
    """The same tone for all lines and signs, and one for all grounds."""
    same = dict.fromkeys(LIT, theme.DARK["text"]) | dict.fromkeys(GROUNDS, theme.DARK["raised"])
    theme.apply(studio, {**theme.DARK, **same})


@pytest.fixture
def toneless(studio: QApplication) -> Iterator[None]:
    one_tone(studio)
    yield
    theme.apply(studio, theme.DARK)


@pytest.fixture
def plain(room: Room, studio: QApplication) -> Iterator[Room]:
    """A window without colours: it brings a theme of its own when it is made."""
    one_tone(studio)
    yield room
    theme.apply(studio, theme.DARK)


def edges(image: QImage, least: int = 30) -> np.ndarray:
    """Where an image has lines, whatever the colours of its areas."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    light = pixels[:, : grey.width()].astype(int)
    return (np.abs(np.diff(light, axis=0))[:, :-1] + np.abs(np.diff(light, axis=1))[:-1]) > least


def differ(one: QImage, other: QImage) -> bool:
    return int((edges(one) != edges(other)).sum()) > 12


def seen(widget: QWidget) -> QImage:
    """A widget on the ground it stands on, scrolled to if need be."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()
    QApplication.processEvents()
    window = widget.window()
    return window.grab(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())).toImage()


def test_the_switches_of_a_track_look_different_when_they_are_on(plain: Room) -> None:
    plain.film()
    for index, name in ((0, "hidden"), (0, "locked"), (2, "muted"), (2, "solo")):
        head = plain.window.timeline.view.headers.rows[index]
        button = {"hidden": head.hide_button, "locked": head.lock, "muted": head.mute, "solo": head.solo}[name]
        off, off_words = seen(button), button.toolTip()
        plain.desk.switch_track(index, Switches(**{name: True}))
        assert differ(off, seen(button)), name
        assert button.toolTip() != off_words
        plain.desk.switch_track(index, Switches(**{name: False}))


def test_a_button_that_holds_looks_different(plain: Room) -> None:
    same = []
    for button in plain.window.findChildren(QAbstractButton):
        if not button.isCheckable() or not button.isVisible() or not button.isEnabled() or button.group():
            continue
        if button.property("role") == "fold":
            continue  # its arrow turns when it is clicked
        before = seen(button)
        with_signals = button.blockSignals(True)
        button.setChecked(not button.isChecked())
        if not differ(before, seen(button)):
            same.append(button.objectName())
        button.setChecked(not button.isChecked())
        button.blockSignals(with_signals)
    assert same == []


def test_the_star_of_a_take_is_filled_when_it_has_one(plain: Room) -> None:
    clip = plain.film()
    plain.desk.select(clip)
    star = plain.window.inspector.findChild(QAbstractButton, "starTake")
    before = star.icon().pixmap(32, 32).toImage()
    star.click()
    assert differ(before, star.icon().pixmap(32, 32).toImage())


PLAIN = Face("Dunes", "3.0 s", generated=True)


@pytest.mark.usefixtures("toneless")
def test_the_state_of_a_clip_is_a_sign_however_narrow_it_is() -> None:
    states = {
        "lost": replace(PLAIN, lost="The engine failed."),
        "pending": replace(PLAIN, pending=True, step="3 / 20", progress=0.2),
        "locked": replace(PLAIN, locked=True),
        "selected": replace(PLAIN, selected=True),
        "stale": replace(PLAIN, stale=True),
    }
    places = [(name, width) for name in states for width in (20, 60, 200) if name != "stale" or width > 80]
    assert [place for place in places if not differ(_clip(PLAIN, place[1]), _clip(states[place[0]], place[1]))] == []


def _clip(face: Face, width: int, ratio: float = 1.0) -> QImage:
    image = QImage(round(width * ratio), round(66 * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(theme.DARK["panel"]))
    painter = QPainter(image)
    draw(painter, QSizeF(width, 66), face, QRectF(0, 0, width, 66), QColor(theme.DARK["panel"]))
    painter.end()
    return image


def test_every_state_of_a_job_is_a_word() -> None:
    states = ("waiting", "running", "done", "held", "failed", "cancelled")
    rows = [JobView("1", "a lake", state, state.title(), error="It broke." * (state == "failed")) for state in states]
    words = [row.error or words_of(row) for row in rows]
    assert all(words)
    assert len(set(words)) == len(words)


def test_a_notice_of_an_error_has_a_sign_of_its_own(plain: Room) -> None:
    images = [Toast(Notice(kind, "Words"), plain.window).grab().toImage() for kind in ("info", "error")]
    assert differ(*images)


def test_what_is_painted_is_crisp_on_a_screen_of_twice_the_pixels(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    for button in room.window.findChildren(QAbstractButton):
        if not button.icon().isNull():
            assert button.icon().pixmap(button.iconSize(), 2.0).width() == 2 * button.iconSize().width()
    for face in (replace(PLAIN, stale=True, bound=True), replace(PLAIN, lost="The engine failed.")):
        once = _clip(face, 200).scaled(400, 132, mode=Qt.TransformationMode.SmoothTransformation)
        assert edges(_clip(face, 200, ratio=2.0), least=120).sum() > 2 * edges(once, least=120).sum()


def test_what_is_carried_keeps_its_size_on_a_screen_of_twice_the_pixels() -> None:
    image = QImage(400, 200, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(2.0)
    image.fill(Qt.GlobalColor.white)
    carried = faint(image, 2.0).toImage()
    assert carried.deviceIndependentSize().toSize().width() == 96
    assert carried.pixelColor(carried.width() - 2, carried.height() - 2).alpha() > 0


def test_every_empty_panel_says_what_can_be_done_there(room: Room) -> None:
    window = room.window
    for name in ("show_storyboard", "show_library"):
        if not window.actions_by_name[name].isChecked():
            window.actions_by_name[name].trigger()
    window.queue.fold.setChecked(True)
    QApplication.processEvents()
    shown = [part.text() for part in window.findChildren(QLabel) if part.isVisible()]
    for words in (
        "Drop pictures and videos here. What you generate comes here too.",
        "Cards become one clip: write what each part shows, drop a picture or clip it begins with.",
        "Nothing in the queue. Write a prompt and press Generate: its progress shows here.",
    ):
        assert words in shown
    assert window.timeline.view.accessibleDescription() == INVITATION
    for mode, words in (("timeline", "drop a picture here"), ("clip", "Select a clip"), ("live", "Press Ctrl+Enter")):
        room.desk.viewing.show(mode)
        QApplication.processEvents()
        assert words in window.monitor.view.accessibleDescription()


def test_a_search_without_a_result_says_so(room: Room) -> None:
    room.film()
    for name, field in (("shortcuts", "shortcutSearch"), ("preferences", "preferencesSearch")):
        room.window.actions_by_name[name].trigger()
        dialog = next(one for one in QApplication.topLevelWidgets() if one.findChild(QLineEdit, field))
        dialog.findChild(QLineEdit, field).setText("zzzz")
        assert any(part.text().startswith("No ") for part in dialog.findChildren(QLabel) if part.isVisible())
        dialog.close()
