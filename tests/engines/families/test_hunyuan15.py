"""HunyuanVideo 1.5: from words and from a picture, and what a plain script with diffusers makes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sora_studio.core.request import Given
from sora_studio.core.time import Size
from sora_studio.engines.families.known import find
from tests.engines.script import asked, assert_same, frames, image, loaded, made, still

Get = Callable[[str], Any]

SCRIPTS: dict[str, tuple[str, tuple[Given, ...], str, dict[str, Any]]] = {
    "words": ("hunyuan15-text", (), "HunyuanVideo15Pipeline", {}),
    "image": (
        "hunyuan15-image",
        (still(0),),
        "HunyuanVideo15ImageToVideoPipeline",
        {"image": image(0), "height": None, "width": None},
    ),
}


@pytest.mark.parametrize("task", SCRIPTS)
def test_the_same_seed_makes_the_same_frames_as_a_plain_script(task: str, engine: Get, checkpoint: Get) -> None:
    name, given, pipeline, arguments = SCRIPTS[task]
    ours = frames(engine(name), asked(given))
    pipe = loaded(checkpoint(name), pipeline, exact_vae=False)
    pipe.guider = pipe.guider.new(guidance_scale=3.0)
    assert_same(ours, made(pipe, arguments | {"guidance_scale": None}))


def test_guidance_counts_and_is_the_runs_own(engine: Get) -> None:
    one = engine("hunyuan15-text")
    weak, strong = asked(), replace(asked(), guidance=9.0)
    before = frames(one, weak)
    assert not np.array_equal(frames(one, strong), before)
    assert np.array_equal(frames(one, weak), before)


def test_a_kind_is_told_by_pipeline_and_size(checkpoint: Get, tmp_path: Path) -> None:
    assert find(checkpoint("hunyuan15-text"), "a").capabilities.sizes[0] == Size(848, 480)
    assert find(checkpoint("hunyuan15-image"), "a").capabilities.needs == "start"
    large = shutil.copytree(checkpoint("hunyuan15-image"), tmp_path / "HunyuanVideo-1.5-720p_i2v")
    file = large / "transformer" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"target_size": 960}))
    assert find(large, "a").capabilities.description.startswith("HunyuanVideo 1.5 image to video 720P. ")


@pytest.mark.parametrize(("name", "target"), [("image", 640), ("image-720", 960)])
def test_the_pipeline_takes_the_sizes_as_they_are(name: str, target: int) -> None:
    from diffusers.pipelines.hunyuan_video1_5.image_processor import HunyuanVideo15ImageProcessor

    from sora_studio.engines.families.hunyuan15 import HunyuanVideo15

    for size in HunyuanVideo15.kinds[name].sizes:
        found = HunyuanVideo15ImageProcessor().calculate_default_height_width(size.height, size.width, target)
        assert found == (size.height, size.width)
