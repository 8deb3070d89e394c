"""What a checkpoint needs on this machine, as its worker sees it: for runs whose setup nobody chose (the command line,
or a window that knows nothing yet), and to measure runs against."""

from __future__ import annotations

from functools import cached_property

from sora_studio.core.errors import BadInput, EngineError
from sora_studio.core.fitting import best, fits
from sora_studio.core.forecast import Forecast, Networks, Run, forecast, run_of
from sora_studio.core.machine import Machine
from sora_studio.core.request import Request
from sora_studio.core.setup import Setup
from sora_studio.engines.families.known import Found
from sora_studio.engines.hardware import probe


class Outlook:
    """Of one checkpoint. The files are read at the first question."""

    def __init__(self, found: Found) -> None:
        self._found = found

    def setup_for(self, request: Request) -> Setup:
        """The best setup for a request on the machine as it is now."""
        return self._best(run_of(request))

    def usual_setup(self) -> Setup:
        """The same for the smallest of the model's own sizes, before anything is asked for."""
        caps = self._found.capabilities
        size = min(caps.sizes, key=lambda one: one.width * one.height)
        return self._best(Run(size.width, size.height, caps.window, caps.steps, guided=caps.guidance > 1))

    def forecast(self, request: Request, setup: Setup) -> Forecast:
        """What a window is going to take."""
        return forecast(self._networks, run_of(request), self._machine, setup)

    def _best(self, run: Run) -> Setup:
        return best(fits(self._networks, run, probe())).setup

    @cached_property
    def _networks(self) -> Networks:
        try:
            return self._found.networks()
        except BadInput as exc:
            name = self._found.checkpoint.name
            raise EngineError(
                "“{name}” could not be loaded ({why}). Download the model again.", name=name, why=exc
            ) from exc

    @cached_property
    def _machine(self) -> Machine:
        return probe()
