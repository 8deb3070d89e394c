"""Ways to damage a file, as someone with bad luck or bad intent would. All are functions of a random generator, so that
an input is told by its number."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from pathlib import PurePath
from random import Random
from typing import Any

Raw = str
"""A piece of text that stands in a file as it is."""

HOSTILE = (
    "null", "true", "-1", "0", "1", "2.5", "1e308", "-1e999", "NaN", "Infinity", "1" * 25, "-" + "9" * 400, "9" * 5000,
    str(2**31), str(2**63), str(2**64), "[]", "{}", '""', '"\\ud800"', '"\\u0000"', '"../../../etc/passwd"',
    '"/etc/passwd"', '"C:\\\\nul"', '"{prompt}{why}"', '"%s%n"', '"' + "x" * 70_000 + '"', '"' + "../" * 2000 + '"',
    "[" * 5_000 + "]" * 5_000, '{"a":' * 5_000 + "1" + "}" * 5_000, "[[0,0],[1,1]]", '["\\udfff"]', "[1e400,-1]",
    '"\\u202e\\u0007"', '"sora-studio/other"', '"1/0"', '"nan"', "[" + "0," * 5000 + "0]",
)  # fmt: skip
"""Values of JSON that readers trip over."""

HOSTILE_TOML = (
    "nan", "-inf", "1e999", "9" * 400, "9" * 5000, "true", '""', '"\\u0000"', "[]", "{}", "1979-05-27T07:32:00Z",
    "07:32:00", "[" * 3_000 + "]" * 3_000, '"' + "x" * 70_000 + '"', "-1", "0x" + "f" * 4000, "0", '"../.."',
    "{ a = 1 }", "[1, 'a', {}]", str(2**63), '"nan"',
)  # fmt: skip

LIES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**32, 2**63 - 1, 2**63, 2**64 - 1)
"""Lengths that no field should believe."""


def mutated(name: str, data: bytes, other: bytes, rng: Random) -> bytes:
    """A damaged file; `other` is another valid one to splice with."""
    way = _WAYS.get(PurePath(name).suffix)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = way(data, rng) if way is not None and rng.random() < 0.8 else _bytes(data, other, rng)
    return data


def _bytes(data: bytes, other: bytes, rng: Random) -> bytes:
    """Bits flipped, stretches zeroed, doubled, left out and put in, numbers overwritten; half of it near the start."""
    part = bytearray(data)
    if not part:
        return rng.randbytes(rng.randrange(200))
    reach = len(part) if rng.random() < 0.5 else min(len(part), 600)
    place, count = rng.randrange(reach), rng.choice((1, 2, 4, 16, 64, 300))
    match rng.randrange(9):
        case 0:
            del part[rng.randrange(len(part)) :]
        case 1 | 2:
            for _ in range(rng.choice((1, 2, 8, 40))):
                part[rng.randrange(reach)] ^= 1 << rng.randrange(8)
        case 3:
            part[place : place + count] = bytes(len(part[place : place + count]))
        case 4:
            del part[place : place + count]
        case 5:
            part[place:place] = rng.randbytes(count)
        case 6:
            part[place:place] = part[place : place + count] * rng.choice((1, 2, 50))
        case 7:
            width = rng.choice(("B", "<H", ">H", "<I", ">I", "<Q", ">Q"))
            size = struct.calcsize(width)
            lie = rng.choice((*LIES, len(part), len(part) + 1)) & ((1 << 8 * size) - 1)
            part[place : place + size] = struct.pack(width, lie)
        case _:
            part[place:] = other[rng.randrange(len(other) + 1) :]
    return bytes(part)


def _json(data: bytes, rng: Random) -> bytes:
    """JSON with another structure: values replaced, keys gone or twice, parts in each other's place."""
    try:
        root = json.loads(data)
        text = json.dumps(root, ensure_ascii=rng.random() < 0.5)
    except (ValueError, RecursionError):
        return data
    if rng.random() < 0.03:
        return rng.choice(HOSTILE).encode()
    places = list(_places(root)) if isinstance(root, dict | list) else []
    if not places:
        return data
    for _ in range(rng.choice((1, 1, 2, 5))):
        holder, key = rng.choice(places)
        _change(holder, key, rng.choice(places), rng)
    text = json.dumps(root, ensure_ascii=rng.random() < 0.5)
    text = re.sub(r'"@raw(\d+)@"', lambda found: HOSTILE[int(found.group(1))], text)
    return text.encode(errors="surrogatepass")


def _change(holder: Any, key: Any, other: tuple[Any, Any], rng: Random) -> None:
    """One change at a place of a tree of JSON, which an earlier change may have taken away."""
    try:
        match rng.randrange(8):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1:
                copy = json.loads(json.dumps(other[0][other[1]]))
                holder[key] = copy
            case 2 if isinstance(holder, list):
                holder.extend(holder[:50])
            case 3 if isinstance(holder, dict):
                holder[f"{key}x"] = holder.pop(key)
            case 4:
                holder[key] = [holder[key]]
            case 5 if isinstance(holder[key], int | float):
                holder[key] = holder[key] * rng.choice((-1, 0, 2, 1000, 10**9, 0.5)) + rng.choice((0, 1, -1))
            case _:
                holder[key] = f"@raw{rng.randrange(len(HOSTILE))}@"
    except (KeyError, IndexError, TypeError, OverflowError):
        return


def _places(node: Any) -> Any:
    """All values of a tree, each as what holds it and where."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _toml(data: bytes, rng: Random) -> bytes:
    """TOML (and other lines of text) with other values, and lines that are gone, twice, or elsewhere."""
    lines = data.decode(errors="replace").splitlines()
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not lines:
            break
        place = rng.randrange(len(lines))
        key, sign, _value = lines[place].partition(" = ")
        match rng.randrange(5):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, rng.choice(lines))
            case 2:
                lines.insert(place, rng.choice(("[a.b]", "[[models]]", "a = " + rng.choice(HOSTILE_TOML), "=", "[")))
            case _:
                lines[place] = f"{key} = {rng.choice(HOSTILE_TOML)}" if sign else rng.choice(HOSTILE_TOML)
    return "\n".join(lines).encode(errors="surrogatepass")


def _text(data: bytes, rng: Random) -> bytes:
    """Lines that are very long, strange or many."""
    strange = ("\0", "\ufeff", "\u202e" * 500, "x" * 100_000, "# ", "{" * 2000, "__a__", "\r" * 200, "\x1b[2J")
    lines = data.decode(errors="replace").splitlines()
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(strange))
    return "\n".join(lines).encode(rng.choice(("utf-8", "utf-16", "utf-8-sig")))


def _safetensors(data: bytes, rng: Random) -> bytes:
    """A file of tensors whose table says something else."""
    if len(data) < 8:
        return data
    (length,) = struct.unpack("<Q", data[:8])
    table, rest = _json(data[8 : 8 + length], rng), data[8 + length :]
    told = len(table) if rng.random() < 0.85 else rng.choice((*LIES, len(table) + 1, len(table) - 1))
    return struct.pack("<Q", told & (2**64 - 1)) + table + rest


_WAYS: dict[str, Callable[[bytes, Random], bytes]] = {
    ".json": _json,
    ".lock": _json,
    ".otio": _json,
    ".toml": _toml,
    ".yaml": _toml,
    ".txt": _text,
    ".safetensors": _safetensors,
}
