"""The order in which waiting jobs are made: the highest priority first, in each as the artist put them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

LOW, NORMAL, HIGH = -1, 0, 1
"""The priorities there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """A waiting job."""

    job: str
    priority: int = NORMAL


def ranked(line: Sequence[Place]) -> list[Place]:
    """By priority; those of the same keep their order."""
    return sorted(line, key=lambda one: -one.priority)


def moved(line: Sequence[Place], job: str, before: str) -> list[Place]:
    """One job put before another, or behind all when that is not there. Among jobs of another priority it takes the
    nearest of them. An unknown job moves nothing."""
    mine = next((one for one in line if one.job == job), None)
    if mine is None or job == before:
        return list(line)
    others = [one for one in line if one.job != job]
    at = next((place for place, one in enumerate(others) if one.job == before), len(others))
    most = others[at - 1].priority if at > 0 else HIGH
    least = others[at].priority if at < len(others) else LOW
    return [*others[:at], replace(mine, priority=max(least, min(most, mine.priority))), *others[at:]]
