"""The foot of the library: what is chosen and the artist's words about it, what is under way, what can be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QToolButton, QVBoxLayout, QWidget

from sora_studio.core.language import tr, trn
from sora_studio.core.media_item import MediaItem
from sora_studio.session.session import Session
from sora_studio.ui.library.captions import CaptionLine
from sora_studio.ui.library.commands import LibraryCommands
from sora_studio.ui.library.facts import facts_of
from sora_studio.ui.panels.controls import ElidedLabel, row

OFFER_MS = 9000
"""How long an offer stands."""


class Detail(QWidget):
    """One line of facts, a field for words of one's own, and an offer with a button."""

    def __init__(self, session: Session, commands: LibraryCommands) -> None:
        super().__init__()
        self.setObjectName("libraryDetail")
        self._session, self._commands = session, commands
        self._item: MediaItem | None = None
        self._said = ""
        self.line = ElidedLabel("faint", "libraryFacts")
        self.star = self._button("library_star", "libraryStar")
        self.recipe = self._button("library_recipe", "libraryRecipe")
        self.caption = QLineEdit()
        self.caption.setObjectName("libraryCaption")
        self.caption.setAccessibleName(tr("Words of your own"))
        self.caption.setPlaceholderText(tr("Add words to find it by"))
        self.offer = QToolButton()
        self.offer.setObjectName("libraryOffer")
        self.offer.setProperty("role", "link")
        self.offer.setAccessibleName(tr("Offer"))
        self._accept: Callable[[], None] = lambda: None
        self._offered = QTimer(self, singleShot=True, interval=OFFER_MS)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 0, 0)
        column.setSpacing(4)
        line = row(self.line, self.offer, self.recipe, self.star, gap=2)
        line.setStretch(0, 1)
        column.addLayout(line)
        column.addWidget(self.caption)
        self.captions = CaptionLine(session)
        column.addWidget(self.captions)
        self.caption.editingFinished.connect(self._describe)
        self.offer.clicked.connect(self._accepted)
        self._offered.timeout.connect(self._withdraw)
        self.offer.hide()
        self.show_media([], 0)

    def show_media(self, items: list[MediaItem], shown: int) -> None:
        """Say what is chosen of how many that are shown."""
        one = items[0] if len(items) == 1 else None
        many = tr("{count} of {shown} chosen", count=len(items), shown=shown) if items else _counted(shown)
        words = many if one is None else facts_of(one)
        self._item = one
        self._said = words
        if not self._offered.isActive():
            self.line.say(words)
        for button in (self.star, self.recipe):
            button.setVisible(button.isEnabled() and one is not None)
        self.caption.setVisible(one is not None)
        self.captions.show_item(one)
        if one is not None and one.caption != self.caption.text() and not self.caption.hasFocus():
            self.caption.setText(one.caption)

    def progress(self, number: int, count: int) -> None:
        """Files are being taken in; 0 of 0 when all are."""
        self.line.say(tr("Taking in {number} of {count}", number=number, count=count) if count > 1 else self._said)

    def ask(self, words: str, act: str, accept: Callable[[], None]) -> None:
        """Offer something for a while."""
        self.line.say(words)
        self.offer.setText(act)
        self.offer.setAccessibleName(f"{act}: {words}")
        self.offer.setToolTip(words)
        self._accept = accept
        self.offer.show()
        self._offered.start()

    def _accepted(self) -> None:
        accept = self._accept
        self._withdraw()
        accept()

    def _withdraw(self) -> None:
        self._offered.stop()
        self.offer.hide()
        self.line.say(self._said)

    def _describe(self) -> None:
        if self._item is not None and self._item.id in self._session.project.media:
            self._session.describe(self._item.id, self.caption.text())

    def _button(self, command: str, name: str) -> QToolButton:
        made = QToolButton()
        made.setObjectName(name)
        action = self._commands[command]
        made.clicked.connect(action.trigger)

        def follow() -> None:
            made.setIcon(action.icon())
            made.setEnabled(action.isEnabled())
            made.setToolTip(action.text())
            made.setAccessibleName(action.text())

        action.changed.connect(follow)
        follow()
        return made


def _counted(shown: int) -> str:
    return trn("{count} item", "{count} items", shown) if shown else ""
