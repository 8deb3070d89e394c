"""Files of weights for tests: safetensors by the library, GGUF byte by byte."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

WAN = ("patch_embedding.weight", "head.modulation", "blocks.0.self_attn.q.weight", "blocks.0.cross_attn.k.weight")


def safetensors(path: Path, names: Iterable[str] = WAN, prefix: str = "", **metadata: str) -> Path:
    """A file with small tensors of these names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({prefix + name: np.zeros((2, 3), np.float16) for name in names}, path, metadata or None)
    return path


def table_of(path: Path) -> tuple[dict[str, object], bytes]:
    """The table of a safetensors file, and what follows it."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def with_table(path: Path, table: Mapping[str, object] | bytes, rest: bytes) -> Path:
    """The same file with another table."""
    text = table if isinstance(table, bytes) else json.dumps(table).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + rest)
    return path


def gguf(path: Path, names: Iterable[str] = WAN, architecture: str = "wan") -> Path:
    """A GGUF file with small tensors in Q8_0."""
    listed = list(names)
    notes = [
        (b"general.architecture", 8, _text(architecture.encode())),
        (b"general.alignment", 4, struct.pack("<I", 32)),
        (b"tokens", 9, struct.pack("<IQ", 8, 2) + _text(b"a") + _text(b"b")),
        (b"scores", 9, struct.pack("<IQ", 6, 3) + bytes(12)),
    ]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(listed), len(notes))
    head += b"".join(_text(name) + struct.pack("<I", kind) + value for name, kind, value in notes)
    for place, name in enumerate(listed):
        head += _text(name.encode()) + struct.pack("<I2QIQ", 2, 32, 2, 8, place * 96)
    head += bytes(-len(head) % 32)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + bytes(96 * len(listed) - 28))  # 68 bytes each, the next one aligned to 32
    return path


def _text(data: bytes) -> bytes:
    return struct.pack("<Q", len(data)) + data
