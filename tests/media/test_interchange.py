"""Timelines for other programs and back: OpenTimelineIO, EDL, FCPXML."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput, MediaError, OutputError
from sora_studio.core.media_item import Lost, MediaItem, Ready
from sora_studio.core.project import Project
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.core.timeline import Clip, Dissolve, Marker, Timeline, Track
from sora_studio.media.interchange.formats import write_interchange
from sora_studio.media.interchange.reading import read_otio
from tests.media.films import film, sound

RECIPE = {"format": "sora-studio/recipe", "version": 1, "prompt": "a red balloon", "seed": 7}


def full(folder: Path) -> Project:
    """A project with all there is: gaps, a dissolve, speeds, marks, markers, switches, takes, recipes, sound."""
    items = [
        MediaItem(
            name,
            name.title(),
            Ready(str(film(folder / f"{name} clip.mp4", 48))),
            48,
            Rate(24),
            Size(64, 48),
            made_from=RECIPE if name == "one" else None,
            sound=name == "two",
        )
        for name in ("one", "two", "three")
    ]
    one = Clip("one", 6, 24, name="One", fade_in=3, takes=("one", "three"))
    two = Clip("two", 30, 24, offset=12, name="Two", group="pair")
    fast = Clip("three", 60, 10, offset=Fraction(7, 3), name="Fast", speed=Fraction(5, 3))
    back = Clip("three", 70, 12, offset=2, name="Back", speed=Fraction(-1), stale=True)
    tracks = (
        Track("V1", (one, two, fast, back), dissolves=(Dissolve(one.id, two.id, 7),)),
        Track("Upper", (Clip("three", 40, 5, name="Inset"),), hidden=True),
        Track("A1", (Clip("two", 30, 24, offset=12, gain=-4.5, fade_out=5, group="pair"),), "audio", solo=True),
    )
    markers = (Marker(12, "Here", "red"), Marker(50, "There", "green"))
    timeline = Timeline(Rate(24), Size(320, 240), tracks, markers, 10, 80)
    return Project("My film", timeline, {item.id: item for item in items})


def where(project: Project) -> object:
    def path(media: str) -> Path | None:
        state = project.media[media].state
        return Path(state.path) if isinstance(state, Ready) and Path(state.path).is_file() else None

    return path


def test_a_file_of_ours_reads_back_whole(tmp_path: Path) -> None:
    project = full(tmp_path)
    assert write_interchange(project, where(project), tmp_path / "film.otio") == ()
    found = read_otio(tmp_path / "film.otio")
    assert found.notes == ()
    assert found.project.timeline == project.timeline
    assert found.project == project
    write_interchange(found.project, where(found.project), tmp_path / "again.otio")
    assert (tmp_path / "again.otio").read_text() == (tmp_path / "film.otio").read_text()


def test_opentimelineio_sees_clips_gaps_transitions_speed_markers_and_recipes(tmp_path: Path) -> None:
    project = full(tmp_path)
    write_interchange(project, where(project), tmp_path / "film.otio")
    timeline = otio.adapters.read_from_file(str(tmp_path / "film.otio"))
    first = timeline.tracks[0]
    assert [type(child).__name__ for child in first] == ["Gap", "Clip", "Transition", "Clip", "Gap", "Clip", "Clip"]
    assert timeline.duration() == otio.opentime.RationalTime(82, 24)
    dissolve = first[2]
    assert (dissolve.in_offset.value, dissolve.out_offset.value) == (3, 4)
    assert first[5].effects[0].time_scalar == pytest.approx(5 / 3)
    assert first[6].effects[0].time_scalar == -1
    assert first[1].metadata["sora_studio"]["recipe"]["prompt"] == "a red balloon"
    assert "recipe" not in first[3].metadata["sora_studio"]
    assert first[1].media_reference.target_url.endswith("one%20clip.mp4")
    assert [(marker.name, marker.color) for marker in timeline.tracks.markers] == [("Here", "RED"), ("There", "GREEN")]
    assert [track.kind for track in timeline.tracks] == ["Video", "Video", "Audio"]


def test_an_edl_reads_in_its_adapter(tmp_path: Path) -> None:
    project = full(tmp_path)
    notes = write_interchange(project, where(project), tmp_path / "film.edl")
    assert any("audio" in note for note in notes)
    assert any("backwards" in note for note in notes)
    timeline = otio.adapters.read_from_file(str(tmp_path / "film.edl"))
    clips = list(timeline.find_clips())
    assert [clip.name for clip in clips] == ["One", "Two", "Fast", "Back"]
    assert sum(isinstance(child, otio.schema.Transition) for child in timeline.tracks[0]) == 1
    assert timeline.tracks[0].duration().to_frames() in (82, 76)


def test_several_tracks_become_one_in_an_edl(tmp_path: Path) -> None:
    project = full(tmp_path)
    tracks = (project.timeline.tracks[0], replace(project.timeline.tracks[1], hidden=False))
    project = replace(project, timeline=replace(project.timeline, tracks=tracks))
    notes = write_interchange(project, where(project), tmp_path / "film.edl")
    assert any("joined" in note for note in notes)
    timeline = otio.adapters.read_from_file(str(tmp_path / "film.edl"))
    assert [clip.name for clip in timeline.find_clips()] == ["One", "Two", "Inset", "Two", "Fast", "Back"]


@pytest.mark.parametrize("rate", [Rate(24), Rate(25), Rate(30000, 1001)])
def test_fcpxml_reads_in_its_adapter_and_says_size_and_rate(tmp_path: Path, rate: Rate) -> None:
    project = full(tmp_path)
    project = replace(project, timeline=replace(project.timeline, rate=rate))
    notes = write_interchange(project, where(project), tmp_path / "film.fcpxml")
    assert any("dissolves and speeds" in note for note in notes)
    text = (tmp_path / "film.fcpxml").read_text()
    assert 'width="320" height="240"' in text
    assert f'frameDuration="{rate.den}/{rate.num}s"' in text
    read = otio.adapters.read_from_string(text, "fcpx_xml")
    assert {clip.name for clip in read.find_clips()} >= {"One", "Two", "Fast", "Back"}


def test_missing_media_are_lost_with_a_sentence_and_keep_their_place(tmp_path: Path) -> None:
    project = full(tmp_path)
    write_interchange(project, where(project), tmp_path / "film.otio")
    (tmp_path / "two clip.mp4").unlink()
    found = read_otio(tmp_path / "film.otio").project
    state = found.media["two"].state
    assert isinstance(state, Lost)
    assert "two clip.mp4" in state.reason
    assert found.timeline == project.timeline


def foreign(folder: Path) -> otio.schema.Timeline:
    """What another program writes: other rates, timecode starts, relative names, effects, a stack, sound."""
    film(folder / "shot.mp4", 50, rate=Fraction(25))
    sound(folder / "music.m4a", 3.0)
    time, span = otio.opentime.RationalTime, otio.opentime.TimeRange
    shot = otio.schema.Clip(
        "Shot",
        otio.schema.ExternalReference("shot.mp4", span(time(90_000, 25), time(50, 25))),
        span(time(90_010, 25), time(30, 25)),
    )
    shot.effects.append(otio.schema.Effect("Glow", effect_name="glow"))
    missing = otio.schema.Clip("Title", otio.schema.MissingReference(), span(time(0, 25), time(20, 25)))
    nest = otio.schema.Stack("Nest", source_range=span(time(0, 25), time(15, 25)))
    music = otio.schema.Clip(
        "Music", otio.schema.ExternalReference("music.m4a"), span(time(24_000, 48_000), time(96_000, 48_000))
    )
    timeline = otio.schema.Timeline("Theirs")
    picture, score = otio.schema.Track("Video 1", kind="Video"), otio.schema.Track("Audio 1", kind="Audio")
    picture.extend([shot, nest, missing])
    score.extend([otio.schema.Gap(source_range=span(time(0, 25), time(5, 25))), music])
    timeline.tracks.extend([picture, score])
    return timeline


def test_a_file_of_another_program_comes_as_near_as_it_can(tmp_path: Path) -> None:
    otio.adapters.write_to_file(foreign(tmp_path), str(tmp_path / "theirs.otio"))
    found = read_otio(tmp_path / "theirs.otio")
    timeline = found.project.timeline
    assert (timeline.rate, timeline.size) == (Rate(25), Size(64, 48))
    shot, title = timeline.tracks[0].clips
    assert (shot.name, shot.start, shot.length, shot.offset) == ("Shot", 0, 30, 10)
    assert (title.name, title.start, title.length) == ("Title", 45, 20)
    assert isinstance(found.project.media[shot.media].state, Ready)
    assert isinstance(found.project.media[title.media].state, Lost)
    (music,) = timeline.tracks[1].clips
    assert (music.start, music.length, music.offset) == (5, 50, Fraction(25, 2))
    assert not found.project.media[music.media].picture
    assert any("Nest" in note for note in found.notes)
    assert any("Glow" in note for note in found.notes)


def test_what_is_no_timeline_is_refused(tmp_path: Path) -> None:
    clip = otio.schema.Clip("alone")
    otio.adapters.write_to_file(clip, str(tmp_path / "clip.otio"))
    for name, text in {
        "empty.otio": "",
        "prose.otio": "once upon a time",
        "list.otio": "[]",
        "deep.otio": "[" * 100_000 + "]" * 100_000,
        "binary.otio": "\x00\x01\x02",
    }.items():
        (tmp_path / name).write_text(text)
    for path in (*tmp_path.glob("*.otio"), tmp_path / "gone.otio"):
        with pytest.raises(MediaError):
            read_otio(path)


def test_writing_refuses_what_cannot_be(tmp_path: Path) -> None:
    project = full(tmp_path)
    with pytest.raises(BadInput, match="empty"):
        write_interchange(Project(), where(project), tmp_path / "film.otio")
    with pytest.raises(BadInput, match="Rename"):
        write_interchange(project, where(project), tmp_path / "film.aaf")
    with pytest.raises(OutputError):
        write_interchange(project, where(project), tmp_path / "no such" / "film.otio")


_FORMS = st.sampled_from(["drop", "number", "text", "list", "huge", "null", "nan"])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_of_a_file_gets_past_the_reader(tmp_path: Path, data: st.DataObject) -> None:
    """Any value replaced by any other: it reads, or MediaError says so; nothing else is raised."""
    base = tmp_path / "base.otio"
    if not base.exists():
        project = full(tmp_path)
        write_interchange(project, where(project), base)
    tree = json.loads(base.read_text())
    for _ in range(data.draw(st.integers(1, 4))):
        _damage(tree, data)
    hurt = tmp_path / "hurt.otio"
    hurt.write_text(json.dumps(tree))
    try:
        found = read_otio(hurt)
    except MediaError:
        return
    timeline = found.project.timeline
    assert {clip.media for _, clip in timeline.clips()} <= found.project.media.keys()
    assert timeline.marked is None or isinstance(timeline.marked, FrameRange)


def _damage(tree: object, data: st.DataObject) -> None:
    """Change one value somewhere."""
    node, depth = tree, data.draw(st.integers(1, 9))
    for _ in range(depth):
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = node[key]  # type: ignore[index]
        if not isinstance(inner, dict | list) or depth == 1:
            break
        parent, node = node, inner
        del parent
    else:
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
    match data.draw(_FORMS):
        case "drop":
            del node[key]  # type: ignore[attr-defined]
        case "number":
            node[key] = data.draw(st.integers(-5, 10**6))  # type: ignore[index]
        case "text":
            node[key] = data.draw(st.text(max_size=8))  # type: ignore[index]
        case "list":
            node[key] = []  # type: ignore[index]
        case "huge":
            node[key] = 1e300  # type: ignore[index]
        case "null":
            node[key] = None  # type: ignore[index]
        case "nan":
            node[key] = float("nan")  # type: ignore[index]
