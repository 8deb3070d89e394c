"""What a file of mere sound is: how long it lasts. Its loudness is drawn by waveform.py."""

from __future__ import annotations

from pathlib import Path

import av

from sora_studio.core.errors import MediaError
from sora_studio.core.time import Rate, Size
from sora_studio.media.containers import FFMPEG_ERRORS, OPTIONS
from sora_studio.media.info import MediaInfo
from sora_studio.media.reasons import check_readable, unreadable

SOUND_RATE = Rate(100)
"""Sound has no frames: its length is counted in hundredths of a second."""


def probe_sound(path: Path) -> MediaInfo:
    """Open a file of sound, decode its beginning and describe it; raises MediaError with what to do."""
    check_readable(path)
    try:
        with av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace") as container:
            streams = container.streams.audio
            if not streams:
                raise MediaError("“{name}” has neither picture nor sound. Choose another file.", name=path.name)
            stream = streams[0]
            frame = next(iter(container.decode(stream)), None)
            if frame is None:
                raise unreadable(path)
            seconds = _seconds(container, stream)
            codec = stream.codec_context.name
    except FFMPEG_ERRORS as exc:
        raise unreadable(path, exc) from exc
    if seconds <= 0:
        raise MediaError("“{name}” does not say how long it is. Convert it to WAV or FLAC.", name=path.name)
    frames = max(2, SOUND_RATE.frames(seconds))  # one frame would be a still picture
    return MediaInfo(path, "sound", Size(1, 1), SOUND_RATE, frames, seconds, audio=True, codec=codec)


def _seconds(container: av.container.InputContainer, stream: av.AudioStream) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0
