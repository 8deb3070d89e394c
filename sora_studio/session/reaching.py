"""A project's folder on its way into the studio: read on a thread of its own, since its drive may take long, or never
answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.errors import ProjectError
from sora_studio.session import lock, opening
from sora_studio.session.disk import is_writable
from sora_studio.session.opening import Opened
from sora_studio.session.state import Post


@dataclass(frozen=True, slots=True)
class Reached:
    """What was found in a folder, which is locked for this process if anything can be written there and no `copy` was
    asked for."""

    folder: Path
    opened: Opened
    writable: bool
    copy: bool = False


def reach(folder: Path, home: Path | None) -> Reached:
    """Lock a folder and read what is there, on any thread. Raises ProjectError; then it is let go of again, unless it
    is the `home` of the open project."""
    writable = is_writable(folder)
    if writable:
        lock.take(folder)
    try:
        return Reached(folder, opening.read(folder), writable)
    except ProjectError:
        if folder != home:
            lock.release(folder)
        raise


def reach_copy(folder: Path) -> Reached:
    """Read what is in a folder, for a copy of it, on any thread; whoever has it open keeps it. Raises ProjectError."""
    return Reached(folder, opening.read(folder), writable=False, copy=True)


class Reaching:
    """One folder that is read. All but the reading is done on the owner thread."""

    def __init__(
        self,
        folder: Path,
        read: Callable[[], Reached],
        post: Post,
        then: Callable[[Reaching, Reached | ProjectError], None],
    ) -> None:
        """Begin to `read`. `then` is told what was found, or why nothing can be opened."""
        self.folder = folder
        self.given_up = False
        """Whether nobody waits for it any more."""
        self._read, self._post, self._then = read, post, then
        self._answer: Reached | ProjectError | None = None
        self._answered, self._told = threading.Event(), False
        threading.Thread(target=self._run, name="opening", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether `then` was told."""
        return self._told

    def wait(self, seconds: float) -> bool:
        """Whether it is over within some time; then `then` was told."""
        if self._answered.wait(seconds):
            self._tell()
        return self._told

    def give_up(self) -> None:
        """Wait no longer. A drive that answers later is let go of."""
        self.given_up = True

    def _run(self) -> None:
        try:
            self._answer = self._read()
        except ProjectError as exc:
            self._answer = exc
        self._answered.set()
        self._post(self._tell)

    def _tell(self) -> None:
        if not self._told and self._answer is not None:
            self._told = True
            self._then(self, self._answer)
