"""A job that hangs is told from one that is slow."""

from __future__ import annotations

from dataclasses import replace

from sora_studio.jobs.states import Done, Job, Running
from sora_studio.jobs.stillness import SLOWER, STILL, Stillness


class Clock:
    """Seconds that pass when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def at(step: int, stage: str = "denoising", window: int = 1) -> Job:
    return Job("a", state=Running(step, 30, None, window, 2, stage))


def test_silence_is_said_after_three_minutes_and_ends_with_the_next_step() -> None:
    clock = Clock()
    stillness = Stillness(clock)
    assert stillness.seconds("a") == 0.0
    stillness.follow(at(1))
    clock.now += STILL - 1
    stillness.follow(at(1))  # that it runs is no progress
    assert stillness.seconds("a") == 0.0
    clock.now += 1
    assert stillness.seconds("a") == STILL
    for place in (at(2), at(2, "decoding"), at(2, "decoding", 2)):
        stillness.follow(place)
        assert stillness.seconds("a") == 0.0
        clock.now += 1000
        assert stillness.seconds("a") == 1000.0


def test_a_model_with_long_steps_is_given_longer() -> None:
    clock = Clock()
    stillness = Stillness(clock)
    for step in (1, 2):
        stillness.follow(at(step))
        clock.now += 240
    stillness.follow(at(3))
    clock.now += SLOWER * 240 - 1
    assert stillness.seconds("a") == 0.0
    clock.now += 1
    assert stillness.seconds("a") == SLOWER * 240


def test_long_loading_is_no_measure_of_steps() -> None:
    clock = Clock()
    stillness = Stillness(clock)
    stillness.follow(at(0, "loading"))
    clock.now += 600
    stillness.follow(at(1))
    clock.now += STILL
    assert stillness.seconds("a") == STILL


def test_a_job_that_ended_is_not_still() -> None:
    clock = Clock()
    stillness = Stillness(clock)
    stillness.follow(at(1))
    clock.now += 1000
    stillness.follow(replace(at(1), state=Done(3.0)))
    assert stillness.seconds("a") == 0.0
