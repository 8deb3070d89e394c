"""The one place that makes a queue and an assistant: with loaders by name, so that only their processes import them."""

from __future__ import annotations

import os

from sora_studio.core.errors import OutputError
from sora_studio.core.language import tr
from sora_studio.core.machine import Machine
from sora_studio.jobs.asking import ask_machine
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.queue_store import FILE, QueueStore
from sora_studio.settings.folders import data_folder

LOADER = "sora_studio.engines:load_engine"
LOADER_VARIABLE = "SORA_STUDIO_LOADER"
"""Names another loader, "package.module:function", for engines of one's own."""


def open_queue(preview_share: float, store: QueueStore | None = None) -> JobQueue:
    """A queue on this machine's engines; the worker starts with the first job. `store` keeps jobs on the disk."""
    return JobQueue(_loader(), preview_share=preview_share, history=data_folder() / "pace.json", store=store)


def open_store() -> tuple[QueueStore | None, str]:
    """What keeps this machine's queue, and what the artist is to know of it. None when it cannot be kept: then jobs
    last as long as the window."""
    try:
        store = QueueStore(data_folder() / FILE)
    except OutputError as exc:
        return None, tr("{why} Until then, what waits is forgotten when the studio ends.", why=exc)
    return store, store.notice


def machine() -> Machine:
    """What this machine has, from a worker that is started to say it. Raises EngineError when it cannot."""
    return ask_machine(_loader())


def _loader() -> str:
    return os.environ.get(LOADER_VARIABLE) or LOADER


ASSISTANT = "sora_studio.engines.understanding:load_understanding"
ASSISTANT_VARIABLE = "SORA_STUDIO_ASSISTANT"
"""Names another loader for the side of language."""


def open_assistant() -> Assistant:
    """The assistant for words; its process starts with the first question."""
    return Assistant(os.environ.get(ASSISTANT_VARIABLE) or ASSISTANT)
