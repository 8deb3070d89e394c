"""Small copies of films in which seeking is slow, made in the background and kept on the disk.

A copy has the frames of its film at the same indices, with a key picture every few frames, so that any of them is at
hand in a moment. It serves while a hand moves the playhead; what is looked at, played and exported is the film.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
from collections import deque
from pathlib import Path

from sora_studio.core.errors import StudioError
from sora_studio.core.time import Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.encode import VideoWriter
from sora_studio.media.geometry import inside, resized

log = logging.getLogger(__name__)

LARGEST = Size(640, 640)
FAR = 24
"""Frames between key pictures from which on a film is slow to seek in."""
QUALITY = 26


class Proxies:
    """Makes copies one after the other on a thread that ends when there is nothing to do. Safe between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._asked: deque[Path] = deque()
        self._known: dict[Path, Path | None] = {}
        self._thread: threading.Thread | None = None
        self._closing = False

    def of(self, path: Path) -> Path | None:
        """The copy of a film; None while there is none. The first question for a film has it made, if it needs one."""
        with self._lock:
            if path not in self._known and not self._closing:
                self._known[path] = None
                self._asked.append(path)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="proxies", daemon=True)
                    self._thread.start()
            return self._known.get(path)

    @property
    def busy(self) -> bool:
        """Whether copies are being made or looked for."""
        with self._lock:
            return self._thread is not None

    def close(self) -> None:
        """Stop, and wait until the thread has ended; half a copy is removed."""
        with self._lock:
            self._closing = True
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._closing or not self._asked:
                    self._thread = None
                    return
                path = self._asked.popleft()
            copy = None
            try:
                copy = self._made(path)
            except StudioError as exc:
                log.info("no copy of %s for scrubbing: %s", path.name, exc)
            with self._lock:
                self._known[path] = copy

    def _made(self, path: Path) -> Path | None:
        kept = self._folder / f"{_key(path)}.mp4"
        if kept.is_file():
            return kept
        with VideoReader(path) as reader:
            info = reader.info
            if info.still or not slow(reader):
                return None
            with contextlib.suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
            size = inside(info.size, LARGEST)
            writer = VideoWriter(kept, size, info.rate, quality=QUALITY)
            for image in reader.frames():
                if self._closing:
                    writer.abort()
                    return None
                writer.write(resized(image, size))
            return writer.close()


def slow(reader: VideoReader) -> bool:
    """Whether key pictures lie far apart, looked at in a few places."""
    count = reader.info.frames
    for index in range(count // 8, count, max(1, count // 8)):
        key = reader.decodes_from(index)
        if key is None or index - key > FAR:
            return True
    return False


def _key(path: Path) -> str:
    """A name that changes with the file."""
    state = ""
    with contextlib.suppress(OSError):
        stat = path.stat()
        state = f"{stat.st_mtime_ns}|{stat.st_size}"
    return hashlib.sha256(f"{path.absolute()}|{state}".encode()).hexdigest()[:32]
