"""The one place that makes a queue: with the engines' loader by name, so that only the worker process imports them."""

from __future__ import annotations

import os

from sora_studio.jobs.queue import JobQueue

LOADER = "sora_studio.engines:load_engine"
LOADER_VARIABLE = "SORA_STUDIO_LOADER"
"""Names another loader, "package.module:function", for engines of one's own."""


def open_queue(preview_share: float) -> JobQueue:
    """A queue on this machine's engines; the worker starts with the first job."""
    return JobQueue(os.environ.get(LOADER_VARIABLE) or LOADER, preview_share=preview_share)
