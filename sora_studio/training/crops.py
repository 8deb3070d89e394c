"""What the autoencoder is shown: crops of renders and of moving photos, each a pure function of (seed, number)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.core.errors import StudioError
from sora_studio.training.config import BUCKETS, FPS, Bucket, VAETraining
from sora_studio.training.world.photos import load_photos
from sora_studio.training.world.render import render
from sora_studio.training.world.scene import sample_scene

HELD_OUT_PHOTOS = ("coffee",)
"""Photos that no training sees. (Of the stereo pair both halves are trained on: they show the same.)"""

Clip = NDArray[np.uint8]
"""(T, H, W, 3)."""


@dataclass(frozen=True, slots=True)
class CropBatches:
    """Batches (B, T, crop, crop, 3) for the autoencoder; call it with the number of a batch."""

    config: VAETraining
    seed: int

    def __call__(self, number: int) -> Clip:
        """Batch `number`: all real pictures or all renders, all of one length."""
        rng = np.random.default_rng([self.seed, number])
        crop = self.config.crop
        frames = int(rng.choice(self.config.frames, p=self.config.frame_odds))
        # A third of the pixels for images: their crops differ more from each other than frames of a clip do.
        count = max(1, round(self.config.pixels / (max(frames, 3) * crop * crop)))
        if rng.random() < self.config.photo_share:
            return np.stack([moving_photo(rng, (crop, crop), frames) for _ in range(count)])
        crops: list[Clip] = []
        while len(crops) < count:
            size = BUCKETS[int(rng.integers(len(BUCKETS)))]
            if (
                frames == 1
            ):  # several moments of one scene, far apart: a scene costs more to set up than a frame to draw
                moments = render(sample_scene(rng), size=size, frames=4, fps=1.5).frames
                crops += [cut(rng, moment[None], crop) for moment in moments]
            else:
                clip = render(sample_scene(rng), size=size, frames=frames, fps=FPS).frames
                crops += [cut(rng, clip, crop) for _ in range(self.config.crops_per_clip)]
        return np.stack(crops[:count])


def cut(rng: np.random.Generator, clip: Clip, side: int) -> Clip:
    """A random square of a clip, mirrored half of the time: (T, H, W, 3) -> (T, side, side, 3)."""
    top = int(rng.integers(clip.shape[1] - side + 1))
    left = int(rng.integers(clip.shape[2] - side + 1))
    square = clip[:, top : top + side, left : left + side]
    return square[:, :, ::-1] if rng.random() < 0.5 else square


@lru_cache(maxsize=2)
def photos(held_out: bool) -> tuple[Clip, ...]:
    """The real pictures to train on, or those kept from it; raises StudioError when there are none."""
    found = tuple(picture for name, picture in sorted(load_photos().items()) if (name in HELD_OUT_PHOTOS) == held_out)
    if not found:
        raise StudioError("No photos were found. Install the training extra: pip install sora-studio[train].")
    return found


def moving_photo(rng: np.random.Generator, size: Bucket, frames: int, *, held_out: bool = False) -> Clip:
    """A real picture under a moving camera: a window that shifts, turns and zooms a little, (T, H, W, 3)."""
    pictures = photos(held_out)
    picture = pictures[int(rng.integers(len(pictures)))]
    height, width = picture.shape[:2]
    fit = min(width / size[0], height / size[1])
    scale = float(np.exp(rng.uniform(np.log(min(1.0, fit)), np.log(max(1.0, fit)))))  # photo pixels a pixel
    if scale > 1.5:  # a plain warp would leave jagged edges; shrink first, as a camera's lens does
        picture = cv2.resize(picture, (int(width / scale), int(height / scale)), interpolation=cv2.INTER_AREA)
        (height, width), scale = picture.shape[:2], 1.0
    half = np.array(size) * scale / 2
    centre = np.array([rng.uniform(min(half[0], width / 2), max(width - half[0], width / 2)),
                       rng.uniform(min(half[1], height / 2), max(height - half[1], height / 2))])  # fmt: skip
    drift, zoom, turn = rng.normal(0, 0.8, 2), rng.normal(0, 0.006), rng.normal(0, 0.006)
    out = np.empty((frames, size[1], size[0], 3), np.uint8)
    for k in range(frames):
        grow, angle = scale * np.exp(zoom * k), turn * k
        cos, sin = grow * np.cos(angle), grow * np.sin(angle)
        matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
        matrix[:, 2] = centre + drift * k - matrix[:, :2] @ (np.array(size) / 2)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(picture, matrix, size, out[k], flags, cv2.BORDER_REFLECT_101)
    return out


def held_out_clips(seed: int, count: int, frames: int, *, look: str | None = None) -> list[Clip]:
    """Renders of scenes that training never draws, wide; all in one look if given."""
    rng = np.random.default_rng([seed, 77])
    scenes = [sample_scene(rng, split="held_out") for _ in range(count)]
    if look is not None:
        scenes = [replace(scene, look=look) for scene in scenes]
    return [render(scene, size=BUCKETS[0], frames=frames, fps=FPS).frames for scene in scenes]


def moving_photo_clips(seed: int, count: int, frames: int) -> list[Clip]:
    """Real pictures that training never draws, under a moving camera, wide."""
    rng = np.random.default_rng([seed, 78])
    return [moving_photo(rng, BUCKETS[0], frames, held_out=True) for _ in range(count)]
