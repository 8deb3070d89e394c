"""Whatever edits follow each other: clips never overlap, never leave their media, dissolves stay valid, linked clips
stay in sync, and undo gives back every state exactly."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from sora_studio.core import edits, trims
from sora_studio.core import tracks as lanes
from sora_studio.core.dissolves import add_dissolve, remove_dissolve
from sora_studio.core.edits import Shift
from sora_studio.core.errors import BadInput
from sora_studio.core.inlays import Going, insert_going, nudged, weave_going
from sora_studio.core.layers import seen
from sora_studio.core.laying import free, longest, settled
from sora_studio.core.project import Project, from_data, to_data
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.session.history import History

LENGTHS: dict[str, int | None] = {"a": 100, "b": 60, "still": None}
SPEEDS = [Fraction(2), Fraction(1, 2), Fraction(-1), Fraction(-3, 2), Fraction(1)]

Numbers = tuple[int, int, int, int]
Edit = Callable[[Timeline, Clip, Numbers], Timeline]


def lengths(media: str) -> int | None:
    return LENGTHS[media]


def laid(timeline: Timeline, name: str, start: int, length: int, offset: int) -> Timeline:
    """A clip and its sound, linked, at the same place of both first tracks."""
    audio = timeline.of_kind("audio")[0]
    whole = lengths(name) or 1000
    offset = min(offset, whole - 1)
    clip = Clip(
        name, start, max(1, min(length, whole - offset)), offset, group=f"{start}.{length}.{len(name)}.{offset}"
    )
    clip = replace(clip, group=clip.group + clip.id)
    return edits.place(edits.place(timeline, 0, clip), audio, replace(clip, id=clip.id + "s"))


def next_one(timeline: Timeline, clip: Clip) -> Clip:
    after = timeline.neighbours(clip.id)[1]
    if after is None:
        raise BadInput("nothing follows")
    return after


def going(timeline: Timeline, clip: Clip, numbers: Numbers, copy: bool = False) -> Going:
    """A clip and the last one of the first track, to where another clip begins or anywhere."""
    last = timeline.tracks[0].clips[-1:]
    cuts = timeline.cuts() or (0,)
    at = cuts[numbers[1] % len(cuts)] if numbers[2] % 2 else numbers[1]
    chosen = tuple(dict.fromkeys((clip.id, *(one.id for one in last))))
    return Going(chosen, Shift(at - clip.start, numbers[0] % 3 - 1), copy)


EDITS: dict[str, Edit] = {
    "lay": lambda line, _clip, n: laid(line, ("a", "b", "still")[n[0] % 3], n[1], n[2], n[3]),
    "place": lambda line, _clip, n: edits.place(line, n[0] % len(line.tracks), Clip("a", n[1], min(n[2], 100))),
    "insert": lambda line, _clip, n: edits.insert(line, n[0] % 2, Clip("b", n[1], min(n[2], 60))),
    "move": lambda line, clip, n: edits.move(line, clip.id, n[0] % len(line.tracks), n[1]),
    "move many": lambda line, clip, n: edits.move_many(
        line,
        {clip.id, line.tracks[0].clips[-1].id if line.tracks[0].clips else clip.id},
        Shift(n[1] - 80, n[0] % 3 - 1),
    ),
    "nudge": lambda line, clip, n: nudged(line, going(line, clip, n).clips, n[1] - 80),
    "duplicate": lambda line, clip, n: edits.duplicate(line, [clip.id], Shift(n[1], n[0] % 3 - 1))[0],
    "move between": lambda line, clip, n: insert_going(line, going(line, clip, n)).timeline,
    "copy between": lambda line, clip, n: insert_going(line, going(line, clip, n, copy=True)).timeline,
    "weave": lambda line, clip, n: weave_going(line, going(line, clip, n, copy=n[0] % 2 == 0), n[2], lengths).timeline,
    "delete": lambda line, clip, _n: edits.delete(line, clip.id),
    "ripple delete": lambda line, clip, _n: edits.delete(line, clip.id, ripple=True),
    "split": lambda line, clip, n: edits.split(line, clip.id, clip.start + 1 + n[1] % max(1, clip.length - 1)),
    "split all": lambda line, _clip, n: edits.split_all(line, n[1]),
    "head": lambda line, clip, n: trims.trim_head(line, clip.id, n[1] - 80, lengths),
    "tail": lambda line, clip, n: trims.trim_tail(line, clip.id, n[1] - 80, lengths),
    "sound alone": lambda line, clip, n: trims.trim_head(line, clip.id, n[1] - 80, lengths, linked=False),
    "ripple head": lambda line, clip, n: trims.ripple_trim(line, clip.id, "head", n[1] - 80, lengths),
    "ripple tail": lambda line, clip, n: trims.ripple_trim(line, clip.id, "tail", n[1] - 80, lengths),
    "roll": lambda line, clip, n: trims.roll(line, clip.id, "tail" if n[0] % 2 else "head", n[1] - 80, lengths),
    "slip": lambda line, clip, n: trims.slip(line, clip.id, n[1] - 80, lengths),
    "slide": lambda line, clip, n: trims.slide(line, clip.id, n[1] - 80, lengths),
    "speed": lambda line, clip, n: trims.set_speed(line, clip.id, SPEEDS[n[1] % 5], lengths, ripple=bool(n[0] % 2)),
    "dissolve": lambda line, clip, n: add_dissolve(line, clip.id, next_one(line, clip).id, n[2], lengths),
    "cut again": lambda line, clip, _n: remove_dissolve(line, clip.id),
    "lift": lambda line, _clip, n: edits.lift(line, FrameRange(n[1], n[1] + n[2])),
    "extract": lambda line, _clip, n: edits.extract(line, FrameRange(n[1], n[1] + n[2])),
    "take": lambda line, clip, n: edits.set_take(line, clip.id, ("a", "b", "still")[n[0] % 3], lengths),
    "unlink": lambda line, clip, _n: edits.unlink(line, [clip.id]),
    "lock": lambda line, _clip, n: lanes.switch_track(
        line, n[0] % len(line.tracks), lanes.Switches(locked=n[1] % 3 == 0)
    ),
    "add track": lambda line, _clip, n: lanes.add_track(line, "audio" if n[0] % 2 else "video"),
    "move track": lambda line, _clip, n: lanes.move_track(line, n[0] % len(line.tracks), n[1] % 5),
}

steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(EDITS)),
        st.tuples(st.integers(0, 20), st.integers(0, 160), st.integers(1, 80), st.integers(0, 40)),
    ),
    max_size=25,
)

KEEP_SYNC = {
    "nudge",
    "move between",
    "copy between",
    "ripple delete",
    "ripple head",
    "ripple tail",
    "insert",
    "extract",
    "delete",
    "split",
    "split all",
    "lift",
}
LOSE_NOTHING = {
    "nudge",
    "move between",
    "copy between",
    "move track",
    "add track",
    "split",
    "split all",
    "lock",
    "unlink",
    "insert",
    "slip",
    "dissolve",
}


def step(line: Timeline, kind: str, numbers: Numbers) -> Timeline:
    """One edit as the session makes it; refusals change nothing."""
    clips = [clip for _, clip in line.clips()]
    clip = clips[numbers[0] % len(clips)] if clips else Clip("a", 0, 1)
    with contextlib.suppress(BadInput):
        return settled(EDITS[kind](line, clip, numbers), lengths)
    return line


def start() -> Timeline:
    """Three clips with their sound; that of the second one begins before its picture."""
    line = Timeline()
    for name, at in (("a", 0), ("b", 40), ("a", 80)):
        line = laid(line, name, at, 40, 10)
    sounds = [clip.id for clip in line.tracks[2].clips]
    line = trims.trim_tail(line, sounds[0], -8, lengths, linked=False)
    return trims.trim_head(line, sounds[1], -6, lengths, linked=False)


def check_sound(line: Timeline) -> None:
    """Tracks in order, clips apart and within their media, identities unique, dissolves on cuts and within handles."""
    kinds = [track.kind for track in line.tracks]
    assert kinds == sorted(kinds, reverse=True)
    ids = [clip.id for _, clip in line.clips()]
    assert len(ids) == len(set(ids))
    for track in line.tracks:
        at = 0
        for clip in track.clips:
            assert clip.start >= at
            at = clip.stop
            whole = lengths(clip.media)
            assert clip.offset >= 0
            assert whole is None or clip.offset + clip.span <= whole
        assert track.stop == sum(clip.length for clip in track.clips) + sum(
            len(gap) for gap in line.gaps(line.tracks.index(track))
        )
        taken: dict[str, int] = {}
        for one in track.dissolves:
            left, right = track.find(one.left), track.find(one.right)
            assert left is not None
            assert right is not None
            assert left.stop == right.start
            assert 2 <= one.length <= longest(left, right, lengths, taken.get(left.id, 0))
            taken[right.id] = one.after


def offsets(line: Timeline) -> dict[tuple[str, str], Fraction]:
    """How far linked clips of normal speed that are on at the same time stand apart in media time; zero where both show
    the same moment."""
    found: dict[tuple[str, str], Fraction] = {}
    usual = ((index, clip) for index, clip in line.clips() if clip.group and clip.speed == 1 and clip.media != "still")
    clips = [(index, clip) for index, clip in usual if not line.tracks[index].locked]
    for (track, one), (lane, other) in combinations(clips, 2):
        together = one.start < other.stop and other.start < one.stop
        if track != lane and one.group == other.group and together:
            found[one.id, other.id] = Fraction(one.start - one.offset - (other.start - other.offset))
    return found


def grown(line: Timeline, kind: str, numbers: Numbers) -> int:
    """How many frames an edit brings that loses none."""
    if kind == "copy between":
        clips = [clip for _, clip in line.clips()]
        carried = going(line, clips[numbers[0] % len(clips)] if clips else Clip("a", 0, 1), numbers).clips
        return sum(line.find(one)[1].length for one in free(line, carried))
    return min(numbers[2], 60) if kind == "insert" else 0


def seconds_shown(line: Timeline) -> int:
    return sum(clip.length for _, clip in line.clips())


@settings(max_examples=250, deadline=None)
@given(steps)
def test_every_edit_leaves_a_sound_timeline(made: list[tuple[str, Numbers]]) -> None:
    line = start()
    history, states = History(line), [line]
    for kind, numbers in made:
        edited = step(line, kind, numbers)
        check_sound(edited)
        if kind in KEEP_SYNC:
            before, after = offsets(line), offsets(edited)
            assert all(after[pair] == before[pair] for pair in before.keys() & after.keys())
        if kind in LOSE_NOTHING:
            assert seconds_shown(edited) == seconds_shown(line) + (0 if edited == line else grown(line, kind, numbers))
        if history.edit(kind, edited):
            states.append(edited)
        line = edited
    for state in reversed(states[:-1]):
        assert history.undo()
        assert history.present == state
    for state in states[1:]:
        assert history.redo()
        assert history.present == state


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 25), st.sampled_from(sorted(LENGTHS)), st.booleans())
def test_what_is_amended_is_amended_in_every_step(
    made: list[tuple[str, Numbers]], undone: int, media: str, ripple: bool
) -> None:
    line = start()
    history, states = History(line), [line]
    for kind, numbers in made:
        line = step(line, kind, numbers)
        if history.edit(kind, line):
            states.append(line)
    undone = min(undone, len(states) - 1)
    for _ in range(undone):
        history.undo()
    history.amend(lambda one: edits.forget(one, media, ripple=ripple))
    changed = [edits.forget(one, media, ripple=ripple) for one in states]
    now = len(states) - 1 - undone
    assert walked(history, history.undo) == [one for one, _ in groupby(reversed(changed[: now + 1]))]
    assert walked(history, history.redo) == [one for one, _ in groupby(changed)]


def walked(history: History, go: Callable[[], bool]) -> list[Timeline]:
    """The timelines from here to the end of the way."""
    way = [history.present]
    while go():
        way.append(history.present)
    return way


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 200))
def test_weights_add_up_and_the_file_keeps_everything(made: list[tuple[str, Numbers]], frame: int) -> None:
    line = start()
    for kind, numbers in made:
        line = step(line, kind, numbers)
    layers = seen(line, frame)
    assert sum(layer.weight for layer in layers) == (1 if line.top(frame) else 0)
    for layer in layers:
        whole = lengths(layer.clip.media)
        assert layer.moment >= 0
        assert whole is None or layer.moment < whole
    data = to_data(replace(Project(), timeline=line))
    data["media"] = [item_data(name) for name in LENGTHS]
    assert from_data(data).timeline == line


def item_data(name: str) -> dict[str, object]:
    return {
        "id": name,
        "name": name,
        "state": {"kind": "ready", "path": "x.mp4"},
        "frames": LENGTHS[name] or 1,
        "rate": [24, 1],
        "size": [64, 48],
    }
