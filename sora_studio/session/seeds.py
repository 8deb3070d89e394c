"""Several seeds to an early step, the best of them to the end: a trial that costs a fraction of as many clips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from psygnal import Signal

from sora_studio.core.engine import Latents, Preview
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.request import Frames
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.states import Failed, Held, Job, Leg
from sora_studio.session import orders
from sora_studio.session.draft import Draft, new_seed
from sora_studio.session.maker import Maker
from sora_studio.session.orders import Order
from sora_studio.session.works import Spot, view_of

CONTENDERS = 4
"""Seeds of a trial."""


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """One seed of a trial. `latents` are there once it has come to the trial's step; `error` says why it did not."""

    seed: int
    job: str
    words: str = "Waiting"
    step: int = 0
    preview: Preview | None = None
    latents: Latents | None = None
    error: str = ""

    @property
    def ready(self) -> bool:
        """Whether it can be continued without starting anew."""
        return self.latents is not None


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Contenders that run to `step` of `steps`, in the order they are shown."""

    draft: Draft
    step: int
    steps: int
    contenders: tuple[Contender, ...]

    @property
    def decided(self) -> bool:
        """Whether nothing more will happen by itself."""
        return all(one.ready or one.error for one in self.contenders)


def early_step(steps: int) -> int:
    """The step at which a composition can be told apart: a quarter of the way."""
    return max(1, min(steps - 1, round(steps / 4)))


class SeedTrials(Maker):
    """The verbs of a trial. There is one at a time; its jobs stand in the queue like all others."""

    trial_changed = Signal()
    _trial: Trial | None = None
    _trial_orders: tuple[Order, ...] = ()

    @property
    def trial(self) -> Trial | None:
        """The trial under way."""
        return self._trial

    def try_seeds(self, draft: Draft, step: int | None = None, count: int = CONTENDERS) -> None:
        """Run a new clip's request with several seeds up to `step` (None: a quarter of the way). A former trial ends.

        Raises BadInput or Refused, and then nothing has changed.
        """
        caps = capabilities(draft.engine)
        step = early_step(draft.steps) if step is None else step
        if not 1 <= step < draft.steps:
            raise BadInput(
                "The seeds are compared after step 1 to {most}, not {step}. Choose one of these.",
                most=draft.steps - 1,
                step=step,
            )
        first = orders.new_clip(draft, caps)
        seeds = [first.request.seed, *(new_seed() for _ in range(count - 1))]
        made = (first, *(orders.new_clip(replace(draft, seed=seed), caps) for seed in seeds[1:]))
        jobs: list[str] = []
        for place, order in enumerate(made, 1):
            label = tr("Seed {place} of {count}: {words}", place=place, count=count, words=order.label)
            jobs.append(self._queue.submit(order.request, caps, _nowhere, label, Leg(hold=step)))
        self.drop_trial()
        contenders = tuple(Contender(seed, job) for seed, job in zip(seeds, jobs, strict=True))
        self._trial, self._trial_orders = Trial(draft, step, draft.steps, contenders), made
        self.trial_changed.emit()

    def continue_seed(self, number: int) -> str:
        """Take contender `number` (from 1) to the end as a new clip, from where it stands; the others are given up.

        One that has not come to the trial's step yet starts anew with the same seed, which makes the same clip.
        """
        trial = self._trial
        if trial is None or not 1 <= number <= len(trial.contenders):
            raise BadInput("There is no such seed to continue. Start another trial.")
        order, chosen = self._trial_orders[number - 1], trial.contenders[number - 1]
        job = self._start(order, Spot("Generate", self._lay_new), Leg(resume=chosen.latents))
        self.drop_trial()
        return job

    def drop_trial(self) -> None:
        """Give all contenders up."""
        trial, self._trial, self._trial_orders = self._trial, None, ()
        if trial is not None:
            for one in trial.contenders:
                self._queue.cancel(one.job)
            self.trial_changed.emit()

    def _owns(self, job_id: str) -> bool:
        return self._trial is not None and any(one.job == job_id for one in self._trial.contenders)

    def _heard(self, job: Job) -> None:
        view = view_of(job, "")
        latents = job.state.latents if isinstance(job.state, Held) else None
        error = job.state.reason if isinstance(job.state, Failed) else ""
        self._change(job.id, words=view.words, step=view.step, latents=latents, error=error)

    def _seen(self, job_id: str, preview: Preview) -> None:
        self._change(job_id, preview=preview)

    def _change(self, job_id: str, **fields: Any) -> None:
        """Another value of the contender with that job."""
        trial = self._trial
        if trial is not None and self._owns(job_id):
            contenders = tuple(replace(one, **fields) if one.job == job_id else one for one in trial.contenders)
            self._trial = replace(trial, contenders=contenders)
            self.trial_changed.emit()


def _nowhere(start: int, frames: Frames) -> None:
    """A held job has no frames to give."""
