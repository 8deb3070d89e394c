from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sora_studio.core.errors import MediaError, OutputError
from sora_studio.core.time import Size
from sora_studio.media.images import contact_sheet, save_png
from sora_studio.media.thumbnails import thumbnails
from tests.media.films import film, numbered, numbers


def test_thumbnails_are_spread_evenly(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 96)
    pictures = thumbnails(path, 4, Size(32, 24))
    assert pictures.shape == (4, 24, 32, 3)
    assert numbers(pictures) == [12, 36, 60, 84]
    assert numbers(thumbnails(path, 1, Size(32, 24))) == [48]


def test_a_short_film_repeats_itself(tmp_path: Path) -> None:
    assert numbers(thumbnails(film(tmp_path / "film.mp4", 2), 4, Size(32, 24))) == [0, 0, 1, 1]


def test_a_still_has_the_same_everywhere(tmp_path: Path) -> None:
    Image.fromarray(numbered(5)).save(tmp_path / "a.png")
    assert numbers(thumbnails(tmp_path / "a.png", 3, Size(32, 24))) == [5, 5, 5]


def test_no_thumbnails_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="not there"):
        thumbnails(tmp_path / "missing.mp4", 3, Size(32, 24))


def test_a_contact_sheet() -> None:
    frames = np.stack([np.full((10, 20, 3), 50 * index + 20, np.uint8) for index in range(5)])
    sheet = contact_sheet(frames, 3, gap=2)
    assert sheet.shape == (2 * 10 + 2, 3 * 20 + 4, 3)
    assert [int(sheet[5, 10 + 22 * column, 0]) for column in range(3)] == [20, 70, 120]
    assert int(sheet[17, 54, 0]) == 0
    assert contact_sheet(frames, 10, Size(10, 10)).shape == (5, 5 * 10 + 4 * 4, 3)


def test_a_picture_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    path = save_png(tmp_path / "a.png", numbered(3))
    assert np.array_equal(np.asarray(Image.open(path)), numbered(3))
    with pytest.raises(OutputError, match="does not exist"):
        save_png(tmp_path / "missing" / "a.png", numbered(3))
    with pytest.raises(OutputError, match="is a folder"):
        save_png(tmp_path, numbered(3))
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.png"]
