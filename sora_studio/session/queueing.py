"""Jobs that outlive the studio: each stands on the disk from when it is taken until its clip is saved.

When a project is opened its jobs are taken up again: those that waited wait, the one that was under way goes on from
the step that was kept, those that were stopped or failed stand in the queue as they did.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sora_studio.core import takes
from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.language import tr, trn
from sora_studio.core.laying import settled
from sora_studio.core.manner import manner_of, told
from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
from sora_studio.core.project import Project
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.queue import new_job_id
from sora_studio.jobs.queue_store import JobRow
from sora_studio.jobs.states import Leg
from sora_studio.session import lock, orders, store
from sora_studio.session.history import History
from sora_studio.session.intake import look_into
from sora_studio.session.job_rows import Memo, memo_data, memo_of
from sora_studio.session.maker import Maker
from sora_studio.session.recording import Recording
from sora_studio.session.views import Notice
from sora_studio.session.works import Spot, Work

log = logging.getLogger(__name__)

TWICE = 2
"""Times a job may be under way when the studio ends without a word, before it no longer goes on by itself: it may be
what ends it."""


class Queueing(Maker):
    """Takes jobs, and takes them up again."""

    _over: set[str]
    """Jobs that stand on the disk until the project is saved as it is now."""
    _resting: dict[str, JobRow]
    """Jobs that had ended before their time when the project was opened."""
    _waits = False
    """Whether jobs of a project that is being left wait for it to be opened again."""

    def _enlist(self, item: MediaItem, work: Work) -> str:
        """Queue what makes a medium; returns the job's id."""
        request = work.order.request
        row = JobRow(
            new_job_id(),
            _place(self._home),
            item.id,
            work.order.label,
            memo_data(item, work),
            str(work.keep or ""),
        )
        return self._queue.enlist(row, request, capabilities(request.engine), work.recording, work.leg)

    def _when_written(self) -> Callable[[], None] | None:
        """Once the project stands on the disk as it is, jobs whose clips are in it, or were deleted, need not."""
        gone = {job for job, row in self._resting.items() if row.media not in self._media}
        gone |= {job for job, work in self._works.items() if work.media not in self._media}
        over = frozenset(self._over | gone)

        def settle() -> None:
            self._over -= over
            self._resting = {job: row for job, row in self._resting.items() if job not in over}
            self._queue.settle(over)

        return settle if over else None

    def _moved(self, source: Path) -> None:
        super()._moved(source)
        self._queue.moved(_place(source), _place(self._home))

    def _is_empty(self) -> bool:
        return super()._is_empty() and not self._waits

    def _leave_jobs(self) -> None:
        """Stop what is made for the project that is left. What is in the project as it is kept waits for it."""
        media = self._media if self.settings.general.autosave else self._saved.media
        works, self._works, self._made = self._works, {}, {}
        staying = {job for job, work in works.items() if work.media in media}
        for job_id, work in works.items():
            (self._queue.leave if job_id in staying else self._queue.forget)(job_id)
            work.recording.drop()
        for job_id, row in self._resting.items():
            if row.media not in media:
                self._queue.forget(job_id)
        self._waits = self._queue.outlives and any(self._is_pending(works[job].media) for job in staying)
        self._over, self._resting = set(), {}

    def _is_pending(self, media: str) -> bool:
        item = self._media.get(media)
        return item is not None and isinstance(item.state, Pending)

    def waiting_elsewhere(self) -> tuple[str, ...]:
        """Sentences about the jobs of other projects, which wait until those are opened."""
        waiting = Counter(row.project for row in self._queue.rows() if row.state in ("waiting", "running"))
        del waiting[_place(self._home)]
        there = [Path(project) for project in waiting if store.has_project(Path(project))]
        return tuple(
            trn(
                "{count} clip waits in “{name}”. Open that project to go on.",
                "{count} clips wait in “{name}”. Open that project to go on.",
                waiting[str(folder)],
                name=folder.name,
            )
            for folder in there
            if not lock.is_held(folder)
        )

    # taking up

    def _take(self, project: Project, folder: Path) -> None:
        super()._take(project, folder)
        self._over, self._resting, self._waits = set(), {}, False
        rows = self._own_rows()
        before = self.project
        for row in rows:
            self._take_up(row)
        if not rows:
            return
        works = {work.media for work in self._works.values()}
        self._tell_taken([row for row in rows if row.media in works])
        if self.timeline is not before.timeline or self._over:
            self._post(self._touched)
        self._post(self.jobs_changed.emit)

    def _own_rows(self) -> list[JobRow]:
        """The jobs of this project, also when its folder was moved."""
        here, rows = _place(self._home), self._queue.rows()
        elsewhere = {row.project for row in rows if row.media in self._media} - {here}
        for project in elsewhere:
            if not store.has_project(Path(project)):
                self._queue.moved(project, here)
                rows = self._queue.rows()
        return [row for row in rows if row.project == here]

    def _take_up(self, row: JobRow) -> None:
        """Take up a job where it stands."""
        try:
            memo = memo_of(row.media, row.data)
        except StudioError:
            log.exception("a job on the disk cannot be read")
            return
        item = self._media.get(row.media)
        if (item is None and row.state == "cancelled") or (item is not None and isinstance(item.state, Ready)):
            self._queue.settle(frozenset({row.id}))
        elif row.state == "cancelled":
            self._withdraw(row.media, memo.laid(self._lay_new))
            self._over.add(row.id)
        else:
            self._keep(item or memo.item)
            if item is None:
                self._lay_anew(row, memo)
            if not self._adopt(row):
                self._go_on_with(row, memo)

    def _adopt(self, row: JobRow) -> bool:
        """Whether the file of a medium is there whole: the studio ended before it was told."""
        path = self._home / store.MEDIA / f"{row.media}.mp4"
        if not path.is_file():
            return False
        try:
            found = look_into(path)
        except StudioError:  # the power went while it was written
            return False
        item = self._media[row.media]
        info, recipe = found.info, item.made_from
        steps = int(row.reason) if row.state == "done" and row.reason.isdecimal() else 0
        if recipe is not None and 0 < steps < int(recipe.get("steps", 0)):
            recipe = {**recipe, "stopped_after": steps}
        if recipe is not None and (setup := manner_of(found.recipe or {})) is not None:
            recipe = told(recipe, setup)
        item = replace(item, state=Ready(store.stored_path(self._home, path)), frames=info.frames, size=info.size)
        self._keep(replace(item, sound=info.audio, made_from=recipe, fingerprint=found.fingerprint))
        self._over.add(row.id)
        return True

    def _go_on_with(self, row: JobRow, memo: Memo) -> None:
        """Queue a job again, or show why not. It is known by another name: the one of before may still be ending."""
        row = replace(row, id=new_job_id())
        if row.state == "running" and row.attempts >= TWICE:
            text = tr("The studio ended twice while this was made, so it goes on only when you say so.")
            row = replace(row, state="stopped", reason=text)
        if row.state in ("stopped", "failed"):
            self._rest(row)
            return
        try:
            work = self._work_of(row, memo)
            caps = capabilities(work.order.request.engine)
            again = replace(row, state="waiting", keep=str(work.keep or ""))
            self._queue.enlist(again, work.order.request, caps, work.recording, work.leg)
        except StudioError as exc:
            self._rest(replace(row, state="failed", reason=str(exc)))
            return
        self._works[row.id] = work
        self._keep(replace(self._media[row.media], state=Pending(row.id)))

    def _rest(self, row: JobRow) -> None:
        """Show a job that does not go on by itself."""
        try:
            self._queue.show(row)
        except StudioError:
            log.exception("a job on the disk cannot be shown")
        self._resting[row.id] = row
        self._keep(replace(self._media[row.media], state=Lost(row.reason or tr("Stopped."))))

    def _work_of(self, row: JobRow, memo: Memo) -> Work:
        """How a medium is made, as it was when the job was taken. Raises BadInput when a file of it is gone."""
        order = replace(orders.repeat(memo.recipe, row.label, self._find), shape=memo.shape)
        path = self._home / store.MEDIA / f"{row.media}.mp4"
        return Work(
            row.media,
            order,
            Recording(path, order),
            memo.laid(self._lay_new),
            Leg(setup=memo.setup),
            self._kept_of(row),
        )

    def _known_work(self, job_id: str) -> Work:
        """What a job makes, also one that had ended when the project was opened. Raises BadInput."""
        if (row := self._resting.get(job_id)) is not None:
            self._works[job_id] = self._work_of(row, memo_of(row.media, row.data))
            del self._resting[job_id]
        work = self._works.get(job_id)
        if work is None:
            raise BadInput("That job is no longer known. Generate the clip anew.")
        return work

    def _kept_of(self, row: JobRow) -> Path | None:
        """Where it left what it goes on from: a project that was saved elsewhere meanwhile has a copy at most."""
        if not row.keep:
            return None
        there = Path(row.keep)
        return there if there.is_dir() else self._home / store.KEPT / there.name

    def _lay_anew(self, row: JobRow, memo: Memo) -> None:
        """The studio ended before a clip was saved: it comes where it was to be, or behind everything."""
        spot, item = memo.laid(self._lay_new), memo.item
        length = spot.length or max(1, self.timeline.rate.frames(item.frames / item.rate.fps))
        clip = Clip(row.media, 0, length, spot.offset, item.name)
        try:
            if spot.target and self.timeline.has(spot.target):
                timeline = takes.with_take(self.project, spot.target, row.media)
            else:
                timeline = self._lay_new(clip)
            self._history = History(settled(timeline, self.project.extent))
        except StudioError:  # it stays in the library
            log.warning("a clip that was not saved cannot be laid anew", exc_info=True)

    def _withdraw(self, media: str, spot: Spot) -> None:
        """A cancelled medium was never there: its clips leave the timeline, also those that undo and redo lead to."""

        def without(timeline: Timeline) -> Timeline:
            project = replace(self.project, timeline=timeline)
            return takes.healed(takes.forgotten(project, media, ripple=spot.ripple), spot.pieces)

        self._history.amend(without)
        self._media = {key: item for key, item in self._media.items() if key != media}

    def _tell_taken(self, rows: list[JobRow]) -> None:
        """Say what goes on by itself."""
        count, interrupted = len(rows), sum(row.state == "running" for row in rows)
        said = []
        if interrupted:
            said.append(
                trn(
                    "{count} clip was interrupted and goes on from where it stands.",
                    "{count} clips were interrupted and go on from where they stand.",
                    interrupted,
                )
            )
        if waiting := count - interrupted:
            said.append(
                trn("{count} clip waits in the queue again.", "{count} clips wait in the queue again.", waiting)
            )
        if said and self._queue.paused:
            said.append(tr("The queue is paused: resume it there."))
        if said:
            self._post(lambda: self.noticed.emit(Notice("info", " ".join(said))))  # nobody listens yet


def _place(folder: Path) -> str:
    return str(folder.absolute())
