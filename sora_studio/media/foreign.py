"""A film as other programs write it, for measurements: 1080p H.264, 250 frames between key pictures, B-frames."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from sora_studio.core.time import Size

SIZE = Size(1920, 1080)
RATE = 30


def foreign_film(path: Path, frames: int, size: Size = SIZE) -> Path:
    """Write a film of moving texture."""
    noise = np.random.default_rng(7).integers(0, 256, (size.height // 8 + 64, size.width // 8 + 256, 3), np.uint8)
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "23", "g": "250", "bf": "3", "sc_threshold": "0"}
        for index in range(frames):
            x, y = index % 200, index // 6 % 60
            small = noise[y : y + size.height // 8, x : x + size.width // 8]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(small), format="rgb24")
            large = frame.reformat(size.width, size.height, "yuv420p")
            large.pts = index
            output.mux(stream.encode(large))
        output.mux(stream.encode(None))
    return path
