"""What runs took on this machine, as a share of what was forecast: by model and by how it was run."""

from __future__ import annotations

import math
import threading
from dataclasses import asdict
from pathlib import Path

from sora_studio.core.forecast import Past
from sora_studio.core.setup import Setup
from sora_studio.settings.remembered import read_json, write_json

NEWEST = 0.5
"""Weight of the newest run in what is remembered."""
LEAST, MOST = 0.02, 50.0
"""What a share can be; anything else was no measurement."""


class Experience:
    """May be asked from any thread. What cannot be read or written is forgone."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is a file that keeps it between sessions."""
        self._path = path
        self._lock = threading.Lock()
        self._known = _read(path) if path else {}

    def of(self, engine: str, setup: Setup) -> Past:
        """What is known of a model in a setup. A speed that was measured in one setup counts for those alike, as far as
        nothing better is known."""
        with self._lock:
            setups = self._known.get(engine, {})
            found = setups.get(setup.name)
            if found is not None:
                return found
            alike = [past.seconds for name, past in setups.items() if setup.alike(name)]
        return Past(seconds=math.prod(alike) ** (1 / len(alike))) if alike else Past()

    def add(self, engine: str, setup: Setup, past: Past) -> None:
        """Remember a run, on top of what is known."""
        if not all(LEAST <= share <= MOST for share in (past.card, past.ram, past.seconds)):
            return
        with self._lock:
            before = self._known.get(engine, {}).get(setup.name, past)
        shares = (_mixed(before.card, past.card), _mixed(before.ram, past.ram), _mixed(before.seconds, past.seconds))
        self.put(engine, setup, Past(*shares))

    def put(self, engine: str, setup: Setup, past: Past) -> None:
        """Remember this in place of what is known: memory ran out, which is no matter of opinion."""
        with self._lock:
            self._known.setdefault(engine, {})[setup.name] = past
            self._write()

    def _write(self) -> None:
        if self._path is not None:
            known = self._known.items()
            write_json(
                self._path, {engine: {name: asdict(past) for name, past in own.items()} for engine, own in known}
            )


def _mixed(before: float, now: float) -> float:
    return NEWEST * now + (1 - NEWEST) * before


def _read(path: Path) -> dict[str, dict[str, Past]]:
    """What a file keeps; nothing for one that is missing or damaged."""
    found = read_json(path)
    try:
        kept = found.items() if isinstance(found, dict) else ()
        return {str(engine): {str(name): _past(data) for name, data in setups.items()} for engine, setups in kept}
    except (ValueError, TypeError, AttributeError, OverflowError):
        return {}


def _past(data: dict[str, float]) -> Past:
    made = Past(**{name: float(share) for name, share in data.items()})
    if not all(LEAST <= share <= MOST for share in (made.card, made.ram, made.seconds)):
        raise ValueError("no share")
    return made
