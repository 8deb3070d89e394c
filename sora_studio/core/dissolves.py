"""Dissolves put on cuts, made longer or shorter, and taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from sora_studio.core.errors import BadInput
from sora_studio.core.language import listed, tr
from sora_studio.core.laying import SHORTEST, Lengths, free, held, longest, refuse_locked, with_clips, with_track
from sora_studio.core.timeline import Clip, Dissolve, Timeline, Track

DEFAULT_SECONDS = 0.5
"""How long a dissolve is when nothing is said."""
MOST_OF_A_NAME = 32
"""Letters of a clip's name in a message."""


def add_dissolve(timeline: Timeline, left_id: str, right_id: str, length: int, lengths: Lengths) -> Timeline:
    """Let a clip dissolve into the next one, over `length` frames or as many as there are; also changes the length of a
    dissolve that is there. Raises BadInput when the clips do not touch or have no frames beyond the cut.

    Sound that belongs to both and is cut at the same frame crossfades as long, if it has the frames. Sounds on two
    tracks are brought onto one that has room for both; without such a track they stay as they are. Sound that is cut at
    another frame than its picture (a J or L cut) keeps its cut: there it carries one picture over the edge of the next,
    and a fade around it belongs to the artist. So does sound whose crossfade was taken away."""
    index, left, right = _cut(timeline, left_id, right_id)
    most = longest(left, right, lengths)
    if most < SHORTEST:
        raise BadInput(_why(left, right, lengths))
    known = _has(timeline, index, right_id)
    timeline = _laid(timeline, index, Dissolve(left_id, right_id, max(SHORTEST, min(length, most))), lengths)
    made = next((one for one in timeline.tracks[index].dissolves if one.right == right_id), None)
    if made is None:
        raise BadInput("The dissolve before it takes all of the clip. Make that one shorter first.")
    if not known:
        timeline = _joined(timeline, left, right, lengths)
    for lane, before, after in _sounds(timeline, left, right):
        if not known or _has(timeline, lane, after.id):
            timeline = _laid(timeline, lane, Dissolve(before.id, after.id, made.length), lengths)
    return timeline


def remove_dissolve(timeline: Timeline, right_id: str) -> Timeline:
    """Turn the dissolve into a clip back into a cut, and that of the sound that belongs to it."""
    index, right = timeline.find(right_id)
    refuse_locked(timeline, index)
    gone = {right_id}
    for one in timeline.tracks[index].dissolves:
        if one.right == right_id:
            gone |= {after.id for _, _, after in _sounds(timeline, timeline.find(one.left)[1], right)}
    for lane, track in enumerate(timeline.tracks):
        dissolves = tuple(one for one in track.dissolves if one.right not in gone)
        if dissolves != track.dissolves:
            timeline = with_track(timeline, lane, replace(track, dissolves=dissolves))
    return timeline


def _laid(timeline: Timeline, index: int, dissolve: Dissolve, lengths: Lengths) -> Timeline:
    """The timeline with a dissolve on a track, instead of one that is there; as long as clips and media allow."""
    track = timeline.tracks[index]
    others = (one for one in track.dissolves if one.right != dissolve.right)
    return with_track(timeline, index, replace(track, dissolves=held(track.clips, (*others, dissolve), lengths)))


def _has(timeline: Timeline, index: int, right_id: str) -> bool:
    return any(one.right == right_id for one in timeline.tracks[index].dissolves)


def _joined(timeline: Timeline, left: Clip, right: Clip, lengths: Lengths) -> Timeline:
    """The sounds of two pictures that meet, cut at the same frame of two tracks and long enough to crossfade, brought
    onto one of these: the later to the earlier, or else the other way round. One that crossfades with its neighbour, or
    shares a track with its counterpart, stays; so does all sound on locked tracks, and where one track is heard and the
    other is not."""
    alone = {one.id for lane, before, after in _sounds(timeline, left, right) for one in (before, after)}
    for (lane, one), (other, two) in product(_belonging(timeline, left), _belonging(timeline, right)):
        if {one.id, two.id} & alone or not one.stop == two.start == right.start:
            continue
        if _heard(timeline.tracks[lane]) != _heard(timeline.tracks[other]) or longest(one, two, lengths) < SHORTEST:
            continue
        for clip, came, goes in ((two, other, lane), (one, lane, other)):
            bound = any(clip.id in (fade.left, fade.right) for fade in timeline.tracks[came].dissolves)
            if not bound and not timeline.tracks[goes].within(clip.range):
                rest = (there for there in timeline.tracks[came].clips if there.id != clip.id)
                timeline = with_clips(timeline, came, rest)
                timeline = with_clips(timeline, goes, (*timeline.tracks[goes].clips, clip))
                alone |= {one.id, two.id}
                break
    return timeline


def _heard(track: Track) -> tuple[bool, bool]:
    return track.muted, track.solo


def _sounds(timeline: Timeline, left: Clip, right: Clip) -> Iterator[tuple[int, Clip, Clip]]:
    """The sound that belongs to two pictures that meet, where it is cut at the same frame of one track: the track and
    the two clips."""
    for (lane, one), (other, two) in product(_belonging(timeline, left), _belonging(timeline, right)):
        if lane == other and one.stop == two.start == right.start:
            yield lane, one, two


def _belonging(timeline: Timeline, picture: Clip) -> list[tuple[int, Clip]]:
    """The sound that belongs to a picture, and its tracks. Locked tracks are left alone; a sound alone has none."""
    if timeline.tracks[timeline.find(picture.id)[0]].kind == "audio":
        return []
    found = (timeline.find(one) for one in free(timeline, (picture.id,))[1:])
    return [(lane, clip) for lane, clip in found if timeline.tracks[lane].kind == "audio"]


def _cut(timeline: Timeline, left_id: str, right_id: str) -> tuple[int, Clip, Clip]:
    index, left = timeline.find(left_id)
    other, right = timeline.find(right_id)
    if index != other or left.stop != right.start:
        raise BadInput("A dissolve needs two clips that touch. Close the gap between them first.")
    refuse_locked(timeline, index)
    return index, left, right


def _why(left: Clip, right: Clip, lengths: Lengths) -> str:
    """Which clip lacks frames, in words."""
    short = []
    if left.handles(lengths(left.media))[1] < 1:
        short.append(tr("the end of {clip}", clip=_called(left, tr("the first clip"))))
    if right.handles(lengths(right.media))[0] < 1:
        short.append(tr("the start of {clip}", clip=_called(right, tr("the second clip"))))
    return tr(
        "A dissolve shows frames beyond the cut, and there are none. Trim {ends} by a few frames first.",
        ends=listed(short) or tr("the clips"),
    )


def _called(clip: Clip, otherwise: str) -> str:
    """A clip by the beginning of its name, which may be a whole prompt."""
    name = clip.name if len(clip.name) <= MOST_OF_A_NAME else f"{clip.name[: MOST_OF_A_NAME - 1].rstrip()}…"
    return tr("“{name}”", name=name) if name else otherwise
