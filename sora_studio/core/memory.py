"""How a process holds its memory: what was freed goes back to the system, and threads share their pools."""

from __future__ import annotations

import contextlib
import ctypes
import sys

POOLS = 2
_ARENA_MAX = -8
"""The number of glibc's setting."""


def share_pools() -> None:
    """Let all threads take their memory from two pools: by default each has its own, and what one leaves behind
    in pieces is no use to the others. Called before there are threads. Only glibc has such pools."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_ARENA_MAX, POOLS)


def trim() -> None:
    """Let the system have the pages that are free. Only glibc keeps them back; this takes it a few milliseconds."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
