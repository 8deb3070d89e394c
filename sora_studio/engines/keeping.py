"""Where a run stands between two steps, so that it can be kept, and gone on from bit for bit.

A pipeline of diffusers has no door in the middle. It is called as ever, and the steps that were made before are passed
over: the networks are not asked (`holding.spared`), and the schedulers hand back what they were handed, until the last
of those steps brings the kept latents, the solver's history and the state of the random numbers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora_studio.core.engine import Latents
from sora_studio.core.errors import EngineError

Arrays = dict[str, NDArray[Any]]

FACTS = "facts"
"""The name of the text that says what the arrays are."""


@dataclass(slots=True)
class _Solver:
    """A scheduler of the run: what it knew at the start, how many steps it has made or passed, and its last one's."""

    scheduler: Any
    start: dict[str, Any]
    steps: int = 0
    out: tuple[Tensor, ...] = ()


class Course:
    """Follows all schedulers of a run, in the order in which they first move. With `resume`, `skip` steps of each are
    passed over."""

    def __init__(
        self,
        generator: torch.Generator,
        resume: Latents | None = None,
        skip: int = 0,
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        """`generator` is the run's own source of noise; `arrived` is called when the steps are passed over."""
        self._generator = generator
        self._tell = arrived
        self._solvers: dict[int, _Solver] = {}
        self._resume, self._skip = resume, skip if resume is not None else 0
        self._saved: dict[str, Any] = _facts(resume) if resume is not None else {}
        self._arrived = 0
        self._random: tuple[Tensor, ...] = ()  # the numbers' states behind the last step
        self.whole = False
        """Whether all that belongs to the last step has moved, and nothing of the next one has."""

    @property
    def under_way(self) -> bool:
        """Whether steps are still being passed over."""
        return self._skip > 0 and self._arrived < len(self._saved["solvers"])

    def behind(self, scheduler: Any) -> bool:
        """Whether the scheduler's coming step was made before."""
        return self._solver(scheduler).steps < self._skip

    def passed(self, scheduler: Any, sample: Tensor) -> tuple[Tensor, ...]:
        """What a step that was made before returns."""
        solver = self._solver(scheduler)
        solver.steps += 1
        if solver.steps < self._skip:
            return sample, sample  # some return what they predict as well
        place = list(self._solvers).index(id(scheduler))
        self._arrived += 1
        solver.out = self._arrive(solver, place, sample)
        if not self.under_way:
            self._tell()
        return solver.out

    def moving(self) -> None:
        """A step is about to be made."""
        self.whole = False

    def moved(self, scheduler: Any, out: tuple[Tensor, ...]) -> None:
        """A step was made."""
        solver = self._solver(scheduler)
        solver.steps += 1
        solver.out = tuple(out)
        self._random = self._generator.get_state(), torch.get_rng_state()  # some pipelines draw ahead of decoding

    def settled(self) -> bool:
        """The network is asked for the next step, or the decoder for pictures: the last step is whole, if there was
        one."""
        self.whole = bool(self._solvers) and not self.under_way
        return self.whole

    def latents(self, step: int, *, final: bool) -> Latents:
        """Where the run stands behind its last whole step, copied to the CPU."""
        arrays: Arrays = {}
        facts: dict[str, Any] = {"solvers": []}
        for place, solver in enumerate(self._solvers.values()):
            outs = [_packed(part, arrays, f"{place}.out.{index}") for index, part in enumerate(solver.out)]
            facts["solvers"].append({"out": outs, "vars": {} if final else _knowledge(solver, arrays, f"{place}")})
        facts["random"] = [_packed(state, arrays, f"random.{index}") for index, state in enumerate(self._random)]
        values: NDArray[np.float32] = arrays.pop("0.out.0")
        arrays[FACTS] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        return Latents(step, values, arrays, final)

    def _solver(self, scheduler: Any) -> _Solver:
        if id(scheduler) not in self._solvers:
            self._solvers[id(scheduler)] = _Solver(scheduler, dict(vars(scheduler)))
        return self._solvers[id(scheduler)]

    def _arrive(self, solver: _Solver, place: int, sample: Tensor) -> tuple[Tensor, ...]:
        """The scheduler, and the random numbers, as they were behind the last of the steps that are passed over."""
        assert self._resume is not None
        try:
            arrays = {"0.out.0": self._resume.values, **self._resume.more}
            saved = self._saved["solvers"][place]
            out = tuple(_unpacked(part, arrays, sample.device) for part in saved["out"])
            for name, value in saved["vars"].items():
                setattr(solver.scheduler, name, _unpacked(value, arrays, sample.device))
            own, common = (_unpacked(state, arrays, torch.device("cpu")) for state in self._saved["random"])
        except (KeyError, IndexError, TypeError, ValueError) as exc:
            raise _unfit() from exc
        if not out or out[0].shape != sample.shape:
            raise _unfit()
        self._random = own, common
        self._generator.set_state(own)
        torch.set_rng_state(common)
        return out


class Keeper:
    """Hands on where a run stands: after steps, for a share of the time at most, and whenever it must be."""

    def __init__(
        self,
        keep: Callable[[Latents], None] | None,
        share: float,
        kept: Latents | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`kept` is what the run goes on from."""
        self._keep, self._share, self._clock = keep, share, clock
        self._begun = clock()
        self._spent = self._price = 0.0
        self._kept = (kept.step, kept.final) if kept is not None else (0, False)

    def due(self) -> bool:
        """Whether there is time to keep something."""
        if self._keep is None or self._share <= 0:
            return False
        return self._spent + self._price <= self._share * (self._clock() - self._begun) or self._spent == 0.0

    def keep(self, step: int, latents: Callable[[], Latents], *, final: bool = False) -> None:
        """Keep what a run holds after a step, unless that is kept already or nobody wants it."""
        if self._keep is None or (step, final) == self._kept:
            return
        started = self._clock()
        self._keep(latents())
        self._kept = (step, final)
        self._price = self._clock() - started
        self._spent += self._price


def _facts(resume: Latents) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(resume.more[FACTS].tobytes())
        if not found["solvers"]:
            raise _unfit()
    except (KeyError, ValueError, TypeError, RecursionError) as exc:
        raise _unfit() from exc
    return found


def _unfit() -> EngineError:
    return EngineError("The kept latents do not fit this model. Make the clip anew.")


def _knowledge(solver: _Solver, arrays: Arrays, name: str) -> dict[str, Any]:
    """What a scheduler knows beyond what it was told ahead of the first step."""
    found = {}
    for key, value in vars(solver.scheduler).items():
        if key == "_internal_dict" or (isinstance(value, Tensor | np.ndarray) and solver.start.get(key) is value):
            continue  # its configuration; noise levels and the like
        try:
            found[key] = _packed(value, arrays, f"{name}.{key}")
        except TypeError:
            continue  # a solver within a solver, a function
    return found


def _packed(value: object, arrays: Arrays, name: str) -> Any:
    """A value as JSON, its tensors as arrays under names that begin with `name`."""
    match value:
        case None | bool() | int() | float() | str():
            return {"value": value}
        case Tensor():
            exact = value.detach().to("cpu", torch.float32 if value.dtype in (torch.bfloat16, torch.float16) else None)
            arrays[name] = exact.contiguous().numpy().copy()
            # the order of its sides in memory, too: kernels round otherwise on another one
            strides: tuple[int, ...] = value.stride()
            order = sorted(range(value.ndim), key=lambda side: -strides[side])
            dtype, on_cpu = str(value.dtype).removeprefix("torch."), value.device.type == "cpu"
            return {"tensor": name, "dtype": dtype, "cpu": on_cpu, "order": order}
        case np.ndarray():
            arrays[name] = value.copy()
            return {"array": name}
        case list() | tuple():
            return {type(value).__name__: [_packed(one, arrays, f"{name}.{at}") for at, one in enumerate(value)]}
    raise TypeError(f"{name} is a {type(value).__name__}")


def _unpacked(value: Any, arrays: Arrays, device: torch.device) -> Any:
    """The value of `_packed`, with its tensors on the device unless they were on the CPU."""
    match value:
        case {"value": found}:
            return found
        case {"tensor": name, "dtype": dtype, "cpu": on_cpu, "order": order}:
            kind = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(dtype)  # None: as it lies there
            tensor = torch.from_numpy(np.array(arrays[name]))
            back = [order.index(side) for side in range(tensor.ndim)]
            tensor = tensor.permute(order).contiguous().permute(back)
            return tensor.to(torch.device("cpu") if on_cpu and tensor.ndim == 0 else device, kind)
        case {"array": name}:
            return np.array(arrays[name])
        case {"list": items}:
            return [_unpacked(one, arrays, device) for one in items]
        case {"tuple": items}:
            return tuple(_unpacked(one, arrays, device) for one in items)
    raise ValueError("unknown value")
