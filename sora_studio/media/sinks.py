"""Where encoded frames go: a container, an animated GIF with one palette, or a folder of pictures."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, cast

import av
import av.error
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from sora_studio.core.recipe import Recipe
from sora_studio.core.time import Rate, Size
from sora_studio.media.colour import JPEG, MPEG
from sora_studio.media.filters import pulled
from sora_studio.media.geometry import AnyImage, Deep, Image
from sora_studio.media.images import write_png
from sora_studio.media.metadata import COMMENT, recipe_text
from sora_studio.media.presets import Preset
from sora_studio.media.sound import SAMPLE_RATE, Sound

BEGINNING = 1 << 14
"""Bytes that a file takes at least while it grows."""
KEY_DISTANCE = 12
"""Frames between key pictures: any frame is found by decoding at most these."""
WRITE_ERRORS = (av.error.FFmpegError, OSError, ValueError, MemoryError)
_THREADS = 4
"""A fixed number, since x264 decides a little differently for each."""
_BT709 = 1

_LOSSLESS = Preset(
    "", ".mkv", "libx264rgb", "", container="matroska", pixel_format="rgb24", options={"preset": "ultrafast", "qp": "0"}
)
"""The intermediate of formats that must see the whole film before they can write its first frame."""


@dataclass(frozen=True, slots=True)
class Film:
    """What a sink needs to know: where to, how, how large, how fast."""

    part: Path
    preset: Preset
    size: Size
    rate: Rate
    quality: int
    recipe: Recipe | None = None
    sound: bool = False
    """Whether sound comes with the pictures, where the preset can hold it."""


class Sink(Protocol):
    """Takes frames one by one; every method may raise WRITE_ERRORS, but `drop`."""

    def write(self, image: AnyImage) -> None:
        """Append one picture (H, W, 3), in sixteen bits only where the preset is `deep`."""
        ...

    def write_sound(self, sound: Sound) -> None:
        """Append samples (n, 2) at 48 kHz; formats without sound pass them over."""
        ...

    def finish(self) -> None:
        """Complete the file at `Film.part`."""
        ...

    def drop(self) -> None:
        """Let go of everything and remove what was written."""
        ...


def open_sink(film: Film) -> Sink:
    """The sink of a film's preset."""
    match film.preset.kind:
        case "container":
            return ContainerSink(film)
        case "gif":
            return GifSink(film)
        case "pictures":
            return PicturesSink(film)


class ContainerSink:
    """Frames into one video stream of a container."""

    def __init__(self, film: Film) -> None:
        preset = film.preset
        self._part = film.part
        self._form = preset.pixel_format
        self._tick = Fraction(1 / film.rate.fps)
        self._count = 0
        find_room(film.part)
        self._container = av.open(
            f"file:{film.part.absolute()}", "w", format=preset.container, options=preset.container_options
        )
        try:
            if film.recipe is not None:
                self._container.metadata[COMMENT] = recipe_text(film.recipe)
            self._stream = cast(VideoStream, self._container.add_stream(preset.codec, rate=film.rate.fps))
            self._set_up(film)
            self._track = SoundTrack(self._container, preset.sound) if film.sound and preset.sound else None
            with _own_priority():
                self._stream.codec_context.open()
            self._container.start_encoding()
        except BaseException:
            self.drop()
            raise

    def write(self, image: AnyImage) -> None:
        """Encode one picture."""
        frame = coded(image, self._form)
        frame.pts = self._count
        frame.time_base = self._tick
        self._count += 1
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def write_sound(self, sound: Sound) -> None:
        """Encode samples."""
        if self._track is not None:
            self._track.write(sound)

    def finish(self) -> None:
        """Flush the encoders and write the index."""
        for packet in self._stream.encode(None):
            self._container.mux(packet)
        if self._track is not None:
            self._track.finish()
        self._container.close()

    def drop(self) -> None:
        """Close whatever state the file is in, and remove it."""
        with contextlib.suppress(*WRITE_ERRORS):
            self._container.close()
        remove(self._part)

    def _set_up(self, film: Film) -> None:
        preset, stream, context = film.preset, self._stream, self._stream.codec_context
        yuv = self._form.startswith("yuv")
        stream.width = film.size.width + (film.size.width % 2 if yuv else 0)
        stream.height = film.size.height + (film.size.height % 2 if yuv else 0)
        stream.pix_fmt = self._form
        stream.time_base = context.time_base = self._tick
        context.thread_count = _THREADS
        context.gop_size = KEY_DISTANCE
        context.max_b_frames = 0
        if yuv:
            context.colorspace = context.color_primaries = context.color_trc = _BT709
            context.color_range = MPEG
        options: dict[str, object] = dict(preset.options)
        if preset.quality_option:
            options[preset.quality_option] = str(film.quality)
        if preset.codec == "libx265":
            # With B-frames x265 leaves the times of films of a few frames unset, and the muxer refuses them.
            options["x265-params"] = f"log-level=error:keyint={KEY_DISTANCE}:bframes=0"
        stream.options = options
        if preset.codec == "libsvtav1":
            # The encoder writes its settings to the terminal unless it is told to report errors only.
            os.environ.setdefault("SVT_LOG", "1")
        if preset.tag:
            context.codec_tag = preset.tag


class SoundTrack:
    """The sound stream of a container."""

    def __init__(self, container: av.container.OutputContainer, codec: str) -> None:
        self._container = container
        self._stream = cast(AudioStream, container.add_stream(codec, rate=SAMPLE_RATE, layout="stereo"))
        if not codec.startswith("pcm"):
            self._stream.bit_rate = 192_000
        self._count = 0

    def write(self, sound: Sound) -> None:
        """Encode samples (n, 2); what is above full scale is clipped."""
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(np.clip(sound, -1, 1).T.astype(np.float32)), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._count, Fraction(1, SAMPLE_RATE)
        self._count += len(sound)
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def finish(self) -> None:
        """Flush the encoder."""
        for packet in self._stream.encode(None):
            self._container.mux(packet)


class GifSink:
    """A GIF with one palette for the whole film.

    The palette depends on every frame, so frames go to a lossless file first and are read twice: memory stays flat.
    """

    def __init__(self, film: Film) -> None:
        self._film = film
        self._raw = film.part.with_name(film.part.name + ".mkv")
        self._tick = Fraction(1 / film.rate.fps)
        self._first = ContainerSink(Film(self._raw, _LOSSLESS, film.size, film.rate, 0))

    def write(self, image: AnyImage) -> None:
        """Keep one picture."""
        self._first.write(image)

    def write_sound(self, sound: Sound) -> None:
        """A GIF is silent."""

    def finish(self) -> None:
        """Make the palette, then the GIF."""
        self._first.finish()
        palette = self._palette()
        find_room(self._film.part)
        output = av.open(f"file:{self._film.part.absolute()}", "w", format="gif")
        try:
            stream = output.add_stream("gif", rate=self._film.rate.fps)
            stream.width, stream.height = self._film.size.width, self._film.size.height
            stream.pix_fmt = "pal8"
            stream.codec_context.time_base = Fraction(1, 100)
            for frame in self._mapped(palette):
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        finally:
            output.close()
        remove(self._raw)

    def drop(self) -> None:
        """Remove both files."""
        self._first.drop()
        remove(self._film.part)

    def _frames(self) -> Iterator[av.VideoFrame]:
        with av.open(f"file:{self._raw.absolute()}") as source:
            for count, frame in enumerate(source.decode(source.streams.video[0])):
                picture = frame.reformat(format="rgb24")
                picture.pts, picture.time_base = count, self._tick
                yield picture

    def _palette(self) -> av.VideoFrame:
        """The 256 colours that serve the whole film best, as a 16x16 picture."""
        graph = av.filter.Graph()
        source = self._source(graph, self._film.size, "rgb24")
        palette, sink = graph.add("palettegen", "stats_mode=full"), graph.add("buffersink")
        source.link_to(palette)
        palette.link_to(sink)
        graph.configure()
        for frame in self._frames():
            source.push(frame)
        source.push(None)
        return cast(av.VideoFrame, sink.pull())

    def _mapped(self, palette: av.VideoFrame) -> Iterator[av.VideoFrame]:
        """The frames in those colours; where nothing changes between two frames the dither pattern stays too."""
        graph = av.filter.Graph()
        pictures = self._source(graph, self._film.size, "rgb24")
        colours = self._source(graph, Size(palette.width, palette.height), palette.format.name)
        mapping = graph.add("paletteuse", "dither=sierra2_4a:diff_mode=rectangle")
        sink = graph.add("buffersink")
        pictures.link_to(mapping, 0, 0)
        colours.link_to(mapping, 0, 1)
        mapping.link_to(sink)
        graph.configure()
        palette.pts, palette.time_base = 0, self._tick
        colours.push(palette)
        colours.push(None)
        for frame in self._frames():
            pictures.push(frame)
            yield from pulled(sink)
        pictures.push(None)
        yield from pulled(sink)

    def _source(self, graph: av.filter.Graph, size: Size, form: str) -> av.filter.FilterContext:
        return graph.add_buffer(width=size.width, height=size.height, format=av.VideoFormat(form), time_base=self._tick)


class PicturesSink:
    """A folder of PNG files numbered from 1; the first one carries the recipe."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._count = 0
        remove(film.part)
        film.part.mkdir()

    def write(self, image: AnyImage) -> None:
        """Write one picture."""
        self._count += 1
        recipe = self._film.recipe if self._count == 1 else None
        write_png(self._film.part / f"frame_{self._count:06d}.png", image, recipe)

    def write_sound(self, sound: Sound) -> None:
        """Pictures are silent."""

    def finish(self) -> None:
        """Every picture is complete already."""

    def drop(self) -> None:
        """Remove the folder."""
        remove(self._film.part)


@contextlib.contextmanager
def _own_priority() -> Iterator[None]:
    """Nothing that begins within becomes a real-time thread: SVT-AV1 makes such ones of its own and of the caller's,
    where it may (as root), and then nothing else on the machine has its turn."""
    if not hasattr(os, "sched_setscheduler"):  # of Linux alone
        yield
        return
    before = _real_time()
    try:
        yield
    finally:
        for thread in _real_time() - before:
            with contextlib.suppress(OSError):  # it may have ended
                os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))


def _real_time() -> set[int]:
    """The threads of this process that go before all others."""
    found = set()
    for thread in map(int, os.listdir("/proc/self/task")):
        with contextlib.suppress(OSError):
            if os.sched_getscheduler(thread) == os.SCHED_FIFO:
                found.add(thread)
    return found


def find_room(path: Path) -> None:
    """Raise OSError where not even the beginning of a file finds room: one that the library opens and cannot begin it
    never closes, so that it takes its room on the full disk until the studio ends."""
    try:
        with path.open("wb", buffering=0) as file:
            left = BEGINNING
            while left:
                left -= file.write(bytes(left)) or 0
    except OSError:
        remove(path)
        raise


def remove(path: Path) -> None:
    """Remove a half-written file or folder of ours, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Make sure that the bytes are on the disk before the file gets its name."""
    if path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def coded(image: AnyImage, form: str) -> av.VideoFrame:
    """A picture in the pixel format of an encoder: limited-range BT.709 and even sides where that is a question."""
    if not form.startswith("yuv"):
        frame = _in_rgb(image)
        return frame if form == "rgb24" else frame.reformat(format=form)
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    frame = _in_rgb(image).reformat(
        format=form, src_colorspace=_BT709, dst_colorspace=_BT709, src_color_range=JPEG, dst_color_range=MPEG
    )
    frame.colorspace = frame.color_primaries = frame.color_trc = _BT709
    frame.color_range = MPEG
    return frame


def _in_rgb(image: AnyImage) -> av.VideoFrame:
    if image.dtype == np.uint16:
        deep = cast(Deep, image)
        deep = deep - deep // 257  # white of eight bits, shifted, is FFmpeg's white in sixteen: 65280
        return av.VideoFrame.from_ndarray(deep, format="rgb48le")
    return av.VideoFrame.from_ndarray(cast(Image, image), format="rgb24")
