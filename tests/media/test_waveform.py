"""Peaks say how loud a file is over time, and are read from the disk the second time."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import MediaError
from sora_studio.media.waveform import PER_SECOND, cached_peaks, peaks
from tests.media.films import film
from tests.media.test_audio import flash_and_beep, tone, wave


def test_peaks_follow_the_sound(tmp_path: Path) -> None:
    loud = tone(2.0, 44100, 2)
    loud[:44100] *= 0.2
    found = peaks(wave(tmp_path / "steps.wav", loud, 44100))
    assert abs(len(found) - 2 * PER_SECOND) <= 2
    quiet, late = found[10:90], found[110:190]
    assert np.all(np.abs(quiet.astype(int) - 255 * 0.1) < 12)
    assert np.all(np.abs(late.astype(int) - 255 * 0.5) < 25)


def test_a_beep_stands_at_its_moment(tmp_path: Path) -> None:
    found = peaks(flash_and_beep(tmp_path / "beep.mov", 36))
    assert 148 <= int(np.argmax(found > 60)) <= 152
    assert found[:140].max() < 5


def test_silent_films_and_pictures_of_nothing(tmp_path: Path) -> None:
    assert len(peaks(film(tmp_path / "mute.mp4", 8))) == 0
    letter = tmp_path / "letter.wav"
    letter.write_text("Dear film")
    with pytest.raises(MediaError, match=r"letter\.wav"):
        peaks(letter)


def test_peaks_are_kept_until_the_file_changes(tmp_path: Path) -> None:
    path, folder = wave(tmp_path / "a.wav", tone(1.0, 8000, 1), 8000, "mono"), tmp_path / "cache"
    first = cached_peaks(path, folder)
    (kept,) = folder.glob("*.peaks")
    state = path.stat()
    path.write_bytes(bytes(state.st_size))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert np.array_equal(cached_peaks(path, folder), first), "it is not read again"
    wave(path, tone(0.5, 8000, 1), 8000, "mono")
    os.utime(path, ns=(1, 1))
    assert len(cached_peaks(path, folder)) == len(first) // 2
    for kept in folder.glob("*.peaks"):
        kept.write_text("damaged")
    assert len(cached_peaks(path, folder)) == len(first) // 2


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert len(cached_peaks(wave(tmp_path / "a.wav", tone(1.0, 8000, 1), 8000, "mono"), blocked / "x")) > 90
