"""Orders show an engine as much of a neighbouring clip as it asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

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
