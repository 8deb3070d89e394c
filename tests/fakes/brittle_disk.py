"""A disk that fails where a test says, under the real SQLite of Python's sqlite3.

SQLite reaches files by way of a table of functions (its VFS). Here those that change a file are replaced, for the files
in one folder: a `Disk` counts the changes, may kill the process in front of one, refuse them as a full disk does, and
knows what a cut of power would leave: what was flushed, and of the rest each block of 512 bytes or not, as chance
decides.
"""

from __future__ import annotations

import ctypes
import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
FULL = 13
"""SQLite's word for a full disk."""

_INT, _LONG, _POINTER, _TEXT = ctypes.c_int, ctypes.c_longlong, ctypes.c_void_p, ctypes.c_char_p
# A file's name is handed on as it lies in memory: SQLite keeps the address, and reads on behind its end.
_OPEN = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, _POINTER)
_DELETE = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT)
_WRITE = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _LONG)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _POINTER, _LONG)
_SYNC = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)


class _Vfs(ctypes.Structure):
    """The head of sqlite3_vfs."""

    _fields_ = (
        ("version", _INT),
        ("size", _INT),
        ("longest", _INT),
        ("next", _POINTER),
        ("name", _TEXT),
        ("data", _POINTER),
        ("open", _OPEN),
        ("delete", _DELETE),
    )


class _Methods(ctypes.Structure):
    """sqlite3_io_methods; only what is replaced has its type."""

    _fields_ = (
        ("version", _INT),
        ("close", _POINTER),
        ("read", _POINTER),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        *((f"method{number}", _POINTER) for number in range(13)),
    )


_TABLES: list[Any] = []
"""What files that are open may still be using."""

Strike = Callable[[int, str], int]
"""Asked before every change with its number, from 1, and what it is; returns 0, or the error it fails with."""


@dataclass
class Disk:
    """The files of `folder`."""

    folder: Path
    strike: Strike = lambda number, what: 0
    changes: int = 0
    now: dict[str, bytearray] = field(default_factory=dict)
    """What the files hold, as programs see them."""
    safe: dict[str, bytes] = field(default_factory=dict)
    """What they are sure to hold after a cut of power."""

    def left(self, chance: random.Random) -> dict[str, bytes]:
        """The files after a cut of power at this moment."""
        found: dict[str, bytes] = {}
        for name, held in self.now.items():
            if name not in self.safe and chance.random() < 0.5:
                continue  # not even its name came onto the disk
            sure = self.safe.get(name, b"")
            length = chance.choice((len(sure), len(held)))
            parts = bytearray(sure.ljust(length, b"\0")[:length])
            for at in range(0, min(len(held), length), SECTOR):
                if chance.random() < 0.5:
                    parts[at : at + SECTOR] = held[at : min(at + SECTOR, length)]
            found[name] = bytes(parts)
        return found

    def knows(self, address: int | None) -> str:
        """The name of a file of the folder by where its path lies in memory; empty for others."""
        path = Path(os.fsdecode(ctypes.string_at(address))) if address else Path()
        return path.name if path.parent == self.folder else ""

    def struck(self, what: str) -> int:
        """Count a change."""
        self.changes += 1
        return self.strike(self.changes, what)


def reachable() -> bool:
    """Whether the SQLite of Python's sqlite3 lets itself be reached from here."""
    return _library() is not None


@contextmanager
def under(disk: Disk) -> Iterator[None]:
    """Put a disk under every connection that is opened meanwhile."""
    vfs = _library().sqlite3_vfs_find(None).contents
    # a field that is read is no copy: it would name whatever stands there later
    opened, deleted = _OPEN(_address(vfs.open)), _DELETE(_address(vfs.delete))

    def on_open(own: int, path: int | None, file: int, flags: int, out: int) -> int:
        outcome = int(opened(own, path, file, flags, out))
        if outcome == 0 and (name := disk.knows(path)):
            held = disk.now.setdefault(name, bytearray((disk.folder / name).read_bytes()))
            slot = ctypes.cast(file, ctypes.POINTER(ctypes.POINTER(_Methods)))
            _TABLES.append(_watched(slot.contents.contents, disk, name, held))
            slot[0] = ctypes.pointer(_TABLES[-1][0])
        return outcome

    def on_delete(own: int, path: int, durably: int) -> int:
        if name := disk.knows(path):
            if error := disk.struck(f"delete {name}"):
                return error
            disk.now.pop(name, None)
            disk.safe.pop(name, None)
        return int(deleted(own, path, durably))

    vfs.open, vfs.delete = _OPEN(on_open), _DELETE(on_delete)
    try:
        yield
    finally:
        vfs.open, vfs.delete = opened, deleted


def _watched(former: _Methods, disk: Disk, name: str, held: bytearray) -> tuple[Any, ...]:
    """The table of a file with its changes seen, and what must live as long."""
    former_write, former_sync = _WRITE(_address(former.write)), _SYNC(_address(former.sync))
    former_truncate = _TRUNCATE(_address(former.truncate))

    def on_write(file: int, source: int, count: int, at: int) -> int:
        if error := disk.struck(f"write {name}"):
            return error
        held.extend(b"\0" * (at - len(held)))
        held[at : at + count] = ctypes.string_at(source, count)
        return int(former_write(file, source, count, at))

    def on_truncate(file: int, length: int) -> int:
        if error := disk.struck(f"truncate {name}"):
            return error
        del held[length:]
        held.extend(b"\0" * (length - len(held)))
        return int(former_truncate(file, length))

    def on_sync(file: int, flags: int) -> int:
        if error := disk.struck(f"flush {name}"):
            return error
        disk.safe[name] = bytes(held)
        return int(former_sync(file, flags))

    made = _Methods()
    ctypes.pointer(made)[0] = former
    made.write, made.truncate, made.sync = _WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync)
    return made, former_write, former_truncate, former_sync


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def dying(at: int) -> Strike:
    """The process is killed in front of its `at`-th change."""

    def strike(number: int, what: str) -> int:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    return strike


def full(at: int) -> Strike:
    """The disk has no room from its `at`-th change on."""
    return lambda number, what: FULL if number >= at and what.startswith("write") else 0


def _library() -> Any:
    """The library that Python's sqlite3 is linked to; None where it is built in."""
    import _sqlite3

    for name in (getattr(_sqlite3, "__file__", None), "libsqlite3.so.0"):
        try:
            found = ctypes.CDLL(name)
            found.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        except (OSError, AttributeError):
            continue
        return found
    return None
