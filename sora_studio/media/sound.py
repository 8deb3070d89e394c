"""The sound of a file: any stretch of it as stereo at 48 kHz, in step with its pictures."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from sora_studio.core.errors import MediaError
from sora_studio.core.samples import SAMPLE_RATE as SAMPLE_RATE
from sora_studio.core.samples import Sound as Sound
from sora_studio.media.containers import FFMPEG_ERRORS, OPTIONS, decoded
from sora_studio.media.reasons import check_readable, unreadable

log = logging.getLogger(__name__)

_PREROLL = Fraction(1, 5)
"""Seconds decoded before the wanted place, so that decoders with a memory have found their step."""
_NEAR = 2 * SAMPLE_RATE
"""Samples up to which decoding on is quicker than seeking."""
_JUMP = SAMPLE_RATE // 25
"""Samples by which a clock may be off before its word counts more than the count of samples."""


def silence(count: int) -> Sound:
    """No sound, for `count` samples."""
    return np.zeros((count, 2), np.float32)


def at_usual_rate(sound: Sound, rate: int) -> Sound:
    """Samples (n, 1 or 2) of another rate as stereo at 48 kHz."""
    stereo = np.ascontiguousarray(np.broadcast_to(sound, (len(sound), 2)).T, np.float32)
    frame = av.AudioFrame.from_ndarray(stereo, format="fltp", layout="stereo")
    frame.sample_rate = rate
    resampler = AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE)
    parts = [part.to_ndarray().reshape(-1, 2) for part in (*resampler.resample(frame), *resampler.resample(None))]
    return np.concatenate(parts) if parts else silence(0)


class SoundReader:
    """Random and sequential access to the first sound of a file, mixed down or up to stereo at 48 kHz.

    Sample 0 belongs to the first picture of a film; without pictures it is the first sound. Before the start, past the
    end and where the file is damaged there is silence. One thread at a time. Raises MediaError when nothing is to be
    heard of the file.
    """

    def __init__(self, path: Path) -> None:
        check_readable(path)
        self._path = path
        self._container, self._stream = _opened(path)
        self._chunks: Iterator[tuple[int, Sound]] | None = None
        self._chunk: tuple[int, Sound] = (0, silence(0))
        self._ended = False
        try:
            self._origin = self._start()
        except BaseException:
            self._container.close()
            raise

    @property
    def length(self) -> int:
        """Samples to the end, as far as the file's header says; 0 when it says nothing."""
        tick = self._stream.time_base
        if self._stream.duration and tick:
            first = (self._stream.start_time or 0) * tick - self._origin
            return max(0, int((self._stream.duration * tick + first) * SAMPLE_RATE))
        if self._container.duration:
            return int(Fraction(self._container.duration, 1_000_000) * SAMPLE_RATE)
        return 0

    def close(self) -> None:
        """Let go of the file."""
        self._chunks = None
        self._container.close()

    def read(self, start: int, count: int) -> Sound:
        """The samples start, ..., start+count-1."""
        out = silence(count)
        stop = start + count
        if stop <= 0:
            return out
        if self._chunks is None or start < self._chunk[0] or start > self._reached + _NEAR:
            self._seek(max(0, start))
        while True:
            at, samples = self._chunk
            low, high = max(start, at), min(stop, at + len(samples))
            if low < high:
                out[low - start : high - start] = samples[low - at : high - at]
            if self._reached >= stop or self._ended or not self._advance():
                return out

    @property
    def _reached(self) -> int:
        return self._chunk[0] + len(self._chunk[1])

    def _advance(self) -> bool:
        chunk = next(self._chunks, None) if self._chunks is not None else None
        if chunk is None:
            self._ended = True
            return False
        self._chunk = chunk
        return True

    def _seek(self, sample: int) -> None:
        tick = self._stream.time_base or Fraction(1, SAMPLE_RATE)
        time = max(Fraction(0), Fraction(sample, SAMPLE_RATE) - _PREROLL) + self._origin
        try:
            self._container.seek(int(time / tick), stream=self._stream, backward=True)
        except FFMPEG_ERRORS:
            # Raw streams cannot seek: begin anew.
            self._container.close()
            self._container, self._stream = _opened(self._path)
        self._chunks, self._chunk, self._ended = self._decoded(), (0, silence(0)), False
        self._advance()

    def _decoded(self) -> Iterator[tuple[int, Sound]]:
        """Stereo chunks with the sample each begins at."""
        resampler, at = _resampler(self._stream), None
        mono = self._stream.codec_context.layout.nb_channels == 1
        for frame in decoded(self._path, self._container.demux(self._stream), self._stream.decode):
            if frame.pts is not None and frame.time_base is not None:
                told = round((frame.pts * frame.time_base - self._origin) * SAMPLE_RATE)
                at = told if at is None or abs(told - at) > _JUMP else at
            at = at or 0
            frame.pts = None
            try:
                parts = [_columns(part, 1 if mono else 2) for part in resampler.resample(frame)]
            except FFMPEG_ERRORS as exc:
                log.debug("%s: sound was passed over: %s", self._path.name, exc)
                continue
            for part in parts:
                yield at, np.repeat(part, 2, axis=1) if mono else part
                at += len(part)

    def _start(self) -> Fraction:
        """The presentation time of the first picture, else of the first sound."""
        films = [
            film
            for film in self._container.streams.video
            if av.stream.Disposition.attached_pic not in film.disposition and film.codec_context is not None
        ]
        try:
            for film in films[:1]:
                first = next(self._container.decode(film), None)
                if first is not None and first.pts is not None and first.time_base is not None:
                    return Fraction(first.pts * first.time_base)
        except FFMPEG_ERRORS as exc:
            log.info("%s: no picture to set the clock by: %s", self._path.name, exc)
        return Fraction((self._stream.start_time or 0) * (self._stream.time_base or 0))


def _columns(frame: av.AudioFrame, count: int) -> Sound:
    """The interleaved samples of a frame as (n, count)."""
    return np.asarray(frame.to_ndarray().reshape(-1, count), np.float32)


def _opened(path: Path) -> tuple[InputContainer, AudioStream]:
    try:
        container = av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace")
    except FFMPEG_ERRORS as exc:
        raise unreadable(path, exc) from exc
    for stream in container.streams.audio:
        if getattr(stream.codec_context, "sample_rate", 0):  # an unknown codec has no context
            return container, stream
    container.close()
    raise MediaError("“{name}” has no sound. Choose another file.", name=path.name)


def _resampler(stream: AudioStream) -> AudioResampler:
    """To stereo; one channel stays one and is doubled later, so that it keeps its level."""
    mono = stream.codec_context.layout.nb_channels == 1
    return AudioResampler(format="flt", layout="mono" if mono else "stereo", rate=SAMPLE_RATE)
