"""What the generating verbs stand on: put an order on the timeline and into the queue. `Session` does it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from psygnal import Signal

from sora_studio.core import edits
from sora_studio.core.engine import Preview
from sora_studio.core.errors import StudioError
from sora_studio.core.media_item import Pending
from sora_studio.core.recipe import own_words
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.states import Job, Leg
from sora_studio.session.arranging import Arranging
from sora_studio.session.draft import Draft
from sora_studio.session.lookbook import LookBook
from sora_studio.session.orders import Order
from sora_studio.session.works import Spot, Work


class Maker(Arranging):
    """The base of the classes that each bring a family of verbs."""

    jobs_changed = Signal()
    _queue: JobQueue
    _works: dict[str, Work]
    """The media that are being made, or were not, by job."""
    _made: dict[str, str]
    """The media that were made, by job."""
    lookbook: LookBook

    @abstractmethod
    def _start(self, order: Order, spot: Spot, leg: Leg = Leg(), like: Path | None = None) -> str:
        """Queue an order and show its clip; when it is refused nothing has changed. It goes on from a copy of what
        another clip of the same order left in the folder `like`. Returns the job's id."""

    @contextmanager
    def _together(self, text: str) -> Iterator[None]:
        """What is done meanwhile is one step of undo; when something of it is refused, nothing of it stays."""
        history, media, selection, known = self._history.copy(), self._media, self._selection, set(self._works)
        try:
            yield
        except StudioError:
            for job_id in self._works.keys() - known:
                self._works.pop(job_id).recording.drop()
                self._queue.forget(job_id)
            self._history, self._media = history, media
            self.select(*selection)
            self._touched()
            self.jobs_changed.emit()
            raise
        self._history.join(history, text)
        self._touched()

    def in_own_words(self, clip_id: str, draft: Draft) -> Draft:
        """The draft with the words a clip was made from, where it has some."""
        recipe = self.item(self._clip(clip_id).media).made_from
        words = own_words(recipe) if recipe is not None else ""
        return replace(draft, prompt=words, phrases=()) if words.strip() else draft

    def _worded(self, clip_id: str, draft: Draft) -> Draft:
        """The draft; one that says nothing says what the clip was made from."""
        return draft if draft.prompt.strip() else self.in_own_words(clip_id, draft)

    def _forget_jobs(self) -> None:
        """Let go of what the queue has forgotten too: its orders hold pictures."""
        known = {job.id for job in self._queue.jobs()}
        self._made = {job_id: media for job_id, media in self._made.items() if job_id in known}
        over = [job_id for job_id, work in self._works.items() if job_id not in known and not self._forms(work.media)]
        for job_id in over:
            del self._works[job_id]

    def _forms(self, media: str) -> bool:
        item = self._media.get(media)
        return item is not None and isinstance(item.state, Pending)

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
