"""A clip's sound, laid on an audio track and bound to its picture."""

from __future__ import annotations

from dataclasses import replace

from sora_studio.core.edits import Carried, laid, place
from sora_studio.core.timeline import Clip, Timeline, new_id
from sora_studio.core.tracks import add_track


def place_with_sound(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip on a video track and its sound on the audio track of the same place in order, overwriting what lies
    there."""
    return laid(*with_sound(timeline, track, clip))


def with_sound(timeline: Timeline, track: int, clip: Clip) -> tuple[Timeline, Carried]:
    """A clip for a video track and its sound for the audio track of the same place in order (V2 and A2), bound
    together; missing and locked audio tracks are passed over for a new one. The timeline has that one then."""
    rank = timeline.of_kind("video").index(track)
    while len(timeline.of_kind("audio")) <= rank or timeline.tracks[timeline.of_kind("audio")[rank]].locked:
        timeline = add_track(timeline, "audio")
        rank = max(rank, len(timeline.of_kind("audio")) - 1)
    clip = replace(clip, group=clip.group or new_id())
    return timeline, Carried(((track, clip), (timeline.of_kind("audio")[rank], replace(clip, id=new_id()))))


def add_sound(timeline: Timeline, clip_id: str, ids: tuple[str, str] | None = None) -> Timeline:
    """Bind a clip on a video track to its sound, on the first audio track that has room there, or on a new one. `ids`
    are those of the bond and of the sound, where they are to be the same on several timelines."""
    group, sound = ids or (new_id(), new_id())
    track, clip = timeline.find(clip_id)
    bound = replace(clip, group=clip.group or group)
    timeline = place(timeline, track, bound)
    for lane in timeline.of_kind("audio"):
        there = timeline.tracks[lane]
        if not there.locked and all(other.stop <= clip.start or other.start >= clip.stop for other in there.clips):
            break
    else:
        timeline = add_track(timeline, "audio")
        lane = timeline.of_kind("audio")[-1]
    return place(timeline, lane, replace(bound, id=sound))


def with_own_sound(timeline: Timeline, media: str, ids: tuple[str, str]) -> Timeline:
    """Bind the clip of a medium to its sound, if it stands there and is bound to nothing."""
    for lane in timeline.of_kind("video"):
        for clip in timeline.tracks[lane].clips:
            if clip.media == media and not clip.group and not timeline.tracks[lane].locked:
                return add_sound(timeline, clip.id, ids)
    return timeline


def place_sound(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put mere sound on an audio track, the nearest one when `track` holds pictures, a new one when there is none."""
    lanes = timeline.of_kind("audio")
    if not lanes:
        timeline = add_track(timeline, "audio")
        lanes = timeline.of_kind("audio")
    return place(timeline, max(lanes[0], min(track, lanes[-1])), clip)
