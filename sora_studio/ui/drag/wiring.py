"""Every place of the window that something can be dropped on, and every one it can be dragged from, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from sora_studio.core.inlays import Going, Met
from sora_studio.session.drops import ON_CUT, ON_OTHERS, Accept, Offer
from sora_studio.session.places import (
    Anywhere,
    Board,
    Lane,
    LooksPage,
    MediaShelf,
    OnCard,
    Place,
    PromptBox,
    Screen,
    SearchBox,
    Slot,
)
from sora_studio.session.session import Notice
from sora_studio.ui.drag.between import Coming
from sora_studio.ui.drag.chooser import Chooser
from sora_studio.ui.drag.doing import Doer, Parts
from sora_studio.ui.drag.hints import Hints
from sora_studio.ui.drag.sources import ClipSource, StillSource
from sora_studio.ui.drag.target import Drags, DropTarget, somewhere
from sora_studio.ui.looks.card import LookCard
from sora_studio.ui.panels.storyboard_card import StoryCard
from sora_studio.ui.timeline.landing import Landing

if TYPE_CHECKING:
    from sora_studio.ui.window import MainWindow


class DropWiring:
    """The drop targets of a window, and the sources that are no lists."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.hints = Hints(window)
        self.doer = Doer(window.session, window.inspector.state, self._parts())
        self.coming = Coming(window.session, window.inspector.state)
        self.chooser = Chooser(window)
        self.drags = Drags(window.session, self.hints, self.doer.do, self.chooser.ask, window)
        self.landing = Landing(window.timeline.view)
        self.stills = StillSource(window.session, window.monitor)
        self.clips = ClipSource(window.timeline)
        self._targets()

    def _parts(self) -> Parts:
        window = self._window
        return Parts(
            take_in=window.library.intake.take,
            take_recipe=window.inspector.take_recipe,
            write_prompt=window.commands.write_prompt,
            choose=lambda ids: window.library.choose(*ids),
            pick_given=window.inspector.lane.pick,
            take_cards=window.storyboard.take,
            begin_card=window.storyboard.begin,
            find_similar=window.library.find_similar,
            take_looks=window.looks.take,
            look_of_picture=window.looks.desk.of_picture,
            look_of_lora=window.looks.desk.of_lora,
            use_lora=window.inspector.loras.take,
            offer=lambda text, act, accept: window.toasts.show(Notice("info", text), (act, accept)),
        )

    def _targets(self) -> None:
        window, drags = self._window, self.drags
        view, editor = window.monitor.view, window.inspector.prompt.editor.viewport()
        DropTarget(window, drags, somewhere(Anywhere()), over=window.monitor)
        for dock in window.docks.all:
            DropTarget(dock, drags, somewhere(Anywhere()), over=dock)
            dock.setAcceptDrops(dock.isFloating())  # among the others the window answers
        DropTarget(view, drags, somewhere(Screen()), over=view)
        DropTarget(editor, drags, somewhere(PromptBox()))
        given = window.inspector.given
        for zone, slot in ((given.first, Slot("first")), (given.last, Slot("last")), (given.video, Slot("video"))):
            DropTarget(zone, drags, somewhere(slot), light=zone.set_hot)
        library = window.library
        DropTarget(library, drags, somewhere(MediaShelf()), over=library)
        DropTarget(library.view.viewport(), drags, somewhere(MediaShelf()), over=library)
        DropTarget(library.search, drags, somewhere(SearchBox()))
        DropTarget(window.looks, drags, somewhere(LooksPage()), over=window.looks)
        window.looks.cards_changed = self._cards
        self._cards(window.looks.cards)
        axis = window.inspector.lane.axis
        DropTarget(axis, drags, self._on_lane, light=self._light_lane, show=self._show_on_lane)
        strip = window.storyboard.strip
        window.storyboard.card_made = self._story_card
        for story in window.storyboard.cards:
            self._story_card(story)
        DropTarget(strip, drags, self._on_board, light=self._light_board, show=self._show_on_board)
        tracks = window.timeline.view.viewport()
        DropTarget(tracks, drags, self._on_tracks, light=self._light_tracks, show=self._show_on_tracks)
        window.timeline.view.hand.on_others = self._came_onto_others

    def _cards(self, cards: list[LookCard]) -> None:
        """The cards are other ones."""
        for card in cards:
            if card.look:
                place = self._window.looks.place_of(card)
                DropTarget(card, self.drags, somewhere(place), light=card.set_lit)

    def _story_card(self, card: StoryCard) -> None:
        """A card stands on the storyboard."""
        DropTarget(card, self.drags, lambda _at: OnCard(card.card.id), light=card.light)

    def _on_lane(self, position: QPointF) -> Place:
        return Lane(self._window.inspector.lane.axis.at(position.x()))

    def _light_lane(self, on: bool) -> None:
        if not on:
            self._window.inspector.lane.axis.show_drop(None)

    def _show_on_lane(self, offer: Offer, position: QPointF, place: Place) -> None:
        axis = self._window.inspector.lane.axis
        axis.show_drop(place.at if isinstance(place, Lane) and isinstance(offer, Accept) else None)
        self.hints.beside(axis, position, offer)

    def _on_board(self, position: QPointF) -> Place:
        return Board(self._window.storyboard.strip.place_at(position.toPoint().x()))

    def _light_board(self, on: bool) -> None:
        if not on:
            self._window.storyboard.strip.show_line(None)

    def _show_on_board(self, offer: Offer, position: QPointF, place: Place) -> None:
        strip = self._window.storyboard.strip
        strip.show_line(place.place if isinstance(place, Board) and isinstance(offer, Accept) else None)
        self.hints.beside(strip, position, offer)

    def _on_tracks(self, position: QPointF) -> Place:
        self.landing.things = self.drags.things
        return self.landing.place_at(position)

    def _came_onto_others(self, going: Going, met: Met, at: QPointF) -> None:
        """Clips were let go on others: ask the same as for what comes from outside."""
        view = self._window.timeline.view
        place = view.viewport().mapToGlobal(view.mapFromScene(at))
        choices = ON_CUT if met == "cut" else ON_OTHERS
        self.chooser.ask(place, choices, lambda chosen: self.coming.do(going, chosen.act))

    def _light_tracks(self, on: bool) -> None:
        if not on:
            self.landing.hide()

    def _show_on_tracks(self, offer: Offer, position: QPointF, place: Place) -> None:
        self.hints.hide()
        if not self.landing.show(offer, place):
            self.hints.beside(self._window.timeline.view.viewport(), position, offer)
