"""What an evaluation finds: values with the bars they are held against, as a table to read or as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Unit: TypeAlias = Literal["%", "dB", "points", "MB", "x", "s/s", ""]


@dataclass(frozen=True, slots=True)
class Measure:
    """One value beside its bar.

    Attributes:
        name: what was measured.
        value: None when it couldn't be; the note then says why.
        bar: what is to be reached; None for a figure that is only told.
        unit: of value and bar.
        at_most: whether the value must stay below the bar instead of reaching it.
        note: how it was measured, in a few words.
    """

    name: str
    value: float | None
    bar: float | None
    unit: Unit = "%"
    at_most: bool = False
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the bar is met. What couldn't be measured doesn't meet it."""
        if self.value is None or not math.isfinite(self.value):
            return False
        if self.bar is None:
            return True
        return self.value <= self.bar if self.at_most else self.value >= self.bar


def as_data(measures: Sequence[Measure]) -> dict[str, Any]:
    """`{"measures": [{"name", "value", "bar", "ok"}, ...], "notes": {name: text}, "units": {name: unit}}`."""
    return {
        "measures": [
            {"name": m.name, "value": None if m.value is None else round(m.value, 4), "bar": m.bar, "ok": m.ok}
            for m in measures
        ],
        "notes": {m.name: m.note for m in measures if m.note},
        "units": {m.name: m.unit for m in measures},
    }


def as_row(measure: Measure, width: int) -> str:
    """One line: a mark where the bar is missed, the name, the value, the bar, the note."""
    mark = "  " if measure.ok else "! "
    value = "missing" if measure.value is None else f"{measure.value:.{_digits(measure)}f} {measure.unit}".rstrip()
    bar = ""
    if measure.bar is not None:
        bar = f"{'<=' if measure.at_most else '>='} {measure.bar:g} {measure.unit}".rstrip()
    return f"{mark}{measure.name.ljust(width)}  {value.rjust(12)}  {bar.ljust(12)}  {measure.note}".rstrip()


def summary(measures: Sequence[Measure]) -> str:
    """How many bars are met."""
    barred = [measure for measure in measures if measure.bar is not None]
    return f"{sum(measure.ok for measure in barred)} of {len(barred)} bars are met"


def share(good: int, asked: int) -> float | None:
    """A percentage, or None when nothing was asked."""
    return 100 * good / asked if asked else None


def mean(values: Sequence[float]) -> float | None:
    """The mean, or None of nothing."""
    return sum(values) / len(values) if values else None


def _digits(measure: Measure) -> int:
    return 2 if measure.unit in ("x", "s/s", "dB", "") else 1
