"""FramePack: one section a window, and what a plain script with diffusers makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sora_studio.core.engine import Control, Finished, Latents, Preview, Progress, Window, never
from sora_studio.core.request import Given
from sora_studio.engines.families.known import find
from tests.engines.script import FILM, asked, assert_same, frames, image, plain, still

Get = Callable[[str], Any]
PIPELINE = "HunyuanVideoFramepackPipeline"
ONE_SECTION = {"negative_prompt": None, "num_frames": 5, "latent_window_size": 2}
"""What makes nine frames in one section of two latent frames behind the first one."""
FORWARD = {"sampling_type": "vanilla"}

SCRIPTS: dict[str, tuple[str, tuple[Given, ...], dict[str, Any]]] = {
    "image": ("framepack", (still(0),), {}),
    "first and last image": ("framepack", (still(0), still(8)), {"last_image": image(8)}),
    "forward": ("framepack-f1", (still(0),), FORWARD),
}


@pytest.mark.parametrize("task", SCRIPTS)
def test_the_same_seed_makes_the_same_frames_as_a_plain_script(task: str, engine: Get, checkpoint: Get) -> None:
    name, given, arguments = SCRIPTS[task]
    ours = frames(engine(name), asked(given))
    script = ONE_SECTION | {"image": image(0)} | arguments
    assert_same(ours, plain(checkpoint(name), PIPELINE, script, exact_vae=False))


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("framepack", 37),
        ("framepack-f1", 5),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in [("framepack", 5), ("framepack-f1", 37)]),
    ],
)
def test_a_window_is_one_section_whatever_its_length(name: str, length: int, engine: Get) -> None:
    events = list(engine(name).run(Window(asked((still(0),), length), 0, 1), Control(never, 1.0)))
    steps = [event.step for event in events if isinstance(event, Progress) and event.stage == "denoising"]
    assert steps == [1, 2, 3, 4], "a second section would count them again"
    assert len(events[-1].frames) == length
    previews = [event.frames for event in events if isinstance(event, Preview)]
    assert {len(seen) for seen in previews} == {length}, "each shows the whole window"
    small = FILM[0].reshape(4, 8, 8, 8, 3).mean(axis=(1, 3))
    assert all(abs(seen[0] - small).max() <= 1 for seen in previews), "and the picture that the loop leaves out"


@pytest.mark.parametrize("name", ["framepack", pytest.param("framepack-f1", marks=pytest.mark.slow)])
def test_what_stands_at_a_step_goes_on_bit_for_bit(name: str, engine: Get) -> None:
    one, kept = engine(name), list[Latents]()
    window = Window(asked((still(0), Given(5, FILM[5:9], 0.6))), 0, 1)
    *_, whole = one.run(window, Control(never, 0.0, keep=kept.append, keep_share=1e9))
    assert [latents.step for latents in kept] == [1, 2, 3, 4]
    for latents in kept:
        *_, last = one.run(Window(window.request, 0, 1, resume=latents), Control(never, 0.0))
        assert isinstance(last, Finished)
        assert np.array_equal(last.frames, whole.frames)


def test_a_last_picture_is_shown_to_the_weights_that_know_how(engine: Get, checkpoint: Get) -> None:
    family, given = find(checkpoint("framepack"), "a").family, (still(0), still(8))
    back, forward = (
        family.call(find(checkpoint(name), "a").checkpoint, asked(given)) for name in ("framepack", "framepack-f1")
    )
    assert "last_image" in back.arguments
    assert back.held == ()
    assert "last_image" not in forward.arguments
    assert forward.held == given[1:], "the engine keeps it in place"


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("FramePackI2V_HY", "FramePack image to video"),
        ("FramePack_F1_I2V_HY_20250503", "FramePack F1 image to video"),
        ("framepack half1", "FramePack image to video"),
    ],
)
def test_weights_that_go_forward_are_told_by_their_name(
    folder: str, title: str, checkpoint: Get, tmp_path: Path
) -> None:
    caps = find(shutil.copytree(checkpoint("framepack"), tmp_path / folder), "a").capabilities
    assert caps.description.startswith(f"{title}. ")
    assert (caps.needs, caps.window) == ("start", 37)
