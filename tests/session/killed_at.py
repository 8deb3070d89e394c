"""A window that is killed at its n-th touch of the disk, for every n.

Called as `python -m tests.session.killed_at FOLDER HOW SEED COUNT`.

Forks a window for each n that edits, keeps and saves a project in FOLDER/n, COUNT times as the seed says, and notes
beside it what was acknowledged. HOW it ends: `half` of a write made, or `power` gone with everything that was not
brought to the disk before.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from sora_studio.core import tracks
from sora_studio.core.errors import ProjectError
from sora_studio.core.timeline import Marker
from sora_studio.session import autosave
from sora_studio.session.folders import Folders
from sora_studio.session.loop import OwnerLoop
from sora_studio.settings.sections import Settings

REAL = {name: getattr(os, name) for name in ("replace", "unlink", "link", "fsync", "mkdir", "rmdir")}
OPEN = io.open
VERBS = ("edit", "edit", "keep", "save", "full", "room")


class Disk:
    """Counts what is done to the files under a folder and ends the process at the n-th."""

    def __init__(self, folder: Path, last: int, how: str) -> None:
        self.folder, self.left, self.how = str(folder), last, how
        self.full = False
        self.loose: list[tuple[str, bytes | None]] = []
        """Names that are not on the disk yet, with what was there before."""
        self.unwritten: set[str] = set()
        for name in REAL:
            setattr(os, name, self.counted(name))
        io.open = self.open  # type: ignore[assignment]

    def touch(self) -> None:
        self.left -= 1
        if self.left <= 0:
            if self.how == "power":
                self.lose()
            os.kill(os.getpid(), signal.SIGKILL)

    def lose(self) -> None:
        for path in self.unwritten:
            with contextlib.suppress(OSError):
                os.truncate(path, 0)
        for path, before in reversed(self.loose):
            if before is None:
                with contextlib.suppress(OSError):
                    REAL["unlink"](path)
            else:
                with OPEN(path, "wb") as file:
                    file.write(before)

    def counted(self, name: str) -> Callable[..., Any]:
        real = REAL[name]

        def act(*args: Any, **more: Any) -> Any:
            places = [os.path.abspath(os.fspath(one)) for one in args if not isinstance(one, int)]
            if name == "fsync":
                places = [os.readlink(f"/proc/self/fd/{args[0]}")]
            if not places[0].startswith(self.folder):
                return real(*args, **more)
            self.touch()
            loose = [(place, _bytes(place)) for place in places] if name in ("replace", "unlink", "link") else []
            result = real(*args, **more)
            if name == "fsync":
                self.unwritten.discard(places[0])
                self.loose = [one for one in self.loose if os.path.dirname(one[0]) != places[0]]
            if name == "replace" and places[0] in self.unwritten:
                self.unwritten = {*self.unwritten, places[1]} - {places[0]}
            self.loose += loose
            return result

        return act

    def open(self, file: Any, mode: str = "r", *args: Any, **more: Any) -> IO[Any]:
        place = os.path.abspath(os.fspath(file)) if not isinstance(file, int) else ""
        if "w" not in mode or not place.startswith(self.folder):
            return OPEN(file, mode, *args, **more)
        self.touch()
        if self.full and "home" not in place:
            raise OSError(errno.ENOSPC, "No space left on device", place)
        opened = OPEN(file, mode, *args, **more)
        self.unwritten.add(place)
        real = opened.write

        def write(data: bytes) -> int:
            if self.left == 1 and self.how == "half":
                real(data[: len(data) // 2])
                opened.flush()
            self.touch()
            return real(data)

        return _Written(opened, write)  # type: ignore[return-value]


class _Written:
    def __init__(self, file: IO[bytes], write: Callable[[bytes], int]) -> None:
        self.file, self.write = file, write
        self.flush, self.fileno = file.flush, file.fileno

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _bytes(path: str) -> bytes | None:
    try:
        with OPEN(path, "rb") as file:
            return file.read()  # type: ignore[no-any-return]
    except OSError:
        return None


def work(folder: Path, last: int, how: str, verbs: list[str]) -> None:
    """Edit, keep and save; note what was acknowledged."""
    os.environ["SORA_STUDIO_HOME"] = str(folder / "home")
    notes = os.open(folder.with_suffix(".notes"), os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    autosave.RETRY = 0.1
    loop, number = OwnerLoop(), 0
    disk = Disk(folder, last, how)
    window = Folders(folder / "film", loop.post, Settings())
    for verb in ("edit", "save", *verbs, "room", "keep", "save"):
        if verb == "edit":
            number += 1
            line = replace(window.timeline, markers=())
            window._edit("Add a marker", tracks.put_marker(line, Marker(1, str(number), id="m")))
            os.write(notes, f"edited {number}\n".encode())
        elif verb == "keep" and window._autosave.settle():
            os.write(notes, f"kept {number}\n".encode())
        elif verb == "save":
            with contextlib.suppress(ProjectError):
                window.save()
                os.write(notes, f"saved {number}\n".encode())
        disk.full = verb == "full" or (disk.full and verb != "room")
    window._autosave.close()


def main() -> None:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    verbs = random.Random(int(sys.argv[3])).choices(VERBS, k=int(sys.argv[4]))
    for last in range(1, 2000):
        place = folder / f"{last}"
        (place / "home" / "data").mkdir(parents=True)
        child = os.fork()
        if not child:
            work(place, last, how, verbs)
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        if ended == 0:
            print(last - 1)
            return
        if os.WTERMSIG(ended) != signal.SIGKILL:
            sys.exit(f"the window ended with {ended}")


if __name__ == "__main__":
    main()
