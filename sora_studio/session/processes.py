"""Which process wrote something, so that it can be told later whether it still runs."""

from __future__ import annotations

import os
from collections.abc import Mapping

import psutil

SAME = 2.0
"""Seconds by which the birth of a process may be told differently."""


def this_process() -> dict[str, object]:
    """What tells this process from others on this machine: numbers come again, so its birth belongs to it."""
    return {"pid": os.getpid(), "born": psutil.Process().create_time()}


def lives(said: Mapping[str, object]) -> bool:
    """Whether the process of `this_process` still runs; not so when it is not told."""
    pid, born = said.get("pid"), said.get("born")
    if not isinstance(pid, int) or not isinstance(born, float):
        return False
    try:
        return bool(abs(psutil.Process(pid).create_time() - born) < SAME)
    except (psutil.Error, ValueError, OverflowError):
        return False
