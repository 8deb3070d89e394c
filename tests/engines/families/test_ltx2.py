"""LTX-2: conditions at latent frames, distilled weights, and what a plain script with diffusers makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from diffusers.pipelines.ltx2.utils import DISTILLED_SIGMA_VALUES

from sora_studio.core.engine import Control, Preview, Window, never
from sora_studio.core.request import Given
from sora_studio.engines import load_engine
from sora_studio.engines.families.checkpoint import read_checkpoint
from sora_studio.engines.families.known import find
from sora_studio.engines.families.ltx2 import DISTILLED_SIGMAS, LTX2, _conditions
from sora_studio.engines.precision import pick_dtype
from sora_studio.media.sound import at_usual_rate
from tests.engines.script import FILM, asked, assert_same, frames, image, images, plain, still

Get = Callable[[str], Any]

BASE = {"num_frames": 17, "frame_rate": 24}


def conditions(*parts: tuple[Any, int, float]) -> dict[str, Any]:
    """Conditions (picture or film, latent frame, strength) as a script gives them."""
    return {"conditions": [LTX2VideoCondition(frames=shown, index=at, strength=s) for shown, at, s in parts]}


SCRIPTS: dict[str, tuple[tuple[Given, ...], str, dict[str, Any]]] = {
    "words": ((), "LTX2Pipeline", {}),
    "image": ((still(0),), "LTX2ConditionPipeline", conditions((image(0), 0, 1.0))),
    "ends": ((still(0), still(16)), "LTX2ConditionPipeline", conditions((image(0), 0, 1.0), (image(16), -1, 1.0))),
    "a keyframe in part": ((Given(9, FILM[9:10], 0.5),), "LTX2ConditionPipeline", conditions((image(9), 2, 0.5))),
    "extend": ((Given(0, FILM[:9]),), "LTX2ConditionPipeline", conditions((images(0, 9), 0, 1.0))),
}


@pytest.mark.parametrize("task", SCRIPTS)
def test_the_same_seed_makes_the_same_frames_as_a_plain_script(task: str, engine: Get, checkpoint: Get) -> None:
    given, pipeline, arguments = SCRIPTS[task]
    ours = frames(engine("ltx2"), asked(given, 17))
    assert_same(ours, plain(checkpoint("ltx2"), pipeline, BASE | arguments, exact_vae=False))


@pytest.mark.parametrize(
    ("at", "count", "expected"),
    [
        (0, 1, [(0, 0, 1)]),
        (0, 5, [(0, 0, 1), (1, 1, 1)]),
        (0, 9, [(0, 0, 9)]),
        (0, 12, [(0, 0, 9), (2, 9, 1)]),
        (8, 1, [(2, 8, 1)]),
        (9, 9, [(2, 9, 9)]),
        (11, 12, [(3, 17, 1)]),
        (11, 20, [(3, 17, 9), (4, 26, 1)]),
        (40, 1, [(5, 40, 1)]),
    ],
)
def test_given_frames_stand_where_conditions_can(at: int, count: int, expected: list) -> None:
    """(latent frame, first frame shown, frames) of each condition, in a clip of 41 frames."""
    given = Given(at, np.arange(at, at + count, dtype=np.uint8)[:, None, None, None] + np.zeros((1, 2, 2, 3), np.uint8))
    made = []
    for condition in _conditions(given, 5):
        shown = condition.frames if isinstance(condition.frames, list) else [condition.frames]
        made.append((condition.index, shown[0].getpixel((0, 0))[0], len(shown)))
    assert made == expected


def test_a_clip_told_again_begins_with_it_under_noise(engine: Get) -> None:
    one, request = engine("ltx2"), asked((Given(0, FILM, 0.9),), 17)
    close = [frames(one, request.again(seed)).astype(int) for seed in (1, 2)]
    far = [frames(one, asked((Given(0, FILM, 0.1),), 17).again(seed)).astype(int) for seed in (1, 2)]
    assert np.abs(close[0] - close[1]).mean() < np.abs(far[0] - far[1]).mean()


@pytest.mark.parametrize("given", [(), (still(0), still(9)), (Given(0, FILM, 0.5),)])
def test_previews_are_of_the_clip_whatever_stands_behind_it(given: tuple, engine: Get) -> None:
    events = engine("ltx2").run(Window(asked(given, 17), 0, 1), Control(never, 1.0))
    previews = [event.frames.shape for event in events if isinstance(event, Preview)]
    assert previews == [(17, 1, 2, 3)] * 4, "one for each step, none for the sound's"


def test_distilled_weights_take_one_pass_a_step_and_their_own_levels(checkpoint: Get, tmp_path: Path) -> None:
    assert list(DISTILLED_SIGMAS) == DISTILLED_SIGMA_VALUES
    folder = shutil.copytree(checkpoint("ltx2"), tmp_path / "LTX-2.3-Distilled-Diffusers")
    caps = find(folder, "a").capabilities
    assert (caps.steps, caps.guidance, caps.negative) == (8, 1.0, False)
    call = LTX2().call(read_checkpoint(folder), asked((), 17))
    assert "sigmas" not in call.arguments, "four steps have levels of their own"
    one, passes = load_engine(str(folder)), []
    one.load()
    one._model.loaded.parts.transformer.register_forward_pre_hook(lambda *_: passes.append(1))
    frames(one, asked((), 17))
    assert len(passes) == 4
    one.unload()


def test_the_sound_is_that_of_a_plain_script(engine: Get, checkpoint: Get) -> None:
    *_, last = engine("ltx2").run(Window(asked((), 17), 0, 1), Control(never, 0.0))
    dtype = {"default": pick_dtype(torch.device("cpu"))}
    pipe = diffusers.LTX2Pipeline.from_pretrained(checkpoint("ltx2"), dtype=dtype, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    usual = {"prompt": "a red ball", "negative_prompt": "blue", "height": 32, "width": 64, "num_inference_steps": 4}
    made = pipe(**usual, **BASE, guidance_scale=3.0, generator=torch.Generator().manual_seed(11), output_type="np")
    theirs = at_usual_rate(made.audio[0].float().numpy().T.clip(-1, 1), 16_000)
    assert last.sound.shape[1] == 2
    np.testing.assert_allclose(last.sound, theirs, atol=1e-4)
    assert last.sound.std() > 0
