"""Finer edits through the session: one step of undo each, refused in words, sound bound to its picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from sora_studio.core.edits import Shift
from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Marker
from sora_studio.core.tracks import Switches
from sora_studio.session.session import Session
from tests.session.conftest import DRAFT, Studio


@pytest.fixture
def session(studio: Studio, moving: Path) -> Session:
    """Two clips of 48 frames on V1, at 0 and 48, the second one trimmed to its last 38."""
    made = studio.session
    media = made.import_media(moving)
    made.place(media, 0, 0)
    second = made.place(media, 0, 48)
    made.trim_head(second, 10)
    made.trim_tail(made.timeline.tracks[0].clips[0].id, -10)
    made.close_gap(made.timeline.gaps(0)[0])
    return made


def places(session: Session, track: int = 0) -> list[tuple[int, int]]:
    return [(clip.start, clip.length) for clip in session.timeline.tracks[track].clips]


def test_every_edit_is_one_step_and_undo_is_exact(session: Session) -> None:
    first, second = session.timeline.tracks[0].clips
    assert places(session) == [(0, 38), (38, 38)]
    states = [session.timeline]
    edits = [
        lambda: session.roll(first.id, "tail", 4),
        lambda: session.slip(first.id, 2),
        lambda: session.dissolve(first.id, second.id),
        lambda: session.remove_dissolve(second.id),
        lambda: session.ripple_trim(first.id, "tail", -6),
        lambda: session.set_speed(second.id, Fraction(2)),
        lambda: session.duplicate([first.id], Shift(200)),
        lambda: session.move_many([first.id, second.id], Shift(5, 1)),
        lambda: session.add_track("audio"),
        lambda: session.rename_track(3, "Music"),
        lambda: session.switch_track(3, Switches(locked=True)),
        lambda: session.put_marker(Marker(12, "here")),
        lambda: session.mark_range(10, 20),
        session.lift,
        session.extract,
        lambda: session.link([first.id, second.id]),
        lambda: session.unlink([first.id]),
        lambda: session.set_sound(first.id, -6, 2, 2),
    ]
    for edit in edits:
        edit()
        assert session.timeline != states[-1]
        states.append(session.timeline)
    for state in reversed(states[:-1]):
        session.undo()
        assert session.timeline == state
    for state in states[1:]:
        session.redo()
        assert session.timeline == state


def test_lifting_needs_marks(session: Session) -> None:
    with pytest.raises(BadInput, match="Mark a range first"):
        session.lift()
    session.mark_range(30, 46)
    session.extract()
    assert places(session) == [(0, 30), (30, 30)]
    assert session.timeline.marked == FrameRange(30, 46)


def test_a_video_with_sound_comes_with_its_sound(session: Session) -> None:
    item = next(iter(session.project.media.values()))
    session._keep(replace(item, id="loud", sound=True))
    clip = session.place("loud", 1, 100)
    audio = session.timeline.of_kind("audio")
    assert len(audio) == 2
    (sound,) = session.timeline.tracks[audio[1]].clips
    assert session.timeline.group(clip) == (clip, sound.id)
    session.move(clip, 1, 120)
    assert session.timeline.find(sound.id)[1].start == 120
    session.select(clip)
    session.delete()
    assert not session.timeline.has(sound.id)


def test_mere_sound_goes_to_an_audio_track(session: Session) -> None:
    song = MediaItem("song", "Song", Ready("song.wav"), 240, Rate(24), Size(1, 1), sound=True, picture=False)
    session._keep(song)
    clip = session.place("song", 0, 7)
    track, placed = session.timeline.find(clip)
    assert session.timeline.tracks[track].kind == "audio"
    assert (placed.start, placed.length) == (7, 240)


def test_splitting_everything_and_nothing(session: Session) -> None:
    session.split_all(20)
    assert places(session) == [(0, 20), (20, 18), (38, 38)]
    with pytest.raises(BadInput, match="playhead inside"):
        session.split_all(500)


def test_nothing_is_made_from_sound_or_from_what_plays_backwards(session: Session) -> None:
    first, second = session.timeline.tracks[0].clips
    session.set_speed(second.id, Fraction(-1))
    with pytest.raises(BadInput, match="plays backwards"):
        session.extend(second.id, 1, DRAFT)
    item = session.item(first.media)
    session._keep(replace(item, id="loud", sound=True))
    clip = session.place("loud", 0, 300)
    group = session.timeline.group(clip)
    with pytest.raises(BadInput, match="this is sound"):
        session.extend(group[1], 1, DRAFT)
