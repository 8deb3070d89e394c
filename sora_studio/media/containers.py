"""Video files opened with FFmpeg, and what may be opened at all."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import av
import av.error
import av.stream
from av.container import InputContainer
from av.video.stream import VideoStream

from sora_studio.core.errors import MediaError
from sora_studio.media.reasons import unreadable

log = logging.getLogger(__name__)

Packet = TypeVar("Packet")
Decoded = TypeVar("Decoded")

# Playlists and scripts could make FFmpeg open other files or the network, so containers are named.
_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,nut,gif,apng,h264,hevc,m4v,mpegvideo,ivf,"
    "yuv4mpegpipe,dv,wav,mp3,flac,aac,obu,rm,gxf"
)
OPTIONS = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
_THREADS = max(1, min(4, os.cpu_count() or 1))

FFMPEG_ERRORS = (av.error.FFmpegError, OSError, ValueError, EOFError, MemoryError, OverflowError, IndexError)
"""What PyAV raises on damaged files."""


def opened(path: Path) -> tuple[InputContainer, VideoStream]:
    """The container and its first real video stream; raises MediaError with what to do."""
    try:
        container = av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace")
    except FFMPEG_ERRORS as exc:
        raise unreadable(path, exc) from exc
    # Cover pictures of audio files and the still of an AVIF sequence are video streams by name only.
    films = [
        stream
        for stream in container.streams.video
        if av.stream.Disposition.attached_pic not in stream.disposition and stream.codec_context is not None
    ]
    if films:
        stream = max(films, key=lambda film: film.frames)
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = _THREADS
        return container, stream
    sound = bool(container.streams.audio)
    container.close()
    if sound:
        raise MediaError("“{name}” holds only sound. Choose a file with a picture.", name=path.name)
    raise MediaError("“{name}” holds no picture that can be read. Choose a video or a picture.", name=path.name)


def decoded(path: Path, packets: Iterator[Packet], decode: Callable[[Packet], Iterable[Decoded]]) -> Iterator[Decoded]:
    """What packets hold, up to where the file cannot be read any more; a damaged packet is passed over."""
    while True:
        try:
            packet = next(packets, None)
        except FFMPEG_ERRORS as exc:
            log.info("%s: reading stopped early: %s", path.name, exc)
            return
        if packet is None:
            return
        try:
            yield from decode(packet)
        except FFMPEG_ERRORS as exc:
            log.debug("%s: a packet was passed over: %s", path.name, exc)
