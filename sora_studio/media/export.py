"""A timeline rendered to a file: its pictures, and its sound where the format holds any."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np

from sora_studio.core.errors import BadInput, Cancelled, MediaError
from sora_studio.core.layers import changes, seen
from sora_studio.core.recipe import Recipe
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.media.audio import AudioMixer, MediaPath
from sora_studio.media.credentials import Credentials
from sora_studio.media.decode import VideoReader
from sora_studio.media.encode import DEFAULT, VideoWriter
from sora_studio.media.geometry import AnyImage, Fit, fit_image
from sora_studio.media.presets import find_preset
from sora_studio.media.probe import depth
from sora_studio.media.sound import SAMPLE_RATE, Sound


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
    sound: bool = True
    """Whether to write what the audio tracks play."""
    credentials: Credentials | None = None
    """What the film says of itself and is signed with."""


def frame_at(timeline: Timeline, frame: int) -> tuple[Clip, Fraction] | None:
    """The clip on screen at a timeline frame and the seconds into its medium, in a dissolve the one that is seen more;
    None in a gap."""
    layers = seen(timeline, frame)
    if not layers:
        return None
    most = max(layers, key=lambda layer: layer.weight)
    return most.clip, most.seconds(timeline.rate)


def blended(images: Sequence[tuple[AnyImage, Fraction]], size: Size, *, deep: bool = False) -> AnyImage:
    """Pictures of one size and depth, (H, W, 3), mixed by their weights over black."""
    mixed = np.full((size.height, size.width, 3), 0.5, np.float32)
    for image, weight in images:
        mixed += image * np.float32(weight)
    return mixed.astype(np.uint16 if deep else np.uint8)


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
    media = _media_of(timeline, media_path, span)
    deep = find_preset(settings.preset).deep and any(depth(path) > 8 for path in media)
    mixer = AudioMixer(timeline, media_path)
    sound = settings.sound and not mixer.silent
    begin = span.start / timeline.rate.fps
    try:
        with (
            _Readers(media_path, deep) as readers,
            VideoWriter(
                settings.path,
                size,
                rate,
                preset=settings.preset,
                quality=settings.quality,
                recipe=recipe,
            ) as writer,
        ):
            if settings.credentials is not None:
                writer.sign_with(settings.credentials)
            if sound:
                writer.add_sound()
            for done in range(total):
                if cancelled():
                    raise Cancelled("The export was stopped. Nothing was written.")
                writer.write(_composed(timeline, begin + done / rate.fps, readers, size, settings.fit))
                if sound:
                    writer.write_sound(_heard(mixer, begin, rate, done))
                progress(done + 1, total)
    finally:
        mixer.close()
    return settings.path


def _heard(mixer: AudioMixer, begin: Fraction, rate: Rate, frame: int) -> Sound:
    """The sound of one frame of the film. Frames meet at whole samples, so nothing is lost between them."""
    start, stop = (round((begin + frames / rate.fps) * SAMPLE_RATE) for frames in (frame, frame + 1))
    return mixer.block(start, stop - start)


def _composed(timeline: Timeline, seconds: Fraction, readers: _Readers, size: Size, fit: Fit) -> AnyImage:
    """What the timeline shows at `seconds`."""
    layers = seen(timeline, seconds * timeline.rate.fps)
    images = [
        (readers.conformed(layer.clip.media, place, layer.seconds(timeline.rate), (size, fit)), layer.weight)
        for place, layer in enumerate(layers)
    ]
    if len(images) == 1 and images[0][1] == 1:
        return images[0][0]
    return blended(images, size, deep=readers.deep)


def _span(timeline: Timeline, settings: ExportSettings) -> FrameRange:
    if timeline.length == 0:
        raise BadInput("The timeline is empty. Put a clip on it first.")
    span = FrameRange(0, timeline.length) if settings.range is None else settings.range
    if len(span) == 0:
        raise BadInput("The range to export has no frames. Set its end after its start.")
    return span


def _media_of(timeline: Timeline, media_path: MediaPath, span: FrameRange) -> set[Path]:
    """The files that are seen in a range; says which clip has none before anything is written."""
    files = set()
    for frame in changes(timeline, span):
        for layer in seen(timeline, frame):
            path, at = media_path(layer.clip.media), timeline.rate.timecode(frame)
            name = layer.clip.name or "A clip"
            if path is None:
                raise MediaError(
                    "“{name}” at {at} has no picture yet. Wait until it is made or remove it.", name=name, at=at
                )
            if not path.exists():
                raise MediaError(
                    "The file “{name}” of the clip at {at} is missing. Find it or remove the clip.",
                    name=path.name,
                    at=at,
                )
            files.add(path)
    return files


class _Readers:
    """A few open readers, the longest unused one closed first, and the last picture of each in the output size.

    A medium that dissolves into another part of itself has a reader for each place in the mix, so that none jumps. With
    `deep` all pictures have sixteen bits, those of media with eight as well.
    """

    LIMIT = 4

    def __init__(self, media_path: MediaPath, deep: bool) -> None:
        self.deep = deep
        self._media_path = media_path
        self._open: OrderedDict[tuple[str, int], VideoReader] = OrderedDict()
        self._last: dict[tuple[str, int], tuple[AnyImage, AnyImage]] = {}

    def __enter__(self) -> _Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def conformed(self, media: str, place: int, seconds: Fraction, shape: tuple[Size, Fit]) -> AnyImage:
        """The picture at `seconds` of a medium, in the output size."""
        key = (media, place)
        reader = self._reader(key)
        image = reader.deep_at(seconds) if self.deep else reader.at(seconds)
        last = self._last.get(key)
        # A slow medium shows the same picture for several frames: it is resized once.
        if last is None or last[0] is not image:
            last = self._last[key] = (image, fit_image(image, *shape))
        return last[1]

    def _reader(self, key: tuple[str, int]) -> VideoReader:
        reader = self._open.pop(key, None)
        if reader is None:
            path = self._media_path(key[0])
            if path is None:
                raise MediaError("A clip lost its file during the export. Find it and export again.")
            reader = VideoReader(path)
        self._open[key] = reader
        if len(self._open) > self.LIMIT:
            old, unused = self._open.popitem(last=False)
            self._last.pop(old, None)
            unused.close()
        return reader
