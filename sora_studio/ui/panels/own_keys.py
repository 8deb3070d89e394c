"""Keys that belong to a focused widget of our own before they are commands of the window."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

_NONE = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)


def claims(event: QEvent, keys: Collection[Qt.Key], with_alt: Collection[Qt.Key] = ()) -> bool:
    """Take a key before the window's commands do: one of `keys` alone or with Shift, or of `with_alt` with Alt. To be
    called first in a widget's `event`, which returns True when this does."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    held, key = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, Qt.Key(event.key())
    if (held in _NONE and key in keys) or (held == Qt.KeyboardModifier.AltModifier and key in with_alt):
        event.accept()
        return True
    return False
