"""The storyboard of the project: cards are edited one by one, and become one clip together."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sora_studio.core import storyboard as edits
from sora_studio.core.errors import BadInput
from sora_studio.core.recipe import own_words
from sora_studio.core.storyboard import LONGEST, SHORTEST, Card, Storyboard
from sora_studio.engines.catalog import capabilities
from sora_studio.session import orders
from sora_studio.session.draft import Draft
from sora_studio.session.maker import Maker
from sora_studio.session.orders import BoardCard
from sora_studio.session.pieces import Piece
from sora_studio.session.works import Spot

CARD_SECONDS = 2.0
"""How long a new card lasts."""


class Boards(Maker):
    """Edits of the storyboard, each one step of undo, and the verb that makes a clip of it."""

    @property
    def storyboard(self) -> Storyboard:
        """The cards as they are now."""
        return self.timeline.storyboard

    def add_card(self, card: Card | None = None, place: int | None = None) -> str:
        """Put a card, an empty one if left out, before the one at `place` or at the end; returns its identity."""
        card = card or Card(seconds=CARD_SECONDS)
        board = self.storyboard
        self._board("Add card", edits.insert(board, len(board.cards) if place is None else place, card))
        return card.id

    def add_media_card(self, media_id: str, place: int | None = None) -> str:
        """Put a card that begins with a picture or video; a video's card lasts as long as it does."""
        item = self.item(media_id)
        seconds = CARD_SECONDS if item.frames == 1 else item.rate.seconds(item.frames)
        return self.add_card(Card(media=media_id, seconds=min(max(seconds, SHORTEST), LONGEST)), place)

    def cards_of_clips(self, *clip_ids: str) -> None:
        """Put a card for each clip at the end, in order of time: its picture, the artist's own words, its length."""
        board = self.storyboard
        for clip in sorted((self._clip(one) for one in clip_ids), key=lambda clip: clip.start):
            recipe = self.item(clip.media).made_from
            seconds = self.timeline.rate.seconds(clip.length)
            words = own_words(recipe) if recipe is not None else ""
            card = Card(words, clip.media, min(max(seconds, SHORTEST), LONGEST))
            board = edits.insert(board, len(board.cards), card)
        self._board("Add cards", board)

    def sent_of_card(self, card: Card) -> str:
        """What was sent for the clip that a card begins with, word for word, while the card says what the artist said
        for it; empty where that is all that was sent."""
        item = self._media.get(card.media)
        recipe = item.made_from if item is not None else None
        if recipe is None or not card.text or own_words(recipe).strip() != card.text:
            return ""
        sent = str(recipe.get("prompt", "")).strip()
        return sent if sent != card.text else ""

    def change_card(self, card: Card) -> None:
        """Put a card in the place of the one with its identity."""
        if card.media:
            self.item(card.media)
        self._board("Change card", edits.change(self.storyboard, card))

    def move_card(self, card_id: str, place: int) -> None:
        """Bring a card to a place among the others."""
        self._board("Move card", edits.move(self.storyboard, card_id, place))

    def copy_card(self, card_id: str) -> None:
        """Put a copy behind a card."""
        self._board("Copy card", edits.copy(self.storyboard, card_id))

    def remove_card(self, card_id: str) -> None:
        """Take a card away."""
        self._board("Delete card", edits.remove(self.storyboard, card_id))

    def generate_storyboard(self, draft: Draft) -> str:
        """Make one clip of all cards, each with its words and what it begins with; returns the job's id. A first card
        without words takes those of the draft."""
        cards = self.storyboard.cards
        if not cards:
            raise BadInput("The storyboard has no cards yet. Add one and say what it shows.")
        shown = tuple(BoardCard(card.text, card.seconds, self._card_piece(card)) for card in cards)
        order = orders.storyboard(draft, capabilities(draft.engine), shown)
        return self._start(order, Spot("Storyboard", self._lay_new))

    def _card_piece(self, card: Card) -> Piece | None:
        """What a card begins with; raises BadInput with the card's number while it is not there."""
        if not card.media:
            return None
        path = self.media_path(card.media)
        if path is None:
            number = self.storyboard.find(card.id) + 1
            raise BadInput(
                "The picture or clip of card {number} is not there. Wait for it, or give the card another.",
                number=number,
            )
        still = self.item(card.media).frames == 1
        return Piece(path) if still else Piece(path, Fraction(0), Fraction(card.seconds))

    def _board(self, text: str, board: Storyboard) -> None:
        self._edit(text, replace(self.timeline, storyboard=board))
