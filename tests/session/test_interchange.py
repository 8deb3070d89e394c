"""Importing and exporting the timeline of an open project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sora_studio.core.errors import MediaError
from sora_studio.core.media_item import Lost, Ready
from sora_studio.jobs.queue import JobQueue
from sora_studio.session import store
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from tests.media.films import film
from tests.session.conftest import Studio


@pytest.fixture
def session(studio: Studio) -> Session:
    return studio.session


@pytest.fixture
def other(home: Path, tmp_path: Path, queue: JobQueue) -> Iterator[Session]:
    made = Session(queue, tmp_path / "other", OwnerLoop().post)
    yield made
    made.close()


def _placed(session: Session, path: Path) -> str:
    return session.place(session.import_media(film(path, 48)), 0, session.timeline.tracks[0].stop)


def test_a_timeline_goes_out_and_comes_back_into_another_project(
    session: Session, other: Session, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        _placed(session, tmp_path / f"{name}.mp4")
    session.export_timeline(tmp_path / "film.otio")
    assert other.import_timeline(tmp_path / "film.otio") == ()
    assert other.timeline == session.timeline
    assert all(other.media_path(clip.media) for _, clip in other.timeline.clips())
    other.undo()
    assert not other.timeline.length


def test_media_that_are_known_are_not_taken_twice(session: Session, tmp_path: Path) -> None:
    _placed(session, tmp_path / "one.mp4")
    before = session.project
    session.export_timeline(tmp_path / "film.otio")
    session.select(session.timeline.tracks[0].clips[0].id)
    session.delete()
    assert not session.timeline.length
    session.import_timeline(tmp_path / "film.otio")
    assert session.project.media == before.media
    assert session.timeline == before.timeline


def test_missing_media_stay_as_lost_and_a_damaged_file_changes_nothing(
    session: Session, other: Session, tmp_path: Path
) -> None:
    _placed(session, tmp_path / "one.mp4")
    session.export_timeline(tmp_path / "film.otio")
    (tmp_path / "one.mp4").rename(tmp_path / "elsewhere.mp4")
    other.import_timeline(tmp_path / "film.otio")
    (item,) = other.project.media.values()
    assert isinstance(item.state, Lost)
    assert other.timeline.length == 48
    before = other.project
    (tmp_path / "film.otio").write_text("{")
    with pytest.raises(MediaError):
        other.import_timeline(tmp_path / "film.otio")
    assert other.project == before


def test_saved_opened_and_saved_again_is_the_same_to_the_byte(session: Session, tmp_path: Path) -> None:
    _placed(session, tmp_path / "one.mp4")
    session.mark_range(3, 20)
    folder = session.folder
    assert folder is not None
    session.save()
    first = (folder / store.FILE).read_bytes()
    session.open(folder)
    session.save()
    assert (folder / store.FILE).read_bytes() == first
    assert isinstance(next(iter(session.project.media.values())).state, Ready)
