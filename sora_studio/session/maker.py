"""What the generating verbs stand on: put an order on the timeline and into the queue. `Session` does it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from pathlib import Path

from sora_studio.core import edits
from sora_studio.core.engine import Preview
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.states import Job, Leg
from sora_studio.session.arranging import Arranging
from sora_studio.session.lookbook import LookBook
from sora_studio.session.orders import Order
from sora_studio.session.works import Spot


class Maker(Arranging):
    """The base of the classes that each bring a family of verbs."""

    _queue: JobQueue
    lookbook: LookBook

    @abstractmethod
    def _start(self, order: Order, spot: Spot, leg: Leg = Leg()) -> str:
        """Queue an order and show its clip; when it is refused nothing has changed. Returns the job's id."""

    def _lay_new(self, clip: Clip) -> Timeline:
        """A clip made from nothing: at the playhead, or behind everything when a clip stands there."""
        placed = replace(clip, start=self._free_start(clip.length))
        return edits.place(self._fitted(self.item(clip.media)), 0, placed)

    @abstractmethod
    def _find(self, path: str) -> Path:
        """Where a file named in a recipe lies now."""

    @abstractmethod
    def _owns(self, job_id: str) -> bool:
        """Whether a job without a medium belongs to this session."""

    @abstractmethod
    def _heard(self, job: Job) -> None:
        """A job without a medium has changed."""

    @abstractmethod
    def _seen(self, job_id: str, preview: Preview) -> None:
        """A job without a medium has something to show."""
