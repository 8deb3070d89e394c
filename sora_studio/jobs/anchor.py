"""Keeps a chain of windows together: kept frames as they were, and colours that drift by a few percent at most.

Frames that were given to be kept come back from the latent a little softer. They are put back as they were, and what
they had lost is lent to their neighbours, less with each frame, so that nothing jumps where the kept frames end. The
first of these also lean towards what the kept ones would show if they went on as they went.

For the colours, two gentle corrections, both affine in each channel. The seam: where a window's copy of the frames it
was shown has another mean or contrast than they had, its new frames are moved by the same difference back. The anchor:
new frames are drawn a part of the way towards mean and contrast of the chain's first window, growing from nothing at
the seam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.request import Frames
from sora_studio.media.motion import Going

Array = NDArray[np.float32]

PULL = 0.85
"""Share of the distance to the first window that a window closes at its far end. A steady drift of d a window then
settles at a distance of d (1 - PULL) / PULL. With 0.7 and 0.5 the contrast of three minutes drifted by 3.6 and 4.2 % (a
one-off script, when windows knew no more than the one before them)."""

MAX_GAIN = 0.12
"""The most a seam or a pull changes contrast, as a share: more would be seen as pumping."""

MAX_SHIFT = 10.0
"""The most a seam or a pull changes a mean, in steps of 255."""

FADE = 0.75
"""Share of what a kept frame had lost that its neighbour is lent, and so on from frame to frame."""

REACH = 12
"""Frames that are lent anything: at 0.75 a frame the twelfth gets a thirtieth."""

LEAN = (0.4, 0.2)
"""Shares of the distance to the kept frames carried on that their first neighbours close: a dissolve too short to be
seen. A young network goes on from a little beside where it was shown that something stands."""

MOST_LENT = 40.0
"""The most a pixel is lent, and the farthest from which it leans, in steps of 255: where the copy shows something else,
its ghost must not."""

FLAT = 2.0
"""Contrast below which a channel has no shape to scale, in steps of 255."""


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """Mean and standard deviation of each channel, (3,) each, in steps of 255."""

    mean: Array
    spread: Array


def tone(frames: Frames) -> Tone:
    """The tone of frames (T, H, W, 3)."""
    pixels = frames.reshape(-1, 3).astype(np.float32)
    return Tone(pixels.mean(axis=0), pixels.std(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Seam:
    """Where a window meets what was before: the frames it was `shown` and its copy `made` of them.

    `backward` says that they stand at the window's end.
    """

    shown: Frames
    made: Frames
    backward: bool = False

    def corrected(self, frames: Frames) -> Array:
        """Frames (T, H, W, 3) as `settle` moves them by the seam alone, float32."""
        copy = tone(self.made)
        gain, shift = _towards(copy, tone(self.shown))
        return (frames - copy.mean) * gain + (copy.mean + shift)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Frames to be kept at place `at` of a window: as they were `shown`, and the window's `copy` of them, float32."""

    at: int
    shown: Frames
    copy: Array


def give_back(frames: Frames, first: int, kept: Sequence[Kept]) -> Frames:
    """Frames (T, H, W, 3) of a window from its place `first` on, with kept ones as they were and neighbours in step."""
    if not kept or len(frames) == 0:
        return frames
    out = frames.astype(np.float32)
    for item in kept:
        for edge, step in ((0, -1), (len(item.shown) - 1, 1)):
            places = {far: item.at + edge + step * far - first for far in range(1, REACH + 1)}
            places = {far: place for far, place in places.items() if 0 <= place < len(out)}
            if not places:
                continue
            last = item.shown[edge]
            going = Going(item.shown[edge - step], last) if len(item.shown) > 1 else None
            lost = np.clip(last.astype(np.float32) - item.copy[edge], -MOST_LENT, MOST_LENT)
            for far, place in places.items():
                out[place] += (going.on(lost, far) if going else lost) * FADE**far
                if going and far <= len(LEAN):
                    short = np.clip(going.on(last, far) - out[place], -MOST_LENT, MOST_LENT)
                    out[place] += LEAN[far - 1] * short
    whole: Frames = np.clip(np.rint(out), 0, 255).astype(np.uint8)
    for item in kept:
        low, high = max(0, item.at - first), min(len(whole), item.at - first + len(item.shown))
        if low < high:
            whole[low:high] = item.shown[low + first - item.at : high + first - item.at]
    return whole


def settle(frames: Frames, seam: Seam | None, anchor: Tone | None) -> Frames:
    """New frames (T, H, W, 3) of a window, corrected at the seam and drawn towards the anchor; None leaves that out."""
    if (seam is None and anchor is None) or len(frames) == 0:
        return frames
    present = tone(frames)
    gain: Array = np.ones(3, np.float32)
    shift: Array = np.zeros(3, np.float32)
    if seam is not None:
        gain, shift = _towards(tone(seam.made), tone(seam.shown))
        # the seam's map turns about the seam's mean; written as a gain about the new frames' mean and a shift
        shift = shift + (gain - 1) * (present.mean - tone(seam.made).mean)
    ramp: Array = np.zeros(len(frames), np.float32)
    pull_gain: Array = np.ones(3, np.float32)
    pull_shift: Array = np.zeros(3, np.float32)
    if anchor is not None:
        moved = Tone(present.mean + shift, present.spread * gain)
        pull_gain, pull_shift = _towards(moved, anchor, PULL)
        ramp = np.linspace(1 / len(frames), 1, len(frames), dtype=np.float32)
        if seam is not None and seam.backward:
            ramp = ramp[::-1]
    gains = gain * pull_gain ** ramp[:, None]  # (T, 3)
    shifts = shift + pull_shift * ramp[:, None]  # (T, 3)
    if np.abs(gains - 1).max() < 1e-3 and np.abs(shifts).max() < 0.25:
        return frames  # nothing that eight bits could show
    out = (frames - present.mean) * gains[:, None, None] + (present.mean + shifts[:, None, None])
    settled: Frames = np.clip(np.rint(out), 0, 255).astype(np.uint8)
    return settled


def _towards(tone_now: Tone, target: Tone, share: float = 1.0) -> tuple[Array, Array]:
    """Gain (3,) about the mean, and its shift (3,), that bring one tone a share of the way to the other, limited."""
    shaped = (tone_now.spread > FLAT) & (target.spread > FLAT)
    gain = np.where(shaped, target.spread / np.maximum(tone_now.spread, FLAT), 1.0) ** share
    shift = share * (target.mean - tone_now.mean)
    return (
        np.clip(gain, 1 - MAX_GAIN, 1 + MAX_GAIN).astype(np.float32),
        np.clip(shift, -MAX_SHIFT, MAX_SHIFT).astype(np.float32),
    )
