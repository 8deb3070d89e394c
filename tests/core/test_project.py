"""Project data: round trip, and damage refused in words."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core import timeline as tl
from sora_studio.core.errors import ProjectError
from sora_studio.core.media_item import Lost, MediaItem, Pending, Ready
from sora_studio.core.project import Project, from_data, to_data
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Timeline


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
