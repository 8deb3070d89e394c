"""Projects on disk: whole or not at all, found again after a crash, moved without losing media."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.edits import place
from sora_studio.core.errors import ProjectError
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.project import Project
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.jobs.queue import JobQueue
from sora_studio.session import store, unsaved
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from sora_studio.session.unsaved import Spot
from sora_studio.session.views import Notice
from tests.session.conftest import DRAFT, Studio


def project() -> Project:
    item = MediaItem("m1", "Größe 雨 🎈", Ready("media/m1.mp4"), 17, Rate(8), Size(192, 112), {"prompt": "é"}, True)
    return Project("Ein Film", place(Timeline(), 0, Clip("m1", 3, 20, 4, "A", "c1")), {"m1": item})


def keep_unsaved(changes: Project, folder: Path, step: int = 1) -> None:
    """As a window does that has a project open."""
    spot = Spot(folder, store.digest_of(folder))
    unsaved.keep(changes, spot, spot.beside, step)


def test_round_trip_is_identical(tmp_path: Path) -> None:
    store.save(project(), tmp_path / "new" / "film")
    assert store.load(tmp_path / "new" / "film") == project()
    first = (tmp_path / "new" / "film" / "project.json").read_bytes()
    store.save(store.load(tmp_path / "new" / "film"), tmp_path / "new" / "film")
    assert (tmp_path / "new" / "film" / "project.json").read_bytes() == first
    assert sorted(path.name for path in (tmp_path / "new" / "film").iterdir()) == ["media", "project.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "damaged"),
        ("[" * 100_000, "damaged"),
        ("[]", "not a project"),
        (json.dumps({"format": "sora-studio/project", "version": 99}), "version 99"),
        (json.dumps({"format": "sora-studio/project", "version": 1, "media": 3}), "damaged"),
    ],
)
def test_what_is_no_project_is_refused_in_words(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "project.json").write_text(content)
    with pytest.raises(ProjectError, match=words) as caught:
        store.load(tmp_path)
    assert str(caught.value).endswith(".")


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no project"):
        store.load(tmp_path)
    (tmp_path / "project.json").mkdir()
    with pytest.raises(ProjectError, match="cannot be read"):
        store.load(tmp_path)


def test_a_place_that_cannot_be_written_is_said_and_the_old_file_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="cannot be made"):
        store.save(project(), tmp_path / "file" / "film")
    store.save(project(), tmp_path)
    (tmp_path / ".project.json.part").mkdir()
    with pytest.raises(ProjectError, match="cannot be saved"):
        store.save(replace(project(), name="Another"), tmp_path)
    assert store.load(tmp_path) == project()


def test_open_save_and_save_as(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    assert not session.modified
    session.generate(DRAFT)
    studio.settled()
    assert session.modified
    session.save()
    assert not session.modified
    session.save_as(tmp_path / "copy")
    assert session.folder == tmp_path / "copy"
    assert session.project.name == "copy"
    (media,) = session.project.media
    path = session.media_path(media)
    assert path is not None
    assert path.is_relative_to(tmp_path / "copy")
    copied = session.project
    session.open(tmp_path / "film" / "project.json")
    assert session.folder == tmp_path / "film"
    assert session.project.timeline == copied.timeline
    assert session.media_path(media) == tmp_path / "film" / "media" / path.name
    for taken in (lambda: session.save_as(tmp_path / "copy"), lambda: session.new(tmp_path / "copy")):
        with pytest.raises(ProjectError, match="already"):
            taken()


def test_a_project_that_cannot_be_opened_leaves_the_open_one(studio: Studio, tmp_path: Path, moving: Path) -> None:
    session = studio.session
    session.place(session.import_media(moving), 0, 0)
    before = session.project
    with pytest.raises(ProjectError):
        session.open(tmp_path / "nowhere")
    assert session.project == before
    assert session.folder == tmp_path / "film"


def test_media_survive_saving_elsewhere_while_they_are_made(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    session.generate(replace(DRAFT, prompt="slow", steps=10))
    session.save_as(tmp_path / "copy")
    studio.settled()
    (media,) = session.project.media
    path = session.media_path(media)
    assert path is not None
    assert path.parent == tmp_path / "copy" / "media"


def test_vary_finds_the_sources_of_a_project_that_moved(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    session.extend(session.selection[0], 0.5, DRAFT)
    studio.settled()
    made = session.selection[0]
    session.save()
    session.new(tmp_path / "other")
    (tmp_path / "film").rename(tmp_path / "moved")
    session.open(tmp_path / "moved")
    session.vary(made)
    studio.settled()
    assert isinstance(studio.made(session.selection[0]).state, Ready)


def test_unsaved_changes_come_back_after_a_crash(studio: Studio, tmp_path: Path, queue: JobQueue, moving: Path) -> None:
    studio.session.place(studio.session.import_media(moving), 0, 0)
    assert studio.session._autosave.settle()
    notices: list[Notice] = []
    loop = OwnerLoop()
    after = Session(queue, tmp_path / "film", loop.post)
    after.noticed.connect(notices.append)
    loop.run_pending()
    assert after.project == studio.session.project
    assert after.modified
    assert "not saved last time" in notices[0].text
    after.save()
    assert not (tmp_path / "film" / store.RECOVERY).exists()
    after.close()


def test_untitled_projects_live_in_the_data_folder(home: Path, tmp_path: Path, queue: JobQueue, moving: Path) -> None:
    loop = OwnerLoop()
    session = Session(queue, None, loop.post)
    assert session.folder is None
    projects = home / "data" / "projects"
    assert len(list(projects.iterdir())) == 1
    session.generate(DRAFT)
    studio = Studio(session, loop)
    studio.settled()
    session.save_as(tmp_path / "film")
    assert session.folder == tmp_path / "film"
    assert list(projects.iterdir()) == []
    session.new()
    session.new()
    assert session.home.exists()
    assert len(list(projects.iterdir())) == 1, "an empty one goes"
    session.place(session.import_media(moving), 0, 0)
    cut = session.timeline
    session.close()
    (kept,) = projects.iterdir()
    again = Session(queue, kept, loop.post)
    assert again.timeline == cut, "one that was worked on stays"
    again.close()
