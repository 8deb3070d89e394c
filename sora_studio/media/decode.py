"""VideoReader: any frame of a video, exact by presentation time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType

from sora_studio.core.errors import MediaError
from sora_studio.core.language import tr
from sora_studio.core.time import Rate, Size
from sora_studio.media.animation import AnimationPictures, is_animation
from sora_studio.media.geometry import Deep, Image, deepened
from sora_studio.media.info import MediaInfo
from sora_studio.media.pillow import has_alpha, is_deep, is_picture, load_deep, load_image, open_picture
from sora_studio.media.source import Picture, Pictures
from sora_studio.media.stream import StreamPictures

__all__ = ["AHEAD", "STILL_RATE", "StillPictures", "VideoReader", "load_image", "open_pictures"]

AHEAD = 12
"""Frames up to which decoding forward is quicker than seeking (the key picture distance of our own files)."""

BACK_BYTES = 256 << 20
"""Memory of the pictures that are kept on the way to one, for going backwards from it."""

STILL_RATE = Rate(24)
"""The nominal rate of a picture without time."""


class StillPictures:
    """A single picture that is on screen for ever."""

    jitter = Fraction(0)

    def __init__(self, path: Path) -> None:
        with open_picture(path) as picture:
            codec, alpha, full = (picture.format or "").lower(), has_alpha(picture), Size(*picture.size)
            bits = 16 if is_deep(path, picture) else 8
        self._image = load_image(path)
        height, width = self._image.shape[:2]
        notes: tuple[str, ...] = ()
        if width * height < full.width * full.height:
            notes = (
                tr("The picture of {size} pixels is read at {width}x{height}.", size=full, width=width, height=height),
            )
        self.info = MediaInfo(
            path, "image", Size(width, height), STILL_RATE, 1, 0.0, codec=codec, alpha=alpha, bits=bits, notes=notes
        )

    def since(self, time: Fraction) -> Iterator[Picture]:
        """The picture; `time` makes no difference."""
        del time
        deep = partial(load_deep, self.info.path) if self.info.bits > 8 else None
        yield Picture(Fraction(0), Fraction(0), True, lambda: self._image, deep)

    def key_before(self, time: Fraction) -> Fraction | None:
        """There is one picture only."""
        del time
        return Fraction(0)

    def close(self) -> None:
        """Nothing is held open."""


def open_pictures(path: Path) -> Pictures:
    """The pictures of any readable file; raises MediaError with what to do."""
    if not is_picture(path):
        return StreamPictures(path)
    with open_picture(path) as picture:
        animated = is_animation(picture)
    return AnimationPictures(path) if animated else StillPictures(path)


class VideoReader:
    """Random and sequential access to the frames of a file, forwards and backwards; memory stays at a few pictures, and
    at BACK_BYTES going backwards: what is decoded from a key picture on is then handed out from its end.

    Frame `k` is what is on screen at `k / info.rate` seconds, which for an even rate is the k-th picture. A still
    picture shows itself at every index. Indices outside the medium give its first and last frame. One thread at a time.
    """

    def __init__(self, path: Path) -> None:
        self._pictures = open_pictures(Path(path))
        self._run: Iterator[Picture] | None = None
        self._now: Picture | None = None
        self._next: Picture | None = None
        size = self.info.size
        self._passed: deque[Picture] = deque(maxlen=max(1, BACK_BYTES // (3 * size.width * size.height)))
        """The pictures right before the present one, as far as they are kept."""
        self._end: Fraction | None = None
        self._shown: tuple[Picture, Image] | None = None
        self._deep: tuple[Picture, Deep] | None = None

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def info(self) -> MediaInfo:
        """What is known of the file."""
        return self._pictures.info

    @property
    def frames_left(self) -> int:
        """The number of frames: what the header says, or fewer once reading has come upon an earlier end."""
        if self._end is None:
            return self.info.frames
        return min(self.info.frames, self._count(self._end))

    def close(self) -> None:
        """Let go of the file and its pictures."""
        self._run = self._now = self._next = self._shown = self._deep = None
        self._passed.clear()
        self._pictures.close()

    def frame(self, index: int) -> Image:
        """The frame at `index` of the own rate, (H, W, 3) sRGB."""
        return self._image(self._picture(self._time(index)))

    def at(self, seconds: Fraction) -> Image:
        """What is on screen at `seconds`."""
        return self._image(self._picture(seconds + self._pictures.jitter))

    def deep_at(self, seconds: Fraction) -> Deep:
        """What is on screen at `seconds`, in sixteen bits, of which `info.bits` say something."""
        picture = self._picture(seconds + self._pictures.jitter)
        if self._deep is None or self._deep[0] is not picture:
            self._deep = (picture, picture.deep() if picture.deep else deepened(picture.image()))
        return self._deep[1]

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Image]:
        """The frames start, ..., stop-1 (to the end without `stop`) one after the other; fewer when the file ends."""
        rate = self.info.rate
        yield from self.sampled(rate, start, self.info.frames if stop is None else stop)

    def sampled(self, rate: Rate, start: int, stop: int) -> Iterator[Image]:
        """The frames start, ..., stop-1 at another rate: frame k is on screen at k / rate seconds."""
        own = rate == self.info.rate
        for index in range(max(0, start), stop):
            time = self._time(index) if own else index / rate.fps + self._pictures.jitter
            picture = self._picture(time)
            if self._end is not None and time >= self._end and index > start and not self.info.still:
                return
            yield self._image(picture)

    def run(self, index: int) -> Iterator[tuple[int, Picture]]:
        """Pictures with the index at which each comes on screen, from a key picture at or before `index` on.

        Ends the forward decoding of the other methods; they seek anew."""
        self._run = self._now = self._next = None
        self._passed.clear()
        fps = self.info.rate.fps
        half = Fraction(1, 2) if not self.info.variable_rate else 1 - self._pictures.jitter * fps
        for picture in self._pictures.since(self._time(index)):
            yield max(0, int(picture.time * fps + half)), picture

    def decodes_from(self, index: int) -> int | None:
        """The frame at which decoding for `index` would begin after a seek; None when the file does not say."""
        key = self._pictures.key_before(self._time(index))
        return None if key is None else int(key * self.info.rate.fps)

    def _time(self, index: int) -> Fraction:
        """A moment at which the frame of that index is surely on screen."""
        fps = self.info.rate.fps
        if self.info.variable_rate:
            return index / fps + self._pictures.jitter
        return (index + Fraction(1, 2)) / fps

    def _picture(self, time: Fraction) -> Picture:
        """The picture on screen at `time`: one that was passed, or decodes forward when it is near, or seeks."""
        now = self._now
        back = now is not None and time < now.time
        if now is None or (back and not self._step_back(time)) or (not back and self._far(time, now)):
            self._run = self._pictures.since(time)
            self._now, self._next = next(self._run, None), next(self._run, None)
            self._passed.clear()
        self._go_on(time, keep=back)
        now = self._now
        if now is None:
            raise MediaError(
                "No picture of “{name}” can be decoded. Convert or export the video again.", name=self.info.path.name
            )
        if self._next is None and self._end is None:
            self._end = now.time + (now.length or 1 / self.info.rate.fps)
        return now

    def _step_back(self, time: Fraction) -> bool:
        """Whether the picture at `time` is among those that were passed; it is then the present one."""
        if not self._passed or time < self._passed[0].time:
            return False
        while self._now is not None and time < self._now.time:
            self._now, self._next = self._passed.pop(), self._now
        self._run = None  # it is further on
        return True

    def _go_on(self, time: Fraction, *, keep: bool) -> None:
        """Decode up to `time`; whether to keep what is passed on the way."""
        while self._run is not None and self._next is not None and self._next.time <= time:
            if keep and self._now is not None:
                self._passed.append(self._now)
            else:
                self._passed.clear()
            self._now, self._next = self._next, next(self._run, None)

    def _far(self, time: Fraction, now: Picture) -> bool:
        if self._next is None:
            return False  # the end was reached: what is on screen stays
        if self._run is None:
            return time >= self._next.time
        if time <= self._next.time or time - now.time <= (AHEAD + 1) / self.info.rate.fps:
            return False
        key = self._pictures.key_before(time)
        return key is None or key > now.time

    def _image(self, picture: Picture) -> Image:
        if self._shown is None or self._shown[0] is not picture:
            self._shown = (picture, picture.image())
        return self._shown[1]

    def _count(self, end: Fraction) -> int:
        return max(1, round(end * self.info.rate.fps))
