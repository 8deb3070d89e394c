"""The sound of a timeline: what its audio tracks play, mixed to stereo at 48 kHz."""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.errors import MediaError
from sora_studio.core.layers import heard
from sora_studio.core.timeline import Clip, Timeline, Track
from sora_studio.media.sound import SAMPLE_RATE, Sound, SoundReader, silence

log = logging.getLogger(__name__)

MediaPath = Callable[[str], Path | None]
"""The file of a medium's identity, None while there is none."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A clip as it is heard: from frame `start` to `stop` of the timeline, which in a dissolve reach beyond its ends;
    `rise` and `fall` are the frames over which a dissolve brings it in and takes it out."""

    clip: Clip
    start: int
    stop: int
    rise: int = 0
    fall: int = 0


def voices(timeline: Timeline) -> tuple[Voice, ...]:
    """Every clip that is heard: those of the audio tracks that are not muted, or of the solo ones."""
    return tuple(voice for index in heard(timeline) for voice in _of_track(timeline.tracks[index]))


class AudioMixer:
    """Mixes stretches of a timeline's sound: gain, fades, dissolves, speed, mute and solo.

    Speed changes the pitch, as with a tape. A dissolve crossfades with constant power. The sum is not limited: what
    goes above full scale is the receiver's to clip. A medium without a file or without sound is silent. Clips that
    follow each other are read on, so blocks in order are cheap. One thread at a time.
    """

    LIMIT = 8

    def __init__(self, timeline: Timeline, media_path: MediaPath) -> None:
        self._timeline = timeline
        self._fps = timeline.rate.fps
        self._voices = voices(timeline)
        self._media_path = media_path
        self._readers: OrderedDict[str, SoundReader | None] = OrderedDict()

    @property
    def silent(self) -> bool:
        """Whether nothing is ever heard."""
        return not self._voices

    def block(self, start: int, frames: int) -> Sound:
        """The samples start, ..., start+frames-1 counted from the start of the timeline, (frames, 2)."""
        out = silence(frames)
        for voice in self._voices:
            first, last = self._samples(voice.start), self._samples(voice.stop)
            low, high = max(start, first), min(start + frames, last)
            if low < high:
                sound = self._played(voice.clip, low, high)
                if sound is not None:
                    out[low - start : high - start] += sound * self._level(voice, low, high)[:, None]
        return out

    def close(self) -> None:
        """Let go of the files."""
        while self._readers:
            reader = self._readers.popitem()[1]
            if reader is not None:
                reader.close()

    def _samples(self, frame: int) -> int:
        return round(frame / self._fps * SAMPLE_RATE)

    def _played(self, clip: Clip, low: int, high: int) -> Sound | None:
        """What a clip plays during the timeline's samples low, ..., high-1."""
        reader = self._reader(clip)
        if reader is None:
            return None
        pace, offset = abs(clip.speed), Fraction(clip.offset)
        begun = Fraction(low, SAMPLE_RATE) - clip.start / self._fps
        if clip.speed < 0:
            begun = clip.length / self._fps - begun
        at = offset / self._fps + begun * pace
        first = at * SAMPLE_RATE
        if clip.speed == 1:
            return reader.read(round(first), high - low)
        way = float(clip.speed)
        places = float(first) + np.arange(high - low) * way
        width = round(float(pace)) | 1
        base = math.floor(float(places.min())) - width
        whole = _smoothed(reader.read(base, math.ceil(float(places.max())) - base + 2 + width), width)
        grid = np.arange(len(whole), dtype=np.float64)
        sides = [np.interp(places - base, grid, whole[:, side]) for side in (0, 1)]
        return np.stack(sides, axis=1).astype(np.float32)

    def _level(self, voice: Voice, low: int, high: int) -> NDArray[np.float32]:
        """Gain, fades and dissolves of a voice, sample by sample."""
        clip = voice.clip
        frames = np.arange(low, high) * float(self._fps) / SAMPLE_RATE
        level = np.full(high - low, 10 ** (clip.gain / 20), np.float64)
        if clip.fade_in:
            level *= np.clip((frames - clip.start) / clip.fade_in, 0, 1)
        if clip.fade_out:
            level *= np.clip((clip.stop - frames) / clip.fade_out, 0, 1)
        if voice.rise:
            level *= np.sin(np.clip((frames - voice.start) / voice.rise, 0, 1) * math.pi / 2)
        if voice.fall:
            level *= np.sin(np.clip((voice.stop - frames) / voice.fall, 0, 1) * math.pi / 2)
        return level.astype(np.float32)

    def _reader(self, clip: Clip) -> SoundReader | None:
        """The clip's own reader: two clips of one file are read at two places."""
        if clip.id not in self._readers:
            path = self._media_path(clip.media)
            reader = None
            try:
                reader = SoundReader(path) if path is not None else None
            except MediaError as exc:
                log.info("%s", exc)
            self._readers[clip.id] = reader
            if len(self._readers) > self.LIMIT:
                old = self._readers.popitem(last=False)[1]
                if old is not None:
                    old.close()
        self._readers.move_to_end(clip.id)
        return self._readers[clip.id]


def _of_track(track: Track) -> Iterator[Voice]:
    into = {one.right: one for one in track.dissolves}
    out = {one.left: one for one in track.dissolves}
    for clip in track.clips:
        begins, ends = into.get(clip.id), out.get(clip.id)
        yield Voice(
            clip,
            clip.start - (begins.before if begins else 0),
            clip.stop + (ends.after if ends else 0),
            begins.length if begins else 0,
            ends.length if ends else 0,
        )


def _smoothed(sound: Sound, width: int) -> Sound:
    """A running mean, so that what is played faster does not ring with what is too high to be heard."""
    if width == 1:
        return sound
    kernel = np.full(width, 1 / width, np.float32)
    return np.stack([np.convolve(sound[:, side], kernel, "same") for side in (0, 1)], axis=1)
