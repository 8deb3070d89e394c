"""When a run shows how its picture forms, and at what price."""

from __future__ import annotations

import time
from collections.abc import Callable

SHOWN = 6
"""Previews that a run should have for its picture to be seen to form."""


class PreviewBudget:
    """Says after each step whether a preview is due.

    Previews may take `share` of the elapsed time. The first step and those a third and two thirds through are always
    shown, so that even a short run is seen to form; with a share of 0 nothing is.
    """

    def __init__(
        self, share: float, steps: int, clock: Callable[[], float] = time.perf_counter, *, first: int = 1, last: int = 0
    ) -> None:
        """`first` is the step the run begins with, `last` one to be shown in any case."""
        self._share = share
        self._steps, self._first = steps, first
        self._always = {first, 1 + round(steps / 3), 1 + round(2 * steps / 3), last} if share > 0 else set()
        self._clock = clock
        self._begun = clock()
        self._spent = 0.0
        self._price = 0.0
        self._started = 0.0

    def due(self, step: int) -> bool:
        """Whether step `step`, counted from 1, is shown."""
        if step in self._always:
            return True
        return self._price > 0 and self._spent + self._price <= self._share * (self._clock() - self._begun)

    def affords(self, price: float, step: int) -> bool:
        """Whether SHOWN previews of `price` seconds fit into the share of the whole run, by its pace up to `step`."""
        made = step - self._first + 1
        whole = (self._clock() - self._begun) / max(1, made) * (self._steps - self._first + 1)
        return SHOWN * price <= self._share * whole

    def __enter__(self) -> None:
        self._started = self._clock()

    def __exit__(self, *_: object) -> None:
        self._price = self._clock() - self._started
        self._spent += self._price
