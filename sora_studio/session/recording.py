"""The frames of a job on their way into a file: the sink that the queue calls on its thread."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from sora_studio.core.manner import told
from sora_studio.core.recipe import Recipe
from sora_studio.core.request import Frames
from sora_studio.core.samples import Sound, stretch
from sora_studio.core.setup import Setup
from sora_studio.core.time import Size
from sora_studio.media.encode import DEFAULT, VideoWriter
from sora_studio.media.geometry import resized
from sora_studio.session.orders import Order

QUALITY = 12
"""x264's constant rate factor for media of a project, which are edited and encoded again: hardly any loss."""


class Recording:
    """Writes the kept frames of an order into `path`, which appears when the last one is there.

    A job that is tried again starts at frame 0 and records anew. Raises OutputError into the queue, which then ends
    the job with that reason.
    """

    def __init__(self, path: Path, order: Order, *, preset: str = DEFAULT, quality: int | None = QUALITY) -> None:
        self.path = path
        self.size: Size = order.size
        self.frames = 0
        self._order = order
        self._preset, self._quality = preset, quality
        self._writer: VideoWriter | None = None
        self._dropped = False
        self.setup: Setup | None = None
        """How the frames are made, once that was told."""
        self._heard: list[tuple[int, Sound]] = []
        self.sounds = False
        """Whether the file has sound."""
        self._lock = threading.RLock()  # a signal handler may interrupt `abort` with `drop`

    def __call__(self, start: int, frames: Frames) -> None:
        """Take final frames (T, H, W, 3) that begin at frame `start` of the request."""
        with self._lock:
            if self._dropped:
                return
            if start == 0:
                self._abort()
            first, last = self._order.kept
            kept = frames[max(0, first - start) : max(0, last - start)]
            if not len(kept):
                return
            if self._writer is None:
                self.sounds = bool(self._heard)
                height, width = kept.shape[1:3]
                self.size = self._order.shape or Size(width, height)
                self._writer = VideoWriter(
                    self.path,
                    self.size,
                    self._order.request.rate,
                    preset=self._preset,
                    quality=self._quality,
                    recipe=self.recipe,
                )
                if self.sounds:
                    self._writer.add_sound()
            self._write_sound(self._writer)
            for frame in kept:
                self._writer.write(resized(frame, self.size)[None].astype(np.uint8, copy=False))
            self.frames = self._writer.written
            if start + len(frames) >= last:
                self._writer.close()
                self._writer = None

    def run_in(self, setup: Setup) -> None:
        """Take how the frames are made, ahead of them."""
        with self._lock:
            self.setup = setup

    @property
    def recipe(self) -> Recipe:
        """What the frames are made from, and how, as far as that was told."""
        recipe = self._order.recipe()
        return recipe if self.setup is None else told(recipe, self.setup)

    def hear(self, start: int, sound: Sound) -> None:
        """Take the sound from frame `start` of the request on, ahead of its frames."""
        with self._lock:
            if start == 0:
                self._heard.clear()
            if not self._dropped:
                self._heard.append((start, sound))

    def _write_sound(self, writer: VideoWriter) -> None:
        """What was heard, as far as it belongs to kept frames."""
        first, last = self._order.kept
        for start, sound in self._heard:
            part = stretch(sound, max(0, first - start), max(0, last - start), self._order.request.rate)
            if self.sounds and len(part):
                writer.write_sound(part)
        self._heard.clear()

    def abort(self) -> None:
        """The job ended before its last frame: leave nothing behind. May be called from any thread."""
        with self._lock:
            self._abort()

    def drop(self) -> None:
        """Nobody waits for this any more: abort, and take no further frames."""
        with self._lock:
            self._dropped = True
            self._abort()

    def _abort(self) -> None:
        if self._writer is not None:
            self._writer.abort()
            self._writer = None
