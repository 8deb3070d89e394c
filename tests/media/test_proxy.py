"""Small copies of films that are slow to seek in: the same frames at the same indices, whole or not at all."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sora_studio.core.time import Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.foreign import foreign_film
from sora_studio.media.probe import probe
from sora_studio.media.proxy import LARGEST, Proxies, slow
from tests.media.films import film, number_of

SLOW = {"g": "250", "bf": "3", "preset": "ultrafast"}


def finished(proxies: Proxies, path: Path) -> Path | None:
    """The copy, once its thread has ended."""
    proxies.of(path)
    while proxies.busy:
        time.sleep(0.01)
    return proxies.of(path)


@pytest.mark.parametrize(("options", "expected"), [(SLOW, True), ({"g": "12", "bf": "0"}, False)])
def test_a_copy_is_made_where_key_pictures_lie_far_apart(
    tmp_path: Path, options: dict[str, str], expected: bool
) -> None:
    path = film(tmp_path / "film.mp4", 90, options=options)
    with VideoReader(path) as reader:
        assert slow(reader) is expected
    proxies = Proxies(tmp_path / "copies")
    assert (finished(proxies, path) is not None) is expected
    proxies.close()


def test_the_copy_has_the_films_frames_and_is_quick_to_seek_in(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 90, options=SLOW)
    proxies = Proxies(tmp_path / "copies")
    copy = finished(proxies, path)
    assert copy is not None
    with VideoReader(copy) as reader:
        assert reader.info.frames == 90
        assert [number_of(reader.frame(index)) for index in (0, 71, 30, 89)] == [0, 71, 30, 89]
        assert not slow(reader)
    proxies.close()
    again = Proxies(tmp_path / "copies")
    assert finished(again, path) == copy
    again.close()


def test_large_films_have_small_copies_and_closing_leaves_no_half_of_one(tmp_path: Path) -> None:
    path = foreign_film(tmp_path / "large.mp4", 60, Size(960, 540))
    proxies = Proxies(tmp_path / "copies")
    copy = finished(proxies, path)
    assert copy is not None
    assert probe(copy).size.width == LARGEST.width
    proxies.close()
    other = Proxies(tmp_path / "others")
    other.of(path)
    other.close()
    assert [file for file in (tmp_path / "others").glob("*") if file.suffix != ".mp4"] == []
    assert other.of(path) is None or probe(tmp_path / "others" / copy.name).frames == 60


def test_what_cannot_be_read_has_no_copy(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    proxies = Proxies(tmp_path / "copies")
    assert finished(proxies, tmp_path / "broken.mp4") is None
    proxies.close()
