"""A ring of frames in shared memory: the studio creates it, the worker writes, the studio reads and acknowledges.

The worker knows which slots are free, since it takes them and the studio's acknowledgements give them back; so no slot
is overwritten before it was read.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import weakref
from collections.abc import Callable
from multiprocessing import resource_tracker, shared_memory

import numpy as np

from sora_studio.core.errors import EngineError
from sora_studio.core.request import Frames

SLOTS = 4
SLOT_BYTES = 4 << 20
"""Enough for a window of the built-in model; a slot grows to hold at least one frame of a job."""


class FrameRing:
    """The studio's side. `close` gives the memory back; so does the end of the program."""

    def __init__(self, slot_bytes: int = SLOT_BYTES, slots: int = SLOTS) -> None:
        self.slots = slots
        self.slot_bytes = slot_bytes
        try:
            self._memory = shared_memory.SharedMemory(create=True, size=slots * slot_bytes)
        except OSError as exc:
            raise _no_memory(slots * slot_bytes) from exc
        self._finalizer = weakref.finalize(self, _destroy, self._memory)
        try:
            _reserve(self._memory, slots * slot_bytes)
        except OSError as exc:
            self.close()
            raise _no_memory(slots * slot_bytes) from exc

    @property
    def name(self) -> str:
        """What the worker attaches to."""
        return self._memory.name

    def read(self, slot: int, shape: tuple[int, ...]) -> Frames:
        """A copy of the frames in a slot. Raises EngineError when they can't lie there."""
        if not 0 <= slot < self.slots or len(shape) != 4 or int(np.prod(shape)) > self.slot_bytes:
            raise EngineError("The worker sent frames that do not fit its memory. Run the job again.")
        view: Frames = np.ndarray(shape, np.uint8, self._memory.buf, slot * self.slot_bytes)
        return view.copy()

    def close(self) -> None:
        """Give the memory back."""
        self._finalizer()


class FrameWriter:
    """The worker's side."""

    def __init__(self, name: str, slots: int, slot_bytes: int) -> None:
        self.slot_bytes = slot_bytes
        self._memory = _attach(name)
        self._free = set(range(slots))
        self._changed = threading.Condition()

    def acknowledge(self, slot: int) -> None:
        """The studio has read this slot."""
        with self._changed:
            self._free.add(slot)
            self._changed.notify_all()

    def try_write(self, frames: Frames) -> int | None:
        """Write frames into a free slot and return its number; None when all are in use or the frames are too large."""
        if frames.nbytes > self.slot_bytes:
            return None
        with self._changed:
            slot = self._free.pop() if self._free else None
        if slot is not None:
            self._copy(slot, frames)
        return slot

    def write(self, frames: Frames, give_up: Callable[[], None]) -> int:
        """Write frames into the next free slot, return its number. `give_up` is called while waiting and may raise."""
        while True:
            slot = self.try_write(frames)
            if slot is not None:
                return slot
            give_up()
            with self._changed:
                self._changed.wait_for(lambda: bool(self._free), timeout=0.05)

    def close(self) -> None:
        """Let go of the memory, which stays the studio's."""
        self._memory.close()

    def _copy(self, slot: int, frames: Frames) -> None:
        view: Frames = np.ndarray(frames.shape, np.uint8, self._memory.buf, slot * self.slot_bytes)
        view[...] = frames


def _attach(name: str) -> shared_memory.SharedMemory:
    """Memory that someone else owns. Before Python 3.13 attaching registers it with a tracker that would destroy it
    when this process ends, so it is taken off again."""
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name=name, track=False)
    memory = shared_memory.SharedMemory(name=name)
    if os.name == "posix":
        resource_tracker.unregister(memory._name, "shared_memory")  # type: ignore[attr-defined]
    return memory


def _reserve(memory: shared_memory.SharedMemory, size: int) -> None:
    """Take the pages now: on Linux a full /dev/shm would otherwise kill whoever writes first, without an error."""
    handle = getattr(memory, "_fd", -1)
    if hasattr(os, "posix_fallocate") and handle >= 0:
        os.posix_fallocate(handle, 0, size)


def _destroy(memory: shared_memory.SharedMemory) -> None:
    memory.close()
    with contextlib.suppress(FileNotFoundError):  # something else cleaned up; there is nothing left to do
        memory.unlink()


def _no_memory(size: int) -> EngineError:
    return EngineError(
        "There is no shared memory for {size} MB of frames. Close other programs, or give the container more.",
        size=size >> 20,
    )
