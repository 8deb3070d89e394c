"""How each engine is run on this machine: what there is, what was measured, and what the artist chose.

Nothing is known before the worker has said what the machine has; engines then decide for themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from psygnal import Signal

from sora_studio.core.ahead import needs_of, usual_run
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.fitting import Fit, best, fit, fits, possible
from sora_studio.core.forecast import Networks, Past, Run, forecast, run_of
from sora_studio.core.language import tr
from sora_studio.core.machine import Machine
from sora_studio.core.manner import nearest
from sora_studio.core.open_model import Need, OpenModel
from sora_studio.core.quicker import check, offered, speed_of
from sora_studio.core.request import Request
from sora_studio.core.setup import Setup, Shortage, StepDown, setup_data, setup_from, steps_down
from sora_studio.core.speed import Speed, speed_data, speed_from
from sora_studio.engines.catalog import capabilities, networks
from sora_studio.engines.families.known import ahead
from sora_studio.jobs.queue import JobQueue
from sora_studio.session.draft import Draft
from sora_studio.settings.folders import config_folder
from sora_studio.settings.remembered import read_json, write_json

MORE = 1.05
"""How much more than what was free a run needs at least that ran out of it."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a model is going to need for a run as its engine usually makes it, and how that fits this machine."""

    needs: tuple[Need, ...]
    run: Run
    caps: Capabilities
    fit: Fit | None


class Fitting:
    """Runs on the owner thread; what the queue says comes home through `post`."""

    changed = Signal()
    """Another machine, another measurement, or another choice."""

    def __init__(self, queue: JobQueue, post: Callable[[Callable[[], None]], None], path: Path | None = None) -> None:
        self._queue, self._advice, self._post = queue, queue.advice, post
        self._path = path or config_folder() / "setups.json"
        found = read_json(self._path)
        kept = found.items() if isinstance(found, dict) else ()
        self._chosen = {str(engine): setup for engine, data in kept if (setup := setup_from(data)) is not None}
        self._quick_path = self._path.with_name("speeds.json")
        quick = read_json(self._quick_path)
        told = quick.items() if isinstance(quick, dict) else ()
        self._speeds = {str(engine): speed for engine, data in told if (speed := speed_from(data)) is not None}
        self._models: dict[str, tuple[Networks, Capabilities] | None] = {}
        queue.advice.setup_for = self.setup_for
        queue.events.probed.connect(self._probed)

    @property
    def machine(self) -> Machine | None:
        """What there is, as far as the worker has said it."""
        return self._advice.machine

    def close(self) -> None:
        """Nobody asks any more."""
        self._queue.events.probed.disconnect(self._probed)
        if self._advice.setup_for == self.setup_for:
            self._advice.setup_for = None

    def forget(self) -> None:
        """The folders of models have changed."""
        self._models.clear()
        self.changed.emit()

    # what fits

    def forecasts(self, engine: str) -> bool:
        """Whether a run of an engine can be forecast: not so for the built-in one, which runs everywhere."""
        return self._known_model(engine) is not None

    def fits(self, engine: str, run: Run) -> tuple[Fit, ...]:
        """All ways in which an engine can be run here; none when nothing is known of it or of the machine."""
        machine, model = self._both(engine)
        if machine is None or model is None:
            return ()
        return fits(model, run, machine, self._known(engine), self.speed(engine))

    def of(self, engine: str, run: Run) -> Fit | None:
        """The way in which a run will be made: the artist's choice, else the best; None when nothing is known."""
        machine, model = self._both(engine)
        if machine is None or model is None:
            return None
        chosen = self.chosen(engine)
        if chosen is not None:
            return fit(model, run, machine, replace(chosen, speed=self.speed(engine)), self._known(engine))
        return best(self.fits(engine, run))

    def setup_for(self, engine: str, run: Run) -> Setup | None:
        """How a run is made; None leaves it to the engine."""
        found = self.of(engine, run)
        return None if found is None else found.setup

    def ahead(self, model: OpenModel) -> Ahead | None:
        """What a model of the catalogue is going to need, and how it fits this machine, before it is fetched; None when
        its parts are not known. The fit is missing as long as nothing is known of the machine."""
        found = ahead(model)
        if found is None:
            return None
        (made_of, caps), machine = found, self.machine
        run = usual_run(caps)
        return Ahead(needs_of(made_of, run), run, caps, best(fits(made_of, run, machine)) if machine else None)

    # what the artist chooses

    def chosen(self, engine: str) -> Setup | None:
        """What the artist chose for an engine, if this machine can do it; None: what fits best."""
        setup = self._chosen.get(engine)
        return setup if setup is not None and self.machine is not None and setup in possible(self.machine) else None

    def choose(self, engine: str, setup: Setup | None, *, remember: bool = True) -> None:
        """Run an engine in a setup from now on, or, unless it is remembered, as long as this lives; None: in what fits
        best."""
        if setup is None:
            self._chosen.pop(engine, None)
        else:
            self._chosen[engine] = setup
        if remember:
            write_json(self._path, {engine: setup_data(setup) for engine, setup in self._chosen.items()})
        self.changed.emit()

    def speeds(self, engine: str) -> tuple[str, ...]:
        """The settings, by name, that make an engine quicker on this machine; none while nothing is known."""
        machine, model = self.machine, None if self.machine is None else self._known_model(engine)
        return () if machine is None or model is None else offered(model[1], machine)

    def speed(self, engine: str) -> Speed:
        """What the artist chose of them."""
        wanted = self._speeds.get(engine, Speed())
        if not wanted.names:
            return wanted
        here = self.speeds(engine)
        return speed_of(tuple(name for name in wanted.names if name in here))

    def quicken(self, engine: str, speed: Speed, *, remember: bool = True) -> None:
        """Run an engine with these settings from now on, or, unless they are remembered, as long as this lives. Raises
        BadInput saying why, when one is not offered."""
        machine, model = self.machine, self._known_model(engine)
        if speed.names and model is None:
            raise BadInput("“{engine}” has no speed settings. Leave them out.", engine=tr(capabilities(engine).title))
        if speed.names and machine is None:
            raise BadInput("What this machine has is not known, so speed settings are not used. Leave them out.")
        if machine is not None and model is not None:
            check(speed, model[1], machine)
        self._speeds[engine] = speed
        if remember:
            kept = {engine: speed_data(speed) for engine, speed in self._speeds.items() if speed != Speed()}
            write_json(self._quick_path, kept)
        self.changed.emit()

    def restore(self, engine: str, wanted: Setup, run: Run, *, remember: bool = True) -> tuple[str, ...]:
        """Run an engine from now on as a clip of it was made, as far as this machine can; sentences about what it
        lacks for that. Nothing changes while nothing is known of the engine or the machine."""
        found = self.fits(engine, run)
        if not found:
            return ()
        near = nearest(wanted, found, self.speeds(engine))
        if near.setup.speed != self.speed(engine):
            self.quicken(engine, near.setup.speed, remember=remember)
        one = self.of(engine, run)
        if one is None or one.setup.quantised != near.setup.quantised:
            usual = best(found).setup.quantised == near.setup.quantised
            self.choose(engine, None if usual else replace(near.setup, speed=Speed()), remember=remember)
        return near.remarks

    # when memory ran out

    def steps_down(self, shortage: Shortage) -> tuple[StepDown, ...]:
        """What can be done about it, the mildest first."""
        machine = self.machine
        if machine is None:
            return ()
        return steps_down(shortage.setup, shortage.stage, machine.quantisers, bf16=machine.device.bf16)

    def ran_out(self, request: Request, shortage: Shortage) -> None:
        """Remember that a run needs more than there was, so that its setup is no longer said to fit."""
        (machine, model), setup = self._both(request.engine), shortage.setup
        if machine is None or model is None:
            return
        past = self._known(request.engine)(setup)
        said = forecast(model, window_of(request, capabilities(request.engine)), machine, setup)
        card = max(past.card, MORE * machine.device.free / said.card) if said.card else past.card
        ram = past.ram if said.card else max(past.ram, MORE * machine.processor.free / said.ram)
        self._advice.experience.put(request.engine, setup, Past(card, ram, past.seconds))
        self.changed.emit()

    def _known(self, engine: str) -> Callable[[Setup], Past]:
        return lambda setup: self._advice.experience.of(engine, setup)

    def _both(self, engine: str) -> tuple[Machine | None, Networks | None]:
        """The machine and the model; no file is read before the machine is known."""
        machine = self.machine
        model = None if machine is None else self._known_model(engine)
        return machine, None if model is None else model[0]

    def _known_model(self, engine: str) -> tuple[Networks, Capabilities] | None:
        """What a model is made of and can do, read once; None for the built-in one, and for a folder that cannot be
        read."""
        if engine not in self._models:
            try:
                made_of = networks(engine)
                self._models[engine] = None if made_of is None else (made_of, capabilities(engine))
            except BadInput:
                self._models[engine] = None
        return self._models[engine]

    def _probed(self, machine: Machine) -> None:
        del machine  # the queue has it
        self._post(self.changed.emit)


def window_of(request: Request, caps: Capabilities) -> Run:
    """What counts of a request that is not planned yet: its longest window."""
    run = run_of(request)
    return replace(run, frames=min(caps.snap_frames(run.frames), caps.window))


def run_of_draft(draft: Draft, caps: Capabilities) -> Run:
    """What counts of a new clip, before it is planned: its windows are laid out as for a clip from words."""
    frames = caps.snap_frames(caps.rate.frames(draft.seconds))
    windows = -(-max(1, frames - caps.overlap) // max(1, caps.window - caps.overlap))
    size = draft.size
    length = min(frames, caps.window)
    return Run(size.width, size.height, length, draft.steps, draft.guidance > 1, max(1, windows))
