"""The order in which waiting jobs are made, what they are made from, and whether anything is made."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sora_studio.core.errors import BadInput
from sora_studio.core.language import mark
from sora_studio.core.naming import short_name
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.line import HIGH, LOW, NORMAL
from sora_studio.jobs.queue_store import JobRow
from sora_studio.jobs.states import Leg
from sora_studio.session import orders
from sora_studio.session.job_rows import memo_data
from sora_studio.session.keeping import Keeping
from sora_studio.session.recording import Recording
from sora_studio.session.views import JobView
from sora_studio.session.works import Work

PRIORITIES = {HIGH: mark("High priority"), NORMAL: mark("Normal priority"), LOW: mark("Low priority")}
"""What the artist can choose, the first made first."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What can be changed of a job while it waits. `prompt` is what is sent to the engine, phrases and look with it."""

    prompt: str
    negative: str
    seed: int
    steps: int


class JobOrder(Keeping):
    """Each verb raises OutputError when it cannot be written down; then everything stays as it is."""

    @property
    def queue_paused(self) -> bool:
        """Whether no job is begun."""
        return self._queue.paused

    def pause_queue(self, *, now: bool = False) -> None:
        """Begin no job from now on. The one under way is finished, or stopped `now` to go on as the first."""
        self._queue.pause(now=now)
        self.jobs_changed.emit()

    def resume_queue(self) -> None:
        """Begin jobs again."""
        self._queue.resume()
        self.jobs_changed.emit()

    def move_job(self, job_id: str, before: str) -> None:
        """Put a waiting job before another one; behind all for an unknown one."""
        self._queue.move(job_id, before)
        self.jobs_changed.emit()

    def rank_job(self, job_id: str, priority: int) -> None:
        """Make a waiting job before those of lower priority (see `jobs/line.py`)."""
        self._queue.rank(job_id, priority)
        self.jobs_changed.emit()

    def wish_of(self, job_id: str) -> Wish:
        """What a waiting job is made from. Raises BadInput when it can no longer be changed."""
        request = self._waiting_work(job_id).order.request
        return Wish(request.prompt, request.negative, request.seed, request.steps)

    def edit_job(self, job_id: str, wish: Wish) -> None:
        """Make a waiting job from something else; its clip stays where it is. Raises BadInput when it no longer waits
        or cannot be made so."""
        work = self._waiting_work(job_id)
        request, item = work.order.request, self.item(work.media)
        prompt, caps = wish.prompt.strip(), capabilities(request.engine)
        if not (prompt or request.given):
            raise BadInput("Say in a few words what the clip shows, or give it a picture to start from.")
        words = request.words if prompt == request.prompt else prompt
        changed = replace(
            request,
            prompt=prompt,
            words=words,
            negative=wish.negative.strip(),
            seed=wish.seed,
            steps=wish.steps,
        )
        label = orders.relabelled(work.order.label, request.words or request.prompt, words or prompt)
        order = replace(work.order, request=changed, label=label)
        named = item.name == short_name(request.words or request.prompt)
        item = replace(item, made_from=order.recipe(), name=short_name(words or prompt) if named else item.name)
        keep = self._keep_of(item.id, item.made_from)
        self._make_room(keep)
        path = work.recording.path
        work = Work(item.id, order, Recording(path, order), work.spot, Leg(setup=work.leg.setup), keep)
        row = JobRow(job_id, str(self._home.absolute()), item.id, label, memo_data(item, work), str(keep or ""))
        self._queue.change(row, changed, caps, work.recording, work.leg)
        self._works[job_id] = work
        self._keep(item)
        self._looks.forget(item.id)
        self._touched()
        self.jobs_changed.emit()

    def _waiting_work(self, job_id: str) -> Work:
        work = self._works.get(job_id)
        if work is None or not self._forms(work.media):
            raise BadInput("That job is no longer waiting. Stop it first, or vary the clip when it is made.")
        if work.order.result == "enlarged":
            raise BadInput("Upscaling reads no words and has no steps to change. Cancel it, or let it be made.")
        return work

    def _with_time(self, view: JobView, expected: dict[str, float]) -> JobView:
        """The row of a waiting job with how long it takes by this machine's history, less what was made of it."""
        seconds = expected.get(view.id)
        if view.state != "waiting" or seconds is None:
            return view
        standing = self._reached.get(view.media_id)
        done = standing.step / max(1, standing.steps) if standing is not None else 0.0
        return replace(view, seconds_left=seconds * (1 - done))
