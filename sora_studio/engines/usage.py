"""What a run takes while it runs: the highest memory of the card and of the process, and time."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import torch

from sora_studio.core.forecast import OVERHEAD, Forecast, Past

STATUS, REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")
FORGET_THE_HIGHEST = "5"
"""From proc(5): writing it sets the highest memory of a process back to its present one."""


class Usage:
    """Measures from now on."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        with suppress(OSError):
            REFS.write_text(FORGET_THE_HIGHEST)

    def against(self, forecast: Forecast) -> Past:
        """What was taken as a share of what was forecast; 1 where nothing could be measured or nothing was forecast."""
        card = OVERHEAD + torch.cuda.max_memory_reserved() if torch.cuda.is_available() else 0
        seconds = time.perf_counter() - self._begun
        return Past(_share(card, forecast.card), _share(_highest(), forecast.ram), _share(seconds, forecast.seconds))


def _share(taken: float, forecast: float) -> float:
    return taken / forecast if taken > 0 and forecast > 0 else 1.0


def _highest() -> int:
    """Bytes of memory the process had at its highest; 0 where the system does not say it."""
    try:
        lines = STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
