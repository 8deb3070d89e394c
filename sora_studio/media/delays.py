"""How long the frames of an animated GIF, WebP or PNG last, read from the file's blocks without decoding a pixel."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

MAX_FRAMES = 20_000


def frame_delays(path: Path) -> list[int]:
    """Milliseconds of each frame in order, as far as the file goes; empty for other formats. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(0)
        if head.startswith(b"GIF8"):
            return _gif(file)
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(file)
        if head.startswith(b"\x89PNG"):
            return _png(file)
    return []


def _gif(file: BinaryIO) -> list[int]:
    """GIF89a: each image descriptor may follow a graphic control extension with a delay in hundredths of a second."""
    flags = file.read(13)[10:11]
    _skip_colours(file, flags)
    delays: list[int] = []
    delay = 0
    while len(delays) < MAX_FRAMES:
        match file.read(1):
            case b"!":
                label = file.read(1)
                size = file.read(1)
                block = file.read(size[0]) if size else b""
                if label == b"\xf9" and len(block) >= 4:
                    delay = struct.unpack_from("<H", block, 1)[0] * 10
                if size and size[0]:
                    _skip_blocks(file)
            case b",":
                _skip_colours(file, file.read(9)[8:9])
                file.seek(1, 1)
                delays.append(delay)
                delay = 0
                _skip_blocks(file)
            case b"\0":
                continue  # some writers pad with zeros
            case _:
                break
    return delays


def _skip_colours(file: BinaryIO, flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        file.seek(3 << ((flags[0] & 7) + 1), 1)


def _skip_blocks(file: BinaryIO) -> None:
    while size := file.read(1):
        if not size[0]:
            return
        file.seek(size[0], 1)


def _webp(file: BinaryIO) -> list[int]:
    """RIFF: each ANMF chunk has its duration in milliseconds at byte 12, three bytes long."""
    file.seek(12)
    delays: list[int] = []
    while len(delays) < MAX_FRAMES and len(head := file.read(8)) == 8:
        name, length = struct.unpack("<4sI", head)
        start = file.tell()
        if name == b"ANMF":
            delays.append(int.from_bytes(file.read(16)[12:15], "little"))
        file.seek(start + length + (length & 1))
    return delays


def _png(file: BinaryIO) -> list[int]:
    """APNG: each fcTL chunk has its delay as a fraction of a second at byte 20."""
    file.seek(8)
    delays: list[int] = []
    while len(delays) < MAX_FRAMES and len(head := file.read(8)) == 8:
        length, name = struct.unpack(">I4s", head)
        start = file.tell()
        if name == b"fcTL" and length >= 24:
            body = file.read(24)
            if len(body) == 24:
                number, share = struct.unpack_from(">HH", body, 20)
                delays.append(round(1000 * number / (share or 100)))
        file.seek(start + length + 4)
    return delays
