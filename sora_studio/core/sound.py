"""A clip's sound, laid on an audio track and bound to its picture."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace

from sora_studio.core.edits import Carried, laid, place
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Timeline, new_id
from sora_studio.core.tracks import add_track


def place_with_sound(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put a clip on a video track, overwriting what lies there, and its sound on the audio track of the same place in
    order (V2 and A2). The sound of overwritten pictures is overwritten with them; where other sound lies, a track that
    has room is taken instead."""
    beneath = {other.group for other in timeline.tracks[track].within(clip.range) if other.group}
    timeline, block = with_sound(timeline, track, clip)
    picture, (lane, sound) = block.clips
    timeline, lane = audio_room(timeline, (sound.range,), first=lane, over=beneath)
    return laid(timeline, Carried((picture, (lane, sound))))


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
    timeline, lane = audio_room(place(timeline, track, bound), (clip.range,))
    return place(timeline, lane, replace(bound, id=sound))


def with_own_sound(timeline: Timeline, media: str, ids: tuple[str, str]) -> Timeline:
    """Bind the clip of a medium to its sound, if it stands there and is bound to nothing."""
    for lane in timeline.of_kind("video"):
        for clip in timeline.tracks[lane].clips:
            if clip.media == media and not clip.group and not timeline.tracks[lane].locked:
                return add_sound(timeline, clip.id, ids)
    return timeline


def place_sound(timeline: Timeline, track: int, clip: Clip) -> Timeline:
    """Put mere sound on an audio track, overwriting what lies there; when `track` holds pictures, on an audio track
    that has room."""
    if timeline.tracks[track].kind == "video":
        timeline, track = audio_room(timeline, (clip.range,))
    return place(timeline, track, clip)


def audio_room(
    timeline: Timeline, spans: Iterable[FrameRange], first: int | None = None, over: Set[str] = frozenset()
) -> tuple[Timeline, int]:
    """The first audio track that is not locked and has room for ranges of frames, or a new one; `first` is asked before
    the others, and clips of the groups `over` are no hindrance. The timeline has that track then."""
    spans = tuple(spans)
    for lane in (*(() if first is None else (first,)), *timeline.of_kind("audio")):
        there = timeline.tracks[lane]
        if not there.locked and all(other.group in over for span in spans for other in there.within(span)):
            return timeline, lane
    timeline = add_track(timeline, "audio")
    return timeline, timeline.of_kind("audio")[-1]
