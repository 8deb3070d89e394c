"""The ring of frames: nothing is overwritten before it was read."""

import os
import sys
import threading
from multiprocessing import resource_tracker

import numpy as np
import pytest

from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.jobs.shared_frames import FrameRing, FrameWriter


@pytest.fixture
def ring():
    ring = FrameRing(slot_bytes=3000, slots=2)
    yield ring
    ring.close()


@pytest.fixture
def writer(ring):
    # both sides in one process, where attaching takes the memory off the tracker that the owner's end still asks
    writer = FrameWriter(ring.name, ring.slots, ring.slot_bytes)
    if sys.version_info < (3, 13) and os.name == "posix":
        resource_tracker.register(ring._memory._name, "shared_memory")
    yield writer
    writer.close()


def picture(value: int) -> np.ndarray:
    return np.full((2, 10, 10, 3), value, np.uint8)


def test_frames_cross_over(ring, writer) -> None:
    slot = writer.try_write(picture(7))
    frames = ring.read(slot, (2, 10, 10, 3))
    assert np.array_equal(frames, picture(7))
    writer.acknowledge(slot)


def test_a_full_ring_takes_no_more_until_it_is_read(ring, writer) -> None:
    slots = {writer.try_write(picture(1)), writer.try_write(picture(2))}
    assert slots == {0, 1}
    assert writer.try_write(picture(3)) is None
    writer.acknowledge(1)
    assert writer.try_write(picture(3)) == 1
    assert ring.read(0, (2, 10, 10, 3))[0, 0, 0, 0] in (1, 2)


def test_final_frames_wait_for_a_slot(ring, writer) -> None:
    for _ in range(2):
        writer.try_write(picture(1))
    threading.Timer(0.05, writer.acknowledge, [0]).start()
    assert writer.write(picture(9), lambda: None) == 0


def test_waiting_can_be_given_up(ring, writer) -> None:
    for _ in range(2):
        writer.try_write(picture(1))

    def give_up() -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        writer.write(picture(9), give_up)


def test_what_does_not_fit_is_refused(ring, writer) -> None:
    assert writer.try_write(np.zeros((9, 20, 20, 3), np.uint8)) is None
    with pytest.raises(EngineError):
        ring.read(0, (900, 20, 20, 3))
    with pytest.raises(EngineError):
        ring.read(5, (1, 1, 1, 3))


def test_too_large_a_ring_is_refused_in_words() -> None:
    with pytest.raises(EngineError, match="shared memory"):
        FrameRing(slot_bytes=1 << 40, slots=4)
