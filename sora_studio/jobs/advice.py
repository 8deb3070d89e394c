"""What the queue knows of the machine, and who says how a request is run on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sora_studio.core.forecast import Run, run_of
from sora_studio.core.machine import Machine
from sora_studio.core.setup import Setup
from sora_studio.jobs.experience import Experience
from sora_studio.jobs.states import Leg
from sora_studio.jobs.windows import Plan


class Advice:
    """`machine` is what the worker said last. `setup_for` is asked in which setup an engine's run is made when its leg
    does not say it; None leaves it to the engine."""

    def __init__(self, history: Path | None = None) -> None:
        """`history` is a file of the queue's; what runs took is kept beside it."""
        self.experience = Experience(history.with_name("measured.json") if history else None)
        self.machine: Machine | None = None
        self.setup_for: Callable[[str, Run], Setup | None] | None = None

    def advised(self, leg: Leg, plan: Plan) -> Leg:
        """A leg that says how its plan is run: as its longest window."""
        if leg.setup is not None or self.setup_for is None:
            return leg
        run = replace(run_of(plan.request), frames=max(window.length for window in plan.windows))
        return replace(leg, setup=self.setup_for(plan.request.engine, run))
