"""Upscaling a clip makes a larger take of it, which is compared, undone, varied and made again as the clip itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput, Refused
from sora_studio.core.media_item import MediaItem, Pending, Ready
from sora_studio.core.time import Rate, Size
from sora_studio.media.encode import VideoWriter
from sora_studio.media.footage import read_footage
from sora_studio.session import orders
from sora_studio.session.pieces import Piece
from sora_studio.session.session import Session
from tests.session.conftest import DRAFT, Studio, ramp
from tests.session.test_takes import generated, shown


def upscaled(studio: Studio, clip: str, by: int = 2) -> MediaItem:
    studio.session.upscale(clip, by)
    studio.settled()
    item = studio.made(clip)
    assert isinstance(item.state, Ready), item
    return item


def test_an_upscaled_clip_is_a_larger_take_of_it(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    small = studio.made(clip)
    large = upscaled(studio, clip)
    assert [item.id for item in session.takes(clip)] == [small.id, large.id]
    assert large.size == Size(2 * small.size.width, 2 * small.size.height)
    assert (large.frames, large.rate, large.name, large.origin) == (small.frames, small.rate, small.name, small.origin)
    before, after = (read_footage(path).frames for item in (small, large) if (path := session.media_path(item.id)))
    assert np.abs(after[:, 1::2, 1::2].astype(int) - before).mean() < 6  # what the fake makes of it, encoded again
    assert session.undo_text == "Upscale"
    session.undo()
    assert shown(studio, clip) == small.id


def test_it_is_varied_and_told_again_from_what_the_clip_was_generated_from(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    first = session.item(shown(studio, clip)).made_from
    assert first is not None
    large = upscaled(studio, clip)
    assert large.made_from is not None
    assert (large.made_from["engine"], large.made_from["result"]) == ("span-x2", "enlarged")
    assert large.generated_from == first
    assert session.in_own_words(clip, replace(DRAFT, prompt="")).prompt == "a red balloon"
    session.again(clip)
    studio.settled()
    assert studio.made(clip).made_from == first
    session.show_take(clip, large.id)
    session.vary(clip)
    studio.settled()
    other = studio.made(clip)
    assert other.made_from is not None
    assert (other.size, other.made_from["engine"]) == (Size(192, 112), "sora")
    assert other.made_from["seed"] != first["seed"]
    assert other.origin == large.origin


def test_four_times_and_twice_more_keep_the_first_recipe(studio: Studio) -> None:
    clip = generated(studio)
    first = studio.made(clip).generated_from
    upscaled(studio, clip, 4)
    item = upscaled(studio, clip, 2)
    assert item.size == Size(8 * 192, 8 * 112)
    assert item.generated_from == first
    with pytest.raises(Refused, match="1536x896 enlarged 4 times would be 6144x3584"):
        studio.session.upscale(clip, 4)
    assert len(studio.session.takes(clip)) == 3


def test_of_footage_what_is_shown_is_upscaled_at_its_own_rate(studio: Studio, moving: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 10)
    session.trim_head(clip, 12)
    offset, length = session.timeline.find(clip)[1].offset, session.timeline.find(clip)[1].length
    item = upscaled(studio, clip)
    assert (item.size, item.rate, item.name) == (Size(640, 360), Rate(24), "moving")
    assert item.origin == Fraction(1, 2)
    assert item.frames == 36
    turned = session.timeline.find(clip)[1]
    assert (turned.offset, turned.length) == (offset - 12, length)
    assert item.generated_from is None
    for verb in (session.vary, session.again):
        with pytest.raises(BadInput, match="was not generated"):
            verb(clip)
    session.show_take(clip, session.takes(clip)[0].id)
    assert session.timeline.find(clip)[1].offset == offset


def test_a_still_picture_is_upscaled_and_stays_one(studio: Studio, still: Path) -> None:
    session = studio.session
    clip = session.place(session.import_media(still), 0, 0)
    length = session.timeline.find(clip)[1].length
    item = upscaled(studio, clip)
    assert (item.size, item.frames) == (Size(800, 600), 1)
    assert session.timeline.find(clip)[1].length == length


def test_what_is_too_long_is_refused_before_it_is_read(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    with VideoWriter(path, Size(1280, 720), Rate(2)) as writer:
        for _ in range(40):
            writer.write(ramp(5, Size(1280, 720)))
    with pytest.raises(BadInput, match="At 1280x720, 97 s are upscaled at once, and this is 100 s long"):
        orders.upscale(Piece(path), 2)
    assert orders.upscale(Piece(path, stop=Fraction(3)), 2).frames == 6
    with pytest.raises(BadInput, match="2 or 4 times, not 8"):
        orders.upscale(Piece(path), 8)


def test_the_order_comes_back_from_its_recipe(studio: Studio, moving: Path) -> None:
    before = {"prompt": "a ball", "words": "ball", "look": "oil"}
    order = orders.upscale(Piece(moving, Fraction(1, 2), Fraction(1)), 4, before)
    again = orders.repeat(order.recipe(), "again")
    assert (again.result, again.before, again.kept, again.size) == ("enlarged", before, (0, 12), Size(1280, 720))
    assert np.array_equal(again.request.given[0].frames, order.request.given[0].frames)
    assert again.recipe() == order.recipe()
    assert (order.label, order.request.words, order.request.look) == ("Upscale: ball", "ball", "oil")


def test_its_row_offers_nothing_that_drawing_alone_can_do(studio: Studio) -> None:
    session = studio.session
    clip = generated(studio)
    session.pause_queue()
    job = session.upscale(clip, 2)
    assert isinstance(studio.made(clip).state, Pending)
    (row,) = (view for view in session.jobs() if view.id == job)
    assert row.enlarges
    with pytest.raises(BadInput, match="Upscaling reads no words"):
        session.wish_of(job)
    session.cancel(job)
    session.resume_queue()
    studio.settled()
    assert len(session.takes(clip)) == 1


def test_a_medium_brought_from_elsewhere_is_known_as_upscaled(studio: Studio, tmp_path: Path) -> None:
    clip = generated(studio)
    item = upscaled(studio, clip)
    path = studio.session.media_path(item.id)
    assert path is not None
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(path.read_bytes())
    session: Session = studio.session
    brought = session.item(session.import_media(copy))
    assert brought.enlarged
    assert brought.generated_from == item.generated_from
