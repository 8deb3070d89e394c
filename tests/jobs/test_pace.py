"""Time left, from measured steps."""

from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.emphasis import COST
from sora_studio.core.request import Request
from sora_studio.jobs.pace import Pace
from sora_studio.jobs.plan import make_plan
from tests.fakes.engine import CAPABILITIES


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_left_follows_the_measured_steps() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.seconds_left() is None
    plan = make_plan(Request("a", steps=10), CAPABILITIES)
    pace.begin(plan)
    clock.now += 60  # loading says nothing about steps
    pace.step(1)
    assert pace.seconds_left() is None
    for step in (2, 3):
        clock.now += 2
        pace.step(step)
    assert pace.seconds_left() == 14


def test_a_pace_is_remembered_for_the_next_job_of_another_length() -> None:
    clock = Clock()
    pace = Pace(clock)
    plan = make_plan(Request("a", steps=5), CAPABILITIES)
    pace.begin(plan)
    for step in range(1, 6):
        pace.step(step)
        clock.now += 1
    pace.end()
    pace.begin(make_plan(Request("a", steps=5, length=41), CAPABILITIES))
    left = pace.seconds_left()
    assert left is not None
    assert 10 < left < 16, "three windows of five steps of about a second"
    pace.begin(make_plan(replace(Request("a"), engine="other"), CAPABILITIES))
    assert pace.seconds_left() is None


def test_a_job_is_expected_to_take_as_long_as_others_did_with_what_comes_behind_the_steps(tmp_path: Path) -> None:
    clock, history = Clock(), tmp_path / "pace.json"
    pace, plan = Pace(clock, history), make_plan(Request("a", steps=5), CAPABILITIES)
    assert pace.expected(plan) is None
    pace.begin(plan)
    for step in range(1, 6):
        pace.step(step)
        clock.now += 1 if step < 5 else 8  # the last one is decoded
    pace.end()
    for known in (pace, Pace(clock, history)):
        assert known.expected(plan) == 15, "five steps of one second and two of decoding each"
        assert known.expected(make_plan(Request("a", steps=10), CAPABILITIES)) == 30
    history.write_text('{"sora": 1e-6, "other": [1, "x"]}')  # as it was written before
    assert Pace(clock, history).expected(plan) is not None


def test_a_pace_is_remembered_between_sessions(tmp_path: Path) -> None:
    clock, history = Clock(), tmp_path / "data" / "pace.json"
    plan = make_plan(Request("a", steps=5), CAPABILITIES)
    pace = Pace(clock, history)
    pace.begin(plan)
    for step in range(1, 6):
        pace.step(step)
        clock.now += 1
    pace.end()
    again = Pace(clock, history)
    again.begin(plan)
    assert again.seconds_left() == 5
    for pace in ('"soon"', "1" + "0" * 400):
        history.write_text(f'{{"fake": {pace}}}')
        damaged = Pace(clock, history)
        damaged.begin(plan)
        assert damaged.seconds_left() is None


def test_weighted_phrases_take_their_time() -> None:
    clock = Clock()
    pace = Pace(clock)
    weighing = replace(CAPABILITIES, emphasis=True)
    pace.begin(make_plan(Request("a (red:1.5) ball", steps=5), weighing))
    for step in range(1, 6):
        clock.now += 1 + COST
        pace.step(step)
    pace.end()
    assert pace.expected(make_plan(Request("a red ball", steps=4), weighing)) == pytest.approx(4)
    assert pace.expected(make_plan(Request("(a:0.5) (red:1.5) ball", steps=4), weighing)) == pytest.approx(4 + 8 * COST)
