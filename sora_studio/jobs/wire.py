"""How messages between processes lie on the wire: length-prefixed JSON, and raw bytes behind it.

Four bytes of length (little-endian), that many bytes of JSON, and, where the JSON says "blob": n, n raw bytes.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import IO, Any

from sora_studio.core.errors import EngineError
from sora_studio.core.language import mark

MAX_MESSAGE = 64 << 20
"""Bytes of JSON in a message; a length above it means that something else was written into the channel."""

_GARBLED = mark("The worker sent something that is no message. Run the job again.")


class ProtocolError(EngineError):
    """The other side sent something that is no message."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What lay on the wire: the name of the message, its fields, and its raw bytes."""

    kind: str
    data: dict[str, Any]
    blob: bytes


def garbled() -> ProtocolError:
    """The error for something that is no message."""
    return ProtocolError(_GARBLED)


def pack(kind: str, data: dict[str, Any], blob: bytes = b"") -> bytes:
    """A message as bytes for the wire."""
    text = json.dumps({"kind": kind, "blob": len(blob), "data": data}).encode()
    return struct.pack("<I", len(text)) + text + blob


def unpack(stream: IO[bytes]) -> Parcel | None:
    """The next message of a blocking stream; None at its end. Raises ProtocolError for anything else."""
    head = _exactly(stream, 4)
    if head is None:
        return None
    (length,) = struct.unpack("<I", head)
    if length > MAX_MESSAGE:
        raise garbled()
    text = _exactly(stream, length)
    if text is None:
        return None
    try:
        envelope = json.loads(text)
        kind, data, size = str(envelope["kind"]), dict(envelope["data"]), int(envelope["blob"])
    except (ValueError, KeyError, TypeError) as exc:
        raise garbled() from exc
    blob = _exactly(stream, size)
    return None if blob is None else Parcel(kind, data, blob)


def _exactly(stream: IO[bytes], count: int) -> bytes | None:
    """`count` bytes, or None when the stream ends before."""
    parts = bytearray()
    while len(parts) < count:
        part = stream.read(count - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)
