"""A clip of the built-in model looked at from the inside: its request runs again, step by step in sight.

The same seed makes the same clip, so what is seen is how this very clip came to be. Of a long clip the first window is
shown. There is one look at a time; its job stands in the queue like all others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from psygnal import Signal

from sora_studio.core.emphasis import plain
from sora_studio.core.errors import BadInput
from sora_studio.core.inside import Insight
from sora_studio.core.language import tr
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.request import Frames
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.states import Failed, Job, Leg
from sora_studio.session import orders
from sora_studio.session.look_painting import LookPainting
from sora_studio.session.works import view_of


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """A look into a clip. `insights` are its steps so far, `final` the frames (T, H, W, 3) that came of it once they
    are there, `error` why there will be none."""

    media: str
    prompt: str
    job: str
    steps: int
    words: str = "Waiting"
    insights: tuple[Insight, ...] = ()
    final: Frames | None = None
    over: bool = False
    error: str = ""


class Insides(LookPainting):
    """The verbs of a look inside. `inside_changed` tells of every step."""

    inside_changed = Signal()
    _inside: Inside | None = None
    _listening = False

    @property
    def inside(self) -> Inside | None:
        """The look under way, or the last one until it is dropped."""
        return self._inside

    def shows_inside(self, media_id: str) -> bool:
        """Whether a medium can be looked into: made here, whole, by an engine that can show it."""
        item = self._media.get(media_id)
        return item is not None and isinstance(item.state, Ready) and self._made_by_one_that_records(item)

    def _made_by_one_that_records(self, item: MediaItem) -> bool:
        made_by = item.made_from.get("engine") if item.made_from else None
        return any(engine.engine == made_by and engine.records for engine in self.engine_shelf.engines)

    def inside_choice(self) -> str | None:
        """The medium of the selected clip, if it is one and can be looked into."""
        if len(self.selection) != 1 or not self.timeline.has(self.selection[0]):
            return None
        media = self._clip(self.selection[0]).media
        return media if self.shows_inside(media) else None

    def look_inside(self, media_id: str) -> str:
        """Run a clip's request again and see its steps from the inside; a former look ends. Returns the job's id.

        Raises BadInput when the clip was not made by an engine that can show it, or what it was made from is gone.
        """
        item = self.item(media_id)
        if not self.shows_inside(media_id):
            raise BadInput(
                tr("“{name}” was not made by the built-in model. Choose a clip that it made.", name=item.name)
            )
        label = tr("Inside “{name}”", name=item.name)
        order = orders.repeat(item.made_from, label, self._find)
        request = order.request
        frames: list[Frames] = []
        leg = Leg(hold=_stopped_after(item), record=True)

        def keep(start: int, made: Frames) -> None:
            if start == sum(len(part) for part in frames):
                frames.append(made.copy())
                self._post(lambda: self._tell_inside(job, final=np.concatenate(frames)))

        self.drop_inside()
        if not self._listening:
            self._queue.events.recorded.connect(self._recorded)
            self._listening = True
        job = self._queue.submit(request, capabilities(request.engine), keep, label, leg)
        self._inside = Inside(media_id, plain(request.prompt), job, request.steps)
        self.inside_changed.emit()
        return job

    def drop_inside(self) -> None:
        """Look away; a run under way is stopped."""
        inside, self._inside = self._inside, None
        if inside is not None:
            self._queue.cancel(inside.job)
            self.inside_changed.emit()

    def _owns(self, job_id: str) -> bool:
        return (self._inside is not None and self._inside.job == job_id) or super()._owns(job_id)

    def _heard(self, job: Job) -> None:
        if self._inside is None or self._inside.job != job.id:
            super()._heard(job)
            return
        error = job.state.reason if isinstance(job.state, Failed) else ""
        self._tell_inside(job.id, words=view_of(job, "").words, over=job.ended, error=error)

    def _recorded(self, job_id: str, insight: Insight) -> None:
        """On the queue's thread."""
        self._post(lambda: self._see(job_id, insight))

    def _see(self, job_id: str, insight: Insight) -> None:
        if self._inside is not None:
            self._tell_inside(job_id, insights=(*self._inside.insights, insight))

    def _tell_inside(self, job_id: str, **fields: Any) -> None:
        if self._inside is not None and self._inside.job == job_id:
            self._inside = replace(self._inside, **fields)
            self.inside_changed.emit()

    def _leave(self) -> None:
        self.drop_inside()
        if self._listening:
            self._queue.events.recorded.disconnect(self._recorded)
            self._listening = False
        super()._leave()


def _stopped_after(item: MediaItem) -> int:
    """The step at which a clip was finished early; 0 when it was not."""
    stopped = item.made_from.get("stopped_after", 0) if item.made_from else 0
    return stopped if isinstance(stopped, int) and stopped > 0 else 0
