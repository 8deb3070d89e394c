"""How loud a file's sound is over time, for drawing: one peak every hundredth of a second, kept on the disk."""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from sora_studio.core.errors import MediaError
from sora_studio.core.whole import write_whole
from sora_studio.media.containers import FFMPEG_ERRORS, OPTIONS

PER_SECOND = 100
"""Peaks a second."""
_RATE = 8000
_BUCKET = _RATE // PER_SECOND

Peaks = NDArray[np.uint8]
"""(n,) loudest sample of every hundredth of a second, 255 for full scale."""


def peaks(path: Path) -> Peaks:
    """The peaks of a file's first sound; empty when it has none. Raises MediaError when it cannot be read."""
    try:
        with av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace") as container:
            if not container.streams.audio:
                return np.zeros(0, np.uint8)
            return _read(container)
    except FFMPEG_ERRORS as exc:
        raise MediaError(
            "The sound of “{name}” cannot be read ({why}). Convert the file.", name=path.name, why=exc
        ) from exc


def cached_peaks(path: Path, folder: Path) -> Peaks:
    """The peaks from `folder`, where they are put when they were not there. A file that has changed is read anew; a
    folder that cannot be written costs time only."""
    kept = folder / f"{_key(path)}.peaks"
    found = _kept(kept)
    if found is not None:
        return found
    made = peaks(path)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(kept, _mark(made.tobytes()) + made.tobytes(), lasting=False)
    return made


def _kept(path: Path) -> Peaks | None:
    """The peaks of a kept file; None when there is none, or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return np.frombuffer(data[8:], np.uint8) if data[:8] == _mark(data[8:]) else None


def _mark(data: bytes) -> bytes:
    """What stands before peaks in a file of them: not numpy's own format, whose reader parses Python."""
    return b"peak" + zlib.crc32(data).to_bytes(4, "little")


def _key(path: Path) -> str:
    """A name that changes with the file."""
    with contextlib.suppress(OSError):
        state = path.stat()
        words = f"{path.absolute()}|{state.st_mtime_ns}|{state.st_size}"
        return hashlib.sha256(words.encode()).hexdigest()[:32]
    return hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:32]


def _read(container: av.container.InputContainer) -> Peaks:
    resampler = AudioResampler(format="flt", rate=_RATE)
    done: list[Peaks] = []
    rest = np.zeros(0, np.float32)
    for frame in container.decode(audio=0):
        for part in resampler.resample(frame):
            rest = np.concatenate([rest, _level(part)])
        whole = len(rest) // _BUCKET * _BUCKET
        if whole >= _RATE:
            done.append(_loudest(rest[:whole]))
            rest = rest[whole:]
    for part in resampler.resample(None):
        rest = np.concatenate([rest, _level(part)])
    if len(rest):
        done.append(_loudest(np.pad(rest, (0, -len(rest) % _BUCKET))))
    return np.concatenate(done) if done else np.zeros(0, np.uint8)


def _level(part: av.AudioFrame) -> NDArray[np.float32]:
    """The loudest of the channels, sample by sample: a mix of them would be louder or softer than what is heard."""
    channels = max(1, part.layout.nb_channels)
    return np.asarray(np.abs(part.to_ndarray()).reshape(-1, channels).max(axis=1), np.float32)


def _loudest(samples: NDArray[np.float32]) -> Peaks:
    level = samples.reshape(-1, _BUCKET).max(axis=1)
    return np.asarray(np.clip(level * 255, 0, 255), np.uint8)
