"""Wan: every kind is told by its configuration, and makes what a plain script with diffusers makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sora_studio.core.engine import Control, Preview, Progress, Window, never
from sora_studio.core.request import Given
from sora_studio.engines.families.known import find
from tests.engines.script import FILM, asked, assert_same, frames, image, images, plain, still

Get = Callable[[str], Any]


def shown(places: tuple[int, ...]) -> dict[str, Any]:
    """VACE's video and mask for some frames that are kept."""
    grey = Image.new("RGB", (64, 32), (128, 128, 128))
    return {
        "video": [image(at) if at in places else grey for at in range(9)],
        "mask": [Image.new("L", (64, 32), 0 if at in places else 255) for at in range(9)],
    }


SCRIPTS: dict[str, tuple[str, tuple[Given, ...], str, dict[str, Any]]] = {
    "words": ("wan-text", (), "WanPipeline", {}),
    "words, two experts": ("wan-text-2.2", (), "WanPipeline", {"guidance_scale_2": 2.25}),
    "words, 5B": ("wan-both-2.2", (), "WanPipeline", {}),
    "words, VACE": ("wan-vace", (), "WanVACEPipeline", {}),
    "again": (
        "wan-text",
        (Given(0, FILM[:9], 0.6),),
        "WanVideoToVideoPipeline",
        {"video": images(0, 9), "strength": 1 - 0.6, "num_frames": None},
    ),
    "image": ("wan-image", (still(0),), "WanImageToVideoPipeline", {"image": image(0)}),
    "image, two experts": ("wan-image-2.2", (still(0),), "WanImageToVideoPipeline", {"image": image(0)}),
    "image, 5B": ("wan-both-2.2", (still(0),), "WanImageToVideoPipeline", {"image": image(0)}),
    "ends": (
        "wan-frames",
        (still(0), still(8)),
        "WanImageToVideoPipeline",
        {"image": image(0), "last_image": image(8)},
    ),
    "ends, two experts": (
        "wan-image-2.2",
        (still(0), still(8)),
        "WanImageToVideoPipeline",
        {"image": image(0), "last_image": image(8)},
    ),
    "an end that stands still": (
        "wan-image-2.2",
        (still(0), Given(6, np.repeat(FILM[8:9], 3, axis=0))),
        "WanImageToVideoPipeline",
        {"image": image(0), "last_image": image(8)},
    ),
    "image, VACE": ("wan-vace", (still(0),), "WanVACEPipeline", shown((0,))),
    "keyframes, VACE": ("wan-vace", (still(0), still(4), still(8)), "WanVACEPipeline", shown((0, 4, 8))),
    "bridge, VACE": (
        "wan-vace",
        (Given(0, FILM[:3]), Given(6, FILM[6:9])),
        "WanVACEPipeline",
        shown((0, 1, 2, 6, 7, 8)),
    ),
}


FURTHER = ("words, 5B", "ends, two experts", "image, VACE", "keyframes, VACE")
"""Told by others as well: of the same network with other frames, or of the same frames in another network."""


@pytest.mark.parametrize(
    "task", [pytest.param(task, marks=pytest.mark.slow if task in FURTHER else ()) for task in SCRIPTS]
)
def test_the_same_seed_makes_the_same_frames_as_a_plain_script(task: str, engine: Get, checkpoint: Get) -> None:
    name, given, pipeline, arguments = SCRIPTS[task]
    ours = frames(engine(name), asked(given))
    assert_same(ours, plain(checkpoint(name), pipeline, arguments, exact_vae=True))


@pytest.mark.parametrize(
    ("name", "title", "places"),
    [
        ("wan-text", "Wan 2.1 text to video", "none"),
        ("wan-text-2.2", "Wan 2.2 text to video", "none"),
        ("wan-image", "Wan 2.1 image to video", "start"),
        ("wan-frames", "Wan 2.1 first and last frame", "ends"),
        ("wan-image-2.2", "Wan 2.2 image to video", "ends"),
        ("wan-both-2.2", "Wan 2.2 text and image to video", "start"),
        ("wan-vace", "Wan 2.1 VACE", "any"),
    ],
)
def test_a_kind_is_told_by_its_configuration(name: str, title: str, places: str, checkpoint: Get) -> None:
    found = find(checkpoint(name), "here")
    assert found.capabilities.engine == "here"
    assert found.capabilities.title == name
    assert found.capabilities.description.startswith(f"{title}. ")
    assert found.capabilities.trained == places


def test_a_held_beginning_is_the_same_whatever_chance_says(engine: Get) -> None:
    """An extension by a model that knows words alone."""
    one = engine("wan-text")
    tail = (Given(0, FILM[:5]),)
    first, second = (frames(one, asked(tail).again(seed)).astype(int) for seed in (1, 2))
    beginning, rest = np.abs(first[:5] - second[:5]), np.abs(first[5:] - second[5:])
    assert beginning.max() <= 1
    assert rest.mean() > 20 * beginning.mean()
    assert rest.max() > 5


def test_task_after_task_nothing_is_loaded_or_cast(engine: Get) -> None:
    one = engine("wan-both-2.2")
    words = frames(one, asked())
    network = one._model.loaded.parts.transformer
    before = {name: (value.data_ptr(), value.dtype) for name, value in network.state_dict().items()}
    frames(one, asked((still(0),)))
    frames(one, asked((Given(0, FILM[:9], 0.5),)))
    after = {name: (value.data_ptr(), value.dtype) for name, value in network.state_dict().items()}
    assert before == after
    assert np.array_equal(frames(one, asked()), words)


def test_a_preview_shows_kept_frames_as_they_are(engine: Get) -> None:
    events = engine("wan-vace").run(Window(asked((Given(0, FILM[:5]), still(8))), 0, 1), Control(never, 1.0))
    previews = [event.frames for event in events if isinstance(event, Preview)]
    assert len(previews) == 4
    small = FILM[:9].reshape(9, 4, 8, 8, 8, 3).mean(axis=(2, 4))
    for seen in previews:
        assert seen.shape == (9, 4, 8, 3)
        assert np.abs(seen[[0, 1, 2, 3, 4, 8]] - small[[0, 1, 2, 3, 4, 8]]).max() <= 1
    assert not np.array_equal(previews[0][5:8], previews[-1][5:8])


def test_a_network_is_not_asked_while_a_whole_clip_is_held(engine: Get) -> None:
    one = engine("wan-vace")
    asked_for: list[int] = []
    network = one._model.loaded.parts.transformer
    hook = network.blocks[0].register_forward_pre_hook(lambda *_: asked_for.append(1))
    events = list(one.run(Window(asked((Given(0, FILM[:9], 0.5),)), 0, 1), Control(never)))
    hook.remove()
    assert len(asked_for) == 2 * 2, "with and without words, in two of four steps"
    assert [event.step for event in events if isinstance(event, Progress)][:4] == [1, 2, 3, 4]
    assert "forward" not in vars(network)
