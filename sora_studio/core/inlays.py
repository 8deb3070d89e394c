"""Clips put between others: new ones, some that were elsewhere on the timeline, or copies; with dissolves on wish."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from typing import Literal

from sora_studio.core import edits
from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.edits import Carried, Shift, meets
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.laying import Lengths, free, refuse_locked, shifted
from sora_studio.core.sound import audio_room
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.core.trims import Edge, ripple_trim


@dataclass(frozen=True, slots=True)
class Going:
    """Clips on their way to another place, the grabbed one first; `copy`: they stay, and copies of them go."""

    clips: tuple[str, ...]
    shift: Shift
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Inserted:
    """The timeline with the `clips` that were put on it, and those of them on the grabbed clip's track, in order."""

    timeline: Timeline
    clips: tuple[str, ...]
    row: tuple[str, ...]


Met = Literal["free", "over", "cut"]
"""What lies where clips are going: nothing, other clips, or the cut between two others at which they begin."""


def landing(timeline: Timeline, going: Going) -> Met:
    """What lies where clips are going. The cut is one of the track on which the grabbed clip lands. Raises BadInput
    when a track there is locked."""
    block = _block(timeline, going)
    for track, _ in block.clips:
        refuse_locked(timeline, track)
    own = frozenset() if going.copy else frozenset(clip.id for _, clip in block.clips)
    if not runs_over(timeline, _spans(block), own):
        return "free"
    track, at = _anchor(timeline, block)
    left, right = _ends(timeline, track, at)
    on_cut = left and right and not {left.id, right.id} & own and timeline.tracks[track].kind == "video"
    return "cut" if on_cut else "over"


def runs_over(timeline: Timeline, spans: Iterable[tuple[int, FrameRange]], own: Set[str] = frozenset()) -> bool:
    """Whether clips other than one's own lie in ranges of tracks."""
    return _run_over(timeline, spans, own) is not None


def nudged(timeline: Timeline, clip_ids: Iterable[str], frames: int) -> Timeline:
    """Move clips, and what belongs to them, by a few frames; raises BadInput when others lie in the way."""
    going = Going(tuple(clip_ids), Shift(frames))
    block = _block(timeline, going)
    met = _run_over(timeline, _spans(block), frozenset(clip.id for _, clip in block.clips))
    if met is not None:
        track, other = met
        raise BadInput(
            "“{name}” on track {track} lies in the way. Slide the clip to move its cuts along, or drag it over to "
            "insert or overwrite it.",
            name=other.name or tr("A clip"),
            track=timeline.tracks[track].name,
        )
    return edits.move_many(timeline, going.clips, going.shift)


def insert_going(timeline: Timeline, going: Going) -> Inserted:
    """Put clips, or copies of them, where they are going; what lies there is split, and moves along with what follows.

    Where moved clips were, their gap closes if they stood in a row on that track and nothing is in the way. Sound finds
    a track where it has room. Raises BadInput when something else would be run over."""
    rest, block = _taken(timeline, going)
    return _told(inserted(rest, block), rest, block)


def weave_going(timeline: Timeline, going: Going, length: int, lengths: Lengths) -> Inserted:
    """The same on a cut, with a dissolve of `length` frames on either side; raises BadInput when a clip is too short
    for it."""
    rest, block = _taken(timeline, going)
    return _told(insert_dissolving(rest, block, length, lengths), rest, block)


def inserted(timeline: Timeline, block: Carried) -> Timeline:
    """Put clips at their places among others, which are split and moved on by as much as it takes, on all tracks."""
    _, at = _anchor(timeline, block)
    kind = _kind(timeline, block)
    leading = [one for one in block.clips if timeline.tracks[one[0]].kind == kind]
    lanes = {track: [clip for lane, clip in leading if lane == track] for track, _ in leading}
    for track, clips in lanes.items():
        refuse_locked(timeline, track)
        under = timeline.at(track, at)
        if under is not None and under.start < at and any(meets(under, clip.range) for clip in clips):
            timeline = edits.split(timeline, under.id, at)
    by = 0
    for track, clips in lanes.items():
        first = min((clip.start for clip in timeline.tracks[track].clips if clip.start >= at), default=None)
        by = max(by, max(clip.stop for clip in clips) - first if first is not None else 0)
    timeline = shifted(timeline, at, by)
    for track, clips in lanes.items():
        for other in (other for clip in clips for other in timeline.tracks[track].within(clip.range)):
            raise BadInput(
                "“{name}” on track {track} lies in the way. Insert at another place, or overwrite it.",
                name=other.name or tr("A clip"),
                track=timeline.tracks[track].name,
            )
    following = {track: [clip for lane, clip in block.clips if lane == track] for track, _ in block.clips}
    for track, clips in following.items():
        if track not in lanes:  # sound of pictures that lead
            timeline, lane = audio_room(timeline, [clip.range for clip in clips], first=track)
            timeline = edits.laid(timeline, Carried(tuple((lane, clip) for clip in clips)))
    return edits.laid(timeline, Carried(tuple(leading), block.dissolves))


def insert_dissolving(timeline: Timeline, block: Carried, length: int, lengths: Lengths) -> Timeline:
    """Put clips on the cut between two others that touch, with a dissolve of `length` frames on either side.

    A dissolve shows frames beyond a cut, so what is missing of them is trimmed from the clips. What follows moves
    along. Raises BadInput when a clip is too short for that.
    """
    track, at = _anchor(timeline, block)
    left, right = _ends(timeline, track, at)
    if left is None or right is None:
        raise BadInput("A dissolve needs two clips that touch. Close the gap between them first.")
    need = max(1, (length + 1) // 2)
    timeline = _with_room(timeline, left.id, "tail", need, lengths)
    timeline = _with_room(timeline, right.id, "head", need, lengths)
    empty = tuple(replace(lane, clips=(), dissolves=(), locked=False) for lane in timeline.tracks)
    alone = edits.laid(replace(timeline, tracks=empty), block)
    names = _row(timeline, block)
    alone = _with_room(alone, names[0], "head", need, lengths)
    alone = _with_room(alone, names[-1], "tail", need, lengths)
    cut = Shift(timeline.find(right.id)[1].start - at)
    block = edits.carried(alone, (clip.id for _, clip in block.clips), cut)
    timeline = inserted(timeline, block)
    timeline = add_dissolve(timeline, left.id, names[0], length, lengths)
    return add_dissolve(timeline, names[-1], right.id, length, lengths)


def _told(timeline: Timeline, rest: Timeline, block: Carried) -> Inserted:
    return Inserted(timeline, tuple(clip.id for _, clip in block.clips), _row(rest, block))


def _block(timeline: Timeline, going: Going) -> Carried:
    block = edits.carried(timeline, free(timeline, going.clips), going.shift)
    return edits.copied(block) if going.copy else block


def _spans(block: Carried) -> Iterator[tuple[int, FrameRange]]:
    return ((track, clip.range) for track, clip in block.clips)


def _run_over(timeline: Timeline, spans: Iterable[tuple[int, FrameRange]], own: Set[str]) -> tuple[int, Clip] | None:
    """The first clip, but for one's own, in ranges of tracks, and its track."""
    met = ((track, other) for track, span in spans for other in timeline.tracks[track].within(span))
    return next(((track, other) for track, other in met if other.id not in own), None)


def _kind(timeline: Timeline, block: Carried) -> str:
    """Pictures lead where there are any; their sound follows them."""
    kinds = {timeline.tracks[track].kind for track, _ in block.clips}
    return "video" if "video" in kinds else "audio"


def _anchor(timeline: Timeline, block: Carried) -> tuple[int, int]:
    """The track of the first clip that leads, and the frame from which clips of the block stand on it."""
    kind = _kind(timeline, block)
    track = next(lane for lane, _ in block.clips if timeline.tracks[lane].kind == kind)
    return track, min(clip.start for lane, clip in block.clips if lane == track)


def _row(timeline: Timeline, block: Carried) -> tuple[str, ...]:
    """The clips of a block on its leading track, in order."""
    track, _ = _anchor(timeline, block)
    row = sorted((clip.start, clip.id) for lane, clip in block.clips if lane == track)
    return tuple(name for _, name in row)


def _ends(timeline: Timeline, track: int, at: int) -> tuple[Clip | None, Clip | None]:
    """The clips of a track that end and begin at a frame."""
    clips = timeline.tracks[track].clips
    return next((clip for clip in clips if clip.stop == at), None), next(
        (clip for clip in clips if clip.start == at), None
    )


def _taken(timeline: Timeline, going: Going) -> tuple[Timeline, Carried]:
    """The timeline without clips that go, and those at their new place; copies leave everything as it is. When the row
    they were in has closed, the place has moved with it."""
    block = _block(timeline, going)
    if going.copy:
        return timeline, block
    rest = edits.delete(timeline, *going.clips)
    track, at = _anchor(timeline, block)
    row = [timeline.find(name) for name in _row(timeline, block)]
    spans = [clip.range for lane, clip in row if lane == track]
    whole = set(free(timeline, (clip.id for _, clip in row))) == set(free(timeline, going.clips))
    if not whole or len(spans) < len(row) or any(span.start <= at <= span.stop for span in spans):
        return rest, block
    if not all(_in_row(timeline, clip) for _, clip in row):
        return rest, block
    back = sum(len(span) for span in spans if span.stop <= at)
    if any(clip.start < back for _, clip in block.clips):
        return rest, block
    with contextlib.suppress(BadInput):
        closed = edits.delete(timeline, *(clip.id for _, clip in row), ripple=True)
        moved = tuple((lane, replace(clip, start=clip.start - back)) for lane, clip in block.clips)
        return closed, replace(block, clips=moved)
    return rest, block


def _in_row(timeline: Timeline, clip: Clip) -> bool:
    """Whether a clip touches the one before it (or the beginning) and the one after it."""
    before, after = timeline.neighbours(clip.id)
    return (before.stop if before else 0) == clip.start and after is not None and after.start == clip.stop


def _with_room(timeline: Timeline, clip_id: str, edge: Edge, need: int, lengths: Lengths) -> Timeline:
    """A clip trimmed so far that its medium has `need` frames beyond an edge."""
    _, clip = timeline.find(clip_id)
    head, tail = clip.handles(lengths(clip.media))
    missing = need - (head if edge == "head" else tail)
    if missing <= 0:
        return timeline
    if clip.length - missing <= need:
        raise BadInput(
            "“{name}” is too short to dissolve. Insert it without a dissolve, or use a longer clip.",
            name=clip.name or tr("The clip"),
        )
    return ripple_trim(timeline, clip_id, edge, missing if edge == "head" else -missing, lengths)
