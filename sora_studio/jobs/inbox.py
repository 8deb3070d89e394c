"""What the queue's thread is told, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from sora_studio.jobs.client import Died, WorkerProcess
from sora_studio.jobs.protocol import Report
from sora_studio.jobs.states import Job


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the worker reported."""

    worker: WorkerProcess
    report: Report | Died


@dataclass(frozen=True, slots=True)
class Changed:
    """A job to announce."""

    job: Job


@dataclass(frozen=True, slots=True)
class Warm:
    """Ask what the machine has, and load an engine, if one is named."""

    engine: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the running job."""

    job: str


@dataclass(frozen=True, slots=True)
class Enough:
    """Finish the running job from what is there."""

    job: str


@dataclass(frozen=True, slots=True)
class Postpone:
    """Stop the running job, to wait again."""


@dataclass(frozen=True, slots=True)
class Look:
    """There may be something to begin."""


@dataclass(frozen=True, slots=True)
class Discard:
    """Let go of what stands on the disk of jobs."""

    jobs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Close:
    """Stop everything."""


Item = Heard | Changed | Warm | Cancel | Enough | Postpone | Look | Discard | Close
