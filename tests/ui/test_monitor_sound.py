"""Playback with sound: what is heard sets the clock and the pictures keep to it; without a device they go on alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from sora_studio.jobs.queue import JobQueue
from sora_studio.media.sound import SAMPLE_RATE, Sound
from sora_studio.ui.monitor import sound as playback
from sora_studio.ui.monitor.panel import MonitorPanel
from sora_studio.ui.monitor.speaker import open_speaker
from tests.fakes.desk import Desk
from tests.media.test_audio import flash_and_beep
from tests.session.test_crossfades import HIGH, LENGTH, LOW, crossed, ringing

FLASH = 20
"""The frame of the flash, with which the beep begins."""


class Loudspeaker:
    """Takes a quarter of a second ahead and hears it at the pace of the clock, or of `pace` times it."""

    def __init__(self, pace: float = 1.0) -> None:
        self.pace = pace
        self.taken: list[Sound] = []
        self.starts = 0
        self.running = False
        self._begun = 0.0

    def start(self) -> None:
        self.taken, self.running, self._begun = [], True, time.monotonic()
        self.starts += 1

    def room(self) -> int:
        ahead = self._samples() - round(self.played() * SAMPLE_RATE)
        return max(0, SAMPLE_RATE // 4 - ahead) if self.running else 0

    def write(self, sound: Sound) -> None:
        self.taken.append(sound)

    def played(self) -> float:
        # A speaker cannot have played what it was not given.
        return min((time.monotonic() - self._begun) * self.pace, self._samples() / SAMPLE_RATE)

    def stop(self) -> None:
        self.running = False

    @property
    def heard(self) -> Sound:
        return np.concatenate(self.taken)[: round(self.played() * SAMPLE_RATE)]

    def _samples(self) -> int:
        return sum(len(block) for block in self.taken)


class Hall:
    """A monitor with a loudspeaker over a film with a flash and a beep."""

    def __init__(self, bot: QtBot, folder: Path, queue: JobQueue) -> None:
        self.bot = bot
        self.desk = Desk(folder / "project", queue)
        self.speaker: Loudspeaker | None = Loudspeaker()
        self.panel = MonitorPanel(self.desk, speaker=lambda: self.speaker)
        bot.addWidget(self.panel)
        self.panel.show()
        media = self.desk.import_media(flash_and_beep(folder / "beep.mov", FLASH))
        self.desk.place(media, 0, 0)

    def close(self) -> None:
        self.panel.shutdown()
        self.desk.close()


@pytest.fixture
def hall(qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Hall]:
    made = Hall(qtbot, tmp_path, queue)
    yield made
    made.close()


def _onset(sound: Sound) -> int | None:
    """The first sample of a beep."""
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.05)
    return int(loud[0]) if len(loud) else None


@pytest.mark.parametrize("pace", [1.0, 0.5])
def test_the_flash_is_shown_when_its_beep_is_heard(hall: Hall, pace: float) -> None:
    speaker = hall.speaker = Loudspeaker(pace)
    moments: dict[int, float] = {}
    hall.desk.playhead_moved.connect(lambda frame: moments.setdefault(frame, speaker.played()))
    hall.panel.play()
    hall.bot.waitUntil(lambda: hall.desk.playhead > FLASH + 3, timeout=15_000)
    heard = _onset(np.concatenate(speaker.taken))
    hall.panel.pause()
    assert heard is not None
    # The film runs at 24 frames a second: the playhead is on the flash from the beep on, for one frame.
    on = max(moment for frame, moment in moments.items() if frame <= FLASH)
    after = min(moment for frame, moment in moments.items() if frame > FLASH)
    assert on - 1 / 24 < heard / SAMPLE_RATE < after + 1 / 24
    assert not speaker.running


def test_a_seek_while_it_plays_takes_the_sound_along(hall: Hall) -> None:
    hall.panel.play()
    speaker = hall.speaker
    assert speaker is not None
    hall.bot.waitUntil(lambda: bool(speaker.taken), timeout=5000)
    hall.desk.seek(FLASH - 3)
    hall.bot.waitUntil(lambda: sum(map(len, speaker.taken)) > SAMPLE_RATE // 5, timeout=5000)
    onset = _onset(np.concatenate(speaker.taken))
    hall.panel.pause()
    assert speaker.starts == 2
    assert onset is not None
    assert abs(onset - SAMPLE_RATE * 3 / 24) < SAMPLE_RATE / 400


def test_other_speeds_and_mute_are_silent_and_go_on(hall: Hall) -> None:
    speaker = hall.speaker
    assert speaker is not None
    hall.panel.player.shuttle(1, 0)
    hall.panel.player.shuttle(1, 0)
    hall.bot.waitUntil(lambda: hall.desk.playhead > 6, timeout=5000)
    assert not speaker.running
    hall.panel.pause()
    hall.desk.seek(0)
    hall.panel.commands["mute"].trigger()
    hall.panel.play()
    hall.bot.waitUntil(lambda: hall.desk.playhead > 3, timeout=5000)
    assert not speaker.running
    hall.panel.commands["mute"].trigger()
    hall.bot.waitUntil(lambda: speaker.running and hall.desk.playhead > 8, timeout=5000)
    hall.panel.pause()


def test_the_clip_view_plays_the_sound_of_its_medium(hall: Hall) -> None:
    speaker = hall.speaker
    assert speaker is not None
    hall.desk.viewing.look_at(next(iter(hall.desk.project.media)))
    hall.panel.play()
    hall.bot.waitUntil(lambda: hall.desk.viewing.source.frame > 2 and bool(speaker.taken), timeout=5000)
    hall.panel.pause()
    assert hall.desk.playhead == 0


def test_a_device_that_goes_away_leaves_the_pictures_running(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "PATIENCE", 0.2)
    hall.speaker = Loudspeaker(pace=0.0)
    hall.panel.play()
    hall.bot.waitUntil(lambda: hall.desk.playhead > 6, timeout=10_000)
    assert not hall.speaker.running
    hall.panel.pause()


def test_without_a_device_it_plays_in_silence(hall: Hall) -> None:
    hall.speaker = None
    hall.panel.play()
    hall.bot.waitUntil(lambda: hall.desk.playhead > 6, timeout=10_000)
    hall.panel.pause()
    assert "sound" not in {thread.name for thread in threading.enumerate()}


def test_without_a_screen_no_device_is_opened(qtbot: QtBot) -> None:
    assert open_speaker() is None


def test_the_sound_of_a_dissolve_is_heard_to_cross_with_constant_power(hall: Hall, tmp_path: Path) -> None:
    desk = hall.desk
    desk.select(desk.timeline.tracks[0].clips[0].id)
    desk.delete()
    for start, hertz, shade in ((0, LOW, 60), (72, HIGH, 200)):
        clip = desk.place(desk.import_media(ringing(tmp_path / f"{hertz:g}.mov", hertz, shade)), 0, start)
        desk.trim_head(clip, 12)
        desk.trim_tail(clip, -12)
    for gap in reversed(desk.timeline.gaps(0)):
        desk.close_gap(gap)
    desk.dissolve(*(clip.id for clip in desk.timeline.tracks[0].clips), LENGTH)
    desk.seek(0)
    hall.panel.play()
    speaker = hall.speaker
    assert speaker is not None
    hall.bot.waitUntil(lambda: sum(map(len, speaker.taken)) > 3 * SAMPLE_RATE, timeout=15_000)
    hall.panel.pause()
    levels = crossed(np.concatenate(speaker.taken))
    middle = len(levels) // 2
    assert levels[0] == pytest.approx((0.5, 0), abs=0.01)
    assert levels[middle] == pytest.approx((0.5 * 2**-0.5,) * 2, abs=0.01)
    assert levels[-1] == pytest.approx((0, 0.5), abs=0.01)
    np.testing.assert_allclose(np.hypot(*levels.T), 0.5, atol=0.01)
