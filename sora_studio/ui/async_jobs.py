"""The window's few asynchronous jobs (an export, reading a dropped picture), all started by `spawn`.

qasync carries asyncio on Qt's loop. Its decorators and a dialog's `exec` inside a coroutine are broken there, so
neither is used: signals call plain functions, plain functions call `spawn`, dialogs are shown and answered by signals.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

_running: set[asyncio.Task[None]] = set()


def make_loop(app: QApplication, *, already_running: bool = False) -> asyncio.AbstractEventLoop:
    """An asyncio loop on Qt's; with `already_running` for programs that run Qt's loop themselves."""
    loop: asyncio.AbstractEventLoop = QEventLoop(app, already_running=already_running)
    loop.set_default_executor(ThreadPoolExecutor(max_workers=4, thread_name_prefix="studio"))
    asyncio.set_event_loop(loop)
    return loop


def spawn(job: Coroutine[Any, Any, None], failed: Callable[[BaseException], None]) -> asyncio.Task[None]:
    """Run a coroutine on the window's loop. `failed` is told what it raised; a cancelled job ends in silence."""
    task = asyncio.get_running_loop().create_task(job)
    _running.add(task)

    def ended(done: asyncio.Task[None]) -> None:
        _running.discard(done)
        if not done.cancelled() and (error := done.exception()) is not None:
            failed(error)

    task.add_done_callback(ended)
    return task


async def stop_all() -> None:
    """Cancel what `spawn` started and wait until it is gone."""
    waiting = tuple(_running)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
