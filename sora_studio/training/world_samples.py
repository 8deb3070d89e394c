"""Sample clips of the captioned world with their captions, to look at before anything is trained on it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from sora_studio.core.errors import OutputError
from sora_studio.training.config import BUCKETS, CLIP_FRAMES, FPS
from sora_studio.training.sheets import moments, write_sheet
from sora_studio.training.world.captions import descriptive_caption, short_caption
from sora_studio.training.world.render import render
from sora_studio.training.world.scene import sample_scene


def write_samples(folder: Path, count: int, seed: int) -> Path:
    """Render `count` clips as strips of PNG frames, captions.txt with both captions of each, and sheet.png.

    Raises OutputError when the folder can't be written.
    """
    rng = np.random.default_rng([seed, 80])
    rows, lines = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for k in range(count):
            scene = sample_scene(rng)
            clip = render(scene, size=BUCKETS[k % len(BUCKETS)], frames=CLIP_FRAMES, fps=FPS).frames
            strip = np.concatenate(list(clip), axis=1)  # (H, T*W, 3)
            cv2.imwrite(str(folder / f"clip-{k:03d}.png"), cv2.cvtColor(strip, cv2.COLOR_RGB2BGR))
            lines += [f"clip-{k:03d}", f"  {short_caption(scene, rng)}", f"  {descriptive_caption(scene, rng)}"]
            rows.append(moments(clip, 5))
        (folder / "captions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as exc:
        raise OutputError(f"The samples cannot be written to {folder}: {exc}. Choose another --out folder.") from exc
    return write_sheet(folder / "sheet.png", rows)
