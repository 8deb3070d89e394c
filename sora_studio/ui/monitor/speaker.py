"""The loudspeaker: stereo samples at 48 kHz handed to the system, and how much of them has been heard."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QIODevice
from PySide6.QtGui import QGuiApplication

from sora_studio.core.language import tr
from sora_studio.media.sound import SAMPLE_RATE, Sound

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice

log = logging.getLogger(__name__)

_BUFFER_SECONDS = 0.25
_FRAME_BYTES = 8


class Speaker(Protocol):
    """Plays what is written to it, from `start` to `stop`."""

    def start(self) -> None:
        """Begin anew, at second 0."""
        ...

    def room(self) -> int:
        """How many samples can be taken now."""
        ...

    def write(self, sound: Sound) -> None:
        """Take samples (n, 2)."""
        ...

    def played(self) -> float:
        """Seconds heard since the start."""
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...


class QtSpeaker:
    """The system's usual sound device, through Qt."""

    def __init__(self, device: QAudioDevice) -> None:
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink

        form = QAudioFormat()
        form.setSampleRate(SAMPLE_RATE)
        form.setChannelCount(2)
        form.setSampleFormat(QAudioFormat.SampleFormat.Float)
        self._sink = QAudioSink(device, form)
        self._sink.setBufferSize(round(_BUFFER_SECONDS * SAMPLE_RATE) * _FRAME_BYTES)
        self._out: QIODevice | None = None
        self._told, self._when = 0.0, 0.0

    def start(self) -> None:
        """Begin anew, at second 0."""
        self._sink.stop()
        self._out = self._sink.start()
        self._told, self._when = 0.0, time.monotonic()

    def room(self) -> int:
        """How many samples can be taken now."""
        return self._sink.bytesFree() // _FRAME_BYTES

    def write(self, sound: Sound) -> None:
        """Take samples (n, 2)."""
        if self._out is not None:
            self._out.write(np.clip(sound, -1, 1).astype("<f4").tobytes())

    def played(self) -> float:
        """Seconds heard since the start. Qt counts whole periods; the time since its last word is added."""
        told, now = self._sink.processedUSecs() / 1e6, time.monotonic()
        if told != self._told:
            self._told, self._when = told, now
        return told + min(now - self._when, 0.03) if told else 0.0

    def stop(self) -> None:
        """Fall silent at once."""
        self._sink.stop()
        self._out = None


def open_speaker() -> Speaker | None:
    """The loudspeaker; None where there is none, where Qt's sound is not installed, and without a screen."""
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return None
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError as exc:
        log.info("Sound is not played, because Qt's part for it is missing: %s", exc)
        return None
    device = QMediaDevices.defaultAudioOutput()
    if device.isNull():
        log.info(tr("Sound is not played, because this machine has no sound device."))
        return None
    return QtSpeaker(device)
