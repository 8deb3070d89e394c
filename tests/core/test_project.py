"""Project data: round trip, and damage refused in words."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core import edits as tl
from sora_studio.core import tracks as lanes
from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.errors import ProjectError
from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
from sora_studio.core.project import READABLE, VERSION, Project, from_data, to_data
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Marker, Timeline


def project() -> Project:
    item = MediaItem("m1", "balloon", Ready("media/m1.mp4"), 17, Rate(8), Size(192, 112), {"prompt": "x"}, starred=True)
    line = tl.place(Timeline(), 0, Clip("m1", 24, 51, name="balloon", id="c1"))
    return Project("Film", line, {"m1": item, "m2": replace(item, id="m2", state=Lost("It failed."))})


def test_round_trip_is_identical() -> None:
    data = json.loads(json.dumps(to_data(project())))
    assert from_data(data) == project()
    assert to_data(from_data(data)) == data


def test_interrupted_work_is_said_on_opening() -> None:
    made = project().with_media(replace(project().media["m1"], state=Pending("job")))
    state = from_data(to_data(made)).media["m1"].state
    assert isinstance(state, Lost)
    assert "interrupted" in state.reason


def test_media_lengths_follow_the_timeline_rate() -> None:
    made = project()
    assert made.media_length("m1") == 51
    still = made.with_media(replace(made.media["m1"], id="s", frames=1))
    assert still.media_length("s") == 3600 * 24


def test_a_clip_without_media_is_damage() -> None:
    data = to_data(project())
    data["media"] = []
    with pytest.raises(ProjectError, match="without media"):
        from_data(data)


WRITTEN = sorted((Path(__file__).parent / "projects").glob("*.json"))
"""A file of every shape that a project was ever written in, each by the program of that day: version 1, and version 2
as it grew by fingerprints, the storyboard, captions and the identities of tracks. A new key needs another file."""


def read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_bytes())
    return data


def lacks(old: Any, new: Any) -> list[str]:
    """What of one value is not in the other."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [f"{key}: {lost}" for key in old for lost in lacks(old[key], new.get(key))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [f"{at}: {lost}" for at in range(len(old)) for lost in lacks(old[at], new[at])]
    return [] if old == new else [f"{old} became {new}"]


def shape(data: Any, at: str = "") -> set[str]:
    """The places of all keys."""
    if isinstance(data, dict):
        inner = (shape(value, f"{at}/{key}") | {f"{at}/{key}"} for key, value in data.items() if key != "made_from")
        return set().union(*inner)
    return set().union(*(shape(value, at) for value in data)) if isinstance(data, list) else set()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_projects_of_every_time_open_whole(path: Path) -> None:
    old = read(path)
    made = from_data(old)
    again = to_data(made)
    assert again["version"] == VERSION
    assert lacks({**old, "version": VERSION}, json.loads(json.dumps(again))) == []
    assert from_data(again) == made
    known = [track.id for track in made.timeline.tracks]
    assert len(set(known)) == len(known)
    assert [track.id for read_again in (old, again) for track in from_data(read_again).timeline.tracks] == known * 2


def test_every_version_that_is_read_has_a_file_and_the_newest_is_what_is_written_now() -> None:
    assert {read(path)["version"] for path in WRITTEN} == set(READABLE)
    newest = read(WRITTEN[-1])
    assert newest["version"] == VERSION
    assert shape(to_data(from_data(newest))) == shape(newest)


def test_projects_of_version_one_have_the_defaults() -> None:
    made = from_data(read(WRITTEN[0]))
    clip, _ = made.timeline.tracks[0].clips
    assert (clip.speed, clip.gain, clip.takes, clip.group, clip.stale) == (1, 0.0, (), "", False)
    assert [(track.name, track.kind, track.locked) for track in made.timeline.tracks] == [
        ("V1", "video", False),
        ("V2", "video", False),
    ]
    assert made.media["m1"].starred
    assert made.media["m1"].picture


def test_everything_of_a_timeline_is_kept() -> None:
    line = lanes.add_track(tl.place(project().timeline, 0, Clip("m1", 75, 20, Fraction(7, 3), id="c2")), "audio")
    rich = Clip("m1", 5, 9, 3, "sound", "c3", Fraction(-1, 2), -6.5, 2, 3, "g", ("m1", "m2"), True)
    line = add_dissolve(tl.place(line, 2, rich), "c1", "c2", 4, lambda _media: 200)
    line = lanes.switch_track(line, 2, lanes.Switches(locked=True, muted=True, solo=True, hidden=True))
    line = lanes.mark_in(lanes.put_marker(line, Marker(12, "here", "red")), 3)
    made = replace(project(), timeline=line)
    assert len(line.tracks[0].dissolves) == 1
    assert from_data(json.loads(json.dumps(to_data(made)))) == made


def test_keys_that_are_not_known_are_passed_over() -> None:
    data = json.loads(json.dumps(to_data(project())))
    data["weather"] = data["timeline"]["mood"] = data["timeline"]["tracks"][0]["height"] = 3
    data["timeline"]["tracks"][0]["clips"][0]["scent"] = data["media"][0]["tags"] = ["rose"]
    assert from_data(data) == project()


@pytest.mark.parametrize("version", [0, 3, "2", None, [1]])
def test_other_versions_are_refused(version: object) -> None:
    with pytest.raises(ProjectError, match="version"):
        from_data({**to_data(project()), "version": version})


@given(
    st.sampled_from(["name", "timeline", "media", "version", "format"]),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rate", "size", "tracks", "id"]), inner)
        ),
        max_leaves=5,
    ),
)
def test_damage_never_breaks_out(key: str, value: object) -> None:
    with contextlib.suppress(ProjectError):  # anything else that is raised fails the test
        from_data({**to_data(project()), key: value})
