"""Everyone can use it: names for every control in window and dialogs, a keyboard path to all, a focus that is seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)

from sora_studio.ui import theme
from tests.ui.conftest import Room

KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
)
DIALOGS = ("shortcuts", "preferences", "about", "command_palette", "export", "try_seeds", "models")


def controls(root: QWidget) -> list[QWidget]:
    """What a hand or a key can use, without the parts Qt makes controls of."""
    inner = (QAbstractSpinBox, QComboBox, QKeySequenceEdit, QLineEdit, QAbstractItemView)
    return [
        child
        for child in root.findChildren(QWidget)
        if isinstance(child, KINDS)
        and not isinstance(child, QScrollBar)
        and not child.objectName().startswith("qt_")
        and not isinstance(child.parent(), inner)
        and not type(child).__name__.startswith(("QHeader", "QComboBoxPrivate"))
        and child.window() is root.window()
    ]


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader has no word for, and those that code cannot find."""
    found = []
    for child in controls(root):
        face = QAccessible.queryAccessibleInterface(child)
        if face is None or not face.text(QAccessible.Text.Name).strip() or not child.objectName():
            found.append(f"{type(child).__name__} {child.objectName()!r} in {child.parent().objectName()!r}")
    return found


def test_no_control_of_the_window_is_nameless(room: Room) -> None:
    room.film()
    room.film("second.mp4")
    for name in room.window.panels():
        if not room.window.actions_by_name[name].isChecked():
            room.window.actions_by_name[name].trigger()
    room.window.queue.fold.setChecked(True)
    room.write(steps=4, seconds=1.0, prompt="a lake")
    room.window.inspector.generate()
    room.idle()
    clips = room.desk.timeline.tracks[0].clips
    found = set(nameless(room.window))
    for chosen in ((clips[0].id,), (clips[0].id, clips[1].id), (clips[-1].id,)):
        room.desk.select(*chosen)
        QApplication.processEvents()
        found |= set(nameless(room.window))
    assert sorted(found) == []
    assert len(controls(room.window)) > 80


def test_no_control_of_a_dialog_is_nameless(room: Room) -> None:
    room.film()
    room.write(steps=4, seconds=1.0, prompt="a lake")
    for name in DIALOGS:
        room.window.actions_by_name[name].trigger()
        widgets = QApplication.topLevelWidgets()
        shown = [widget for widget in widgets if widget.isVisible() and widget is not room.window]
        assert shown, name
        for dialog in shown:
            assert nameless(dialog) == [], name
            assert dialog.windowTitle() or dialog.accessibleName(), name
            dialog.close()
    room.idle()


def test_every_command_has_a_keyboard_path(room: Room) -> None:
    listed = {action for menu in room.window.top.menus.actions() for action in menu.menu().actions()}
    for known in room.window.registry.all():
        assert known.action in listed or known.action.shortcuts(), known.id
    for menu in room.window.top.menus.actions():
        assert "&" in menu.text()


def test_tab_visits_the_window_and_comes_round(room: Room) -> None:
    room.film()
    start = room.window.inspector.prompt.editor
    start.setFocus()
    seen: list[QWidget] = []
    for _ in range(400):
        QTest.keyClick(QApplication.focusWidget() or room.window, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        if now is start:
            break
        seen.append(now)
    assert now is start, "the tab order does not come round"
    assert len(set(seen)) == len(seen)
    visible = {
        child
        for child in controls(room.window)
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    missed = [f"{child.objectName()}" for child in visible - set(seen) - {start} if not _in_group(child)]
    assert missed == []


def _in_group(child: QWidget) -> bool:
    """One of several choices: Tab goes to the one that holds, the arrows to the others."""
    return isinstance(child, QAbstractButton) and (child.group() is not None or child.autoExclusive())


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_the_focus_is_seen_on_every_kind_of_control(room: Room, studio: QApplication, tokens: theme.Tokens) -> None:
    theme.apply(studio, tokens)
    room.film()
    unseen = []
    for child in controls(room.window):
        if not child.isVisible() or not child.isEnabled() or not child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        room.window.timeline.view.setFocus()
        before = child.grab().toImage()
        child.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if child.grab().toImage() == before:
            unseen.append(child.objectName())
    theme.apply(studio, theme.DARK)
    assert unseen == []


def test_the_timeline_says_in_words_what_is_selected(room: Room) -> None:
    clip = room.film()
    room.desk.select(clip)
    view = room.window.timeline.view
    assert "film" in view.accessibleDescription()
    room.desk.select()
    assert view.accessibleDescription() == "Nothing selected"
