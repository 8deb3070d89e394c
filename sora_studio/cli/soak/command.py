"""`sora-studio soak --minutes N`: the studio is worked and killed, and a table says what was lost."""

from __future__ import annotations

import signal
import tempfile
import threading
from argparse import Namespace
from pathlib import Path

from sora_studio.cli.reporter import Reporter
from sora_studio.cli.soak.driver import Driver
from sora_studio.core.errors import BadInput

SHOWN = 5
"""Faults of a kind that are told in full."""


def soak(arguments: Namespace, reporter: Reporter) -> int:
    """Run it; 1 when anything was lost, left behind or grew."""
    if not 0 < arguments.minutes <= 10_000:
        raise BadInput("A soak takes from a moment to a week: --minutes 30.")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # the small disk goes, however the soak ends
    with tempfile.TemporaryDirectory(prefix="sora-soak-") as folder:
        driver = Driver(Path(folder), arguments.seed, reporter.say)
        driver.run(arguments.minutes, arguments.kills)
    for kind, known in driver.tally.faults.items():
        for words in known[:SHOWN]:
            reporter.say(f"{kind}: {words}")
    if driver.evidence is not None:
        reporter.say(f"What was said and what lay on the disks is kept in {driver.evidence}")
    reporter.print("\n".join(driver.tally.table()))
    return 0 if driver.tally.clean else 1
