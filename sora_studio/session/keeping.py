"""What clips leave behind on the way: to go on after an interruption, and to be decoded again.

Every clip that is made has a folder for it in the project (`jobs/kept.py`). What finished clips left goes when the
project is left, or when it takes more room than the settings allow; what was interrupted stays until it is finished or
given up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr, trn
from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
from sora_studio.core.project import Project
from sora_studio.core.recipe import Recipe
from sora_studio.core.setup import Setup
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.kept import Reached, copy_kept, folder_bytes, forget, holds, reached
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.states import Cancelled, Failed
from sora_studio.session import orders, store
from sora_studio.session.draft import new_seed
from sora_studio.session.orders import Order
from sora_studio.session.queueing import Queueing
from sora_studio.session.recording import Recording
from sora_studio.session.views import JobView, Notice
from sora_studio.session.works import Looks, Spot, Work

GB = 10**9
_ROW = "kept:"
"""Begins the identity of a row for a clip that was interrupted before the studio was opened."""


class Keeping(Queueing):
    """The verbs around what is kept."""

    _reached: dict[str, Reached]
    """How far each medium is of which something is kept."""
    _kept_bytes = 0
    _looks: Looks

    # verbs

    def stop(self, job_id: str) -> None:
        """Stop a job within a step and keep what it has made; its clip stays and goes on with `go_on`."""
        self._queue.cancel(job_id, later=job_id in self._works)

    def go_on(self, media_id: str) -> str:
        """Make a clip that was stopped, interrupted or failed from where it stands; returns the job's id."""
        item = self.item(media_id)
        known = next((job_id for job_id, media in self._jobs_of_media() if media == media_id), None)
        if known is not None:
            return self.retry(known)
        if not isinstance(item.state, Lost) or item.made_from is None:
            raise BadInput("“{name}” is not waiting to go on.", name=item.name)
        order = orders.repeat(item.made_from, item.name, self._find)
        recording = Recording(self._place_for_media() / f"{item.id}.mp4", order)
        keep = self._keep_of(item.id, item.made_from)
        return self._resume(item, Work(item.id, order, recording, Spot("Generate", self._lay_new), keep=keep))

    def retry(self, job_id: str, *, anew: bool = False) -> str:
        """Make a failed, stopped or cancelled job's clip: from where it stands, or `anew`; returns the new job's id."""
        if job_id.startswith(_ROW):
            media = job_id.removeprefix(_ROW)
            if anew:
                self._forget(self._keep_of(media, self.item(media).made_from))
            return self.go_on(media)
        work = self._known_work(job_id)
        if anew:
            self._forget(work.keep)
        item = self._media.get(work.media)
        if item is None or not isinstance(item.state, Lost):
            del self._works[job_id]
            return self._start(work.order, work.spot, work.leg)
        new_job = self._resume(item, work)
        del self._works[job_id]
        return new_job

    def step_down(self, job_id: str, setup: Setup) -> str:
        """Go on with a job that ran out of memory in another setup, from where it stands; returns the new job's id."""
        work = self._known_work(job_id)
        self._works[job_id] = replace(work, leg=replace(work.leg, setup=setup))
        return self.retry(job_id)

    def dismiss(self, job_id: str) -> None:
        """Take a job that failed or was cancelled or stopped off the list, with what was kept of its clip; the clip
        itself stays where it is. Raises OutputError when that cannot be written; then it stays. Nothing happens to
        others."""
        if not any(job.id == job_id and isinstance(job.state, Failed | Cancelled) for job in self._queue.jobs()):
            return
        self._queue.dismiss(job_id)
        media = dict(self._jobs_of_media()).get(job_id, "")
        if media in self._media:
            self._forget(self._folder_of(media))
        self._works.pop(job_id, None)
        self._resting.pop(job_id, None)
        self._tidy()
        self.jobs_changed.emit()

    def reseed(self, job_id: str) -> str:
        """Make a clip that is being made with another seed, in its place; returns the new job's id."""
        work = self._works.get(job_id)
        item = self._media.get(work.media) if work else None
        if work is None or item is None or not isinstance(item.state, Pending):
            raise BadInput("That clip is no longer being made. Vary it instead.")
        order = replace(work.order, request=work.order.request.again(new_seed()))
        recipe = order.recipe()
        other = Work(
            work.media, order, Recording(work.recording.path, order), work.spot, keep=self._keep_of(item.id, recipe)
        )
        job = self._resume(replace(item, made_from=recipe), other)
        del self._works[job_id]
        work.recording.drop()
        self._queue.cancel(job_id)
        self._looks.forget(work.media)
        return job

    def forget_kept(self) -> None:
        """Remove what finished clips left; what was interrupted stays."""
        for item in self._media.values():
            if isinstance(item.state, Ready):
                self._forget(self._keep_of(item.id, item.made_from))
        self._tidy()
        self.jobs_changed.emit()

    # what there is

    @property
    def kept_bytes(self) -> int:
        """Room that everything takes that is kept."""
        return self._kept_bytes

    @property
    def can_forget_kept(self) -> bool:
        """Whether finished clips left something."""
        return any(isinstance(self._media[media].state, Ready) for media in self._reached if media in self._media)

    def standing(self, media_id: str) -> Reached | None:
        """How far a clip is that can go on or be decoded again; None when nothing of it is kept."""
        return self._reached.get(media_id)

    def _interrupted(self) -> Iterator[JobView]:
        """Rows for the clips that were being made when the studio ended."""
        working = {media for _, media in self._jobs_of_media()}
        for media, standing in self._reached.items():
            item = self._media.get(media)
            if item is not None and isinstance(item.state, Lost) and media not in working:
                yield JobView(
                    f"{_ROW}{media}",
                    item.name,
                    "stopped",
                    tr("Interrupted"),
                    media_id=media,
                    step=standing.step,
                    steps=standing.steps,
                    goes_on=goes_on(standing),
                )

    def _with_standing(self, view: JobView) -> JobView:
        """The row of a job that ended before its time, with where it goes on; upscaling begins anew."""
        item, standing = self._media.get(view.media_id), self._reached.get(view.media_id)
        if item is not None and item.enlarged:
            return replace(view, enlarges=True)
        if standing is None or view.state not in ("failed", "stopped") or view.media_id not in self._media:
            return view
        return replace(view, step=standing.step, steps=standing.steps, goes_on=goes_on(standing))

    # how it goes

    def _jobs_of_media(self) -> list[tuple[str, str]]:
        """The jobs that make a medium, or did not, with it."""
        resting = [(job_id, row.media) for job_id, row in self._resting.items()]
        return [*((job_id, work.media) for job_id, work in self._works.items()), *resting]

    def _resume(self, item: MediaItem, work: Work) -> str:
        """Queue a medium that is there already."""
        self._make_room(work.keep)
        job = self._enlist(item, work)
        self._works[job] = work
        self._keep(replace(item, state=Pending(job)))
        self._touched()
        self.jobs_changed.emit()
        return job

    def _stopped(self, work: Work) -> None:
        """A job was stopped to go on later."""
        work.recording.abort()
        self._tidy()
        item, standing = self._media.get(work.media), self._reached.get(work.media)
        if item is not None:
            if item.enlarged:
                words = tr("Stopped. It is upscaled from its first frame when it goes on.")
            elif standing is not None:
                words = tr("Stopped at step {step} of {steps}.", step=standing.step, steps=standing.steps)
            else:
                words = tr("Stopped before its first step.")
            self._keep(replace(item, state=Lost(words)))
            self._touched()

    def _keep_of(self, media: str, recipe: Recipe | None) -> Path | None:
        """Where a clip leaves what it goes on from; None for one that was not generated, or when nothing is kept."""
        seed = None if recipe is None else recipe.get("seed", 0)
        if not isinstance(seed, int) or self.settings.general.kept_gb <= 0:
            return None  # a project from elsewhere may say anything, and folders of this name are removed
        return self._home / store.KEPT / f"{media}-{seed}"

    def _make_room(self, folder: Path | None, like: Path | None = None) -> None:
        """Before a clip is made: it leaves its folder in one that is there, and may begin from what `like` holds."""
        if folder is not None:
            with contextlib.suppress(OSError):  # the worker says that nothing can be kept
                folder.parent.mkdir(exist_ok=True)
            if like is not None:
                copy_kept(like, folder)

    def _decodable(self, item: MediaItem, order: Order) -> Path | None:
        """The folder in which all of a finished clip lies as an order of the same would leave it, to be decoded."""
        folder = self._keep_of(item.id, item.made_from)
        plan = make_plan(order.request, capabilities(order.request.engine))
        return folder if folder is not None and holds(folder, plan) else None

    def _forget(self, folder: Path | None) -> None:
        if folder is not None:
            forget(folder)
        self._reached = {media: found for media, found in self._reached.items() if self._folder_of(media) != folder}

    def _folder_of(self, media: str) -> Path | None:
        """Where a medium's latents lie: a running job keeps them where the project was when it began."""
        working = next((work.keep for work in self._works.values() if work.media == media), None)
        item = self._media.get(media)
        return working or (self._keep_of(media, item.made_from) if item is not None else None)

    def _tidy(self) -> None:
        """Look at what is kept, and bring it within its limit: finished clips give way first, the oldest of each."""
        folders = {item.id: self._folder_of(item.id) for item in self._media.values()}
        busy = {work.keep for work in self._works.values() if self._forms(work.media)}
        there, known = set(_folders(self._home / store.KEPT)), set(folders.values())
        for folder in there - busy - known:
            forget(folder)
        there |= {work.keep for work in self._works.values() if work.keep is not None}  # of a project that was moved
        found = {media: reached(folder) for media, folder in folders.items() if folder in there}
        self._reached = {media: standing for media, standing in found.items() if standing is not None}
        over = folder_bytes(self._home / store.KEPT) - int(self.settings.general.kept_gb * GB)
        given_up = 0
        for media in sorted(self._reached, key=lambda one: (self._is_interrupted(one), _age(folders[one]))):
            if over <= 0 or folders[media] in busy:
                continue
            over -= self._reached[media].bytes
            given_up += self._is_interrupted(media)
            self._forget(folders[media])
        if given_up:
            text = trn(
                "What {count} stopped clip had made took too much room and was removed. Give more room in the "
                "preferences.",
                "What {count} stopped clips had made took too much room and was removed. Give more room in the "
                "preferences.",
                given_up,
            )
            self.noticed.emit(Notice("error", text))
        self._kept_bytes = folder_bytes(self._home / store.KEPT)

    def _is_interrupted(self, media: str) -> bool:
        return isinstance(self._media[media].state, Lost)

    def _take(self, project: Project, folder: Path) -> None:
        super()._take(project, folder)
        self._tidy()
        count = len(list(self._interrupted()))
        if count:
            text = trn(
                "{count} clip was interrupted. Open the queue to go on with it.",
                "{count} clips were interrupted. Open the queue to go on with them.",
                count,
            )
            self._post(lambda: self.noticed.emit(Notice("info", text)))  # while the studio opens nobody listens yet

    def _leave(self) -> None:
        """The project is left: what finished clips left is no longer needed."""
        for item in self._media.values():
            if isinstance(item.state, Ready):
                self._forget(self._keep_of(item.id, item.made_from))
        super()._leave()


def goes_on(standing: Reached) -> str:
    """Where a clip goes on, in words."""
    if standing.final:
        return tr("Only decoding is left")
    return tr("Goes on at step {step} of {steps}", step=standing.step, steps=standing.steps)


def _folders(place: Path) -> list[Path]:
    return [one for one in place.iterdir() if one.is_dir()] if place.is_dir() else []


def _age(folder: Path | None) -> float:
    """When something was last kept there."""
    try:
        return folder.stat().st_mtime if folder is not None else 0.0
    except OSError:
        return 0.0
