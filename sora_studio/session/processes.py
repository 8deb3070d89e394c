"""Which process wrote something, so that it can be told later whether it still runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import psutil

SAME = 2.0
"""Seconds by which the birth of a process may be told differently."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")
"""What tells one start of a machine from others; Linux has it."""


def this_process() -> dict[str, object]:
    """What tells this process from others on this machine: numbers come again, so its birth belongs to it."""
    return {"pid": os.getpid(), "born": _birth(os.getpid())}


def lives(said: Mapping[str, object]) -> bool:
    """Whether the process of `this_process` still runs; not so when it is not told."""
    pid, born = said.get("pid"), said.get("born")
    if not isinstance(pid, int) or not isinstance(born, float | str):
        return False
    try:
        if isinstance(born, str):
            return _birth(pid) == born
        return bool(abs(psutil.Process(pid).create_time() - born) < SAME)
    except (psutil.Error, OSError, ValueError, OverflowError):
        return False


def _birth(pid: int) -> float | str:
    """When a process was born. Linux counts from when the machine was started, and its time of day is reckoned from
    the clock as it is now: a clock that is set would make every process another."""
    if _BOOT.exists():
        ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
        return f"{_BOOT.read_text(encoding='ascii').strip()} {ticks}"
    return float(psutil.Process(pid).create_time())
