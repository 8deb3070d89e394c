"""What the artist has open, with verbs that generate: each puts a clip on the timeline at once and a job in the queue.

All methods run on one owner thread, and all signals are emitted there: events of the queue's thread come home
through `post`.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from psygnal import Signal

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import Preview
from sora_studio.core.errors import ProjectError, StudioError
from sora_studio.core.looks import Look
from sora_studio.core.manner import told
from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
from sora_studio.core.naming import short_name
from sora_studio.core.sound import with_own_sound
from sora_studio.core.timeline import Clip, new_id
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.states import Cancelled, Done, Failed, Job, Leg
from sora_studio.jobs.stillness import Stillness
from sora_studio.media.fingerprint import fingerprint
from sora_studio.session import orders, store
from sora_studio.session.boards import Boards
from sora_studio.session.copies import Copies
from sora_studio.session.draft import Draft, draft_of
from sora_studio.session.exporting import Exporting
from sora_studio.session.fitting import Fitting
from sora_studio.session.insides import Insides
from sora_studio.session.interchange import Interchange
from sora_studio.session.job_order import JobOrder
from sora_studio.session.job_pictures import JobPictures
from sora_studio.session.leading import Leading
from sora_studio.session.lookbook import LookBook
from sora_studio.session.model_shelf import ModelShelf
from sora_studio.session.orders import Order
from sora_studio.session.picking import Picking
from sora_studio.session.recording import Recording
from sora_studio.session.restarting import Restarting
from sora_studio.session.restoring import Restoring
from sora_studio.session.state import Post
from sora_studio.session.takes import Takes
from sora_studio.session.views import JobView, Notice
from sora_studio.session.wording import Wording
from sora_studio.session.works import Looks, Spot, Work, view_of
from sora_studio.settings.sections import Settings

__all__ = ["Draft", "JobView", "Notice", "Session"]


class Session(
    Picking,
    Boards,
    Copies,
    Insides,
    JobOrder,
    JobPictures,
    Restarting,
    Takes,
    Leading,
    Wording,
    Restoring,
    Interchange,
    Exporting,
):
    """The one object that views talk to."""

    previewed = Signal(str, object)
    """Media id and Preview: a new look at a forming clip."""

    def __init__(
        self,
        queue: JobQueue,
        folder: Path | None,
        post: Post,
        settings: Settings = Settings(),
        assistant: Assistant | None = None,
    ) -> None:
        self._queue = queue
        self._post = post
        self._works, self._made, self._over, self._resting = {}, {}, set(), {}
        self._looks = Looks()
        self._stillness, self._restarting = Stillness(), set()
        # Before the project is opened: its jobs are taken up then.
        queue.events.changed.connect(self._job_changed)
        queue.events.previewed.connect(self._job_previewed)
        queue.events.troubled.connect(self._troubled)
        super().__init__(folder, post, settings)
        self._employ(assistant)
        self.lookbook = LookBook()
        self.models = ModelShelf(post, lambda: self.settings.models)
        self.models.noticed.connect(self.noticed.emit)
        self.models.arrived.connect(self.engine_shelf.look_again)
        self.fitting = Fitting(queue, post)
        self.models.arrived.connect(self.fitting.forget)
        self.fitting.changed.connect(self.jobs_changed.emit)  # what can be done about memory that ran out

    # what can be made

    def engines(self) -> tuple[Capabilities, ...]:
        """The engines that can make clips here."""
        return self.engine_shelf.engines

    def looks(self) -> tuple[Look, ...]:
        """The looks to choose from."""
        return self.lookbook.looks()

    def first_draft(self) -> Draft:
        """The draft a new window starts with, from the settings."""
        return draft_of(self.settings.generation)

    # verbs that generate: each returns the job's id

    def generate(self, draft: Draft) -> str:
        """Make a new clip at the playhead, or behind everything when a clip stands there."""
        order = orders.new_clip(draft, capabilities(draft.engine))
        return self._start(order, Spot("Generate", self._lay_new))

    def extend(self, clip_id: str, seconds: float, draft: Draft, before: bool = False) -> str:
        """Make what follows a clip, directly behind it, or what came before it; without a prompt in the clip's own
        words."""
        draft = self._worded(clip_id, draft)
        order = orders.extend(draft, capabilities(draft.engine), self._piece(clip_id), seconds, before=before)
        lay = partial(self._in_front if before else self._behind, clip_id)
        return self._start(order, Spot("Extend", lay, ripple=True))

    # jobs

    def jobs(self) -> tuple[JobView, ...]:
        """The rows of the queue, oldest first: before them what was interrupted when the studio ended."""
        known = self._made | dict(self._jobs_of_media())
        views = (
            view_of(job, known.get(job.id, ""), self.fitting.steps_down)
            for job in self._queue.jobs()
            if job.id in known or self._owns(job.id)
        )
        expected = self._queue.expected()
        told = (self._with_time(self._with_stillness(self._with_standing(view)), expected) for view in views)
        return (*self._interrupted(), *told)

    def enough(self, job_id: str) -> None:
        """Finish a running job from what is there: a clip with fewer steps."""
        self._queue.enough(job_id)

    def cancel(self, job_id: str) -> None:
        """Stop a job within a step; its clip leaves the timeline."""
        self._queue.cancel(job_id)

    def live_preview(self, media_id: str) -> Preview | None:
        """The newest look at a forming clip."""
        looks = self._looks.of(media_id)
        return looks[-1] if looks else None

    def previews(self, media_id: str) -> tuple[Preview, ...]:
        """The looks at a clip that formed in this session, oldest first."""
        return self._looks.of(media_id)

    def close(self) -> None:
        """Let go of the queue and the folder. What is not saved comes back when the project is opened again."""
        self.meaning.errands.close()
        self.models.close()
        self.fitting.close()
        self._queue.events.changed.disconnect(self._job_changed)
        self._queue.events.previewed.disconnect(self._job_previewed)
        self._queue.events.troubled.disconnect(self._troubled)
        self._leave()
        self._autosave.close()

    # how it goes

    def _start(self, order: Order, spot: Spot, leg: Leg = Leg(), like: Path | None = None) -> str:
        """Queue an order and show its clip; when it is refused nothing has changed."""
        timeline, media = self.timeline, self._media
        rate, made = order.request.rate, new_id()
        name = short_name(order.request.words or order.request.prompt)
        if not name and spot.target and self.timeline.has(spot.target):
            name = media[self._clip(spot.target).media].name
        name = name or spot.text
        item = MediaItem(made, name, Pending(""), order.frames, rate, order.size, order.recipe(), origin=spot.origin)
        recording = Recording(self._place_for_media() / f"{made}.mp4", order)
        self._keep(item)
        try:
            length = spot.length or max(1, timeline.rate.frames(order.frames / rate.fps))
            clip = Clip(made, 0, length, spot.offset, name)
            timeline = spot.lay(clip)
            keep = None if self._away else self._keep_of(made, item.made_from)
            work = Work(made, order, recording, spot, leg, keep)
            self._make_room(work.keep, like)
            job = self._enlist(item, work)
        except StudioError:
            self._media = media
            raise
        self._works[job] = work
        self._keep(replace(item, state=Pending(job)))
        self._edit(spot.text, timeline)
        self.select(spot.target or clip.id)
        self.jobs_changed.emit()
        return job

    def _find(self, path: str) -> Path:
        """Where a file named in a recipe lies now: the project may have been moved since."""
        inside = self._home / store.MEDIA / Path(path).name
        return inside if not os.path.isfile(path) and os.path.isfile(inside) else Path(path)

    def _job_changed(self, job: Job) -> None:
        self._stillness.follow(job)
        self._post(lambda: self._on_job(job))

    def _job_previewed(self, job_id: str, preview: Preview) -> None:
        self._post(lambda: self._on_preview(job_id, preview))

    def _troubled(self, text: str) -> None:
        self._post(lambda: self.noticed.emit(Notice("error", text)))

    def _on_preview(self, job_id: str, preview: Preview) -> None:
        work = self._works.get(job_id)
        if work is None:
            self._seen(job_id, preview)
        else:
            self._looks.add(work.media, preview)
            self._keep_look(work, preview)
            self.previewed.emit(work.media, preview)

    def _on_job(self, job: Job) -> None:
        work = self._works.get(job.id)
        if work is None:
            if self._owns(job.id):
                self._heard(job)
                self.jobs_changed.emit()
            return
        match job.state:
            case Done(_, steps):
                self._finish(job.id, work, steps)
            case Failed(reason, _, shortage):
                work.recording.abort()
                if shortage is not None:
                    self.fitting.ran_out(work.order.request, shortage)
                self._tidy()
                self._replace_state(work.media, Lost(reason))
            case Cancelled(later=True):
                self._stopped(work)
            case Cancelled():
                work.recording.abort()
                self._over.add(job.id)
                self._take_back(work)
                self._tidy()
        if job.ended:
            self._forget_jobs()
        self.jobs_changed.emit()

    def _finish(self, job_id: str, work: Work, steps: int) -> None:
        item = self._media.get(work.media)
        if item is None:
            return
        path = work.recording.path
        try:
            with contextlib.suppress(ProjectError):  # then it stays where it was made, if it is there
                path = store.adopt(path, self._home)
            mark = fingerprint(path)
        except StudioError as exc:
            self._replace_state(work.media, Lost(str(exc)))
            return
        self._made[job_id] = self._works.pop(job_id).media
        self._over.add(job_id)
        state = Ready(store.stored_path(self._home, path))
        recipe = item.made_from
        if recipe is not None and steps < work.order.request.steps:
            recipe = {**recipe, "stopped_after": steps}
        recording = work.recording
        if recipe is not None and recording.setup is not None:
            recipe = told(recipe, recording.setup)
        made = replace(item, state=state, frames=recording.frames, size=recording.size, sound=recording.sounds)
        self._keep(replace(made, made_from=recipe, fingerprint=mark))
        if recording.sounds and not work.spot.target:
            ids = (new_id(), new_id())
            self._history.amend(lambda timeline: with_own_sound(timeline, item.id, ids))
        self._tidy()
        self._touched()

    def _replace_state(self, media: str, state: Lost) -> None:
        item = self._media.get(media)
        if item is not None:
            self._keep(replace(item, state=state))
            self._touched()

    def _take_back(self, work: Work) -> None:
        """A cancelled clip was never there."""
        self._withdraw(work.media, work.spot)
        self._looks.forget(work.media)
        self._touched()

    def _leave(self) -> None:
        """Stop what was being made for the project that is left, and let go of what was seen of it."""
        self.drop_trial()
        self._leave_jobs()
        self._looks = Looks()
        super()._leave()
