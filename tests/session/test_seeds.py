"""Four seeds to an early step, the best to the end; and decisions on a clip that is being made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import Pending, Ready
from sora_studio.media.footage import read_footage
from sora_studio.session.seeds import Trial
from tests.session.conftest import DRAFT, Studio

FOUR = replace(DRAFT, steps=8, seed=None)


def trial_of(studio: Studio) -> Trial:
    assert studio.session.trial is not None
    return studio.session.trial


def test_four_seeds_come_to_the_step_and_are_seen(studio: Studio) -> None:
    session = studio.session
    told: list[int] = []
    session.trial_changed.connect(lambda: told.append(1))
    session.try_seeds(FOUR)
    assert session.timeline.length == 0, "nothing is on the timeline before one is chosen"
    studio.until(lambda: trial_of(studio).decided)
    trial = trial_of(studio)
    assert (trial.step, trial.steps) == (2, 8)
    assert len({one.seed for one in trial.contenders}) == 4
    assert all(one.ready and one.step == 2 for one in trial.contenders)
    assert all(one.preview is not None and one.preview.step == 2 for one in trial.contenders)
    assert [view.words for view in session.jobs()] == ["Held at step 2"] * 4
    assert len(told) > 8


def test_the_chosen_seed_goes_on_and_becomes_the_same_clip(studio: Studio) -> None:
    session = studio.session
    session.try_seeds(FOUR, 3)
    studio.until(lambda: trial_of(studio).decided)
    seed = trial_of(studio).contenders[2].seed
    session.continue_seed(3)
    assert session.trial is None
    (clip,) = session.timeline.tracks[0].clips
    steps: list[int] = []
    session.previewed.connect(lambda media, preview: steps.append(preview.step))
    studio.settled()
    assert steps == [4, 5, 6, 7, 8], "it goes on from where it stood"
    item = session.item(clip.media)
    assert item.made_from is not None
    assert item.made_from["seed"] == seed
    session.generate(replace(FOUR, seed=seed))
    studio.settled()
    other = session.timeline.tracks[0].clips[1]
    first, second = session.media_path(clip.media), session.media_path(other.media)
    assert first is not None
    assert second is not None
    assert np.array_equal(read_footage(first).frames, read_footage(second).frames)


def test_a_seed_can_be_chosen_before_it_is_there(studio: Studio) -> None:
    session = studio.session
    session.try_seeds(replace(FOUR, prompt="slow balloon"))
    session.continue_seed(4)
    studio.settled()
    (clip,) = session.timeline.tracks[0].clips
    assert isinstance(session.item(clip.media).state, Ready)
    assert [view.state for view in session.jobs()] == ["done"], "the others are given up"


def test_a_trial_that_cannot_be_leaves_the_one_before(studio: Studio) -> None:
    session = studio.session
    session.try_seeds(FOUR)
    before = trial_of(studio)
    with pytest.raises(BadInput, match="step 1 to 7"):
        session.try_seeds(FOUR, 8)
    with pytest.raises(BadInput, match="few words"):
        session.try_seeds(replace(FOUR, prompt=" "))
    assert [one.job for one in trial_of(studio).contenders] == [one.job for one in before.contenders]
    with pytest.raises(BadInput, match="no such seed"):
        session.continue_seed(5)
    session.drop_trial()
    assert session.trial is None
    assert session.jobs() == ()


def test_other_jobs_go_on_beside_a_trial(studio: Studio) -> None:
    session = studio.session
    session.try_seeds(FOUR)
    session.generate(DRAFT)
    studio.settled()
    assert session.timeline.length == 24
    assert trial_of(studio).decided


def test_enough_makes_a_clip_of_fewer_steps(studio: Studio) -> None:
    session = studio.session
    job = session.generate(replace(DRAFT, prompt="slow balloon", steps=60))
    studio.until(lambda: any(view.step > 1 for view in session.jobs()))
    session.enough(job)
    studio.settled()
    (clip,) = session.timeline.tracks[0].clips
    item = session.item(clip.media)
    assert isinstance(item.state, Ready)
    assert item.frames == 8
    assert item.made_from is not None
    assert 1 < item.made_from["stopped_after"] < 60
    assert session.jobs()[0].state == "done"


def test_another_seed_in_the_middle_keeps_the_clip(studio: Studio) -> None:
    session = studio.session
    job = session.generate(replace(DRAFT, prompt="slow balloon", steps=20))
    studio.until(lambda: any(view.step > 1 for view in session.jobs()))
    (clip,) = session.timeline.tracks[0].clips
    again = session.reseed(job)
    assert session.timeline.tracks[0].clips == (clip,)
    assert session.item(clip.media).state == Pending(again)
    assert [view.id for view in session.jobs()] == [again]
    studio.settled()
    item = session.item(clip.media)
    assert isinstance(item.state, Ready)
    assert item.made_from is not None
    assert item.made_from["seed"] != 7
    path = session.media_path(clip.media)
    assert path is not None
    assert len(read_footage(path).frames) == 8
    with pytest.raises(BadInput, match="no longer being made"):
        session.reseed(again)
