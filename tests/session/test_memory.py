"""What a session keeps of the clips it made: their media, and nothing that grows with them."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.engine import Latents, Preview
from sora_studio.core.media_item import Lost
from sora_studio.core.request import Given, Request
from sora_studio.jobs import ledger
from sora_studio.jobs.ledger import Task
from sora_studio.jobs.windows import Plan
from sora_studio.session.orders import Order
from sora_studio.session.recording import Recording
from sora_studio.session.works import KEPT_BYTES, Looks, Work
from tests.session.conftest import DRAFT, Studio

HOLDS_PICTURES = (Given, Request, Plan, Task, Order, Recording, Work, Latents)


def alive() -> Counter[str]:
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if issubclass(type(one), HOLDS_PICTURES))


def test_nothing_stays_of_a_clip_that_is_made_but_its_medium(studio: Studio) -> None:
    session = studio.session
    before = alive()
    session.generate(DRAFT)
    studio.settled()
    for _ in range(3):
        session.extend(session.timeline.tracks[0].clips[-1].id, 1, DRAFT)
        studio.settled()
    assert alive() == before
    assert [job.state for job in session.jobs()] == ["done"] * 4
    assert {job.media_id for job in session.jobs()} == set(session.project.media)


def test_nothing_stays_of_a_trial_that_is_given_up(studio: Studio) -> None:
    session = studio.session
    before = alive()
    for _ in range(2):
        session.try_seeds(replace(DRAFT, steps=8, seed=None))
        studio.until(lambda: session.trial is not None and session.trial.decided)
    session.drop_trial()
    in_hand = Counter(Latents=1)  # with the worker's last message
    studio.until(lambda: alive() - in_hand == before)


def test_what_failed_can_be_tried_again_until_the_queue_forgets_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "KEPT_JOBS", 2)
    session = studio.session
    before = alive()
    for _ in range(4):
        session.generate(replace(DRAFT, prompt="fail"))
        studio.settled()
    known = [job for job in session.jobs() if job.words != "Interrupted"]  # the first goes on from the disk alone
    assert len(known) == 3, "two that are over, and the newest"
    assert alive()["Work"] == before["Work"] + 3
    session.retry(known[0].id)
    studio.settled()
    assert alive()["Work"] == before["Work"] + 3
    assert all(isinstance(item.state, Lost) for item in session.project.media.values())


def test_looks_stay_as_long_as_there_is_room(studio: Studio) -> None:
    kept, frames = Looks(), np.zeros((400, 14, 24, 3), np.uint8)
    for clip in range(300):
        for step in (1, 2):
            kept.add(f"m{clip}", Preview(step, 2, frames))
    assert kept.bytes <= KEPT_BYTES
    assert [look.step for look in kept.of("m299")] == [1, 2]
    assert len(kept.of("m298")) == 2
    assert kept.of("m0") == ()
    large = Preview(1, 1, np.zeros((KEPT_BYTES // frames[0].nbytes + 1, 14, 24, 3), np.uint8))
    kept.add("large", large)
    assert kept.of("large") == (large,), "those of the clip that forms stay in any case"
    assert kept.of("m299") == ()


def test_a_project_that_is_left_takes_its_looks_with_it(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    (media,) = session.project.media
    assert session.previews(media)
    session.new(tmp_path / "other")
    assert session.previews(media) == ()
    assert session._looks.bytes == 0
