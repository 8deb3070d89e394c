"""A storyboard: cards in a row on the time axis, each with words and, if wished, a picture or clip it begins with.

Edits are pure functions that return another storyboard, so that undo is a list of them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sora_studio.core.errors import BadInput

SHORTEST, LONGEST = 0.25, 60.0
"""Seconds of a card."""


@dataclass(frozen=True, slots=True)
class Card:
    """`seconds` of the clip to be made: shows `text` (empty: the words of the card before) and begins with the medium
    of identity `media` (empty: with nothing given)."""

    text: str = ""
    media: str = ""
    seconds: float = 2.0
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def __post_init__(self) -> None:
        if not SHORTEST <= self.seconds <= LONGEST:
            raise BadInput(
                "A card lasts from {least:g} to {most:g} seconds, not {seconds:g}.",
                least=SHORTEST,
                most=LONGEST,
                seconds=self.seconds,
            )


@dataclass(frozen=True, slots=True)
class Storyboard:
    """Cards from left to right."""

    cards: tuple[Card, ...] = ()

    @property
    def seconds(self) -> float:
        """The duration of the clip it becomes."""
        return sum(card.seconds for card in self.cards)

    def find(self, card_id: str) -> int:
        """The place of a card; raises BadInput when it is gone."""
        for place, card in enumerate(self.cards):
            if card.id == card_id:
                return place
        raise BadInput("That card is no longer on the storyboard.")

    def start(self, card_id: str) -> float:
        """Seconds before a card begins."""
        return sum(card.seconds for card in self.cards[: self.find(card_id)])


def insert(board: Storyboard, place: int, card: Card) -> Storyboard:
    """Put a card before the one at `place`, or at the end."""
    place = max(0, min(place, len(board.cards)))
    return Storyboard((*board.cards[:place], card, *board.cards[place:]))


def change(board: Storyboard, card: Card) -> Storyboard:
    """Put a card in the place of the one with its identity."""
    place = board.find(card.id)
    return Storyboard((*board.cards[:place], card, *board.cards[place + 1 :]))


def move(board: Storyboard, card_id: str, place: int) -> Storyboard:
    """Bring a card to a place among the others."""
    now = board.find(card_id)
    others = (*board.cards[:now], *board.cards[now + 1 :])
    return insert(Storyboard(others), place, board.cards[now])


def remove(board: Storyboard, card_id: str) -> Storyboard:
    """Take a card away."""
    place = board.find(card_id)
    return Storyboard((*board.cards[:place], *board.cards[place + 1 :]))


def copy(board: Storyboard, card_id: str) -> Storyboard:
    """Put a copy of a card behind it."""
    place = board.find(card_id)
    card = board.cards[place]
    return insert(board, place + 1, Card(card.text, card.media, card.seconds))
