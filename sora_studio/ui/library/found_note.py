"""The line over the tiles that says what they are near to, with a way back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy

from sora_studio.ui.panels.controls import label, row, tool_button


class FoundNote(QFrame):
    """Hidden while nothing is searched by meaning; `closed` when everything is wanted again."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("libraryFound")
        self.setProperty("role", "found")
        self.words = label("", "dim", "libraryFoundWords")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        close = tool_button("libraryFoundClose", "x", "Show everything", size=12)
        line = row(self.words, close, gap=4)
        line.setStretch(0, 1)
        line.setContentsMargins(8, 3, 4, 3)
        self.setLayout(line)
        close.clicked.connect(self.closed.emit)
        self.hide()

    def say(self, words: str) -> None:
        """Say something else; nothing hides the line."""
        self.words.setText(words)
        self.setVisible(bool(words))
