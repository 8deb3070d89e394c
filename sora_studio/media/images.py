"""Single pictures out: PNG files and contact sheets."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo, putchunk

from sora_studio.core.filenames import part_of
from sora_studio.core.recipe import Recipe
from sora_studio.core.request import Frames
from sora_studio.core.time import Size
from sora_studio.media.geometry import AnyImage, Image, fit_image, inside
from sora_studio.media.metadata import COMMENT, recipe_text
from sora_studio.media.opencv import cv2
from sora_studio.media.reasons import check_writable, unwritable

_PNG_HEADER = 33
"""Bytes of a PNG's signature and header."""


def save_png(path: Path, frame: Image, recipe: Recipe | None = None) -> Path:
    """Write one picture (H, W, 3) without loss, its recipe in the text; raises OutputError with what to do."""
    path = Path(path)
    check_writable(path)
    part = part_of(path)
    try:
        write_png(part, frame, recipe)
        os.replace(part, path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise unwritable(path, exc) from exc
    return path


def write_png(path: Path, frame: AnyImage, recipe: Recipe | None = None) -> None:
    """Write the bytes of a PNG, in as many bits as the frame, straight to `path`; raises OSError."""
    text = PngInfo()
    if recipe is not None:
        text.add_itxt(COMMENT, recipe_text(recipe))
    if frame.dtype != np.uint16:
        Pillow.fromarray(np.ascontiguousarray(frame)).save(path, format="PNG", pnginfo=text, compress_level=4)
        return
    # Pillow knows no colours of sixteen bits; OpenCV knows no text, which has its place behind the header.
    _, coded = cv2.imencode(".png", np.ascontiguousarray(frame[..., ::-1]), [cv2.IMWRITE_PNG_COMPRESSION, 4])
    data = coded.tobytes()
    with path.open("wb") as file:
        file.write(data[:_PNG_HEADER])
        for name, content, *_ in text.chunks:
            putchunk(file, name, content)
        file.write(data[_PNG_HEADER:])


def jpeg_bytes(frame: Image, quality: int = 88) -> bytes:
    """One picture (H, W, 3) as the bytes of a JPEG."""
    made = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(frame)).save(made, format="JPEG", quality=quality, optimize=True)
    return made.getvalue()


def contact_sheet(frames: Frames, columns: int, cell: Size | None = None, gap: int = 4) -> Image:
    """Frames (T, H, W, 3) side by side in rows of `columns`, on black, `gap` pixels apart; cells keep their shape."""
    count, height, width = frames.shape[:3]
    own = Size(width, height)
    size = inside(own, cell) if cell else own
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    sheet: Image = np.zeros((rows * (size.height + gap) - gap, columns * (size.width + gap) - gap, 3), np.uint8)
    for index, frame in enumerate(frames):
        row, column = divmod(index, columns)
        top, left = row * (size.height + gap), column * (size.width + gap)
        sheet[top : top + size.height, left : left + size.width] = fit_image(frame, size)
    return sheet
