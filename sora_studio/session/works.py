"""The jobs a session has under way: which medium each makes, and how each stands in words."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import assert_never

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr
from sora_studio.core.setup import Shortage, StepDown
from sora_studio.core.timeline import Clip, MediaTime, Timeline
from sora_studio.jobs.states import Cancelled, Done, Failed, Held, Job, Leg, Queued, Running
from sora_studio.session.orders import Order
from sora_studio.session.recording import Recording
from sora_studio.session.views import JobView, Kind

KEPT_PREVIEWS = 64
"""Looks at one forming clip that stay, so that its steps can be gone through."""
KEPT_BYTES = 32 << 20
"""Memory of all looks that stay; those of the clip that forms stay whatever they take."""

Lay = Callable[[Clip], Timeline]
"""Puts the clip of a new medium on the timeline as it is now."""


Offers = Callable[[Shortage], tuple[StepDown, ...]]
"""What can be done about memory that ran out."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and how the clip of a new medium goes on the timeline; `text` names the step of undo. `ripple`: it pushes
    others aside, which come back when it is cancelled. Without `length` it is as long as its medium. `target` is the
    clip that gets the medium as a take, which begins `origin` seconds on their common axis; `pieces` are what it was
    cut into for that, to be joined again when it is cancelled."""

    text: str
    lay: Lay
    ripple: bool = False
    length: int | None = None
    offset: MediaTime = 0
    target: str = ""
    origin: Fraction = Fraction(0)
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A medium being made."""

    media: str
    order: Order
    recording: Recording
    spot: Spot
    leg: Leg = Leg()
    keep: Path | None = None
    """Where it leaves what it goes on from."""


@dataclass(slots=True)
class Looks:
    """The newest previews of forming clips, by medium."""

    _kept: OrderedDict[str, deque[Preview]] = field(default_factory=OrderedDict)

    def add(self, media: str, preview: Preview) -> None:
        """Keep another one."""
        kept = self._kept.setdefault(media, deque(maxlen=KEPT_PREVIEWS))
        if kept and preview.step < kept[-1].step:
            kept.clear()  # it is tried again
        kept.append(preview)
        self._kept.move_to_end(media)
        while len(self._kept) > 1 and self.bytes > KEPT_BYTES:
            self._kept.popitem(last=False)

    @property
    def bytes(self) -> int:
        """What the looks take."""
        return sum(preview.frames.nbytes for kept in self._kept.values() for preview in kept)

    def of(self, media: str) -> tuple[Preview, ...]:
        """The ones of a medium, oldest first."""
        return tuple(self._kept.get(media, ()))

    def forget(self, media: str) -> None:
        """Nobody looks at them any more."""
        self._kept.pop(media, None)


def view_of(job: Job, media: str, offers: Offers = lambda _: ()) -> JobView:
    """A job as a row of the queue; `offers` says what can be done when memory ran out."""
    state = job.state
    match state:
        case Queued():
            view = JobView(job.id, job.label, "waiting", tr("Waiting"), media_id=media, notes=job.notes)
            return replace(view, priority=job.priority)
        case Running():
            return JobView(
                job.id,
                job.label,
                "running",
                _running(state),
                fraction=state.step / max(1, state.steps),
                seconds_left=state.seconds_left,
                media_id=media,
                step=state.step,
                steps=state.steps,
                notes=job.notes,
            )
        case Done(seconds):
            words = tr("Done in {seconds:.0f} s", seconds=seconds)
            return JobView(job.id, job.label, "done", words, fraction=1.0, media_id=media, notes=job.notes)
        case Held(latents):
            words = tr("Held at step {step}", step=latents.step)
            return JobView(job.id, job.label, "held", words, media_id=media, step=latents.step, notes=job.notes)
        case Failed(reason, _, shortage):
            view = JobView(job.id, job.label, "failed", tr("Failed"), media_id=media, error=reason, notes=job.notes)
            return view if shortage is None else replace(view, offers=offers(shortage))
        case Cancelled(later):
            kind: Kind = "stopped" if later else "cancelled"
            words = tr("Stopped") if later else tr("Cancelled")
            return JobView(job.id, job.label, kind, words, media_id=media, notes=job.notes)
        case _:
            assert_never(state)


def _running(state: Running) -> str:
    if state.step == 0:
        return tr("Loading the model") if state.stage == "loading" else tr("Starting")
    if state.stage == "enlarging":
        return tr("Frame {step} of {steps}", step=state.step, steps=state.steps)
    if state.stage == "redrawing":
        return tr("Step {step} of {steps}: drawing the picture again", step=state.step, steps=state.steps)
    if state.windows == 1:
        return tr("Step {step} of {steps}", step=state.step, steps=state.steps)
    return tr(
        "Part {part} of {parts}, step {step} of {steps}",
        part=state.window,
        parts=state.windows,
        step=state.step,
        steps=state.steps,
    )
