"""A timeline rendered to a file. Pictures only so far; `Preset.sound` and `segments` are where sound will join."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import numpy as np

from sora_studio.core.errors import BadInput, Cancelled, MediaError
from sora_studio.core.recipe import Recipe
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.media.decode import VideoReader
from sora_studio.media.encode import DEFAULT, VideoWriter
from sora_studio.media.geometry import Fit, Image, fit_image

MediaPath = Callable[[str], Path | None]
"""The file of a medium's identity, None while there is none."""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What to write. Without `size`, `rate` or `range` those of the timeline are used; `range` counts timeline frames.

    `fit` says how media of another shape are shown: whole with black bars ("contain") or filling the picture ("cover").
    """

    path: Path
    preset: str = DEFAULT
    size: Size | None = None
    rate: Rate | None = None
    quality: int | None = None
    range: FrameRange | None = None
    fit: Fit = "contain"


@dataclass(frozen=True, slots=True)
class Segment:
    """Timeline frames start, ..., stop-1 that show the same clip, or nothing."""

    start: int
    stop: int
    clip: Clip | None


def frame_at(timeline: Timeline, frame: int) -> tuple[Clip, Fraction] | None:
    """The clip on screen at a timeline frame and the seconds into its medium; None in a gap."""
    clip = timeline.top(frame)
    if clip is None:
        return None
    return clip, (frame - clip.start + clip.offset) / timeline.rate.fps


def segments(timeline: Timeline, span: FrameRange) -> Iterator[Segment]:
    """The stretches of `span` between one change of picture and the next."""
    edges = sorted({span.start, span.stop, *(cut for cut in timeline.cuts() if cut in span)})
    for start, stop in pairwise(edges):
        yield Segment(start, stop, timeline.top(start))


def render_timeline(
    timeline: Timeline,
    media_path: MediaPath,
    settings: ExportSettings,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    recipe: Recipe | None = None,
) -> Path:
    """Write the film of a timeline and return its path.

    `progress(done, total)` is called after each frame; when `cancelled()` turns true, Cancelled is raised within one
    frame and nothing is left behind. Raises OutputError, MediaError or BadInput with what to do.
    """
    span = _span(timeline, settings)
    size = settings.size or timeline.size
    rate = settings.rate or timeline.rate
    total = max(1, round(len(span) * rate.fps / timeline.rate.fps))
    _check_media(timeline, media_path, span)
    with (
        _Readers(media_path) as readers,
        VideoWriter(
            settings.path, size, rate, preset=settings.preset, quality=settings.quality, recipe=recipe
        ) as writer,
    ):
        for done in range(total):
            if cancelled():
                raise Cancelled("The export was stopped. Nothing was written.")
            seconds = span.start / timeline.rate.fps + done / rate.fps
            writer.write(_composed(timeline, seconds, readers, size, settings.fit))
            progress(done + 1, total)
    return settings.path


def _composed(timeline: Timeline, seconds: Fraction, readers: _Readers, size: Size, fit: Fit) -> Image:
    """What the timeline shows at `seconds`: the topmost clip, or black."""
    frame = int(seconds * timeline.rate.fps)
    shown = frame_at(timeline, frame)
    if shown is None:
        return np.zeros((size.height, size.width, 3), np.uint8)
    clip, moment = shown
    # An output rate above the timeline's falls between its frames.
    moment += seconds - frame / timeline.rate.fps
    return readers.conformed(clip, moment, size, fit)


def _span(timeline: Timeline, settings: ExportSettings) -> FrameRange:
    if timeline.length == 0:
        raise BadInput("The timeline is empty. Put a clip on it first.")
    span = FrameRange(0, timeline.length) if settings.range is None else settings.range
    if len(span) == 0:
        raise BadInput("The range to export has no frames. Set its end after its start.")
    return span


def _check_media(timeline: Timeline, media_path: MediaPath, span: FrameRange) -> None:
    """Say which clip has no file before anything is written."""
    for segment in segments(timeline, span):
        if segment.clip is None:
            continue
        path = media_path(segment.clip.media)
        name = segment.clip.name or "A clip"
        if path is None:
            raise MediaError(
                f"“{name}” at {timeline.rate.timecode(segment.start)} has no picture yet. "
                "Wait until it is made or remove it."
            )
        if not path.exists():
            raise MediaError(
                f"The file “{path.name}” of the clip at {timeline.rate.timecode(segment.start)} is "
                "missing. Find it or remove the clip."
            )


class _Readers:
    """A few open readers, the longest unused one closed first, and the last picture of each in the output size."""

    LIMIT = 4

    def __init__(self, media_path: MediaPath) -> None:
        self._media_path = media_path
        self._open: OrderedDict[str, VideoReader] = OrderedDict()
        self._last: tuple[Image, Image] | None = None

    def __enter__(self) -> _Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def conformed(self, clip: Clip, seconds: Fraction, size: Size, fit: Fit) -> Image:
        """The picture of a clip at `seconds` of its medium, in the output size."""
        image = self._reader(clip.media).at(seconds)
        # A slow medium shows the same picture for several frames: it is resized once.
        if self._last is None or self._last[0] is not image:
            self._last = (image, fit_image(image, size, fit))
        return self._last[1]

    def _reader(self, media: str) -> VideoReader:
        reader = self._open.pop(media, None)
        if reader is None:
            path = self._media_path(media)
            if path is None:
                raise MediaError("A clip lost its file during the export. Find it and export again.")
            reader = VideoReader(path)
        self._open[media] = reader
        if len(self._open) > self.LIMIT:
            self._open.popitem(last=False)[1].close()
        return reader
