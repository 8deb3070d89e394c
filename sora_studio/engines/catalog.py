"""What engines there are and what they can do, as data. Needs no torch, so that the window can ask at once."""

from __future__ import annotations

import os
from pathlib import Path

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.language import mark
from sora_studio.core.resources import resource
from sora_studio.core.time import Rate, Size

MODEL_VARIABLE = "SORA_STUDIO_MODEL"
"""Environment variable: a folder in the layout of diffusers to use in place of the weights that ship."""


def model_folder() -> Path:
    """Where the built-in model's weights lie. Raises StudioError when they are missing."""
    chosen = os.environ.get(MODEL_VARIABLE)
    if not chosen:
        return resource("model")
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise StudioError(
            "{variable} names {folder}, which is no folder. Correct it or remove the variable.",
            variable=MODEL_VARIABLE,
            folder=folder,
        )
    return folder


def catalog() -> tuple[Capabilities, ...]:
    """All engines, the built-in one first."""
    return (_sora(),)


def capabilities(name: str) -> Capabilities:
    """What an engine can do. Raises BadInput listing the names when there is none of this name."""
    engines = {engine.engine: engine for engine in catalog()}
    if name not in engines:
        raise BadInput("There is no engine called “{name}”. There are: {known}.", name=name, known=", ".join(engines))
    return engines[name]


def _sora() -> Capabilities:
    disk = _disk_bytes()
    return Capabilities(
        engine="sora",
        title=mark("Built-in sketch model"),
        description=mark("A small Sora that sketches two seconds at a time on any machine, without a download."),
        frame_step=4,  # the VAE's groups of four frames
        size_step=16,  # 8 pixels to a latent pixel, 2 latent pixels to a token
        window=17,
        overlap=5,  # the first frame and one group
        rate=Rate(8),
        places="any",
        partial=True,
        wrap=False,
        sizes=(Size(192, 112), Size(144, 144), Size(112, 192)),
        max_pixels=24_576,
        steps=24,
        guidance=4.0,
        prompt_tokens=77,
        negative=True,
        loras=False,
        resumable=True,
        records=True,
        draft_steps=4,
        disk_bytes=disk,
        memory_bytes=500_000_000 + 2 * disk,  # Python with torch and diffusers, weights, and what a window needs
    )


def _disk_bytes() -> int:
    """Bytes of the model's files; 0 when there are none."""
    try:
        folder = model_folder()
    except StudioError:
        return 0
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
