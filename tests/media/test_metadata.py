from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sora_studio.core.recipe import from_recipe, to_recipe
from sora_studio.core.request import Request
from sora_studio.media.images import save_png
from sora_studio.media.metadata import read_recipe
from tests.media.films import film, sound

RECIPE = to_recipe(Request("a fox", seed=3))
HOSTILE = {
    "words": "Made with love",
    "a list": "[1, 2, 3]",
    "another format": json.dumps({"format": "other", "prompt": "x"}),
    "no format": "{}",
    "cut": json.dumps(RECIPE)[:-5],
    "nested": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a huge number": '{"format": "sora-studio/recipe", "seed": ' + "9" * 10_000 + "}",
    "huge": '{"format": "sora-studio/recipe", "prompt": "' + "x" * 50_000_000 + '"}',
    "nothing": "",
}


def test_a_recipe_makes_the_request_again(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 3, metadata={"comment": json.dumps(RECIPE)})
    recipe = read_recipe(path)
    assert recipe == RECIPE
    assert from_recipe(recipe, lambda source: np.zeros((1, 1, 1, 3), np.uint8)) == Request("a fox", seed=3)


@pytest.mark.parametrize("name", HOSTILE)
def test_foreign_comments_are_no_recipe(tmp_path: Path, name: str) -> None:
    path = film(tmp_path / "film.mkv", 2, metadata={"comment": HOSTILE[name]})
    assert read_recipe(path) is None
    text = PngInfo()
    text.add_itxt("comment", HOSTILE[name])
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png", pnginfo=text)
    assert read_recipe(tmp_path / "a.png") is None


def test_files_without_a_comment(tmp_path: Path) -> None:
    assert read_recipe(film(tmp_path / "film.mp4", 2)) is None
    assert read_recipe(sound(tmp_path / "sound.mp4")) is None
    assert read_recipe(tmp_path / "missing.mp4") is None
    assert read_recipe(tmp_path) is None
    (tmp_path / "letter.mp4").write_text("hello")
    assert read_recipe(tmp_path / "letter.mp4") is None
    Image.new("RGB", (2, 2)).save(tmp_path / "a.jpg", comment=json.dumps(RECIPE).encode())
    assert read_recipe(tmp_path / "a.jpg") is None


def test_a_picture_carries_its_recipe(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (5, 7, 3), np.uint8)
    path = save_png(tmp_path / "a.png", picture, RECIPE)
    assert read_recipe(path) == RECIPE
