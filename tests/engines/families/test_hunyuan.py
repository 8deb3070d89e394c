"""HunyuanVideo: from words and from a picture, and what a plain script with diffusers makes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sora_studio.core.engine import Control, Preview, Window, never
from sora_studio.core.errors import BadInput
from sora_studio.core.request import Given
from sora_studio.engines.families.known import find
from tests.engines.script import FILM, asked, assert_same, frames, image, plain, still

Get = Callable[[str], Any]

SCRIPTS: dict[str, tuple[str, tuple[Given, ...], str, dict[str, Any]]] = {
    "words": ("hunyuan-text", (), "HunyuanVideoPipeline", {}),
    "image": ("hunyuan-image", (still(0),), "HunyuanVideoImageToVideoPipeline", {"image": image(0)}),
}


@pytest.mark.parametrize("task", SCRIPTS)
def test_the_same_seed_makes_the_same_frames_as_a_plain_script(task: str, engine: Get, checkpoint: Get) -> None:
    name, given, pipeline, arguments = SCRIPTS[task]
    ours = frames(engine(name), asked(given))
    script = arguments | {"negative_prompt": None}
    assert_same(ours, plain(checkpoint(name), pipeline, script, exact_vae=False))


@pytest.mark.parametrize("given", [(still(0),), (Given(0, FILM[:5]),), (still(0), still(8))])
def test_previews_have_the_first_picture_that_the_loop_leaves_out(given: tuple, engine: Get) -> None:
    events = engine("hunyuan-image").run(Window(asked(given), 0, 1), Control(never, 1.0))
    previews = [event.frames for event in events if isinstance(event, Preview)]
    assert {seen.shape for seen in previews} == {(9, 4, 8, 3)}
    small = FILM[0].reshape(4, 8, 8, 8, 3).mean(axis=(1, 3))
    assert all(abs(seen[0] - small).max() <= 1 for seen in previews)


def test_a_kind_is_told_by_what_becomes_of_a_picture(checkpoint: Get, tmp_path: Path) -> None:
    assert find(checkpoint("hunyuan-text"), "a").capabilities.description.startswith("HunyuanVideo text to video. ")
    assert find(checkpoint("hunyuan-image"), "a").capabilities.needs == "start"
    old = shutil.copytree(checkpoint("hunyuan-image"), tmp_path / "HunyuanVideo-I2V-33ch")
    file = old / "transformer" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"image_condition_type": "latent_concat"}))
    with pytest.raises(BadInput, match="Get the newer"):
        find(old, "a")
