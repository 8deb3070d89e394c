"""The one place that makes a queue and an assistant: with loaders by name, so that only their processes import them."""

from __future__ import annotations

import os

from sora_studio.core.machine import Machine
from sora_studio.jobs.asking import ask_machine
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.settings.folders import data_folder

LOADER = "sora_studio.engines:load_engine"
LOADER_VARIABLE = "SORA_STUDIO_LOADER"
"""Names another loader, "package.module:function", for engines of one's own."""


def open_queue(preview_share: float) -> JobQueue:
    """A queue on this machine's engines; the worker starts with the first job."""
    return JobQueue(_loader(), preview_share=preview_share, history=data_folder() / "pace.json")


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
