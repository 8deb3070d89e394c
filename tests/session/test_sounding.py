"""A clip that an engine makes with sound: through the worker into the file, and to the one who edits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sora_studio.core.media_item import Ready
from sora_studio.core.samples import SAMPLE_RATE, Sound, sample_of
from sora_studio.core.time import Rate
from sora_studio.media.probe import probe
from sora_studio.media.sound import SoundReader, at_usual_rate
from tests.session.conftest import DRAFT, Studio


def heard(studio: Studio, clip_id: str) -> Sound:
    item = studio.made(clip_id)
    assert isinstance(item.state, Ready)
    path = studio.session.media_path(item.id)
    assert path is not None
    assert probe(path).audio
    return SoundReader(path).read(0, sample_of(item.frames, item.rate))


def loudness(sound: Sound, parts: int) -> list[float]:
    return [float(np.sqrt((part**2).mean())) for part in np.array_split(sound, parts)]


def made(studio: Studio, prompt: str, seconds: float) -> str:
    studio.session.generate(replace(DRAFT, prompt=prompt, seconds=seconds))
    studio.settled()
    return studio.session.timeline.tracks[studio.session.timeline.of_kind("video")[0]].clips[0].id


def test_a_clip_is_heard_as_it_was_made(studio: Studio) -> None:
    clip_id = made(studio, "hum", 2)
    sound = heard(studio, clip_id)
    levels = loudness(sound, 4)
    assert levels == sorted(levels), "it grows louder"
    assert levels[0] > 0.05
    spectrum = np.abs(np.fft.rfft(sound[:SAMPLE_RATE, 0]))
    assert abs(int(spectrum.argmax()) - 440) <= 1
    assert studio.made(clip_id).sound


def test_its_sound_lies_bound_to_it_on_the_timeline(studio: Studio) -> None:
    session = studio.session
    session.generate(replace(DRAFT, prompt="hum", seconds=2))
    session.add_track("audio")  # a step in the meantime
    session.undo()
    studio.settled()
    (picture,) = [clip for lane in session.timeline.of_kind("video") for clip in session.timeline.tracks[lane].clips]
    (sound,) = [clip for lane in session.timeline.of_kind("audio") for clip in session.timeline.tracks[lane].clips]
    assert sound.media == picture.media
    assert sound.group == picture.group != ""
    assert (sound.start, sound.length) == (picture.start, picture.length)
    session.redo()
    assert session.timeline.find(sound.id)[1] == sound, "what was undone comes back with it"
    session.undo()
    session.undo()
    assert not any(track.clips for track in session.timeline.tracks), "the clip and its sound are one step"
    session.redo()
    assert session.timeline.find(sound.id)[1] == sound


def test_silent_engines_make_silent_files(studio: Studio) -> None:
    clip_id = made(studio, "a ball", 1)
    item = studio.made(clip_id)
    assert not item.sound
    path = studio.session.media_path(item.id)
    assert path is not None
    assert not probe(path).audio
    assert len(studio.session.timeline.of_kind("audio")) == 1
    assert not studio.session.timeline.tracks[studio.session.timeline.of_kind("audio")[0]].clips


def test_the_sound_of_windows_follows_one_on_the_other(studio: Studio) -> None:
    """Each window of the fake engine begins quietly anew."""
    sound = heard(studio, made(studio, "hum", 4))
    levels = loudness(sound, 32)
    falls = [index for index in range(1, 32) if levels[index] < levels[index - 1] - 0.05]
    assert len(falls) >= 1
    assert len(sound) == 4 * SAMPLE_RATE


def test_only_the_new_part_of_an_extension_is_heard(studio: Studio) -> None:
    first = made(studio, "a ball", 1)
    studio.session.extend(first, 1.0, replace(DRAFT, prompt="hum"))
    studio.settled()
    track = studio.session.timeline.tracks[studio.session.timeline.of_kind("video")[0]]
    new = next(clip.id for clip in track.clips if clip.id != first)
    sound = heard(studio, new)
    item = studio.made(new)
    assert len(sound) == sample_of(item.frames, item.rate)
    assert loudness(sound, 2)[0] > 0.2, "the quiet beginning of the window belongs to the frames that were shown"


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (24_000, 2), (44_100, 2)])
def test_any_rate_becomes_the_usual_one(rate: int, channels: int) -> None:
    times = np.arange(rate) / rate
    tone = np.repeat(np.sin(2 * np.pi * 300 * times)[:, None], channels, axis=1).astype(np.float32)
    sound = at_usual_rate(tone, rate)
    assert abs(len(sound) - SAMPLE_RATE) <= 64
    assert sound.shape[1] == 2
    spectrum = np.abs(np.fft.rfft(sound[:SAMPLE_RATE, 1]))
    assert abs(int(spectrum.argmax()) - 300) <= 1


def test_samples_of_frames_leave_no_gap() -> None:
    rate = Rate(30_000, 1001)
    places = [sample_of(frame, rate) for frame in range(300)]
    assert {b - a for a, b in pairwise(places)} <= {1601, 1602}
