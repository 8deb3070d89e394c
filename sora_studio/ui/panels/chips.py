"""Small pieces of a prompt that can be looked at, changed and taken away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton

from sora_studio.core.language import tr
from sora_studio.core.phrasing import Offer
from sora_studio.ui.panels.controls import label, tool_button
from sora_studio.ui.theme import icon


def word_chip(text: str, about: str) -> QLabel:
    """A word that was understood; `about` says as what."""
    made = label(text, "word")
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setToolTip(about)
    made.setAccessibleName(about)
    return made


class OfferChip(QFrame):
    """A phrase that follows the prompt: its menu has others, the cross takes it away, and Delete does too."""

    chosen = Signal(str, str)
    """Category and the phrase to take instead."""
    removed = Signal(str)
    kept = Signal(str)
    """A category whose phrase becomes words of the prompt."""

    def __init__(self, offer: Offer, title: str) -> None:
        super().__init__()
        self.offer = offer
        self.setObjectName(f"offer-{offer.category}")
        self.setProperty("role", "chip")
        self.setProperty("chosen", offer.chosen)
        self.words = QToolButton()
        self.words.setObjectName(f"offerWords-{offer.category}")
        self.words.setText(offer.text)
        self.words.setIcon(icon("chevron-down", "dim"))
        self.words.setIconSize(QSize(12, 12))
        self.words.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.words.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the words
        self.words.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.words.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.words.setAccessibleName(f"{title}: {offer.text}")
        self.words.setToolTip(tr("{title}. Click for other phrases", title=title))
        self.words.setMenu(self._menu(title))
        self.cross = tool_button(
            f"offerRemove-{offer.category}", "x", tr("Leave out “{text}”", text=offer.text), size=12
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(3, 1, 1, 1)
        line.setSpacing(0)
        line.addWidget(self.words)
        line.addWidget(self.cross)
        self.cross.clicked.connect(lambda: self.removed.emit(offer.category))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the phrase away."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self.offer.category)
        else:
            super().keyPressEvent(event)

    def _menu(self, title: str) -> QMenu:
        menu = QMenu(self)
        menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        menu.setAccessibleName(tr("Other phrases: {title}", title=title))
        category = self.offer.category
        for text in self.offer.alternatives:
            _act(menu, text, lambda text=text: self.chosen.emit(category, text))  # type: ignore[misc]
        menu.addSeparator()
        _act(menu, tr("Put it into the prompt to edit it"), lambda: self.kept.emit(category))
        _act(menu, tr("Leave it out"), lambda: self.removed.emit(category))
        return menu


def _act(menu: QMenu, text: str, act: Callable[[], None]) -> None:
    action = QAction(text.replace("&", "&&"), menu)
    action.triggered.connect(lambda: act())
    menu.addAction(action)
