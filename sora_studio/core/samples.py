"""Sound as numbers: what readers, mixers, engines and writers pass on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.time import Rate

SAMPLE_RATE = 48_000
Sound = NDArray[np.float32]
"""(n, 2) stereo samples, 1.0 for full scale."""


def sample_of(frame: int, rate: Rate) -> int:
    """The sample at which a frame begins."""
    return round(frame * SAMPLE_RATE / rate.fps)


def stretch(sound: Sound, first: int, last: int, rate: Rate) -> Sound:
    """The samples of frames first..last-1, as far as there are any."""
    return sound[sample_of(first, rate) : sample_of(last, rate)]


def softened(sound: Sound, samples: int, *, start: bool, end: bool) -> Sound:
    """Sound that comes up and goes down within a few samples, so that a cut does not click."""
    count = min(samples, len(sound) // 2)
    ramp = np.ones(len(sound), np.float32)
    if start:
        ramp[:count] = np.linspace(0, 1, count, endpoint=False)
    if end:
        ramp[len(sound) - count :] = np.linspace(1, 0, count, endpoint=False)
    return sound * ramp[:, None]
