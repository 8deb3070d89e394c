"""CogVideoX: a diffusion among flows, and what a plain script with diffusers makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sora_studio.core.engine import Control, Preview, Window, never
from sora_studio.core.request import Given
from sora_studio.engines.families.known import find
from tests.engines.script import FILM, asked, assert_same, frames, image, images, plain, still

Get = Callable[[str], Any]

SCRIPTS: dict[str, tuple[str, tuple[Given, ...], str, dict[str, Any]]] = {
    "words": ("cog-text", (), "CogVideoXPipeline", {}),
    "words, 1.5": ("cog-text-1.5", (), "CogVideoXPipeline", {}),
    "image": ("cog-image", (still(0),), "CogVideoXImageToVideoPipeline", {"image": image(0)}),
    "image, 1.5": ("cog-image-1.5", (still(0),), "CogVideoXImageToVideoPipeline", {"image": image(0)}),
    "again": (
        "cog-text",
        (Given(0, FILM[:9], 0.6),),
        "CogVideoXVideoToVideoPipeline",
        {"video": images(0, 9), "strength": 1 - 0.6, "num_frames": None},
    ),
}


@pytest.mark.parametrize("task", SCRIPTS)
def test_the_same_seed_makes_the_same_frames_as_a_plain_script(task: str, engine: Get, checkpoint: Get) -> None:
    name, given, pipeline, arguments = SCRIPTS[task]
    ours = frames(engine(name), asked(given))
    assert_same(ours, plain(checkpoint(name), pipeline, arguments, exact_vae=False))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("cog-text", "CogVideoX text to video"),
        ("cog-text-1.5", "CogVideoX 1.5 text to video"),
        ("cog-image", "CogVideoX image to video"),
        ("cog-image-1.5", "CogVideoX 1.5 image to video"),
    ],
)
def test_a_kind_is_told_by_its_configuration(name: str, title: str, checkpoint: Get) -> None:
    caps = find(checkpoint(name), "here").capabilities
    assert caps.description.startswith(f"{title}. ")
    assert caps.needs == ("start" if "image" in name else "nothing")


@pytest.mark.parametrize("name", ["cog-text", "cog-text-1.5"])
def test_a_held_beginning_is_the_same_whatever_chance_says(name: str, engine: Get) -> None:
    """With DDIM and with the stochastic DPM solver, also where a latent frame is added in front."""
    one = engine(name)
    first, second = (frames(one, asked((Given(0, FILM[:5]),)).again(seed)).astype(int) for seed in (1, 2))
    beginning, rest = np.abs(first[:1] - second[:1]), np.abs(first[5:] - second[5:])
    assert beginning.mean() < rest.mean() / 4


def test_previews_leave_out_the_frame_that_is_added(engine: Get) -> None:
    events = engine("cog-text-1.5").run(Window(asked(), 0, 1), Control(never, 1.0))
    shapes = {event.frames.shape for event in events if isinstance(event, Preview)}
    assert shapes == {(9, 4, 8, 3)}
