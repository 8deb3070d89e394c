"""The filter of the library: one small button a shelf, one of which holds."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from sora_studio.core.language import mark, tr
from sora_studio.core.library import Shelf
from sora_studio.ui.theme import icon

_TIPS = {
    Shelf.ALL: mark("All media of the project"),
    Shelf.VIDEO: mark("Videos"),
    Shelf.IMAGES: mark("Pictures"),
    Shelf.SOUND: mark("Sounds"),
    Shelf.TAKES: mark("What was generated"),
    Shelf.STARRED: mark("What you gave a star"),
}


class ShelfChips(QWidget):
    """Emits the shelf that is chosen."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("libraryShelves")
        self.setAccessibleName(tr("Filter"))
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        for number, shelf in enumerate(Shelf):
            chip = QPushButton("" if shelf is Shelf.STARRED else tr(shelf.value))
            chip.setObjectName(f"shelf-{shelf.name.lower()}")
            chip.setProperty("role", "chip")
            chip.setAccessibleName(tr("Show: {value}", value=tr(shelf.value)))
            chip.setToolTip(tr(_TIPS[shelf]))
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if shelf is Shelf.STARRED:
                chip.setIcon(icon("star", "dim", "accent2"))
                chip.setIconSize(QSize(14, 14))
            self._group.addButton(chip, number)
            line.addWidget(chip)
        line.addStretch(1)
        self._group.idToggled.connect(self._toggled)
        self.select(Shelf.ALL)

    @property
    def shelf(self) -> Shelf:
        """The shelf that holds."""
        return list(Shelf)[max(0, self._group.checkedId())]

    def select(self, shelf: Shelf) -> None:
        """Choose a shelf."""
        self._group.button(list(Shelf).index(shelf)).setChecked(True)

    def _toggled(self, _number: int, on: bool) -> None:
        if on:
            self.chosen.emit(self.shelf)
