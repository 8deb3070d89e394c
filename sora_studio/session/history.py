"""Undo: steps without limit, each kept as what it changed. Media are not part of it: a job may finish at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sora_studio.core.difference import Difference, difference
from sora_studio.core.timeline import Timeline


@dataclass(frozen=True, slots=True)
class _Step:
    """What leads from the timeline on this side of a step, nearer to the present, to the one beyond it."""

    text: str
    change: Difference


class History:
    """The timeline now, the ones before and the ones that were undone."""

    def __init__(self, timeline: Timeline) -> None:
        self.present = timeline
        self._past: list[_Step] = []
        self._future: list[_Step] = []

    @property
    def undo_text(self) -> str:
        """What undo would take back, empty when there is nothing."""
        return self._past[-1].text if self._past else ""

    @property
    def redo_text(self) -> str:
        """What redo would do again, empty when there is nothing."""
        return self._future[-1].text if self._future else ""

    def edit(self, text: str, timeline: Timeline) -> bool:
        """Make one step; an edit that changes nothing is none. Whether there was one."""
        if timeline == self.present:
            return False
        self._past.append(_Step(text, difference(timeline, self.present)))
        self._future.clear()
        self.present = timeline
        return True

    def copy(self) -> History:
        """The same steps, apart from those that follow."""
        same = History(self.present)
        same._past, same._future = [*self._past], [*self._future]
        return same

    def join(self, before: History, text: str) -> None:
        """Make one step of all that was done since `before` was copied."""
        self._past = [*before._past]
        if self.present != before.present:
            self._past.append(_Step(text, difference(self.present, before.present)))

    def undo(self) -> bool:
        """One step back; False at the beginning."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """One step forward again; False when nothing was undone."""
        return self._step(self._future, self._past)

    def amend(self, change: Callable[[Timeline], Timeline]) -> None:
        """Apply `change` to every timeline, past and undone ones too; steps that do nothing any more disappear."""
        present, self.present = self.present, change(self.present)
        for steps in (self._past, self._future):
            kept: list[_Step] = []
            near, beyond = present, self.present
            for step in reversed(steps):
                near = step.change.applied(near)
                timeline = change(near)
                if timeline != beyond:
                    kept.append(_Step(step.text, difference(beyond, timeline)))
                beyond = timeline
            steps[:] = reversed(kept)

    def _step(self, source: list[_Step], target: list[_Step]) -> bool:
        if not source:
            return False
        step = source.pop()
        timeline = step.change.applied(self.present)
        target.append(_Step(step.text, difference(timeline, self.present)))
        self.present = timeline
        return True
