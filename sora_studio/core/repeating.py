"""What makes a processor say the same numbers whenever the same is computed again."""

from __future__ import annotations

from collections.abc import MutableMapping

ALIKE = {"MKL_CBWR": "AUTO,STRICT"}
"""Of Intel's library of mathematics: sums in one order, wherever a matrix lies in memory. Left to itself it goes by how
the matrix is aligned, on AMD's processors at least, and then a clip made again, or one whose weights were moved about,
differs by a level here and there (`tests/jobs/test_repeating.py`)."""


def repeat(environment: MutableMapping[str, str]) -> None:
    """Ask for that in a process's environment, before it computes anything. What the user has set stays."""
    for name, value in ALIKE.items():
        environment.setdefault(name, value)
