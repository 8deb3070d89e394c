"""Weights of phrases in a field of words: raised and lowered where the cursor is, and seen by a tint."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from sora_studio.core.emphasis import groups, weigh
from sora_studio.ui.theme import colour

STEP = 0.1
"""By how much a key changes a weight."""


def change_weight(field: QPlainTextEdit, by: float) -> bool:
    """Change the weight of the selected words, or of the word at the cursor, by one step that undo takes back; False
    where there is none."""
    cursor = field.textCursor()
    text = field.toPlainText()
    # Qt counts in units of UTF-16, of which signs beyond the first plane take two
    place = len(_head(text, cursor.selectionStart())), len(_head(text, cursor.selectionEnd()))
    change = weigh(text, *place, by)
    if change is None:
        return False
    cursor.setPosition(_units(text[: change.start]))
    cursor.setPosition(_units(text[: change.stop]), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(change.text)
    after = change.apply(text)
    first, last = change.selected
    cursor.setPosition(_units(after[:first]))
    cursor.setPosition(_units(after[:last]), QTextCursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)
    return True


class WeightTint(QObject):
    """Tints the weighted phrases of a field, the stronger the farther their weight is from 1."""

    def __init__(self, field: QPlainTextEdit) -> None:
        super().__init__(field)
        self._field = field
        field.textChanged.connect(self._tint)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        return super().eventFilter(watched, event)

    def _tint(self) -> None:
        text = self._field.toPlainText()
        tints = []
        for group in groups(text):
            tint = QTextEdit.ExtraSelection()
            tint.cursor = self._field.textCursor()
            tint.cursor.setPosition(_units(text[: group.start]))
            tint.cursor.setPosition(_units(text[: group.stop]), QTextCursor.MoveMode.KeepAnchor)
            strength = min(1.0, abs(group.weight - 1))
            tint.format.setBackground(colour("accent" if group.weight >= 1 else "warn", 0.14 + 0.2 * strength))
            tints.append(tint)
        self._field.setExtraSelections(tints)


def _units(text: str) -> int:
    """The length of a text as Qt counts it."""
    return len(text.encode("utf-16-le")) // 2


def _head(text: str, units: int) -> str:
    """The beginning of a text that is so long as Qt counts it."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
