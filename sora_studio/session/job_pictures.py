"""What the rows of the queue show of their clips: the newest look, the picture they begin with, or what was seen last
before the studio ended."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from sora_studio.core.engine import Preview
from sora_studio.media.geometry import Image
from sora_studio.media.images import jpeg_bytes
from sora_studio.session.keeping import Keeping
from sora_studio.session.views import JobView
from sora_studio.session.works import Work

FILE = "look.jpg"
"""The newest look, beside the latents that a clip goes on from."""
SECONDS = 5.0
"""Between two looks that are written."""


class JobPictures(Keeping):
    """Pictures of jobs."""

    _look_written = 0.0

    def job_picture(self, view: JobView) -> Image | Path | None:
        """A picture (H, W, 3) for a row, or a file with one; None while there is none."""
        if looks := self._looks.of(view.media_id):
            return middle(looks[-1])
        work = self._works.get(view.id)
        if work is not None and work.order.request.given:
            first: Image = work.order.request.given[0].frames[0]
            return first
        folder = self._folder_of(view.media_id)
        return folder / FILE if folder is not None and (folder / FILE).is_file() else None

    def _keep_look(self, work: Work, preview: Preview) -> None:
        """Write a look beside what the clip goes on from, for the rows of the next studio."""
        now = time.monotonic()
        if work.keep is None or now - self._look_written < SECONDS or not work.keep.is_dir():
            return
        self._look_written = now
        with contextlib.suppress(OSError):
            (work.keep / FILE).write_bytes(jpeg_bytes(middle(preview)))


def middle(preview: Preview) -> Image:
    """The picture in the middle of what has formed."""
    frame: Image = preview.frames[len(preview.frames) // 2]
    return frame
