"""What the library says while there is nothing to show: the next act, as words and as a button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from sora_studio.ui.panels.controls import label, push_button
from sora_studio.ui.theme import pixmap


class EmptyShelf(QWidget):
    """An icon, a heading, a sentence and one button; `acted` when it is pressed."""

    acted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("libraryEmpty")
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.heading = label("", "title", "libraryEmptyHeading")
        self.heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words = label("", "dim", "libraryEmptyWords")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.button = push_button("libraryEmptyAct", "")
        self.button.clicked.connect(self.acted.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addStretch(2)
        for part in (self._icon, self.heading, self.words):
            column.addWidget(part)
        column.addSpacing(4)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, glyph: str, heading: str, words: str, act: str) -> None:
        """Say something else."""
        self._icon.setPixmap(pixmap(glyph, 28, "accent2", self.devicePixelRatioF()))
        self.heading.setText(heading)
        self.words.setText(words)
        self.button.setText(act)
        self.button.setAccessibleName(act)
