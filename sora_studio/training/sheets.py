"""Contact sheets: what a network makes of its task, as one PNG to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora_studio.core.errors import OutputError


def to_tensor(clips: NDArray[np.uint8]) -> Tensor:
    """(B, T, H, W, 3) uint8 -> (B, 3, T, H, W) float32 in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(clips)).permute(0, 4, 1, 2, 3).float().div_(127.5).sub_(1.0)


def to_frames(clips: Tensor) -> NDArray[np.uint8]:
    """(B, 3, T, H, W) in -1..1 -> (B, T, H, W, 3) uint8."""
    pixels = clips.detach().float().clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
    return np.asarray(pixels.permute(0, 2, 3, 4, 1).cpu().numpy(), np.uint8)


def moments(clip: NDArray[np.uint8], count: int) -> list[NDArray[np.uint8]]:
    """`count` frames of a clip, evenly from its first to its last."""
    return [clip[int(k)] for k in np.linspace(0, len(clip) - 1, count).round()]


def write_sheet(path: Path, rows: Sequence[Sequence[NDArray[np.uint8]]], scale: int = 1, gap: int = 4) -> Path:
    """Pictures (H, W, 3) of any size in rows, on dark grey; raises OutputError when the file can't be written."""
    lines = []
    for row in rows:
        tall = max(picture.shape[0] for picture in row)
        cells = [np.pad(p, ((0, tall - p.shape[0] + gap), (0, gap), (0, 0)), constant_values=28) for p in row]
        lines.append(np.concatenate(cells, axis=1))
    wide = max(line.shape[1] for line in lines)
    sheet = np.concatenate(
        [np.pad(line, ((0, 0), (0, wide - line.shape[1]), (0, 0)), constant_values=28) for line in lines]
    )
    if scale > 1:
        sheet = np.repeat(np.repeat(sheet, scale, axis=0), scale, axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR)):
        raise OutputError(f"The contact sheet {path} cannot be written. Choose a folder you can write to.")
    return path
