"""SkyReels V2 diffusion forcing: given frames are shown clean, wherever they stand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sora_studio.core.engine import Control, Window, never
from sora_studio.core.request import Given
from sora_studio.engines.families.known import find
from tests.engines.script import FILM, asked, assert_same, frames, image, images, plain, still

Get = Callable[[str], Any]

BASE = {"num_frames": 17, "base_num_frames": 17, "fps": 24}
FORCING = "SkyReelsV2DiffusionForcing{}Pipeline"


def test_words_make_the_same_frames_as_a_plain_script(engine: Get, checkpoint: Get) -> None:
    torch.manual_seed(11)
    theirs = plain(checkpoint("skyreels"), FORCING.format(""), BASE, exact_vae=True)
    assert_same(frames(engine("skyreels"), asked((), 17)), theirs)


@pytest.mark.parametrize(
    ("given", "task", "arguments"),
    [
        (still(0), "ImageToVideo", {"image": image(0)}),
        (Given(0, FILM[:9]), "VideoToVideo", {"video": images(0, 9), "overlap_history": 9}),
    ],
    ids=["image", "extend"],
)
def test_given_frames_make_what_the_pipelines_for_them_make(
    given: Given, task: str, arguments: dict, engine: Get, checkpoint: Get
) -> None:
    """They round what is given to bf16, the engine does not."""
    ours = frames(engine("skyreels"), asked((given,), 17)).astype(float)
    theirs = plain(checkpoint("skyreels"), FORCING.format(task), BASE | arguments, exact_vae=True)[-17:] * 255
    free = frames(engine("skyreels"), asked((), 17)).astype(float)
    assert np.abs(ours - theirs).mean() < 0.5
    assert np.abs(ours - theirs).mean() < np.abs(ours - free).mean() / 20


def test_a_network_sees_given_frames_clean_and_the_rest_noisy(engine: Get) -> None:
    one, shown, times = engine("skyreels"), [], []
    network = one._model.loaded.parts.transformer
    hooks = [
        network.patch_embedding.register_forward_pre_hook(lambda _, args: shown.append(args[0][0].float())),
        network.condition_embedder.register_forward_pre_hook(lambda _, args: times.append(args[0].flatten().tolist())),
    ]
    list(one.run(Window(asked((Given(0, FILM[:5]), Given(9, FILM[9:17])), 17), 0, 1), Control(never, 0.0)))
    for hook in hooks:
        hook.remove()
    assert len(times) == 8, "with and without words, in four steps"
    assert all(each[0] == each[1] == each[4] == 0 < each[2] for each in times), "frames 0 to 4 and 13 to 16"
    assert times[0][3] == 0 < times[-1][3], "frames 9 to 12 were encoded without those before them"
    assert all(torch.equal(latents[:, 0], shown[0][:, 0]) for latents in shown)
    assert not torch.equal(shown[0][:, 2], shown[-1][:, 2])


def test_the_larger_weights_are_known_by_their_name(checkpoint: Get, tmp_path: Path) -> None:
    folder = shutil.copytree(checkpoint("skyreels"), tmp_path / "SkyReels-V2-DF-14B-720P-Diffusers")
    assert find(folder, "a").capabilities.window == 121
    assert find(checkpoint("skyreels"), "a").capabilities.window == 97
