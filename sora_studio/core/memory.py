"""Memory that a process has freed, given back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def trim() -> None:
    """Let the system have the pages that are free. Only glibc keeps them back; this takes it a few milliseconds."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
