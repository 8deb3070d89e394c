"""Where things that are dropped on a track would come to stand, before they are taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Timeline
from sora_studio.session.carried import Thing
from sora_studio.session.editing import STILL_SECONDS, lane_for
from sora_studio.session.places import OnTimeline


def footprints(things: Iterable[Thing], place: OnTimeline, timeline: Timeline) -> Iterator[tuple[int, FrameRange]]:
    """Track and frames of each thing that would be put on a track, one behind the other. What was not looked into may
    last until the end. Sound over pictures, and that of a film, find room by themselves and are left out."""
    at = place.frame
    for thing in things:
        if thing.lost or thing.kind not in ("image", "video", "sound", "folder"):
            continue
        if thing.kind == "image":
            length = timeline.rate.frames(STILL_SECONDS)
        elif thing.seconds:
            length = max(1, timeline.rate.frames(thing.seconds))
        else:
            length = max(1, timeline.length - at)
        picture = thing.kind != "sound"
        if picture or timeline.tracks[place.track].kind == "audio":
            yield lane_for(timeline, place.track, picture=picture), FrameRange(at, at + length)
        at += length
