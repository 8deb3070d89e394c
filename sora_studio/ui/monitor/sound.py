"""Sound while the monitor plays. What is heard sets the clock, and the pictures follow it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

from sora_studio.core.timeline import Clip, Timeline, Track
from sora_studio.media.audio import AudioMixer
from sora_studio.media.sound import SAMPLE_RATE, Sound
from sora_studio.session.session import Session
from sora_studio.ui.monitor.speaker import Speaker

BLOCK = SAMPLE_RATE // 50
"""Samples that are mixed at once."""
AHEAD = 25
"""Blocks that are kept ready."""
PATIENCE = 2.0
"""Seconds without a sound from the speaker after which the pictures go on by themselves."""
_FEED_MS = 15


class Playback(QObject):
    """Plays the sound of what the monitor shows, forwards at its natural speed; other speeds are silent.

    `now` is the clock of the player: what has been heard while there is sound, else the time that passes.
    """

    def __init__(
        self, session: Session, open_speaker: Callable[[], Speaker | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._open_speaker = session, open_speaker
        self._speaker: Speaker | None = None
        self._tried = False
        self._playing = False
        self._base, self._last, self._heard, self._shift = 0.0, 0.0, 0.0, 0.0
        self._mixing: Mixing | None = None
        self.muted = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._feed)

    def now(self) -> float:
        """Seconds on the clock."""
        if not self._playing or self._speaker is None:
            return time.monotonic() + self._shift
        played, moment = self._speaker.played(), time.monotonic()
        if played > self._last:
            self._last, self._heard = played, moment
        elif moment - self._heard > PATIENCE:
            # The device is gone. The clock must not jump: it goes on from where it stands.
            self._shift = self._base + self._last - moment
            self._stop_speaker()
        return self._base + self._last

    def start(self, frame: int, speed: int) -> None:
        """Play from a frame."""
        self.stop()
        timeline = self._reel() if speed == 1 and not self.muted else None
        if timeline is None:
            return
        mixer = AudioMixer(timeline, self._session.media_path)
        if mixer.silent or not self._ready():
            return
        self._mixing = Mixing(mixer, round(frame / timeline.rate.fps * SAMPLE_RATE))
        self._base, self._last, self._heard = time.monotonic(), 0.0, time.monotonic()
        self._playing = True
        if self._speaker is not None:
            self._speaker.start()
        self._timer.start(_FEED_MS)

    def stop(self) -> None:
        """Fall silent."""
        if self._mixing is not None:
            self._mixing.close()
            self._mixing = None
        if self._playing:
            self._stop_speaker()

    def _stop_speaker(self) -> None:
        self._playing = False
        self._timer.stop()
        if self._speaker is not None:
            self._speaker.stop()

    def _ready(self) -> bool:
        if not self._tried:
            self._tried = True
            self._speaker = self._open_speaker()
        return self._speaker is not None

    def _reel(self) -> Timeline | None:
        """What is played: the timeline, or a medium alone."""
        viewing = self._session.viewing
        if viewing.mode != "clip":
            return self._session.timeline
        item = self._session.project.media.get(viewing.medium or "")
        if item is None or not item.sound:
            return None
        lane = Track("A1", (Clip(item.id, 0, item.frames),), "audio")
        return Timeline(rate=item.rate, tracks=(Track("V1"), lane))

    def _feed(self) -> None:
        while self._speaker is not None and self._mixing is not None and self._speaker.room() >= BLOCK:
            block = self._mixing.take()
            if block is None:
                return
            self._speaker.write(block)


class Mixing:
    """A thread that mixes blocks ahead of what is heard."""

    def __init__(self, mixer: AudioMixer, start: int) -> None:
        self._mixer, self._next = mixer, start
        self._blocks: deque[Sound] = deque()
        self._condition = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="sound", daemon=True)
        self._thread.start()

    def take(self) -> Sound | None:
        """The next block, None when it is not ready."""
        with self._condition:
            block = self._blocks.popleft() if self._blocks else None
            self._condition.notify()
        return block

    def close(self) -> None:
        """End the thread and let go of the files."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join()

    def _work(self) -> None:
        try:
            while True:
                with self._condition:
                    while len(self._blocks) >= AHEAD and not self._closing:
                        self._condition.wait()
                    if self._closing:
                        return
                block = self._mixer.block(self._next, BLOCK)
                self._next += BLOCK
                with self._condition:
                    self._blocks.append(block)
        finally:
            self._mixer.close()
