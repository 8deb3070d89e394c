"""A dissolve between films with sound, from real files to the exported film: both sounds cross with constant power."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sora_studio.core.timeline import Timeline
from sora_studio.media.export import ExportSettings, render_timeline
from sora_studio.media.sound import SAMPLE_RATE, Sound, SoundReader
from tests.media.test_audio import scored, tone
from tests.session.conftest import Studio

LOW, HIGH = 440.0, 660.0
FRAME = SAMPLE_RATE // 24
LENGTH = 24
"""Frames of the dissolve: a second around the cut."""
CUT = 48


def ringing(path: Path, hertz: float, shade: int) -> Path:
    """Three seconds of one tone under one grey."""
    return scored(path, [np.full((48, 64, 3), shade, np.uint8)] * 72, tone(3, SAMPLE_RATE, 2, hertz))


def level(sound: Sound, frame: float, hertz: float) -> float:
    """How loud a tone is in the two frames around a place, its peak."""
    start = round((frame - 1) * FRAME)
    part = sound[start : start + 2 * FRAME, 0].astype(np.float64)
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(part)) / SAMPLE_RATE)
    window = np.hanning(len(part))
    return float(2 * np.abs((part * window * wave).sum()) / window.sum())


def crossed(sound: Sound) -> NDArray[np.float64]:
    """The levels of both tones, (frames, 2), a frame apart from a little before the dissolve to a little behind it."""
    frames = range(CUT - LENGTH // 2 - 4, CUT + LENGTH // 2 + 5)
    return np.array([[level(sound, frame, hertz) for hertz in (LOW, HIGH)] for frame in frames])


@pytest.fixture
def films(studio: Studio, tmp_path: Path) -> tuple[str, str]:
    """Two films of two seconds each that touch, with half a second more at both ends, each with its sound."""
    session = studio.session
    made = []
    for start, hertz, shade in ((0, LOW, 60), (72, HIGH, 200)):
        media = session.import_media(ringing(tmp_path / f"{hertz:g}.mov", hertz, shade))
        made.append(session.place(media, 0, start))
        session.trim_head(made[-1], 12)
        session.trim_tail(made[-1], -12)
    for gap in reversed(session.timeline.gaps(0)):
        session.close_gap(gap)
    first, second = session.timeline.tracks[0].clips
    assert (first.start, first.stop, second.stop) == (0, CUT, 2 * CUT)
    return made[0], made[1]


def exported(studio: Studio, path: Path) -> Sound:
    """What is heard of the film of the timeline."""
    session = studio.session
    render_timeline(session.timeline, session.media_path, ExportSettings(path), lambda _done, _of: None, lambda: False)
    reader = SoundReader(path)
    sound = reader.read(0, 2 * CUT * FRAME)
    reader.close()
    return sound


def dissolves(timeline: Timeline) -> list[list[int]]:
    return [[one.length for one in track.dissolves] for track in timeline.tracks]


def test_the_sound_crosses_with_constant_power_in_the_exported_film(
    studio: Studio, films: tuple[str, str], tmp_path: Path
) -> None:
    session = studio.session
    before = session.timeline
    hard = crossed(exported(studio, tmp_path / "hard.mp4"))
    assert hard[:15, 0].min() == pytest.approx(0.5, abs=0.02)  # until the cut there is one tone, at full strength
    assert hard[:15, 1].max() < 0.01
    session.dissolve(*films, LENGTH)
    assert dissolves(session.timeline) == [[LENGTH], [], [LENGTH]]
    soft = crossed(exported(studio, tmp_path / "soft.mp4"))
    low, high = soft[:, 0], soft[:, 1]
    assert (low[:3].min(), high[:3].max()) == pytest.approx((0.5, 0), abs=0.02)
    assert (low[-3:].max(), high[-3:].min()) == pytest.approx((0, 0.5), abs=0.02)
    middle = len(soft) // 2
    assert low[middle] == pytest.approx(0.5 * 2**-0.5, abs=0.02)  # both are 3 dB down at the cut
    assert high[middle] == pytest.approx(0.5 * 2**-0.5, abs=0.02)
    assert np.diff(low).max() < 0.01
    assert np.diff(high).min() > -0.01
    np.testing.assert_allclose(np.hypot(low, high), 0.5, atol=0.025)  # the power stays
    session.undo()
    assert session.timeline == before
    assert dissolves(session.timeline) == [[], [], []]
    session.redo()
    session.remove_dissolve(films[1])
    assert session.timeline == before
