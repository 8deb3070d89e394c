"""Previews within their share of the time."""

import pytest

from sora_studio.engines.preview import PreviewBudget


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(share: float, steps: int, step_seconds: float, preview_seconds: float) -> list[int]:
    clock = Clock()
    budget, seen = PreviewBudget(share, steps, clock), []
    for step in range(1, steps + 1):
        clock.now += step_seconds
        if budget.due(step):
            with budget:
                clock.now += preview_seconds
            seen.append(step)
    return seen


def test_cheap_previews_come_after_every_step() -> None:
    assert shown(0.08, 8, 1.0, 0.01) == list(range(1, 9))


@pytest.mark.parametrize("steps", [4, 8, 24])
def test_dear_previews_come_three_times_all_the_same(steps: int) -> None:
    seen = shown(0.01, steps, 0.1, 1.0)
    assert len(seen) == 3
    assert seen[0] == 1


def test_previews_keep_their_share() -> None:
    seen = shown(0.1, 100, 1.0, 0.5)
    assert 15 <= len(seen) <= 25


def test_no_share_means_no_preview() -> None:
    assert shown(0.0, 8, 1.0, 0.0) == []


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_very_short_runs_are_shown_too(steps: int) -> None:
    assert shown(0.001, steps, 0.1, 1.0) == list(range(1, steps + 1))
