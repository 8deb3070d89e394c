"""Commands as actions: declared once with text, icon and keys, shown in menus and as buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.theme import icon


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its name for code, its text (translated when the action is made), icon and keys. `needs` is
    a sentence that says why it may be greyed out, `tip` a tooltip that says more than the text."""

    name: str
    text: str
    icon: str
    keys: tuple[str, ...]
    act: Callable[[], object]
    checkable: bool = False
    needs: str = ""
    tip: str = ""


def make_action(entry: Entry, prefix: str, parent: QObject) -> QAction:
    """The action of a command, with `prefix` before its object name."""
    action = QAction(icon(entry.icon), tr(entry.text), parent)
    action.setObjectName(f"{prefix}_{entry.name}")
    action.setShortcuts([QKeySequence(key) for key in entry.keys])
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    action.setProperty("tip", tr(entry.tip))
    action.setProperty("needs", entry.needs)
    action.setCheckable(entry.checkable)
    action.triggered.connect(lambda *_: entry.act())
    return action


def tool_button(action: QAction, parent: QWidget, pixels: int = 18) -> QToolButton:
    """A flat button of an action. It takes the focus from the Tab key only, so that a click leaves the keys alone."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setObjectName(f"{action.objectName()}_button")
    button.setAccessibleName(action.text())
    action.changed.connect(lambda: button.setAccessibleName(action.text()))
    button.setAutoRaise(True)
    button.setIconSize(QSize(pixels, pixels))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
