"""A question to a worker that is started for it alone: what the machine has."""

from __future__ import annotations

import queue
import time

from sora_studio.core.errors import EngineError
from sora_studio.core.machine import Machine
from sora_studio.jobs.client import Died, WorkerProcess
from sora_studio.jobs.protocol import Probed, Report

SECONDS = 120.0
"""How long a worker may take: a cold disk reads torch in half a minute."""


def ask_machine(loader: str, seconds: float = SECONDS) -> Machine:
    """What the machine has. Raises EngineError saying why it cannot be told."""
    said: queue.SimpleQueue[Report | Died] = queue.SimpleQueue()
    worker = WorkerProcess(loader, lambda _, report: said.put(report))
    try:
        worker.probe()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            match said.get(timeout=left):
                case Probed(Machine() as machine):
                    return machine
                case Probed():
                    break
                case Died(reason):
                    raise EngineError(reason)
    except queue.Empty:
        pass
    finally:
        worker.close()
    raise EngineError("The worker did not say what this machine has. Restart the computer if it stays so.")
