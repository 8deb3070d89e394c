"""What is brought to the timeline: between clips, into gaps, and the way from a clip to a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.media.decode import VideoReader, load_image
from tests.session.conftest import DRAFT, Studio


def test_a_medium_is_inserted_and_what_follows_moves(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    film, photo = session.import_media(moving), session.import_media(still)
    left, right = session.place(film, 0, 0), session.place(film, 0, 48)
    made = session.insert_media(photo, 0, 48)
    line = session.timeline
    assert [clip.id for clip in line.tracks[line.of_kind("video")[0]].clips] == [left, made, right]
    assert line.find(right)[1].start == 48 + line.find(made)[1].length
    session.undo()
    assert session.timeline.find(right)[1].start == 48


def test_a_gap_is_filled_as_far_as_the_medium_goes(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    film, photo = session.import_media(moving), session.import_media(still)
    session.place(film, 0, 0)
    session.place(film, 0, 300)
    filled = session.put_in_gap(photo, 0, 48, 300)
    clip = session.timeline.find(filled)[1]
    assert (clip.start, clip.stop) == (48, 300)
    session.undo()
    filled = session.put_in_gap(film, 0, 48, 60)
    clip = session.timeline.find(filled)[1]
    assert (clip.start, clip.stop) == (48, 60)


@pytest.mark.parametrize("before", [False, True])
def test_a_clip_reaches_a_picture(studio: Studio, moving: Path, still: Path, before: bool) -> None:
    session = studio.session
    clip = session.place(session.import_media(moving), 0, 96)
    session.reach(clip, still, 1, DRAFT, before=before)
    studio.settled()
    made = session.timeline.find(session.selection[0])[1]
    old = session.timeline.find(clip)[1]
    assert (made.stop == old.start) if before else (made.start == old.stop)
    path = session.media_path(made.media)
    assert path is not None
    with VideoReader(path) as reader:
        frames = [reader.frame(number) for number in range(reader.info.frames)]
    goal = load_image(still).mean()
    far, near = (frames[-1], frames[0]) if before else (frames[0], frames[-1])
    assert abs(near.mean() - goal) <= abs(far.mean() - goal)


def test_the_picture_of_a_moment_is_kept(studio: Studio, moving: Path) -> None:
    session = studio.session
    film = session.import_media(moving)
    kept = session.item(session.keep_still(film, 1.0))
    assert kept.name == "moving at 00:00:01:00"
    path = session.media_path(kept.id)
    assert path is not None
    with VideoReader(moving) as reader:
        assert np.abs(load_image(path).astype(int) - reader.frame(24)).max() <= 1
    moving_away = moving.rename(moving.with_name("away.mp4"))
    with pytest.raises(BadInput, match="Locate it"):
        session.keep_still(film, 0)
    moving_away.rename(moving)


def test_sound_is_inserted_with_its_picture_beside_music_that_goes_on(studio: Studio, moving: Path) -> None:
    session = studio.session
    film = session.import_media(moving)
    session.place(film, 0, 0)
    session._keep(replace(session.item(film), id="loud", sound=True))
    session._keep(replace(session.item(film), id="song", sound=True, picture=False, frames=2400))
    music = session.place("song", 1, 0)
    made = session.insert_media("loud", 0, 24)
    line = session.timeline
    (sound,) = (clip_id for clip_id in line.group(made) if clip_id != made)
    assert line.tracks[line.find(sound)[0]].kind == "audio"
    assert line.find(sound)[1].range == line.find(made)[1].range
    assert line.find(music)[1].length > 1000  # nothing was cut out of the music
    session.undo()
    assert not session.timeline.has(sound)


def test_a_film_laid_down_leaves_music_alone_but_not_the_sound_of_what_it_covers(studio: Studio, moving: Path) -> None:
    session = studio.session
    film = session.import_media(moving)
    session._keep(replace(session.item(film), id="loud", sound=True))
    session._keep(replace(session.item(film), id="song", sound=True, picture=False, frames=2400))
    song = session.place("song", 2, 0)
    music = session.timeline.find(song)[1]
    under = session.place("loud", 0, 0)
    covered = session.timeline.group(under)[1]
    assert session.timeline.find(music.id)[1] == music
    made = session.place("loud", 0, 24)
    line = session.timeline
    (sound,) = (clip_id for clip_id in line.group(made) if clip_id != made)
    assert line.find(music.id)[1] == music
    assert line.find(covered)[1].length == line.find(under)[1].length == 24
    assert line.find(sound)[0] == line.find(covered)[0]
    other = session.place("song", 0, 0)  # dropped on pictures, it finds room
    assert session.timeline.find(other)[0] not in {line.find(music.id)[0], line.find(sound)[0]}
    assert session.timeline.find(sound) == line.find(sound)


def test_mere_sound_that_is_inserted_stays_among_sound(studio: Studio, moving: Path) -> None:
    session = studio.session
    film = session.import_media(moving)
    session._keep(replace(session.item(film), id="song", sound=True, picture=False))
    session.place(film, 0, 0)
    first = session.place("song", 2, 0)
    among = session.insert_media("song", 2, 12)
    assert [(clip.id == among, clip.start) for clip in session.timeline.tracks[2].clips] == [
        (False, 0),
        (True, 12),
        (False, 60),
    ]
    assert session.timeline.find(first)[1].length == 12
    beneath = session.insert_media("song", 0, 12)
    assert session.timeline.tracks[session.timeline.find(beneath)[0]].kind == "audio"
    assert session.timeline.find(among)[1].start == 12
