"""How high the tracks are: what the artist has set, and the usual height for the rest.

The session keeps it, and beside the project for the next time.
"""

from __future__ import annotations

from sora_studio.core.timeline import Kind, Timeline, Track
from sora_studio.session.viewing import Viewing
from sora_studio.ui.timeline.metrics import AUDIO_HEIGHT, HIGHEST, LOWEST, TRACK_HEIGHT, Lane, lay_lanes

_USUAL: dict[Kind, int] = {"video": TRACK_HEIGHT, "audio": AUDIO_HEIGHT}


class Heights:
    """In scene pixels. A track keeps its height when it is renamed or comes to another place."""

    def __init__(self, viewing: Viewing) -> None:
        self._viewing = viewing

    def of(self, track: Track) -> int:
        """The height of a track."""
        high = self._viewing.heights.get(track.id, _USUAL[track.kind])
        return max(LOWEST, min(HIGHEST, high))

    def set(self, track: Track, high: int) -> None:
        """Give a track another height, within the limits."""
        self._viewing.heights[track.id] = max(LOWEST, min(HIGHEST, high))

    def share(self, timeline: Timeline, by: float) -> None:
        """Give `by` pixels of height from the audio tracks to the video tracks, in equal parts."""
        for kind, sign in (("video", 1), ("audio", -1)):
            tracks = [track for track in timeline.tracks if track.kind == kind]
            for track in tracks:
                self.set(track, round(self.of(track) + sign * by / len(tracks)))

    def lanes(self, timeline: Timeline) -> tuple[Lane, ...]:
        """Where the tracks lie."""
        return lay_lanes([(track.kind, self.of(track)) for track in timeline.tracks])
