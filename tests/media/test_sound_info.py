"""Files of mere sound: known by their length, refused in words."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import MediaError
from sora_studio.media.sound_info import probe_sound


def tone(path: Path, seconds: float = 1.5, rate: int = 8000) -> Path:
    """A WAV file of a tone."""
    samples = np.sin(np.arange(round(seconds * rate)) * 0.3) * 20000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def test_a_sound_is_as_long_as_it_says(tmp_path: Path) -> None:
    info = probe_sound(tone(tmp_path / "tone.wav"))
    assert (info.kind, info.audio, info.still) == ("sound", True, False)
    assert info.seconds == pytest.approx(1.5)
    assert info.frames / info.rate.fps == pytest.approx(1.5)


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("Dear sound")
    with pytest.raises(MediaError, match=r"a\.wav"):
        probe_sound(tmp_path / "a.wav")
    (tmp_path / "empty.wav").touch()
    with pytest.raises(MediaError, match="is empty"):
        probe_sound(tmp_path / "empty.wav")


def test_a_silent_film_has_no_sound(tmp_path: Path) -> None:
    from tests.fakes.desk import numbered

    with pytest.raises(MediaError, match="neither picture nor sound"):
        probe_sound(numbered(tmp_path / "film.mp4", 4))
