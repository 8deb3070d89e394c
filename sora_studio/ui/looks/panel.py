"""The page of looks: cards to choose from, how much a clip keeps, trying it on the selected clip, one's own looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psygnal import SignalInstance
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.core.looks import Look
from sora_studio.core.media_item import Ready
from sora_studio.session.places import OnLook
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.looks.card import LookCard, picture_of
from sora_studio.ui.looks.commands import LookCommands
from sora_studio.ui.looks.desk import LookDesk
from sora_studio.ui.looks.trying import try_look, try_on
from sora_studio.ui.monitor.comparing import counterpart
from sora_studio.ui.panels.controls import ElidedLabel, SliderRow, push_button, row, tool_button
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.panels.look_art import landscape

NARROWEST = 72
"""Pixels a card needs at least."""


class LooksPanel(QWidget):
    """What is chosen is the draft's look. `cards_changed` is called with the cards when there are others."""

    def __init__(
        self, session: Session, draft: DraftState, chooser: FileChooser, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("looksPanel")
        self.setAccessibleName(tr("Looks"))
        self._session, self._draft = session, draft
        self.desk = LookDesk(session, draft, chooser, self)
        self.commands = LookCommands(session, self.desk, draft, self)
        self.cards: list[LookCard] = []
        self.cards_changed: Callable[[list[LookCard]], None] = lambda _cards: None
        self._columns = 0
        self._group = QButtonGroup(self)
        self._grid = QGridLayout()
        self.fresh = push_button("newLook", "New look", "plus")
        self.take_button = tool_button("importLook", "import", "Import a look…")
        self.words = ElidedLabel("faint", "lookWords")
        self.keep = SliderRow("lookKeep", "Keep", (0, 100, 5), "{:.0f} %")
        self.restyle = push_button("lookRestyle", "Restyle the clip", "brush")
        self.compare = tool_button(
            "lookCompare", "columns-2", "Compare before and after in the monitor", checkable=True
        )
        self._lay_out()
        self._wire()
        self.rebuild()

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 4, 0)
        self._grid.setSpacing(4)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setObjectName("lookCards")
        self._area.setAccessibleName(tr("Cards of looks"))
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        self._area.viewport().installEventFilter(self)
        self.fresh.setToolTip(tr("Make a look of your own words, a LoRA or a picture"))
        self.keep.setToolTip(tr("How much of a clip stays when it is restyled"))
        self.restyle.setToolTip(
            tr("Tell the selected clip again in this look and its own words; see both side by side")
        )
        body = QVBoxLayout(self)
        body.setContentsMargins(9, 8, 7, 9)
        body.setSpacing(6)
        line = row(self.fresh, self.take_button, gap=4)
        line.setStretch(0, 1)
        body.addLayout(line)
        body.addWidget(self._area, 1)
        body.addWidget(self.words)
        body.addWidget(self.keep)
        foot = row(self.restyle, self.compare, gap=4)
        foot.setStretch(0, 1)
        body.addLayout(foot)

    def _wire(self) -> None:
        self.fresh.clicked.connect(self.desk.make)
        self.take_button.clicked.connect(self.desk.ask_for_file)
        self.keep.moved.connect(lambda percent: self._draft.update(strength=percent / 100))
        self.restyle.clicked.connect(self._restyle)
        self.compare.clicked.connect(self._compare)
        self._group.idToggled.connect(self._toggled)
        self._draft.changed.connect(self._follow)
        for signal, slot in self._slots():
            signal.connect(slot)

    def _slots(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self._session
        return (
            (session.lookbook.changed, self.rebuild),
            (session.painting_changed, self._follow),
            (session.selection_changed, self._follow),
            (session.changed, self._follow),
            (session.viewing.changed, self._follow),
        )

    def shutdown(self) -> None:
        """Let go of the session."""
        for signal, slot in self._slots():
            signal.disconnect(slot, missing_ok=True)

    # -- for drops ---------------------------------------------------------------------------------------------

    def take(self, paths: list[Path]) -> None:
        """Take look files in, and choose the last of them."""
        self.desk.take(paths)

    def place_of(self, card: LookCard) -> OnLook:
        """The place that a card is for what is dropped on it."""
        return OnLook(card.look, card.text())

    # -- cards -------------------------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Make the cards anew."""
        for card in self.cards:
            self._group.removeButton(card)
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [LookCard("", tr("None"), landscape(""))]
        self.cards += [self._card(look) for look in self._session.looks()]
        for number, card in enumerate(self.cards):
            self._group.addButton(card, number)
        self._columns = 0
        self._arrange()
        self._follow()
        self.cards_changed(self.cards)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As many cards in a row as fit."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            QTimer.singleShot(0, self, self._arrange)  # once the walls stand still
        return super().eventFilter(watched, event)

    def _card(self, look: Look) -> LookCard:
        card = LookCard(look.name, look.title, picture_of(look))
        card.setToolTip(f"{tr(look.title)}: {look.template}")
        card.menu_asked.connect(lambda place: self._menu(look.name, place))
        return card

    def _arrange(self) -> None:
        columns = max(2, (self._area.viewport().width() + 4) // (NARROWEST + 4))
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)
            card.show()

    def _menu(self, name: str, place: QPoint) -> None:
        self.desk.menu(name).popup(place)

    def _toggled(self, number: int, on: bool) -> None:
        if on and self.cards[number].look != self._draft.value.look:
            self.desk.choose(self.cards[number].look)

    # -- what is chosen ----------------------------------------------------------------------------------------

    def _follow(self) -> None:
        value = self._draft.value
        chosen = next((card for card in self.cards if card.look == value.look), self.cards[0])
        chosen.setChecked(True)
        for card in self.cards:
            card.set_busy(bool(card.look) and self._session.is_painted(card.look))
        look = next((look for look in self._session.looks() if look.name == value.look), None)
        self.commands.refresh()
        self.words.say(look.template.replace("{prompt}", "…") if look else tr("The words alone"))
        self.keep.set_value(value.strength * 100)
        self.restyle.setEnabled(self._clip() is not None and bool(value.look or value.prompt.strip()))
        self.compare.setChecked(self._session.viewing.compare is not None)

    def _clip(self) -> str | None:
        """The selected clip, if it can be restyled."""
        session, chosen = self._session, self._session.selection
        if len(chosen) != 1 or not session.timeline.has(chosen[0]):
            return None
        item = session.project.media.get(session.timeline.find(chosen[0])[1].media)
        return chosen[0] if item is not None and isinstance(item.state, Ready) and item.picture else None

    def _restyle(self) -> None:
        clip, draft = self._clip(), self._draft.value
        if clip is not None:
            tried = try_look if draft.look else try_on  # without a look it is the words that are tried
            attempt(self._session, lambda: tried(self._session, clip, draft))

    def _compare(self) -> None:
        viewing = self._session.viewing
        if viewing.compare is not None:
            viewing.stop_comparing()
            return
        attempt(self._session, self._compare_found)
        self.compare.setChecked(viewing.compare is not None)

    def _compare_found(self) -> None:
        found = counterpart(self._session)
        self._session.viewing.comparing(found.a, found.b)
