"""What the session tells its views: notices and the rows of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sora_studio.core.setup import StepDown

Kind = Literal["waiting", "running", "done", "held", "stopped", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the artist that needs no answer. `copy` is the folder of a project that is open elsewhere: a copy
    of it may be opened. `left` is one with changes that could not be saved: it may be opened. `elsewhere`: saving the
    open project in another folder helps."""

    kind: Literal["info", "error"]
    text: str
    copy: Path | None = None
    left: Path | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class JobView:
    """One row of the queue. `words` says the state in full ("Step 3 of 24"), `fraction` lies in 0..1, `error` is the
    reason of a failed job, `notes` are sentences about what was adapted to the engine, `goes_on` says where a job that
    ended before its time can go on, `offers` what can be done about memory that ran out, `still` that
    a running one has not moved for long and what to do. `seconds_left` of a waiting one is how long it takes. One that
    only `enlarges` can neither be finished early nor drawn anew."""

    id: str
    label: str
    state: Kind
    words: str
    fraction: float = 0.0
    seconds_left: float | None = None
    media_id: str = ""
    error: str = ""
    step: int = 0
    steps: int = 0
    notes: tuple[str, ...] = ()
    goes_on: str = ""
    offers: tuple[StepDown, ...] = ()
    still: str = ""
    priority: int = 0
    enlarges: bool = False

    @property
    def active(self) -> bool:
        """Whether it may still be cancelled."""
        return self.state in ("waiting", "running")

    @property
    def dismissable(self) -> bool:
        """Whether it came to nothing and may leave the list."""
        return self.state in ("failed", "cancelled")
