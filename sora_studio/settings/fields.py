"""How a setting is declared: once, with default, limits and the text a dialog shows."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar

T = TypeVar("T", bool, int, float, str, tuple[str, ...])
_KEY = "setting"
LARGEST = 1e100
"""No number of a setting is larger; infinity and what is no number are none either."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a setting besides its type: a title, one sentence, limits for numbers (inclusive), a unit.

    A share whose unit is % is kept as 0..1.
    """

    title: str
    text: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    unit: str = ""
    pattern: str = ""
    """A regular expression that the whole of a text must match, and each text of a list."""
    choices: tuple[tuple[str, str], ...] = ()
    """The values a text may have, each with its title."""
    suggested: tuple[str, ...] = ()
    """Values that a text often has; others are written by hand."""


def setting(default: T, about: About) -> T:
    """A dataclass field with its description."""
    declared: T = field(default=default, metadata={_KEY: about})
    return declared


def described(section: Any) -> tuple[tuple[Field[Any], About], ...]:
    """The fields of a section (class or value) with their descriptions, in order."""
    return tuple((entry, entry.metadata[_KEY]) for entry in fields(section))


def accepted(value: object, like: object, about: About) -> bool:
    """Whether a value from a file has the type and limits of a setting whose default is `like`."""
    if isinstance(like, bool) or isinstance(value, bool):
        return isinstance(like, bool) and isinstance(value, bool)
    if isinstance(like, int | float):
        if not isinstance(value, int if isinstance(like, int) else int | float) or not abs(value) < LARGEST:
            return False
        return (about.low is None or value >= about.low) and (about.high is None or value <= about.high)
    if isinstance(like, tuple):
        return isinstance(value, list | tuple) and all(accepted(one, "", about) for one in value)
    if not isinstance(value, str):
        return False
    if about.choices and value not in {choice for choice, _ in about.choices}:
        return False
    return not about.pattern or re.fullmatch(about.pattern, value) is not None
