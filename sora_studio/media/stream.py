"""Pictures of a video file through FFmpeg: exact by presentation time, whatever the container's habits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import av

from sora_studio.core.errors import MediaError
from sora_studio.core.language import tr
from sora_studio.core.time import Size
from sora_studio.media import header
from sora_studio.media.colour import Coding, coding_of, to_deep, to_rgb
from sora_studio.media.containers import FFMPEG_ERRORS, decoded, opened
from sora_studio.media.filters import deinterlacer, pulled
from sora_studio.media.geometry import Deep, Image, resized, turned
from sora_studio.media.header import UPRIGHT
from sora_studio.media.info import MediaInfo, frame_count
from sora_studio.media.reasons import check_readable, unreadable
from sora_studio.media.source import Picture

log = logging.getLogger(__name__)

_Drawn = TypeVar("_Drawn", Image, Deep)

_MAX_PIXELS = 100_000_000
_STEPS_BACK = (0, 2, 10, 10**6)
"""Seconds before the target at which to look for a key picture."""


@dataclass(frozen=True, slots=True)
class _First:
    """What the first picture says of all. The picture itself is let go at once: PyAV ties it into a knot with its side
    data, which only Python's collector of garbage undoes, and that comes late to what has lived for long."""

    pts: int | None
    width: int
    height: int
    form: str
    interlaced: bool
    rotation: int
    matrix: tuple[int, int, int, int]
    coding: Coding


class StreamPictures:
    """The first real video stream of a container."""

    def __init__(self, path: Path) -> None:
        check_readable(path)
        self._path = path
        self._container, self._stream = opened(path)
        try:
            self._first = self._first_picture()
            self._start = self._start_time()
            self._aspect = header.pixel_aspect(self._stream)
            self._info = self._described()
        except BaseException:
            self._container.close()
            raise

    @property
    def info(self) -> MediaInfo:
        """What is known of the file."""
        return self._info

    @property
    def jitter(self) -> Fraction:
        """One tick of the time base, but no more than an eighth of a frame."""
        frame = 1 / self._info.rate.fps
        return min(self._time_base(), frame / 8)

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def since(self, time: Fraction) -> Iterator[Picture]:
        """Pictures in order of time, from a key picture at or before `time`."""
        for back in _STEPS_BACK:
            start = max(Fraction(0), time - back)
            if self._seek(start):
                pictures = self._pictures()
                first = next(pictures, None)
                if first is not None and first.time <= max(Fraction(0), time) + self.jitter:
                    yield first
                    yield from pictures
                    return
            if start == 0:
                break
        self._reopen()
        yield from self._pictures()

    def key_before(self, time: Fraction) -> Fraction | None:
        """The key picture that the container's index has for `time`."""
        entries = self._stream.index_entries
        place = entries.search_timestamp(int((time + self._start) / self._time_base()))
        return entries[place].timestamp * self._time_base() - self._start if place >= 0 else None

    def _pictures(self) -> Iterator[Picture]:
        last: Fraction | None = None
        frames = self._frames()
        while True:
            try:
                frame = next(frames, None)
            except FFMPEG_ERRORS as exc:
                log.info("%s: reading stopped early: %s", self._path.name, exc)
                return
            if frame is None:
                return
            tick = frame.time_base or self._time_base()
            step = 1 / self._info.rate.fps
            length = frame.duration * tick if frame.duration else step
            if frame.pts is None:
                time = Fraction(0) if last is None else last + step
            else:
                time = frame.pts * tick - self._start
            if last is not None and time <= last:
                continue  # a damaged clock runs backwards; what is on screen stays
            last = time
            deep = partial(self._drawn, frame, to_deep) if self._info.bits > 8 else None
            yield Picture(time, length, bool(frame.key_frame), partial(self._drawn, frame, to_rgb), deep)

    def _frames(self) -> Iterator[av.VideoFrame]:
        """Decoded frames from the present place on, made whole when they are interlaced."""
        if not self._first.interlaced:
            yield from self._decoded()
            return
        graph = deinterlacer(self._stream)
        for frame in self._decoded():
            graph.push(frame)
            yield from pulled(graph)
        graph.push(None)
        yield from pulled(graph)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        return decoded(self._path, self._container.demux(self._stream), self._stream.decode)

    def _drawn(self, frame: av.VideoFrame, draw: Callable[[av.VideoFrame, Coding], _Drawn]) -> _Drawn:
        """A decoded frame as `draw` makes a picture of it, upright and at its size."""
        try:
            image = turned(draw(frame, self._coding_of(frame)), self._first.matrix)
        except FFMPEG_ERRORS as exc:
            raise unreadable(self._path, exc) from exc
        return resized(image, self._info.size)

    def _coding_of(self, frame: av.VideoFrame) -> Coding:
        return self._first.coding if frame.format.name == self._first.form else coding_of(frame)

    def _seek(self, time: Fraction) -> bool:
        if self._first.pts is None:
            return False  # raw streams carry no clock: only counting from the start gives times
        target = int((time + self._start + self.jitter) / self._time_base())
        try:
            self._container.seek(target, stream=self._stream, backward=True)
        except FFMPEG_ERRORS:
            return False
        return True

    def _reopen(self) -> None:
        """Go to the very first packet, also where seeking does not work."""
        self._container.close()
        self._container, self._stream = opened(self._path)

    def _first_picture(self) -> _First:
        frame = next(self._decoded(), None)
        if frame is None:
            raise MediaError(
                "No picture of “{name}” can be decoded. Convert or export the video again.", name=self._path.name
            )
        if frame.width * frame.height > _MAX_PIXELS:
            raise MediaError(
                "“{name}” has {width}x{height} pixels, more than the {millions} million a video may have. Make "
                "it smaller first.",
                name=self._path.name,
                width=frame.width,
                height=frame.height,
                millions=_MAX_PIXELS // 1000000,
            )
        return _First(
            frame.pts,
            frame.width,
            frame.height,
            frame.format.name,
            bool(frame.interlaced_frame),
            int(frame.rotation) % 360,
            header.display_matrix(frame),
            coding_of(frame),
        )

    def _time_base(self) -> Fraction:
        return self._stream.time_base or Fraction(1, 90_000)

    def _start_time(self) -> Fraction:
        """The presentation time of the first picture; the header's word for it is often wrong by a few frames."""
        tick = self._time_base()
        if self._first.pts is None:
            return Fraction(0)
        first = self._first.pts * tick
        told = None if self._stream.start_time is None else self._stream.start_time * tick
        # A picture that comes much later than the header says has lost those before it to damage.
        return told if told is not None and first - told > 1 else first

    def _described(self) -> MediaInfo:
        stream, matrix = self._stream, self._first.matrix
        rate, variable = header.rate(stream)
        variable = variable and self._first.pts is not None
        seconds = header.duration(self._path, stream, rate, self._start)
        count = frame_count(seconds, rate)
        if not variable and stream.frames and abs(stream.frames - seconds * rate.fps) <= 2:
            count = stream.frames
        upright = abs(matrix[0]) + abs(matrix[3]) >= abs(matrix[1]) + abs(matrix[2])
        width = max(1, round(self._first.width * self._aspect))
        height = max(1, self._first.height)
        return MediaInfo(
            path=self._path,
            kind="video",
            size=Size(width, height) if upright else Size(height, width),
            rate=rate,
            frames=count,
            seconds=float(count / rate.fps),
            audio=bool(self._container.streams.audio),
            codec=stream.codec_context.name,
            rotation=self._first.rotation if matrix != UPRIGHT else 0,
            alpha=self._first.coding.alpha,
            bits=header.bits(self._first.form),
            hdr=self._first.coding.hdr,
            variable_rate=variable,
            notes=self._notes(),
        )

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if self._first.coding.hdr:
            notes.append(tr("HDR colours are brought down to the range of an ordinary screen."))
        elif self._first.coding.primaries:
            notes.append(tr("Wide-gamut colours are converted to sRGB."))
        if self._first.interlaced:
            notes.append(tr("The video is interlaced; it is read as whole frames."))
        if self._aspect != 1:
            notes.append(tr("The pixels of the video are not square; it is stretched to its true shape."))
        if self._stream.metadata.get("alpha_mode") == "1":
            notes.append(tr("The transparency of this WebM is not read."))
        return tuple(notes)
