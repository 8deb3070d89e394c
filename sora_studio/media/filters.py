"""FFmpeg filter graphs, fed and drained frame by frame."""

from __future__ import annotations

from collections.abc import Iterator

import av
import av.error
from av.video.stream import VideoStream


def deinterlacer(stream: VideoStream) -> av.filter.Graph:
    """A graph that makes whole frames of frames which are marked as interlaced and passes the others."""
    graph = av.filter.Graph()
    source = graph.add_buffer(template=stream)
    lines = graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
    sink = graph.add("buffersink")
    source.link_to(lines)
    lines.link_to(sink)
    graph.configure()
    return graph


def pulled(source: av.filter.Graph | av.filter.FilterContext) -> Iterator[av.VideoFrame]:
    """The frames that a graph, or its sink, has ready."""
    while True:
        try:
            frame = source.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if isinstance(frame, av.VideoFrame):
            yield frame
