"""What a job is and where it stands: a union of small frozen dataclasses, matched exhaustively by those who show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sora_studio.core.engine import Latents
from sora_studio.core.setup import Setup, Shortage


@dataclass(frozen=True, slots=True)
class Queued:
    """Waiting for the jobs before it."""


@dataclass(frozen=True, slots=True)
class Running:
    """In the worker. `step` of `steps` is done over all windows; `window` of `windows` is being made, from 1.

    `seconds_left` is None until something is known about the engine's speed. `stage` is a word for the panel.
    """

    step: int
    steps: int
    seconds_left: float | None
    window: int
    windows: int
    stage: str = "starting"


@dataclass(frozen=True, slots=True)
class Done:
    """Finished; all frames went to the sink. `steps` is less than was asked for when it was finished early."""

    seconds: float
    steps: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Stopped on purpose after some steps; another job may continue from its latents."""

    latents: Latents


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of the way that a job goes, and how: from `resume` (None: from noise) to step `hold` (0: to the end).
    With `record` each step is seen from the inside, and only the first window is made. The model is run in `setup`;
    None leaves that to the engine."""

    hold: int = 0
    resume: Latents | None = None
    record: bool = False
    setup: Setup | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Ended by an error: `reason` is a sentence for the artist, `details` what a developer wants to read. `shortage`:
    memory ran out there."""

    reason: str
    details: str = ""
    shortage: Shortage | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Stopped by the artist; `later`: to go on later."""

    later: bool = False


JobState = Queued | Running | Done | Held | Failed | Cancelled


@dataclass(frozen=True, slots=True)
class Job:
    """One generation as the queue shows it. `notes` say in sentences what the plan changed. Of those that wait, the one
    with the highest `priority` is made first."""

    id: str
    label: str = ""
    state: JobState = Queued()
    notes: tuple[str, ...] = ()
    priority: int = 0
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to this job."""
        return isinstance(self.state, Done | Held | Failed | Cancelled)
