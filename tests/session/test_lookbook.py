"""One's own looks: kept as files, changed, copied, sent to others and taken in; and what a generation makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.looks import Look, from_text, to_text
from sora_studio.core.request import Lora
from sora_studio.core.time import Size
from sora_studio.engines.catalog import capabilities
from sora_studio.media.images import save_png
from sora_studio.session import orders
from sora_studio.session.draft import base_request
from sora_studio.session.look_making import look_of_lora, look_of_picture
from sora_studio.session.lookbook import LookBook, shared_book
from sora_studio.session.references import NEAR
from sora_studio.settings.folders import looks_folder
from tests.session.conftest import DRAFT, Studio

INK = Look("ink", "Ink", "{prompt}, ink on paper", negative="colour", keep=0.4)


@pytest.fixture
def book(tmp_path: Path) -> LookBook:
    return LookBook(tmp_path / "looks")


def test_own_looks_come_after_the_shipped_ones_and_can_be_changed(book: LookBook) -> None:
    told: list[int] = []
    book.changed.connect(lambda: told.append(1))
    shipped = len(book.looks())
    book.add(INK)
    assert book.looks()[shipped:] == (INK,)
    assert book.add(INK).name == "ink-2"
    book.keep(replace(INK, title="Indian ink"))
    assert book.find("indian INK").name == "ink"
    assert book.remove("ink-2").title == "Ink"
    assert [look.name for look in book.looks()[shipped:]] == ["ink"]
    assert len(told) == 4


def test_shipped_looks_stay_and_can_be_copied(book: LookBook) -> None:
    with pytest.raises(BadInput, match="shipped"):
        book.remove("watercolour")
    with pytest.raises(BadInput, match="Duplicate"):
        book.keep(book.find("watercolour"))
    copy = book.duplicate("watercolour")
    assert copy.title == "Watercolour (copy)"
    assert book.is_own(copy.name)


def test_a_look_travels_as_one_file(book: LookBook, tmp_path: Path) -> None:
    book.add(INK)
    sent = book.give("ink", tmp_path / "sent" / "ink.json")
    other = LookBook(tmp_path / "other")
    assert other.take(sent) == INK
    assert other.take(sent) == INK
    assert len(list(other.folder.iterdir())) == 1
    (tmp_path / "blocked").write_text("")
    with pytest.raises(StudioError, match="Choose another place"):
        book.give("ink", tmp_path / "blocked" / "ink.json")


def test_a_lora_beside_the_file_is_found(book: LookBook, tmp_path: Path) -> None:
    lora = tmp_path / "sent" / "ink.safetensors"
    lora.parent.mkdir()
    lora.write_bytes(b"weights")
    look = replace(INK, loras=(Lora("C:\\looks\\ink.safetensors", 0.8),))
    (tmp_path / "sent" / "ink.json").write_text(to_text(look))
    assert book.take(tmp_path / "sent" / "ink.json").loras == (Lora(str(lora), 0.8),)


def test_files_that_are_no_looks_are_told_and_left_alone(book: LookBook) -> None:
    book.add(INK)
    (book.folder / "broken.json").write_text("{")
    (book.folder / "By hand.json").write_text(to_text(replace(INK, name="by-hand", title="By hand")))
    assert "By hand" in [look.title for look in book.looks()]
    assert len(book.problems()) == 1
    assert "broken.json" in book.problems()[0]
    book.remove("by-hand")
    assert not (book.folder / "By hand.json").exists()
    assert (book.folder / "broken.json").exists()


def test_a_request_is_told_in_ones_own_look(home: Path, tmp_path: Path) -> None:
    LookBook().add(INK)
    assert (looks_folder() / "ink.json").exists()
    caps = capabilities("sora")
    request = base_request(replace(DRAFT, look="ink", negative="blur"), caps, Size(192, 112))
    assert request.prompt == "a red balloon, ink on paper"
    assert request.negative == "blur, colour"
    lora = tmp_path / "ink.safetensors"
    LookBook().keep(replace(INK, loras=(Lora(str(lora), 0.5),)))
    with pytest.raises(BadInput, match=r"ink\.safetensors.*missing.*Edit look"):
        base_request(replace(DRAFT, look="ink"), caps, Size(192, 112))
    lora.write_bytes(b"weights")
    assert base_request(replace(DRAFT, look="ink"), caps, Size(192, 112)).loras == (Lora(str(lora), 0.5),)


def test_reading_and_writing_twice_changes_nothing() -> None:
    assert to_text(from_text(to_text(INK))) == to_text(INK)


def test_a_reference_picture_colours_what_is_restyled_and_its_recipe_says_so(
    studio: Studio, moving: Path, tmp_path: Path
) -> None:
    session = studio.session
    red = save_png(tmp_path / "red.png", np.full((90, 160, 3), (200, 40, 30), np.uint8))
    look = session.lookbook.add(look_of_picture(red))
    clip = session.place(session.import_media(moving), 0, 0)
    piece = session._piece(clip)
    caps = capabilities("sora")
    plain = orders.restyle(DRAFT, caps, piece).request.given[0]
    order = orders.restyle(replace(DRAFT, look=look.name), caps, piece)
    (given,) = order.request.given
    assert given.frames[..., 0].mean() > plain.frames[..., 0].mean() + 40
    assert given.frames[..., 2].mean() < plain.frames[..., 2].mean()
    again = orders.repeat(order.recipe(), "again")
    assert np.array_equal(again.request.given[0].frames, given.frames)
    assert again.request.given[0].source == given.source


def test_a_clip_from_words_begins_near_the_reference_picture(home: Path, tmp_path: Path) -> None:
    red = save_png(tmp_path / "red.png", np.full((90, 160, 3), (200, 40, 30), np.uint8))
    look = LookBook().add(look_of_picture(red))
    caps = capabilities("sora")
    order = orders.new_clip(replace(DRAFT, look=look.name), caps)
    (given,) = order.request.given
    assert (given.at, given.strength) == (0, NEAR)
    assert int(given.frames[0, 0, 0, 0]) == pytest.approx(200, abs=4)
    assert order.kept == (0, order.request.length)
    assert len(orders.new_clip(replace(DRAFT, look=look.name, first=red), caps).request.given) == 1
    assert np.array_equal(orders.repeat(order.recipe(), "again").request.given[0].frames, given.frames)


def test_looks_are_made_of_what_is_at_hand(tmp_path: Path, moving: Path) -> None:
    look = look_of_picture(moving)
    assert (look.title, look.template) == ("Moving", "{prompt}")
    assert look.reference.startswith(b"\xff\xd8")
    lora = tmp_path / "my_ink-style.safetensors"
    with pytest.raises(BadInput, match="not there"):
        look_of_lora(lora)
    lora.write_bytes(b"weights")
    assert look_of_lora(lora).title == "My ink style"
    assert look_of_lora(lora).loras == (Lora(str(lora)),)


def test_the_book_for_readers_follows_the_files(home: Path) -> None:
    book = LookBook()
    book.add(INK)
    assert shared_book().find("ink") == INK
    book.keep(replace(INK, title="Indian ink"))
    assert shared_book().find("ink").title == "Indian ink"
    assert shared_book() is shared_book()
    book.remove("ink")
    with pytest.raises(BadInput, match="no look called"):
        shared_book().find("ink")
