"""A session on a desk: real session, real queue, the engine of gradients; and films whose frames carry their number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sora_studio.core.engine import Preview
from sora_studio.core.request import Frames
from sora_studio.core.time import Rate, Size
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.media.encode import VideoWriter
from sora_studio.media.images import save_png
from sora_studio.session.draft import Draft
from sora_studio.session.session import Notice, Session
from sora_studio.settings.sections import General, Settings
from sora_studio.ui.bridge import Bridge

GREY = 6
"""Grey levels from one frame of a numbered film to the next; frame 0 is `BASE`."""
BASE = 20


class Desk(Session):
    """A session that remembers what it was asked to generate and what it told the artist."""

    def __init__(self, folder: Path, queue: JobQueue, assistant: Assistant | None = None) -> None:
        self.way_home = Bridge()
        super().__init__(queue, folder, self.way_home.post, Settings(general=General(autosave=False)), assistant)
        self.asked: list[tuple[Any, ...]] = []
        self.notices: list[Notice] = []
        self.noticed.connect(self.notices.append)

    def extend(self, clip_id: str, seconds: float, draft: Draft, before: bool = False) -> str:
        """Note the wish, then do it."""
        self.asked.append(("extend", clip_id, round(seconds, 3), before))
        return super().extend(clip_id, seconds, draft, before)

    def show_preview(self, media_id: str, preview: Preview) -> None:
        """A look at a forming clip, as if its job had sent it."""
        self._looks.add(media_id, preview)
        self.previewed.emit(media_id, preview)

    def close(self) -> None:
        """Stop what is still being made; the queue goes on for the next desk."""
        for job in self.jobs():
            if job.active:
                self.cancel(job.id)
        super().close()
        self.way_home.close()


def numbered(path: Path, frames: int = 36, rate: Rate = Rate(24), size: Size = Size(96, 64)) -> Path:
    """A film whose frame i is grey of level BASE + GREY * i."""
    with VideoWriter(path, size, rate) as writer:
        for index in range(frames):
            writer.write(np.full((1, size.height, size.width, 3), BASE + GREY * index, np.uint8))
    return path


def number_of(level: int) -> int:
    """The frame number of a grey level."""
    return round((level - BASE) / GREY)


def picture(path: Path, level: int = 200) -> Path:
    """A grey picture."""
    save_png(path, np.full((48, 64, 3), level, np.uint8))
    return path


def looks(count: int = 6, *, level: int = 40) -> Frames:
    """Preview frames (T, 14, 24, 3) that brighten from one to the next."""
    return np.stack([np.full((14, 24, 3), level + 20 * index, np.uint8) for index in range(count)])


def fake_queue() -> JobQueue:
    """A queue whose worker runs the engine of gradients; to be closed by whoever asked for it."""
    return JobQueue("tests.fakes.engine:load")
