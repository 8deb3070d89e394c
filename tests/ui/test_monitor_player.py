from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from sora_studio.core.time import Rate
from sora_studio.core.timeline import Clip, Timeline, Track
from sora_studio.ui.monitor.player import Player


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Rig:
    """A player over 48 frames with a clock that stands still until it is told."""

    def __init__(self, rate: Rate = Rate(24)) -> None:
        self.clock = Clock()
        line = Timeline(rate=rate, tracks=(Track("V1", (Clip("m", 0, 48),)),))
        self.player = Player(lambda: line, clock=self.clock)
        self.seen: list[int] = []
        self.player.moved.connect(self.seen.append)

    def after(self, seconds: float) -> int:
        self.clock.now += seconds
        self.player.tick()
        return self.player.frame


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    return Rig()


def test_the_frame_follows_the_clock_and_not_the_ticks(rig: Rig) -> None:
    rig.player.play(0)
    assert rig.after(0.5) == 12
    assert rig.after(0.02) == 12
    assert rig.after(0.03) == 13
    assert rig.seen == [12, 13]


def test_playback_of_fractional_rates_does_not_drift(qtbot: QtBot) -> None:
    rig = Rig(Rate(30000, 1001))
    rig.player.play(0)
    for _ in range(1001):
        rig.after(0.001)
    assert rig.player.frame == 30


def test_it_stops_at_the_end_and_starts_over_from_there(rig: Rig) -> None:
    rig.player.play(40)
    assert rig.after(5) == 47
    assert not rig.player.playing
    rig.player.play(47)
    assert rig.player.frame == 0
    assert rig.player.playing


def test_a_loop_goes_round(rig: Rig) -> None:
    rig.player.loop = True
    rig.player.play(40)
    assert rig.after(0.5) == 4
    assert rig.player.playing
    assert rig.after(0.25) == 10


def test_shuttle_doubles_in_one_direction_and_starts_anew_in_the_other(rig: Rig) -> None:
    player = rig.player
    speeds = []
    for direction in (1, 1, 1, 1, 1, -1, -1):
        player.shuttle(direction, 20)
        speeds.append(player.speed)
    assert speeds == [1, 2, 4, 8, 8, -1, -2]
    assert rig.after(0.25) == 8
    assert rig.after(1) == 0
    assert not player.playing


def test_a_seek_while_it_plays_goes_on_from_there(rig: Rig) -> None:
    rig.player.play(0)
    rig.after(0.5)
    rig.player.moved_to(30)
    assert rig.after(0.25) == 36


def test_an_empty_timeline_does_not_play(qtbot: QtBot) -> None:
    player = Player(Timeline)
    player.play(0)
    assert not player.playing
