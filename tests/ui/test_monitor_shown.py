"""What the monitor shows follows speed, hidden tracks, fades and dissolves of the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from sora_studio.core import edits, tracks
from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.jobs.queue import JobQueue
from sora_studio.ui.monitor.shown import Black, Picture, shown_at
from tests.fakes.desk import Desk, numbered


@pytest.fixture
def desk(tmp_path: Path, queue: JobQueue) -> Iterator[Desk]:
    made = Desk(tmp_path / "project", queue)
    yield made
    made.close()


def show(desk: Desk, timeline: Timeline, frame: int) -> list[tuple[int, float]]:
    """Index and opacity of the painted frames, from bottom to top."""
    desk._edit("Arrange", timeline)
    shown = shown_at(desk, frame)
    assert isinstance(shown, Picture | Black)
    return [(one.index, one.opacity) for one in shown.layers] if isinstance(shown, Picture) else []


def test_speed_and_direction(desk: Desk, tmp_path: Path) -> None:
    media = desk.import_media(numbered(tmp_path / "film.mp4"))
    line = edits.place(desk.timeline, 0, Clip(media, 0, 5, 4, speed=Fraction(2)))
    line = edits.place(line, 0, Clip(media, 5, 10, 20, speed=Fraction(-1)))
    assert show(desk, line, 3) == [(10, 1.0)]
    assert show(desk, line, 5) == [(29, 1.0)]


def test_hidden_tracks_and_fades(desk: Desk, tmp_path: Path) -> None:
    media = desk.import_media(numbered(tmp_path / "film.mp4"))
    line = edits.place(desk.timeline, 0, Clip(media, 0, 20, 10))
    line = edits.place(line, 1, Clip(media, 0, 20, 0, id="top"))
    assert show(desk, line, 0) == [(0, 1.0)]
    faded = edits.set_sound(line, "top", 0.0, 3, 0)
    assert show(desk, faded, 0) == [(10, 1.0), (0, 0.25)]
    assert show(desk, tracks.switch_track(line, 1, tracks.Switches(hidden=True)), 0) == [(10, 1.0)]


def test_a_dissolve_shows_both_sides(desk: Desk, tmp_path: Path) -> None:
    media = desk.import_media(numbered(tmp_path / "film.mp4"))
    line = edits.place(desk.timeline, 0, Clip(media, 0, 10, 0, id="a"))
    line = edits.place(line, 0, Clip(media, 10, 10, 20, id="b"))
    line = add_dissolve(line, "a", "b", 4, desk.project.extent)
    assert line.tracks[0].dissolves
    assert show(desk, line, 7) == [(7, 1.0)]
    assert show(desk, line, 8) == [(18, 1.0), (8, 0.8)]
    assert show(desk, line, 11) == [(11, 1.0), (21, 0.8)]
    assert show(desk, replace(line, tracks=(replace(line.tracks[0], hidden=True), *line.tracks[1:])), 8) == []
