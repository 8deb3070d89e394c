"""What a script of a few lines with diffusers makes of a checkpoint, to compare engines with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from PIL import Image

from sora_studio.core.engine import Control, Engine, Finished, Window, never
from sora_studio.core.request import Given, Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.precision import pick_dtype

SIZE = Size(64, 32)
FRAMES = 9
FILM = np.stack([np.full((32, 64, 3), 40 + 8 * index, np.uint8) for index in range(17)])
FILM[:, 4:20, 8:30] = (230, 60, 20)


def still(at: int) -> Given:
    return Given(at, FILM[at : at + 1])


def image(at: int) -> Image.Image:
    return Image.fromarray(FILM[at])


def images(start: int, stop: int) -> list[Image.Image]:
    return [image(at) for at in range(start, stop)]


def asked(given: tuple[Given, ...] = (), frames: int = FRAMES, rate: Rate = Rate(24)) -> Request:
    return Request("a red ball", "blue", SIZE, frames, rate, given, seed=11, steps=4, guidance=3.0)


def loaded(folder: Path, pipeline: str, *, exact_vae: bool) -> Any:
    """The pipeline as a script loads it."""
    dtype = pick_dtype(torch.device("cpu"))
    pipe = getattr(diffusers, pipeline).from_pretrained(
        folder, dtype={"default": dtype, "vae": torch.float32 if exact_vae else dtype}, local_files_only=True
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def plain(folder: Path, pipeline: str, arguments: dict[str, Any], *, exact_vae: bool) -> np.ndarray:
    """(T, H, W, 3) in 0..1."""
    return made(loaded(folder, pipeline, exact_vae=exact_vae), arguments)


def made(pipe: Any, arguments: dict[str, Any]) -> np.ndarray:
    """What a loaded pipeline makes, (T, H, W, 3) in 0..1. Arguments that are None are left out."""
    usual = {
        "prompt": "a red ball",
        "negative_prompt": "blue",
        "height": SIZE.height,
        "width": SIZE.width,
        "num_frames": FRAMES,
        "num_inference_steps": 4,
        "guidance_scale": 3.0,
    }
    given = {name: value for name, value in (usual | arguments).items() if value is not None}
    return np.asarray(pipe(**given, generator=torch.Generator().manual_seed(11), output_type="np").frames[0])


def frames(engine: Engine, request: Request) -> np.ndarray:
    *_, last = engine.run(Window(request, 0, 1), Control(never, 1.0))
    assert isinstance(last, Finished)
    return last.frames


def assert_same(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Nothing but rounding to whole levels lies between them."""
    assert ours.std() > 1
    assert np.abs(ours - theirs * 255).max() <= 0.51
