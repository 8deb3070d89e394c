"""Drives that tests connect, fill, protect and pull out. Only root may."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOUNTS = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts drives")


@contextmanager
def mounted(place: Path, *what: str) -> Iterator[Path]:
    """A drive at a place, in the words of `mount`; it may be gone when the test ends."""
    place.mkdir(exist_ok=True)
    connect(place, *what)
    yield place
    subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)


def connect(place: Path, *what: str) -> None:
    """Mount at a place that is there."""
    done = subprocess.run(["mount", *what, place], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine does not let root mount: {done.stderr}")


def pull(place: Path) -> None:
    """What was at a place is gone, whoever has it open."""
    subprocess.run(["umount", "--lazy", place], check=True)


def protect(place: Path) -> None:
    """Nothing can be written at a place any more."""
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
