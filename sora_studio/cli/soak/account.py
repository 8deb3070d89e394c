"""What studios have said of a project, and what is lost of it by what is found on the disk.

A studio announces each state before it begins to write it and says when it has been written. So after a kill one of
few states may be found: the last that was written, or one that was announced since. A project can come back to what it
was (undo, a clip that goes on after it was stopped), so that a state which looks old need not be old.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sora_studio.cli.soak.words import State

Loss = tuple[str, str]
"""What kind of thing, and words."""


@dataclass(slots=True)
class Write:
    """A state on its way to the disk."""

    number: int
    digest: str
    done: bool = False


@dataclass(slots=True)
class Account:
    """One project. `hear` takes what studios say of it."""

    home: str
    media: dict[str, str] = field(default_factory=dict)
    """What was said last, by medium."""
    taken: set[str] = field(default_factory=set)
    """All media there ever were."""
    given_up: set[str] = field(default_factory=set)
    """Those that need not be there: cancelled, or refused before they were taken."""
    writes: list[Write] = field(default_factory=list)
    _fresh: set[str] = field(default_factory=set)
    """Those that came with the verb under way: until it returns, nothing was promised."""

    def hear(self, kind: str, value: Any, doing: str) -> Iterator[Loss]:
        """Take in what is said while something is done; yields what contradicts what was said before."""
        match kind:
            case "state":
                gone = self.media.keys() - value.keys() - self.given_up - self._fresh
                for key in sorted(gone):
                    yield "lost jobs", f"{key} left {self.home} while doing “{doing}”"
                self.given_up |= gone
                self._fresh |= value.keys() - self.media.keys()
                self.taken |= value.keys()
                self.media = value
            case "writing":
                self.writes.append(Write(*value))
            case "written":
                self._written(value)
            case "sure" if value != self._last():
                yield "lost edits", f"said to be kept, but not written: {self.home} while doing “{doing}”"
            case "do" | "did":
                self._fresh = set()
            case "refused":
                self.given_up |= self._fresh - self.media.keys()
            case "going":
                self.given_up.add(value)

    def found(self, there: State | None, rows: Collection[str]) -> Iterator[Loss]:
        """Compare it with what is on the disk: the project as the next studio finds it, None when it cannot be read,
        and the media for which a job stands in the queue. From then on that is what there is."""
        if there is None:
            if any(write.done for write in self.writes):
                yield "unreadable projects", self.home
            self.writes = []
            return
        if self.writes and there.digest not in self._allowed():
            known = [write.digest for write in self.writes]
            ago = f"{known[::-1].index(there.digest)} writes ago" if there.digest in known else "never announced"
            yield "lost edits", f"{self.home} is as it was {ago}, of {len(known)}"
        self.given_up |= self._fresh - there.media.keys() - set(rows)
        for key in sorted(self.media.keys() - self.given_up - there.media.keys() - set(rows)):
            yield "lost jobs", f"{key} was {self.media[key]} in {self.home}, is neither there nor in the queue"
            self.given_up.add(key)
        for key in sorted(self.media.keys() & there.media.keys() - set(rows)):
            if self.media[key] == "ready" != there.media[key]:
                yield "lost jobs", f"{key} was ready in {self.home}, is {there.media[key]} and not in the queue"
        self.begin(there)

    def begin(self, there: State) -> None:
        """A studio finds the project so."""
        self.writes = [Write(0, there.digest, done=True)]
        self.media = {key: kind for key, kind in self.media.items() if key in there.media} | there.media
        self.taken |= there.media.keys()
        self._fresh = set()

    def finished(self, there: State) -> Iterator[Loss]:
        """The same once all that was begun was finished."""
        for key in sorted(self.taken - self.given_up - there.media.keys()):
            yield "lost jobs", f"{key} is no longer in {self.home}"
        for key, kind in there.media.items():
            if kind != "ready":
                yield "lost jobs", f"{key} in {self.home} could not be finished"

    def _written(self, number: int) -> None:
        """A write has come to its end: what was written before it is over."""
        place = next((place for place, write in enumerate(self.writes) if write.number == number), None)
        if place is not None:
            self.writes[place].done = True

    def _last(self) -> str:
        return next((write.digest for write in reversed(self.writes) if write.done), "")

    def _allowed(self) -> set[str]:
        last = max((place for place, write in enumerate(self.writes) if write.done), default=0)
        return {write.digest for write in self.writes[last:]}
