"""The words of a prompt as buttons, of which one at most holds."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from sora_studio.core.inside import Word
from sora_studio.core.language import tr
from sora_studio.ui.panels.flow import Flow


class WordChips(Flow):
    """Emits the number of the word that is chosen; None when a second click lets it go."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__("insideWords", gap=5)
        self.setAccessibleName(tr("Words of the prompt"))
        self.word: int | None = None
        self.buttons: list[QPushButton] = []
        self._words: tuple[Word, ...] = ()

    def show_words(self, words: tuple[Word, ...]) -> None:
        """Other words; the same ones stay as they are."""
        if words == self._words:
            return
        self._words, self.word = words, None
        self.buttons = [self._chip(number, word) for number, word in enumerate(words)]
        self.show_items(self.buttons)

    def let_go(self) -> None:
        """No word is chosen any more."""
        self.word = None
        for button in self.buttons:
            button.setChecked(False)

    def _chip(self, number: int, word: Word) -> QPushButton:
        made = QPushButton(word.text.replace("&", "&&"))
        made.setObjectName(f"insideWord{number}")
        made.setProperty("role", "chip")
        made.setCheckable(True)
        made.setAccessibleName(word.text)
        made.setToolTip(tr("Show where the picture attends to “{word}”", word=word.text))
        made.clicked.connect(lambda on: self._clicked(number, on=on))
        return made

    def _clicked(self, number: int, *, on: bool) -> None:
        for other, button in enumerate(self.buttons):
            button.setChecked(on and other == number)
        self.word = number if on else None
        self.chosen.emit(self.word)
