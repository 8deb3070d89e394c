"""The tables of files of weights: which tensors, of which shape, where. Nothing is loaded, and nothing is believed: a
table whose numbers do not fit its file is refused.

Formats: safetensors (github.com/huggingface/safetensors) and GGUF (github.com/ggml-org/ggml, docs/gguf.md).
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from sora_studio.core.errors import BadInput

LONGEST = 100_000_000
"""Bytes that a table may have: the limit of the safetensors library."""
MOST = 1_000_000
"""Entries that a table may have."""

BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
    "C64": 64,
}  # fmt: skip
"""Bits of a number of each type of safetensors."""

BLOCKS = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip
"""Types of GGUF: name, numbers in a block, bytes of a block."""

_SCALARS = {0: "B", 1: "b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True, slots=True)
class Tensor:
    """Type and shape; in GGUF the shape is turned round, so that it reads as in torch."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The table of a file."""

    form: Literal["safetensors", "gguf"]
    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """Numbers in all tensors."""
        return sum(math.prod(tensor.shape) for tensor in self.tensors.values())


class _Lie(Exception):
    """Numbers of a table that do not fit."""


def read_header(path: Path) -> Header:
    """The table of a safetensors or GGUF file. Raises BadInput saying why the file is not used."""
    read = _read_gguf if path.suffix.lower() == ".gguf" else _read_safetensors
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return read(file, size)
    except OSError as exc:
        raise BadInput("“{name}” cannot be read ({why}).", name=path.name, why=exc.strerror or exc) from exc
    except _Lie as exc:
        raise BadInput(
            "“{name}” is damaged or cut off, so it is not used ({why}). Get it again.", name=path.name, why=exc
        ) from exc


def _read_safetensors(file: BinaryIO, size: int) -> Header:
    (length,) = _unpack(file, "<Q")
    if length > min(LONGEST, size - 8):
        raise _Lie("its table is longer than the file")
    try:
        table = json.loads(file.read(length), object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as exc:
        raise _Lie("its table cannot be read") from exc
    if not isinstance(table, dict):
        raise _Lie("its table cannot be read")
    metadata = table.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise _Lie("its notes are no texts")
    tensors, places = {}, []
    for name, entry in table.items():
        tensors[name], place = _safetensor(entry)
        places.append(place)
    _fill(places, size - 8 - length)
    return Header("safetensors", tensors, metadata)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object without names that stand there twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Lie("a name stands twice in its table")
    return found


def _safetensor(entry: object) -> tuple[Tensor, tuple[int, int]]:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise _Lie("an entry of its table makes no sense")
    dtype, shape, place = entry["dtype"], _counts(entry["shape"]), _counts(entry["data_offsets"])
    if not isinstance(dtype, str) or dtype not in BITS:
        raise _Lie("it holds numbers of an unknown type")
    if len(place) != 2 or math.prod(shape) * BITS[dtype] != (place[1] - place[0]) * 8:
        raise _Lie("a shape does not fit its bytes")
    return Tensor(dtype, shape), (place[0], place[1])


def _counts(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(one) is int and 0 <= one < 1 << 62 for one in value):
        raise _Lie("an entry of its table makes no sense")
    return tuple(value)


def _fill(places: list[tuple[int, int]], size: int) -> None:
    """Tensors lie one behind the other and fill the file: no holes to hide in, no overlaps, nothing outside."""
    end = 0
    for start, stop in sorted(places):
        if start != end or stop < start:
            raise _Lie("its tensors overlap or leave holes")
        end = stop
    if end != size:
        raise _Lie("it is shorter or longer than its table says")


def _read_gguf(file: BinaryIO, size: int) -> Header:
    magic, version = _unpack(file, "<4sI")
    if magic != b"GGUF":
        raise _Lie("it does not begin as a GGUF file")
    if version not in (2, 3):
        raise _Lie(f"version {version} of GGUF is unknown")
    count, notes = _unpack(file, "<QQ")
    if count > MOST or notes > MOST:
        raise _Lie("its table is longer than the file")
    metadata = {}
    for _ in range(notes):
        name = _string(file, size)
        (kind,) = _unpack(file, "<I")
        value = _value(file, kind, size)
        if value is not None:
            metadata[name] = str(value)
    tensors: dict[str, Tensor] = {}
    ends = [0]
    for _ in range(count):
        name = _string(file, size)
        if name in tensors:
            raise _Lie("a name stands twice in its table")
        tensors[name], end = _gguf_tensor(file)
        ends.append(end)
    try:
        align = int(metadata.get("general.alignment", "32"))
    except ValueError as exc:
        raise _Lie("an entry of its table makes no sense") from exc
    if not 0 < align <= 1 << 20:
        raise _Lie("an entry of its table makes no sense")
    start = -(-file.tell() // align) * align
    if start + max(ends) > size:
        raise _Lie("it is shorter than its table says")
    return Header("gguf", tensors, metadata)


def _gguf_tensor(file: BinaryIO) -> tuple[Tensor, int]:
    """A tensor and where its bytes end, counted from the first of all."""
    (dimensions,) = _unpack(file, "<I")
    if dimensions > 8:
        raise _Lie("a shape does not fit its bytes")
    shape = _unpack(file, f"<{dimensions}Q")
    kind, offset = _unpack(file, "<IQ")
    if kind not in BLOCKS:
        raise _Lie("it holds numbers of an unknown type")
    name, numbers, bytes_of = BLOCKS[kind]
    count = math.prod(shape)
    if count >= 1 << 62 or count % numbers or (shape and shape[0] % numbers):
        raise _Lie("a shape does not fit its bytes")
    return Tensor(name, tuple(reversed(shape))), offset + count // numbers * bytes_of


def _value(file: BinaryIO, kind: int, size: int) -> object:
    """A note: numbers and texts are given, lists are passed over."""
    if kind == _STRING:
        return _string(file, size)
    if kind in _SCALARS:
        return _unpack(file, _SCALARS[kind])[0]
    if kind != _ARRAY:
        raise _Lie("a note of its table is of an unknown type")
    inner, count = _unpack(file, "<IQ")
    if inner == _STRING:
        if count > size - file.tell():
            raise _Lie("its table is longer than the file")
        for _ in range(count):
            _string(file, size)
        return None
    if inner not in _SCALARS:
        raise _Lie("a note of its table is of an unknown type")
    _pass(file, count * struct.calcsize(_SCALARS[inner]), size)
    return None


def _string(file: BinaryIO, size: int) -> str:
    (length,) = _unpack(file, "<Q")
    if length > min(LONGEST, size - file.tell()):
        raise _Lie("its table is longer than the file")
    try:
        return file.read(length).decode()
    except UnicodeDecodeError as exc:
        raise _Lie("a name of its table cannot be read") from exc


def _pass(file: BinaryIO, count: int, size: int) -> None:
    if count > size - file.tell():
        raise _Lie("its table is longer than the file")
    file.seek(count, 1)


def _unpack(file: BinaryIO, form: str) -> tuple[Any, ...]:
    length = struct.calcsize(form)
    data = file.read(length)
    if len(data) != length:
        raise _Lie("it ends within its table")
    return struct.unpack(form, data)
