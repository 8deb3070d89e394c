"""Pictures of animated GIF, WebP and PNG files through Pillow, which composes them the way browsers do."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

from PIL import Image as Pillow

from sora_studio.core.errors import MediaError
from sora_studio.core.time import Rate, Size
from sora_studio.media.delays import frame_delays
from sora_studio.media.geometry import Image
from sora_studio.media.info import MediaInfo, frame_count
from sora_studio.media.pillow import PILLOW_ERRORS, has_alpha, open_picture, pixels
from sora_studio.media.reasons import unreadable
from sora_studio.media.source import Picture

_ANIMATED = ("GIF", "WEBP", "PNG")
_SHORTEST = 20
"""Milliseconds; shorter delays are shown for `_DEFAULT` milliseconds by every browser."""
_DEFAULT = 100
_LONGEST = 3_600_000
_MAX_PIXELS = 40_000_000


def is_animation(picture: Pillow.Image) -> bool:
    """Whether an opened picture has more than one frame in time; counting to two also works where the rest is lost."""
    if picture.format not in _ANIMATED:
        return False
    try:
        picture.seek(1)
    except PILLOW_ERRORS:
        return False
    return True


class AnimationPictures:
    """An open animation."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._picture = open_picture(path)
        self._at = 0
        try:
            self._times, self._end, rate, variable = _clock(path)
            size = Size(*self._picture.size)
            # A PNG may show another picture where animations are not known; Pillow counts it as the first frame.
            self._hidden = int(bool(self._picture.info.get("default_image")))
            if size.width * size.height > _MAX_PIXELS:
                raise MediaError(
                    "The animation “{name}” has {size} pixels, more than the {millions} million that can be read. "
                    "Make it smaller first.",
                    name=path.name,
                    size=size,
                    millions=_MAX_PIXELS // 1000000,
                )
        except BaseException:
            self._picture.close()
            raise
        self._info = MediaInfo(
            path=path,
            kind="video",
            size=size,
            rate=rate,
            frames=frame_count(self._end, rate),
            seconds=float(self._end),
            codec=(self._picture.format or "").lower(),
            alpha=has_alpha(self._picture),
            variable_rate=variable,
        )

    @property
    def info(self) -> MediaInfo:
        """What is known of the file."""
        return self._info

    @property
    def jitter(self) -> Fraction:
        """Delays are whole milliseconds and rates are made from them."""
        return Fraction(1, 1000)

    def close(self) -> None:
        """Let go of the file."""
        self._picture.close()

    def since(self, time: Fraction) -> Iterator[Picture]:
        """Pictures in order of time; later ones are laid over earlier ones, so going back means starting again, and all
        that are made again on the way are given."""
        first = max(0, bisect_right(self._times, time + self.jitter) - 1)
        first = first if first >= self._at else 0
        for index in range(first, len(self._times)):
            try:
                image = self._image(index)
            except MediaError:
                if index == 0:
                    raise
                return  # damaged from here on
            stop = self._times[index + 1] if index + 1 < len(self._times) else self._end
            yield Picture(self._times[index], stop - self._times[index], index == 0, lambda image=image: image)  # type: ignore[misc]

    def key_before(self, time: Fraction) -> Fraction | None:
        """Pillow goes forward from where it stands: there is never a reason to begin again for a later picture."""
        del time
        return Fraction(0)

    def _image(self, index: int) -> Image:
        if index < self._at:
            # Pillow rewinds only some of its formats without fault.
            self._picture.close()
            self._picture = open_picture(self._path)
        self._at = index
        try:
            self._picture.seek(index + self._hidden)
            image = pixels(self._picture)
        except PILLOW_ERRORS as exc:
            raise unreadable(self._path, exc) from exc
        if image.shape[:2] != (self._info.size.height, self._info.size.width):
            raise unreadable(self._path, ValueError("a picture of another size"))  # Pillow lets the canvas grow
        return image


def _clock(path: Path) -> tuple[list[Fraction], Fraction, Rate, bool]:
    """Start times, the total, the commonest rate, and whether delays differ."""
    try:
        told = frame_delays(path)
    except OSError as exc:
        raise unreadable(path, exc) from exc
    delays = [delay if _SHORTEST <= delay <= _LONGEST else _DEFAULT for delay in told] or [_DEFAULT]
    times = [Fraction(time, 1000) for time in accumulate(delays, initial=0)]
    mean = times[-1] / len(delays)
    # 24 frames a second are stored as delays of 40 and 50 ms: their mean is the rate, not either of them.
    even = all(abs(delay - mean * 1000) < 10 for delay in delays)
    common = Counter(delays).most_common(1)[0][0]
    rate = _rounded(1 / mean) if even else Rate.parse(Fraction(1000, common))
    return times[:-1], times[-1], rate, not even


def _rounded(fps: Fraction) -> Rate:
    """Delays in hundredths of a second make 7.97 of 8 frames a second."""
    whole = max(1, round(fps))
    return Rate(whole) if abs(fps / whole - 1) < Fraction(1, 50) else Rate.parse(round(fps, 2))
