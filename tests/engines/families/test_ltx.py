"""LTX-Video: conditions at any frame, and what a plain script with diffusers makes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sentencepiece
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition

from sora_studio.core.engine import Control, Preview, Window, never
from sora_studio.core.request import Given
from sora_studio.engines import load_engine
from sora_studio.engines.families.known import find
from sora_studio.engines.families.ltx import _parts
from tests.engines.script import FILM, asked, assert_same, frames, image, images, plain, still

Get = Callable[[str], Any]

DECODER = {"decode_timestep": 0.05, "decode_noise_scale": 0.025, "frame_rate": 24}


def conditions(*parts: tuple[Any, int, float]) -> dict[str, Any]:
    """Conditions (picture or film, frame, strength) as a script gives them."""
    made = [
        LTXVideoCondition(video=shown, frame_index=at, strength=strength)
        if isinstance(shown, list)
        else LTXVideoCondition(image=shown, frame_index=at, strength=strength)
        for shown, at, strength in parts
    ]
    return {"conditions": made, "num_frames": 17}


SCRIPTS: dict[str, tuple[str, tuple[Given, ...], str, dict[str, Any]]] = {
    "words": ("ltx", (), "LTXConditionPipeline", {"num_frames": 17}),
    "image": ("ltx", (still(0),), "LTXConditionPipeline", conditions((image(0), 0, 1.0))),
    "ends": (
        "ltx",
        (still(0), still(16)),
        "LTXConditionPipeline",
        conditions((image(0), 0, 1.0), (image(16), 16, 1.0)),
    ),
    "a keyframe in part": (
        "ltx",
        (still(0), Given(8, FILM[8:9], 0.5)),
        "LTXConditionPipeline",
        conditions((image(0), 0, 1.0), (image(8), 8, 0.5)),
    ),
    "extend": ("ltx", (Given(0, FILM[:9]),), "LTXConditionPipeline", conditions((images(0, 9), 0, 1.0))),
    "bridge": (
        "ltx",
        (Given(0, FILM[:5]), Given(8, FILM[8:17])),
        "LTXConditionPipeline",
        conditions((image(4), 4, 1.0), (image(0), 0, 1.0), (images(8, 17), 8, 1.0)),
    ),
    "again": ("ltx", (Given(0, FILM, 0.6),), "LTXConditionPipeline", conditions((images(0, 17), 0, 0.6))),
    "words, 0.9": ("ltx-first", (), "LTXPipeline", {"num_frames": 17}),
    "image, 0.9": ("ltx-first", (still(0),), "LTXImageToVideoPipeline", {"num_frames": 17, "image": image(0)}),
}


@pytest.mark.parametrize("task", SCRIPTS)
def test_the_same_seed_makes_the_same_frames_as_a_plain_script(task: str, engine: Get, checkpoint: Get) -> None:
    name, given, pipeline, arguments = SCRIPTS[task]
    ours = frames(engine(name), asked(given, 17))
    assert_same(ours, plain(checkpoint(name), pipeline, DECODER | arguments, exact_vae=False))


@pytest.mark.parametrize(
    ("at", "count", "expected"),
    [
        (0, 1, [(0, 1)]),
        (0, 5, [(4, 1), (0, 1)]),
        (0, 9, [(0, 9)]),
        (0, 20, [(19, 1), (0, 17)]),
        (3, 1, [(3, 1)]),
        (12, 5, [(12, 1), (16, 1)]),
        (16, 9, [(16, 9)]),
        (13, 18, [(13, 1), (30, 1), (16, 9)]),
        (13, 20, [(13, 1), (16, 17)]),
    ],
)
def test_given_frames_are_cut_to_films_that_the_pipeline_takes(at: int, count: int, expected: list) -> None:
    given = Given(at, np.arange(count, dtype=np.uint8)[:, None, None, None] + np.zeros((1, 2, 2, 3), np.uint8))
    parts = list(_parts(given))
    assert [(place, len(shown)) for place, shown, _ in parts] == expected
    for place, shown, strength in parts:
        assert shown[:, 0, 0, 0].tolist() == list(range(place - at, place - at + len(shown)))
        assert strength == 1.0
        assert len(shown) == 1 or (place % 8 == 0 and len(shown) % 8 == 1)


@pytest.mark.parametrize("given", [(), (still(0),), (still(0), still(16)), (Given(3, FILM[3:8]),)])
@pytest.mark.parametrize("name", ["ltx", "ltx-first"])
def test_previews_are_of_the_clip_whatever_stands_in_front_of_it(name: str, given: tuple, engine: Get) -> None:
    events = engine(name).run(Window(asked(given, 17), 0, 1), Control(never, 1.0))
    shapes = {event.frames.shape for event in events if isinstance(event, Preview)}
    assert shapes == {(17, 1, 2, 3)}


def test_distilled_weights_are_known_by_their_name(checkpoint: Get, tmp_path: Path) -> None:
    folder = shutil.copytree(checkpoint("ltx"), tmp_path / "LTX-Video-0.9.8-13B-Distilled")
    caps = find(folder, "a").capabilities
    assert (caps.steps, caps.guidance) == (8, 1.0)
    assert find(checkpoint("ltx"), "a").capabilities.guidance == 3.0


def test_a_vocabulary_of_sentencepiece_alone_is_read(checkpoint: Get, tmp_path: Path) -> None:
    """Repositories of LTX-Video hold no tokenizer.json."""
    folder = shutil.copytree(checkpoint("ltx"), tmp_path / "model")
    for file in (folder / "tokenizer").iterdir():
        file.unlink()
    text = tmp_path / "text.txt"
    text.write_text("a red ball rises over the blue sea at dusk\n" * 20)
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "tokenizer" / "spiece"),
        vocab_size=40,
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    (folder / "tokenizer" / "spiece.vocab").unlink()
    (folder / "tokenizer" / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "model_max_length": 128})
    )
    one = load_engine(str(folder))
    assert frames(one, asked()).shape == (9, 32, 64, 3)
    one.unload()
