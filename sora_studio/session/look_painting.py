"""The built-in model paints the picture of a look's card: a short clip in that look, of which one frame is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from psygnal import Signal

from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.language import tr
from sora_studio.core.request import Frames
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.states import Cancelled, Done, Failed, Job
from sora_studio.session import orders
from sora_studio.session.draft import Draft
from sora_studio.session.look_making import card_picture
from sora_studio.session.seeds import SeedTrials
from sora_studio.session.views import Notice

SAMPLE = "a lighthouse on a cliff above the sea at sunset"
"""What is painted while the artist has no words of their own."""
SECONDS = 0.5


class LookPainting(SeedTrials):
    """`painting_changed` tells when a picture is begun or ended."""

    painting_changed = Signal()
    _painted: Mapping[str, tuple[str, list[Frames]]] = MappingProxyType({})
    """Jobs under way: the look of each, and the frames that came."""

    def paint_look(self, name: str, draft: Draft) -> str:
        """Paint the picture of one's own look, of the draft's words or of a sample; returns the job's id."""
        look = self.lookbook.find(name)
        if not self.lookbook.is_own(look.name):
            raise BadInput(
                "“{title}” is shipped with the studio. Duplicate it to give the copy a picture.", title=tr(look.title)
            )
        caps = capabilities(draft.engine)
        wish = Draft(
            prompt=draft.prompt.strip() or SAMPLE,
            look=look.name,
            seconds=SECONDS,
            size=caps.sizes[0],
            steps=draft.steps,
            guidance=draft.guidance,
            engine=draft.engine,
        )
        order = orders.new_clip(wish, caps)
        frames: list[Frames] = []

        def keep(start: int, made: Frames) -> None:
            if start == 0:
                frames.clear()
            frames.append(made[len(made) // 2].copy())

        job = self._queue.submit(order.request, caps, keep, tr("Picture of the look “{title}”", title=tr(look.title)))
        self._painted = {**self._painted, job: (look.name, frames)}
        self.painting_changed.emit()
        return job

    def is_painted(self, name: str) -> bool:
        """Whether the picture of a look is being painted."""
        return any(look == name for look, _ in self._painted.values())

    def _owns(self, job_id: str) -> bool:
        return job_id in self._painted or super()._owns(job_id)

    def _heard(self, job: Job) -> None:
        painted = self._painted.get(job.id)
        if painted is None:
            super()._heard(job)
            return
        name, frames = painted
        if not isinstance(job.state, Done | Failed | Cancelled):
            return
        self._painted = {key: value for key, value in self._painted.items() if key != job.id}
        try:
            if isinstance(job.state, Done) and frames:
                look = self.lookbook.find(name)
                self.lookbook.keep(replace(look, picture=card_picture(frames[len(frames) // 2])))
            elif isinstance(job.state, Failed):
                self.noticed.emit(Notice("error", job.state.reason))
        except StudioError as exc:
            self.noticed.emit(Notice("error", str(exc)))
        self.painting_changed.emit()
