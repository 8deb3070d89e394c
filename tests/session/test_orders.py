"""Orders show an engine as much of a neighbouring clip as it asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.phrasing import Phrase
from sora_studio.core.time import Rate
from sora_studio.session import orders
from sora_studio.session.draft import Draft
from sora_studio.session.pieces import Piece
from tests.fakes.engine import CAPABILITIES

DRAFT = Draft(prompt="a ball", seed=1)


@pytest.mark.parametrize("overlap", [5, 9, 17])
def test_a_neighbour_is_shown_for_as_long_as_the_engine_asks(moving: Path, overlap: int) -> None:
    caps = replace(CAPABILITIES, overlap=overlap, rate=Rate(24), window=33)
    piece = Piece(moving)
    (tail,) = orders.extend(DRAFT, caps, piece, 0.5).request.given
    (head,) = orders.extend(DRAFT, caps, piece, 0.5, before=True).request.given
    assert (tail.at, len(tail)) == (0, overlap)
    assert (head.at, len(head)) == (12, overlap)
    assert tail.source is not None
    assert (tail.source.start, tail.source.stop) == (48 - overlap, 48)
    last, first = orders.bridge(DRAFT, caps, (piece, piece), 0.5).request.given
    assert (last.at, len(last), first.at, len(first)) == (0, overlap, overlap + 12, overlap)
    assert np.array_equal(last.frames, tail.frames)
    assert np.array_equal(first.frames, head.frames)


def test_what_goes_on_from_footage_is_told_no_place_or_hour_that_was_guessed(moving: Path) -> None:
    phrases = (Phrase("place", "in the city"), Phrase("time", "at night", chosen=True), Phrase("camera", "close up"))
    draft = replace(DRAFT, phrases=phrases)
    piece, fine = Piece(moving), replace(CAPABILITIES, overlap=5)
    made = (
        orders.extend(draft, fine, piece, 0.5),
        orders.bridge(draft, fine, (piece, piece), 0.5),
        orders.loop(draft, fine, piece, 0.5),
        orders.restyle(draft, fine, piece),
    )
    assert {order.request.prompt for order in made} == {"a ball at night, close up"}
    assert orders.new_clip(draft, fine).request.prompt == "a ball in the city at night, close up"
