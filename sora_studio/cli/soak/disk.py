"""A small disk that can be filled: a file system in memory where root may mount one, else no disk at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SIZE = 96 << 20
"""Bytes of the small disk."""
LEFT = 3 << 10
"""Bytes that are left of a full one: enough to begin to write, not to finish."""


class SmallDisk:
    """A folder on a disk of its own, if the system lets this process mount one."""

    def __init__(self, folder: Path, size: int = SIZE) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.mounted, self.full = folder, _mount(folder, size), False

    def fill(self) -> None:
        """Leave hardly any room."""
        if not self.mounted:
            return
        self.full = True
        with contextlib.suppress(OSError), (self.folder / ".filler").open("ab", buffering=0) as file:
            while (free := shutil.disk_usage(self.folder).free) > LEFT:
                file.write(bytes(min(1 << 20, max(1, free - LEFT))))

    def empty(self) -> None:
        """Give the room back."""
        self.full = False
        (self.folder / ".filler").unlink(missing_ok=True)

    def close(self) -> None:
        """Take the disk away."""
        if self.mounted:
            subprocess.run([shutil.which("umount") or "umount", "--lazy", str(self.folder)], check=False)
            self.mounted = False


def _mount(folder: Path, size: int) -> bool:
    mount = shutil.which("mount")
    if sys.platform != "linux" or mount is None or os.geteuid() != 0:
        return False
    command = [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
