"""Sound: read from files of any rate and layout, mixed as the timeline says, written with the film, in step with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from sora_studio.core.errors import MediaError
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Clip, Dissolve, Timeline, Track
from sora_studio.media.audio import AudioMixer
from sora_studio.media.export import ExportSettings, render_timeline
from sora_studio.media.probe import probe
from sora_studio.media.sound import SAMPLE_RATE, Sound, SoundReader
from tests.media.films import Film, film

SECOND = SAMPLE_RATE


def wave(path: Path, samples: Sound, rate: int = SECOND, layout: str = "stereo") -> Path:
    """A WAV file of samples (n, channels)."""
    with av.open(str(path), "w", format="wav") as output:
        stream: Any = output.add_stream("pcm_f32le", rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1), np.float32), format="flt", layout=layout
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)
    return path


def ramp(count: int = SECOND * 3) -> Sound:
    """Sample i holds i, as a number that a float keeps exactly: any stretch tells where it comes from."""
    line = np.arange(count, dtype=np.float32) / 2**20
    return np.stack([line, -line], axis=1)


def tone(seconds: float, rate: int, channels: int, hertz: float = 440.0) -> Sound:
    time = np.arange(int(seconds * rate)) / rate
    return np.repeat((0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[:, None], channels, axis=1)


def flash_and_beep(path: Path, at: int, frames: int = 72, rate: Fraction = Fraction(24)) -> Path:
    """A film that is black and silent but for one white frame and a beep that begins with it."""
    black, white = np.zeros((48, 64, 3), np.uint8), np.full((48, 64, 3), 255, np.uint8)
    begin, sound = round(at / rate * SECOND), np.zeros((round(frames / rate * SECOND), 2), np.float32)
    sound[begin : begin + SECOND // 10] = tone(0.1, SECOND, 2, 1000.0)
    return scored(path, [white if index == at else black for index in range(frames)], sound, rate)


def scored(path: Path, pictures: list[NDArray[np.uint8]], sound: Sound, rate: Fraction = Fraction(24)) -> Path:
    """A film of pictures with a sound that begins with the first of them, uncompressed."""
    silent = path.with_name(f"silent-{path.stem}.mov")
    Film(rate=rate).write(silent, pictures)
    with av.open(str(silent)) as source, av.open(str(path), "w") as output:
        picture = output.add_stream_from_template(source.streams.video[0])
        track: Any = output.add_stream("pcm_s16le", rate=SECOND, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SECOND, 0
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = picture
                output.mux(packet)
        for packet in (*track.encode(frame), *track.encode(None)):
            output.mux(packet)
    return path


class Band:
    """Timelines over a folder of sounds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: list[AudioMixer] = []

    def path(self, media: str) -> Path | None:
        path = self.folder / media
        return path if path.exists() else None

    def mixer(self, *tracks: Track, rate: Rate = Rate(24)) -> AudioMixer:
        made = AudioMixer(Timeline(rate=rate, tracks=(Track("V1"), *tracks)), self.path)
        self.open.append(made)
        return made


@pytest.fixture
def band(tmp_path: Path) -> Iterator[Band]:
    made = Band(tmp_path)
    yield made
    for mixer in made.open:
        mixer.close()


def lane(*clips: Clip, **more: Any) -> Track:
    return Track("A1", clips, "audio", **more)


# -- files -----------------------------------------------------------------------------------------------------


def test_any_stretch_is_read_to_the_sample_in_any_order(tmp_path: Path) -> None:
    samples = ramp()
    reader = SoundReader(wave(tmp_path / "ramp.wav", samples))
    for start, count in ((0, 1000), (1000, 1000), (90_000, 500), (20_000, 60_000), (19_999, 3), (143_000, 1000)):
        np.testing.assert_array_equal(reader.read(start, count), samples[start : start + count])
    reader.close()


def test_before_the_start_and_past_the_end_there_is_silence(tmp_path: Path) -> None:
    samples = ramp(SECOND)
    reader = SoundReader(wave(tmp_path / "ramp.wav", samples))
    assert not reader.read(-500, 400).any()
    edge = reader.read(-100, 200)
    assert not edge[:100].any()
    np.testing.assert_array_equal(edge[100:], samples[:100])
    end = reader.read(SECOND - 10, 30)
    np.testing.assert_array_equal(end[:10], samples[-10:])
    assert not end[10:].any()
    assert reader.length == SECOND
    reader.close()


@pytest.mark.parametrize(
    ("rate", "layout", "channels"), [(44_100, "mono", 1), (22_050, "stereo", 2), (96_000, "5.1", 6)]
)
def test_odd_rates_and_layouts_become_stereo_at_their_pitch(
    tmp_path: Path, rate: int, layout: str, channels: int
) -> None:
    reader = SoundReader(wave(tmp_path / "tone.wav", tone(2, rate, channels), rate, layout))
    heard = reader.read(SECOND // 2, SECOND)
    reader.close()
    assert heard.shape == (SECOND, 2)
    spectrum = np.abs(np.fft.rfft(heard[:, 0]))
    assert int(spectrum.argmax()) == 440
    if layout != "5.1":
        assert np.abs(heard).max() == pytest.approx(0.5, abs=0.02)


def test_a_file_without_sound_and_one_that_is_none_are_refused(tmp_path: Path) -> None:
    silent = film(tmp_path / "silent.mp4", 6)
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF" + bytes(200))
    with pytest.raises(MediaError, match="no sound"):
        SoundReader(silent)
    with pytest.raises(MediaError):
        SoundReader(broken)


def test_a_cut_off_file_is_silent_from_there_on(tmp_path: Path) -> None:
    whole = wave(tmp_path / "ramp.wav", ramp())
    part = tmp_path / "part.wav"
    part.write_bytes(whole.read_bytes()[: 44 + 8 * SECOND])
    reader = SoundReader(part)
    assert reader.read(1000, 1000).any()
    assert not reader.read(2 * SECOND, 1000).any()
    reader.close()


# -- mixing ----------------------------------------------------------------------------------------------------


def test_a_clip_is_heard_at_its_place_from_its_offset(band: Band) -> None:
    samples = ramp()
    wave(band.folder / "a.wav", samples)
    mixer = band.mixer(lane(Clip("a.wav", 24, 24, offset=12)))
    block = mixer.block(0, 3 * SECOND)
    assert not block[:SECOND].any()
    np.testing.assert_allclose(block[SECOND : 2 * SECOND], samples[SECOND // 2 : SECOND * 3 // 2], atol=1e-6)
    assert not block[2 * SECOND :].any()


def test_blocks_join_without_a_seam(band: Band) -> None:
    wave(band.folder / "a.wav", ramp())
    clips = (Clip("a.wav", 0, 20, speed=Fraction(3, 2)), Clip("a.wav", 20, 30, offset=7, fade_in=5, fade_out=6))
    whole = band.mixer(lane(*clips)).block(0, 2 * SECOND)
    mixer = band.mixer(lane(*clips))
    parts = [mixer.block(start, 1234) for start in range(0, 2 * SECOND, 1234)]
    np.testing.assert_allclose(np.concatenate(parts)[: 2 * SECOND], whole, atol=2e-6)


def test_tracks_add_up_and_mute_solo_and_gain_count(band: Band) -> None:
    for name, level in (("a.wav", 0.1), ("b.wav", 0.2)):
        wave(band.folder / name, np.full((SECOND, 2), level, np.float32))
    first, second = lane(Clip("a.wav", 0, 24)), replace(lane(Clip("b.wav", 0, 24, gain=-6.0206)), name="A2")

    def level(*tracks: Track) -> float:
        return float(band.mixer(*tracks).block(100, 100).mean())

    assert level(first, second) == pytest.approx(0.2, abs=1e-4)
    assert level(replace(first, muted=True), second) == pytest.approx(0.1, abs=1e-4)
    assert level(replace(first, solo=True), second) == pytest.approx(0.1, abs=1e-4)
    assert band.mixer(replace(first, muted=True)).silent


def test_fades_rise_and_fall_and_a_dissolve_keeps_the_power(band: Band) -> None:
    wave(band.folder / "a.wav", np.full((3 * SECOND, 2), 0.5, np.float32))
    faded = band.mixer(lane(Clip("a.wav", 0, 24, fade_in=12, fade_out=6))).block(0, SECOND)[:, 0]
    assert faded[0] == 0
    assert faded[SECOND // 4] == pytest.approx(0.25, abs=0.01)
    assert faded[SECOND * 6 // 10] == pytest.approx(0.5, abs=0.001)
    assert faded[-1] == pytest.approx(0, abs=0.001)
    left, right = Clip("a.wav", 0, 24), Clip("a.wav", 24, 24, offset=24)
    joined = band.mixer(lane(left, right, dissolves=(Dissolve(left.id, right.id, 12),))).block(0, 2 * SECOND)[:, 0]
    assert joined[SECOND // 2] == pytest.approx(0.5, abs=0.001)
    assert joined[SECOND] == pytest.approx(0.5 * 2**0.5, abs=0.01)
    assert joined[SECOND * 3 // 2] == pytest.approx(0.5, abs=0.001)


def test_speed_and_backwards(band: Band) -> None:
    samples = ramp()
    wave(band.folder / "a.wav", samples)
    fast = band.mixer(lane(Clip("a.wav", 0, 24, speed=Fraction(2)))).block(0, SECOND)
    np.testing.assert_allclose(fast[1000:2000, 0], samples[2000:4000:2, 0], atol=3e-6)
    back = band.mixer(lane(Clip("a.wav", 0, 24, speed=Fraction(-1)))).block(0, SECOND)
    np.testing.assert_allclose(back[1:, 0], samples[SECOND - 1 : 0 : -1, 0], atol=3e-6)


def test_media_without_file_or_sound_are_silent(band: Band) -> None:
    film(band.folder / "mute.mp4", 24)
    mixer = band.mixer(lane(Clip("gone.wav", 0, 24), Clip("mute.mp4", 24, 24)))
    assert not mixer.block(0, 2 * SECOND).any()


# -- in step ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_sound_begins_with_its_picture(band: Band, rate: Fraction) -> None:
    flash_and_beep(band.folder / "beep.mov", 30, rate=rate)
    whole = Rate(rate.numerator, rate.denominator)
    mixer = band.mixer(lane(Clip("beep.mov", 10, 72)), rate=whole)
    onset = int(np.abs(mixer.block(0, 4 * SECOND)[:, 0] > 0.05).argmax())
    assert abs(onset - 40 / rate * SECOND) < SECOND / 500


@pytest.mark.parametrize(
    ("preset", "suffix", "codec"), [("h264", ".mp4", "aac"), ("vp9", ".webm", "opus"), ("prores", ".mov", "pcm_s24le")]
)
def test_the_film_carries_the_sound_in_step_and_as_long_as_the_picture(
    band: Band, preset: str, suffix: str, codec: str
) -> None:
    flash_and_beep(band.folder / "beep.mov", 30)
    timeline = Timeline(
        size=Size(64, 48),
        tracks=(Track("V1", (Clip("beep.mov", 0, 60),)), lane(Clip("beep.mov", 0, 60))),
    )
    settings = ExportSettings(band.folder / f"out{suffix}", preset, range=FrameRange(6, 60))
    render_timeline(timeline, band.path, settings, lambda *_: None, lambda: False)
    assert probe(settings.path).audio
    assert probe(settings.path).frames == 54
    with av.open(str(settings.path)) as written:
        track = written.streams.audio[0]
        assert track.codec_context.name == codec
        assert (track.codec_context.sample_rate, track.codec_context.layout.name) == (SECOND, "stereo")
        seconds = sum(frame.samples for frame in written.decode(track)) / SECOND
    assert seconds == pytest.approx(54 / 24, abs=1 / 24)
    reader = SoundReader(settings.path)
    onset = int((np.abs(reader.read(0, 2 * SECOND)[:, 0]) > 0.1).argmax())
    reader.close()
    assert abs(onset - SECOND) < SECOND / 48  # half a frame


@pytest.mark.parametrize("sound", [True, False])
def test_a_film_has_a_sound_track_only_when_something_is_to_be_heard(band: Band, sound: bool) -> None:
    film(band.folder / "mute.mp4", 12)
    flash_and_beep(band.folder / "beep.mov", 3, 12)
    audio = lane(Clip("beep.mov", 0, 12)) if not sound else lane()
    timeline = Timeline(size=Size(64, 48), tracks=(Track("V1", (Clip("mute.mp4", 0, 12),)), audio))
    settings = ExportSettings(band.folder / "out.mp4", sound=sound)
    render_timeline(timeline, band.path, settings, lambda *_: None, lambda: False)
    assert not probe(settings.path).audio
