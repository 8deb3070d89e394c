"""Keeps unsaved changes while one works: beside the project, or on this computer while its folder cannot be written.

A thread of its own writes the newest state as soon as the one before is written, so that the window never waits for a
disk and a crash takes no more than what was done while one was being written.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from sora_studio.core.errors import ProjectError
from sora_studio.core.project import Project
from sora_studio.session import store, unsaved, versions
from sora_studio.session.patience import Hand
from sora_studio.session.unsaved import Spot

PATIENCE = 4.0
"""Seconds that a drive has for its answer."""
RETRY = 5.0
"""Seconds after which a folder that could not be written is tried again."""
VERSION_EVERY = 600.0
"""Seconds after which what was not saved is kept as an earlier version as well."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where changes are kept, and why not beside the project."""

    where: Literal["beside", "aside", "nowhere"] = "beside"
    why: str = ""


@dataclass(frozen=True, slots=True)
class _State:
    """Something to keep, and what is done when it is."""

    project: Project
    spot: Spot
    then: Callable[[], None] | None


class Autosave:
    """`told` is called on a thread of its own when the standing changes. Other methods are called on one thread."""

    def __init__(self, told: Callable[[Standing], None]) -> None:
        self._told = told
        self._hand = Hand("project drive")
        self._turn = threading.Condition()
        self._newest: _State | None = None
        self._last: _State | None = None
        self._writing = self._closing = False
        self._thread: threading.Thread | None = None
        self._step = 0
        self._retry_at = 0.0
        self._standing = Standing()
        self._version_at = time.monotonic()

    @property
    def standing(self) -> Standing:
        """Where the newest changes are kept."""
        return self._standing

    def begin(self, step: int) -> None:
        """Another project is open, with changes of a step that were found."""
        self._quiet()
        if self._hand.stuck:  # it may be another drive
            self._hand.close(0)
            self._hand = Hand("project drive")
        self._step, self._standing, self._version_at = step, Standing(), time.monotonic()

    def keep(self, project: Project, spot: Spot, then: Callable[[], None] | None = None) -> None:
        """Keep a state; soon, and only if no newer one is handed over meanwhile. `then` is called on a thread of its
        own once it is on a disk."""
        with self._turn:
            self._newest = _State(project, spot, then)
            self._turn.notify_all()
        if self._thread is None:
            self._closing = False
            self._thread = threading.Thread(target=self._run, name="autosave", daemon=True)
            self._thread.start()

    def settle(self, seconds: float = PATIENCE + 1) -> bool:
        """Wait until what was handed over is kept; False when it takes longer."""
        with self._turn:
            return self._turn.wait_for(lambda: self._newest is None and not self._writing, seconds)

    def save(self, write: Callable[[], T], spot: Spot, late: Callable[[T], None]) -> T:
        """Do what saves the project, and forget the changes before it. Raises ProjectError, Unanswered when the drive
        does not; then they are kept on."""
        pending = self._quiet()
        try:
            result = self._hand.do(write, PATIENCE, late)
        except ProjectError:
            if pending is not None:
                self.keep(pending.project, pending.spot, pending.then)
            raise
        self.forget(spot)
        self._standing = Standing()
        return result

    def try_on_drive(self, act: Callable[[], None]) -> None:
        """Do something that may as well be left undone when the drive does not answer. It may not raise."""
        with contextlib.suppress(ProjectError):
            self._hand.do(act, PATIENCE)

    def forget(self, spot: Spot) -> None:
        """Changes to a project are no longer needed."""
        self._quiet()
        self.try_on_drive(lambda: store.drop_recovery(spot.folder))  # they say what they follow, and are passed over
        unsaved.drop(spot)

    def close(self) -> None:
        """Keep what was handed over, and end."""
        self.settle()
        with self._turn:
            self._closing = True
            self._turn.notify_all()
        if self._thread is not None:
            self._thread.join(PATIENCE)
            self._thread = None
        self._hand.close(0 if self._hand.stuck else PATIENCE)

    def _quiet(self) -> _State | None:
        """Write nothing more of what was handed over; returns the newest of it."""
        with self._turn:
            self._turn.wait_for(lambda: not self._writing, PATIENCE + 1)
            newest = self._newest or self._last
            self._newest = self._last = None
            return newest

    def _run(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._closing or self._newest is not None, self._until_retry())
                if self._closing:
                    return
                fresh, state = self._newest is not None, self._newest or self._last
                self._newest, self._writing = None, state is not None
            if state is not None:
                before, standing = self._standing, self._write(state.project, state.spot, fresh=fresh)
                self._last, self._standing = state, standing
                if standing.where != "nowhere" and state.then is not None and (fresh or before.where == "nowhere"):
                    state.then()
                if standing.where != before.where:
                    self._told(standing)
                with self._turn:
                    self._writing = False
                    self._turn.notify_all()

    def _until_retry(self) -> float | None:
        if self._standing.where == "beside" or self._last is None:
            return None
        return max(0.0, self._retry_at - time.monotonic())

    def _write(self, project: Project, spot: Spot, *, fresh: bool) -> Standing:
        """Write a state where it can be; while its folder could not be written, what is `fresh` is not kept waiting."""
        self._step += fresh
        if self._standing.where != "beside" and fresh:
            return self._write_aside(project, spot, self._standing.why)
        try:
            self._hand.do(lambda: self._write_beside(project, spot), PATIENCE)
        except ProjectError as exc:
            standing = self._write_aside(project, spot, exc.why or str(exc))
            self._retry_at = time.monotonic() + RETRY
            return standing
        return Standing()

    def _write_aside(self, project: Project, spot: Spot, why: str) -> Standing:
        try:
            unsaved.keep(project, spot, spot.aside, self._step)
        except ProjectError as exc:
            return Standing("nowhere", str(exc))
        return Standing("aside", why)

    def _write_beside(self, project: Project, spot: Spot) -> None:
        if time.monotonic() - self._version_at > VERSION_EVERY:
            self._version_at = time.monotonic()
            versions.put_by(spot.folder, spot.beside, saved=False)
        unsaved.keep(project, spot, spot.beside, self._step)
        unsaved.drop_aside(spot.aside)
